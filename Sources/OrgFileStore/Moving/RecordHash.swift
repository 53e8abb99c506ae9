/// Hashes of records by which two stores are compared.
package enum RecordHash {
  /// The SHA-256 of a text, in hexadecimal.
  package static func text(_ bytes: [UInt8]) -> String { sha256(bytes) }

  /// The first 56 bits of the SHA-256 of a text.
  package static func number(_ bytes: [UInt8]) -> UInt64 {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finishNumber()
  }
}
