import Glibc
import OrgCore
import OrgFileStore
import SystemPackage

/// Standard output, or a file, written in large pieces. When nobody reads it any more, as after `| head -1`, the program ends
/// quietly.
final class StandardOutput {
  /// Whether a person looks at it.
  let isTerminal: Bool
  private let descriptor: Int32
  private let name: String
  private var buffer: [UInt8] = []
  private static let limit = 1 << 16

  /// - Parameter name: what to call it in a sentence.
  init(descriptor: Int32 = STDOUT_FILENO, name: String = "Standard output") {
    self.descriptor = descriptor
    self.name = name
    isTerminal = isatty(descriptor) == 1
    // What was asked for is done, whoever reads the answer.
    signal(SIGPIPE, SIG_IGN)
    buffer.reserveCapacity(Self.limit + 4096)
  }

  /// Adds to what is written soon.
  func write(_ text: String) throws(OrgError) {
    try write { $0 += text.utf8 }
  }

  /// Adds to what is written soon, in place.
  func write(_ body: (inout [UInt8]) -> Void) throws(OrgError) {
    body(&buffer)
    if buffer.count >= Self.limit { try flush() }
  }

  /// Writes what is left.
  ///
  /// - Throws: `system` with what was in the way.
  func flush() throws(OrgError) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { exit(0) }
        throw OrgError(Errno(rawValue: errno), "\(name) can't be written")
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// Text for a table, tab-separated lines and CSV as bytes, and what of JSON others have written.
enum Encoded {
  /// What can't act on a terminal: see `String.escapedForDisplay`.
  static func append(display text: String, to bytes: inout [UInt8]) {
    bytes += text.utf8.allSatisfy { 0x20..<0x7F ~= $0 } ? text.utf8 : text.escapedForDisplay.utf8
  }

  /// A field after RFC 4180. An empty text is told from no text by its quotes.
  static func append(csv text: String?, to bytes: inout [UInt8]) {
    guard let text else { return }
    let quote = UInt8(ascii: "\"")
    let needsQuotes =
      text.isEmpty || text.utf8.first == 0x20 || text.utf8.last == 0x20
      || !text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != quote && $0 != UInt8(ascii: ",") }
    guard needsQuotes else {
      bytes += text.utf8
      return
    }
    bytes.append(quote)
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  /// JSON with everything outside ASCII escaped, which can only be in strings: so nothing in it acts on a
  /// terminal.
  static func ascii(json text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x7F }) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 64)
    for unit in text.utf16 {
      if unit < 0x7F { bytes.append(UInt8(unit)) } else { JSONText.append(escape: unit, to: &bytes) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
