import Crypto

/// The SHA-256 of a text, with what it was on the way: the hash of another text that begins the same goes on from there.
struct RunningHash: Sendable {
  /// In lower-case hexadecimal.
  let text: String
  /// The hash before each piece of the text.
  private let states: [SHA256]
  /// Bytes of a piece.
  private static let piece = 1 << 20

  /// - Parameters:
  ///   - earlier: the hash of another text.
  ///   - prefix: how many bytes both have in common at the beginning.
  init(_ bytes: [UInt8], after earlier: RunningHash? = nil, sharing prefix: Int = 0) {
    var states = earlier.map { Array($0.states.prefix(prefix / Self.piece + 1)) } ?? [SHA256()]
    var hasher = states[states.count - 1]
    var place = (states.count - 1) * Self.piece
    while place < bytes.count {
      let rest = bytes[place...].prefix(Self.piece)
      rest.withUnsafeBytes { hasher.update(bufferPointer: $0) }
      place += Self.piece
      if place <= bytes.count { states.append(hasher) }
    }
    self.states = states
    text = hexadecimal(hasher.finalize())
  }
}

/// The SHA-256 of bytes, in lower-case hexadecimal.
func sha256(_ bytes: some Sequence<UInt8>) -> String {
  var hasher = SHA256()
  let done: Void? = bytes.withContiguousStorageIfAvailable {
    hasher.update(bufferPointer: UnsafeRawBufferPointer($0))
  }
  if done == nil { hasher.update(data: Array(bytes)) }
  return hexadecimal(hasher.finalize())
}

private func hexadecimal(_ digest: SHA256.Digest) -> String {
  digest.map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}
