import Glibc
import OrgCore
import OrgFileStore
import SystemPackage

/// Standard output, or a file, written in large pieces. When its reader goes away, as with `| head -1`,
/// the program ends quietly.
final class StandardOutput {
  /// Whether the output goes to a terminal.
  let isTerminal: Bool
  private let descriptor: Int32
  private let name: String
  private var buffer: [UInt8] = []
  private static let limit = 1 << 16

  /// - Parameter name: how to refer to it in messages.
  init(descriptor: Int32 = STDOUT_FILENO, name: String = "Standard output") {
    self.descriptor = descriptor
    self.name = name
    isTerminal = isatty(descriptor) == 1
    // Complete the requested operation even if the output isn't read.
    signal(SIGPIPE, SIG_IGN)
    buffer.reserveCapacity(Self.limit + 4096)
  }

  /// Adds text to the buffer.
  func write(_ text: String) throws(OrgError) {
    try write { $0 += text.utf8 }
  }

  /// Adds bytes to the buffer in place.
  func write(_ body: (inout [UInt8]) -> Void) throws(OrgError) {
    body(&buffer)
    if buffer.count >= Self.limit { try flush() }
  }

  /// Writes the rest of the buffer.
  ///
  /// - Throws: `system` with the reason for the failure.
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

/// Encodes text as bytes for tables, tab-separated lines, and CSV, and JSON from other encoders as ASCII.
enum Encoded {
  /// Appends text that can't affect a terminal; see `String.escapedForDisplay`.
  static func append(display text: String, to bytes: inout [UInt8]) {
    bytes += text.utf8.allSatisfy { 0x20..<0x7F ~= $0 } ? text.utf8 : text.escapedForDisplay.utf8
  }

  /// Appends a field according to RFC 4180. Quotes distinguish an empty text from no text.
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

  /// Escapes everything outside ASCII in JSON text, which can only occur in strings, so that nothing
  /// in it affects a terminal.
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
