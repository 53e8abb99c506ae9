import CCrypto
import Glibc
import OrgCore

/// The key to a service. It is sent to the service and shown nowhere: neither descriptions nor mirrors have it.
public struct ServiceKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String
  private static let limit = 512

  /// A key, without the white space at its ends.
  ///
  /// - Parameters:
  ///   - text: the key.
  ///   - place: where it comes from, for the message.
  /// - Throws: `invalidValue` if it has characters that no key has. The message doesn't have the key.
  public init(_ text: String, from place: String) throws(OrgError) {
    let end = text.lastIndex { !$0.isWhitespace }
    let text = String(end.map { text[...$0] } ?? "").drop { $0.isWhitespace }
    guard !text.isEmpty, text.utf8.count <= Self.limit, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw OrgError(
        .invalidValue, "\(place) has no key: one line of at most \(Self.limit) characters of ASCII.")
    }
    self.text = String(text)
  }

  /// A token that a service gave, which may be longer; `nil` if it can't be sent as one.
  init?(token: String) {
    guard !token.isEmpty, token.utf8.count <= 16384, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    text = token
  }

  /// A password, which may have any characters but control characters, and none of the line's end.
  init(password text: String, from place: String) throws(OrgError) {
    let end = text.lastIndex { $0 != "\n" && $0 != "\r\n" }
    let text = String(end.map { text[...$0] } ?? "")
    guard !text.isEmpty, text.utf8.count <= Self.limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw OrgError(
        .invalidValue, "\(place) has no password: one line of at most \(Self.limit) bytes.")
    }
    self.text = text
  }

  /// What is shown instead of it.
  public var description: String { "(a key)" }
  /// What is shown instead of it.
  public var debugDescription: String { description }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Whether Stripe lets it change things: a secret key, and not a restricted one.
  public var canWriteAtStripe: Bool { text.hasPrefix("sk_") }

  /// A few bits of a hash, to tell it from another one.
  func print(_ salt: [UInt8]) -> UInt32 {
    let bytes = salt + Array(text.utf8)
    var hash = [UInt8](repeating: 0, count: 32)
    CCrypto.SHA256(bytes, bytes.count, &hash)
    return hash.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Passes on the line of a request that has the key.
  func withAuthorization<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    ("Authorization: Bearer " + text).withCString(body)
  }

  /// Passes on the key itself, to whom must have it that way.
  func withText<Result>(_ body: (String) -> Result) -> Result { body(text) }

  // MARK: Where keys are

  /// Where the key to a service is looked for, in this order.
  public struct Places: Sendable {
    /// Its file in the directory of systemd's credentials.
    public var credential: String
    /// A file that the configuration names.
    public var file: String?
    /// A variable of the environment.
    public var variable: String

    /// Places by their names.
    public init(credential: String, file: String?, variable: String) {
      (self.credential, self.file, self.variable) = (credential, file, variable)
    }
  }

  /// Looks for a key: among systemd's credentials, in the file, in the environment.
  ///
  /// - Parameters:
  ///   - places: where that is.
  ///   - environment: the value of a variable.
  /// - Returns: the key, or `nil` if it isn't in any of these places.
  /// - Throws: `invalidValue` if a place has something that isn't a key; `system` if a file can't be read;
  ///   `unsafeDirectory` if others may read the file that the configuration names.
  public static func find(
    in places: Places, environment: (String) -> String?
  ) throws(OrgError) -> ServiceKey? {
    try find(in: places, environment: environment) { (text, place) throws(OrgError) in
      try ServiceKey(text, from: place)
    }
  }

  /// Looks for a password in the same places.
  public static func findPassword(
    in places: Places, environment: (String) -> String?
  ) throws(OrgError) -> ServiceKey? {
    try find(in: places, environment: environment) { (text, place) throws(OrgError) in
      try ServiceKey(password: text, from: place)
    }
  }

  private static func find(
    in places: Places, environment: (String) -> String?,
    key: (String, String) throws(OrgError) -> ServiceKey
  ) throws(OrgError) -> ServiceKey? {
    if let directory = environment("CREDENTIALS_DIRECTORY"), directory.hasPrefix("/") {
      let path = "\(directory)/\(places.credential)"
      if let text = try read(path, isChecked: false) {
        return try key(text, "The credential \(places.credential)")
      }
    }
    if let path = places.file {
      guard let text = try read(path, isChecked: true) else {
        throw unreadable(path, ENOENT)
      }
      return try key(text, "The file \(path.escapedForDisplay)")
    }
    guard let text = environment(places.variable), !text.isEmpty else { return nil }
    return try key(text, "The variable \(places.variable)")
  }

  private static func unreadable(_ path: String, _ number: Int32) -> OrgError {
    OrgError(
      .system,
      "The file \(path.escapedForDisplay), which should have a key, can't be read: \(String(cString: strerror(number)))."
    )
  }

  /// The contents of a small file; `nil` if it doesn't exist.
  private static func read(_ path: String, isChecked: Bool) throws(OrgError) -> String? {
    // A named pipe would block.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(path, errno)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw OrgError(.invalidValue, "\(path.escapedForDisplay) isn't a regular file.")
    }
    if isChecked {
      guard status.st_uid == geteuid() else {
        throw OrgError(
          .unsafeDirectory,
          "The file \(path.escapedForDisplay) with a key belongs to another user; its owner must be the one who runs orgman."
        )
      }
      guard status.st_mode & 0o077 == 0 else {
        throw OrgError(
          .unsafeDirectory,
          "Others may use the file \(path.escapedForDisplay), which has a key: chmod 600 makes it yours alone."
        )
      }
    }
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = 0
    while count < bytes.count {
      let added = bytes.withUnsafeMutableBytes {
        Glibc.read(file, $0.baseAddress.map { $0 + count }, $0.count - count)
      }
      if added < 0, errno == EINTR { continue }
      guard added >= 0 else {
        throw unreadable(path, errno)
      }
      if added == 0 { break }
      count += added
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
