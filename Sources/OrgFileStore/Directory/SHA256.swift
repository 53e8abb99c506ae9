import CCrypto

/// The SHA-256 of bytes that are added piece by piece. OpenSSL computes it, using the processor's SHA
/// instructions if available.
struct SHA256 {
  /// The eight words of a hash in progress.
  typealias State = SIMD8<UInt32>

  /// The block size in bytes. A state only covers whole blocks.
  static let block = 64

  private var context = SHA256_CTX()

  /// A hash of no bytes so far.
  init() { SHA256_Init(&context) }

  /// Continues a hash.
  ///
  /// - Parameters:
  ///   - state: the intermediate state.
  ///   - count: the number of bytes that it covers, a multiple of the block size.
  init(_ state: State, after count: Int) {
    self.init()
    withUnsafeMutableBytes(of: &context.h) { words in
      withUnsafeBytes(of: state) { words.copyMemory(from: $0) }
    }
    let bits = UInt64(count) * 8
    context.Nl = UInt32(truncatingIfNeeded: bits)
    context.Nh = UInt32(truncatingIfNeeded: bits >> 32)
  }

  /// The current state. Only valid after whole blocks.
  var state: State {
    withUnsafeBytes(of: context.h) { $0.loadUnaligned(as: State.self) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  /// The hash of all bytes added, in lower-case hexadecimal.
  consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256_Final(&digest, &context)
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The first 56 bits of the hash of all bytes added.
  consuming func finishNumber() -> UInt64 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(SHA256_DIGEST_LENGTH)) { digest in
      SHA256_Final(digest.baseAddress, &context)
      return digest.prefix(7).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

/// The SHA-256 of bytes, in lower-case hexadecimal.
func sha256(_ bytes: some Sequence<UInt8>) -> String {
  var hash = SHA256()
  let done: Void? = bytes.withContiguousStorageIfAvailable { hash.update(UnsafeRawBufferPointer($0)) }
  if done == nil { Array(bytes).withUnsafeBytes { hash.update($0) } }
  return hash.finish()
}
