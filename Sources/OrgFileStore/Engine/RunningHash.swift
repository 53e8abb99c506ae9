import CLinux
import Crypto

/// The SHA-256 of a text, with what it was on the way: the hash of another text that begins the same goes on from there.
struct RunningHash: Sendable {
  /// In lower-case hexadecimal.
  let text: String
  /// The hash before each piece of the text, where the processor has instructions for it; these can be written down.
  let states: [SIMD8<UInt32>]
  /// The same elsewhere.
  private let hashers: [SHA256]
  /// Bytes of a piece.
  private static let piece = 1 << 20
  /// Bytes of what is hashed at once.
  private static let block = 64
  private static let hasInstructions = clinux_has_sha256() != 0
  /// What the hash is before the first byte.
  private static let start = SIMD8<UInt32>(
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)

  /// - Parameters:
  ///   - earlier: the hash of another text.
  ///   - prefix: how many bytes both have in common at the beginning.
  init(_ bytes: [UInt8], after earlier: RunningHash? = nil, sharing prefix: Int = 0) {
    let known = prefix / Self.piece + 1
    if Self.hasInstructions {
      var states = earlier.map { Array($0.states.prefix(known)) } ?? []
      if states.isEmpty { states = [Self.start] }
      text = bytes.withUnsafeBytes { Self.hash($0, &states) }
      (self.states, hashers) = (states, [])
    } else {
      var hashers = earlier.map { Array($0.hashers.prefix(known)) } ?? []
      if hashers.isEmpty { hashers = [SHA256()] }
      text = Self.hash(bytes, &hashers)
      (states, self.hashers) = ([], hashers)
    }
  }

  /// What was written down of a hash.
  init(text: String, states: [SIMD8<UInt32>]) {
    (self.text, self.states, hashers) = (text, states, [])
  }

  /// Goes on from the last of what is known, and adds what the hash is before each piece behind that.
  private static func hash(_ text: UnsafeRawBufferPointer, _ states: inout [SIMD8<UInt32>]) -> String {
    var state = states[states.count - 1]
    func add(_ part: UnsafeRawBufferPointer) {
      withUnsafeMutableBytes(of: &state) { words in
        guard let words = words.bindMemory(to: UInt32.self).baseAddress, let start = part.baseAddress else {
          return
        }
        clinux_sha256(words, start, part.count / block)
      }
    }
    var place = (states.count - 1) * piece
    while place + piece <= text.count {
      add(UnsafeRawBufferPointer(rebasing: text[place..<place + piece]))
      place += piece
      states.append(state)
    }
    let whole = place + (text.count - place) / block * block
    add(UnsafeRawBufferPointer(rebasing: text[place..<whole]))
    // A bit, as many zeros as are needed, and the length in bits fill the last block.
    var rest = Array(text[whole...]) + [0x80]
    rest += [UInt8](repeating: 0, count: (block * 2 - 8 - rest.count) % block)
    rest += withUnsafeBytes(of: UInt64(text.count * 8).bigEndian) { Array($0) }
    rest.withUnsafeBytes { add($0) }
    return (0..<8).map { word in
      let digits = String(state[word], radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func hash(_ bytes: [UInt8], _ hashers: inout [SHA256]) -> String {
    var hasher = hashers[hashers.count - 1]
    var place = (hashers.count - 1) * piece
    while place < bytes.count {
      let rest = bytes[place...].prefix(piece)
      rest.withUnsafeBytes { hasher.update(bufferPointer: $0) }
      place += piece
      if place <= bytes.count { hashers.append(hasher) }
    }
    return hexadecimal(hasher.finalize())
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
