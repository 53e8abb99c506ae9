import CCrypto
import OrgCore

/// How a store writes the ids of organizations beside what the files call them: `org_` and a UUID is the UUID alone where
/// ids are UUIDs.
package struct StoreIDs: Sendable {
  /// The form of a store's ids.
  package enum Form: Sendable, Hashable {
    /// As in the files.
    case files
    /// UUIDs.
    case uuid
    /// Any text of at most so many characters.
    case text(length: Int)
  }

  /// The form of the store's ids.
  package let form: Form
  /// What the files call those organizations whose id doesn't say it, by the store's id.
  private let originals: [String: String]

  /// - Parameter originals: what the files call those organizations whose id doesn't say it, by the store's id.
  package init(_ form: Form, originals: [String: String] = [:]) {
    (self.form, self.originals) = (form, originals)
  }

  /// The ids of the files.
  package static let files = StoreIDs(.files)

  private static let prefix = "org_"
  /// As long are `org_` and a UUID.
  private static let usualLength = 40

  /// What the files call an organization of the store.
  package func portable(_ id: String) -> String { originals[id] ?? derived(id) }

  private func derived(_ id: String) -> String {
    switch form {
    case .files: id
    case .uuid: Self.prefix + id
    case .text: id.hasPrefix(Self.prefix) ? id : Self.prefix + id
    }
  }

  /// What the store calls an organization of the files.
  package func local(_ portable: String) -> String {
    switch form {
    case .files: return portable
    case .text(let length) where length >= max(Self.usualLength, portable.unicodeScalars.count):
      return portable
    case .uuid, .text:
      let rest = portable.dropFirst(Self.prefix.count)
      return portable.hasPrefix(Self.prefix) && Self.isUUID(rest) ? String(rest) : Self.uuid(named: portable)
    }
  }

  /// Whether the store's id of an organization of the files says what the files call it.
  package func isDerivable(_ portable: String) -> Bool { derived(local(portable)) == portable }

  // MARK: UUIDs

  /// Whether a text is a UUID in lower case.
  private static func isUUID(_ text: Substring) -> Bool {
    let bytes = text.utf8
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { place, byte in
      [8, 13, 18, 23].contains(place)
        ? byte == UInt8(ascii: "-") : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
  }

  /// The namespace of the UUIDs that stand for ids of another form.
  private static let namespace: [UInt8] = [
    0xD0, 0xB5, 0xA1, 0xC4, 0x3E, 0x7F, 0x4C, 0x52, 0x9A, 0x61, 0x0F, 0x6F, 0x72, 0x67, 0x6D, 0x6E,
  ]

  /// The name-based UUID (RFC 9562, version 5) of a text: always the same one.
  private static func uuid(named name: String) -> String {
    let text = namespace + Array(name.utf8)
    var hash = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    _ = SHA1(text, text.count, &hash)
    hash[6] = hash[6] & 0x0F | 0x50
    hash[8] = hash[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var result: [UInt8] = []
    for (place, byte) in hash.prefix(16).enumerated() {
      if [4, 6, 8, 10].contains(place) { result.append(UInt8(ascii: "-")) }
      result += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: result, as: UTF8.self)
  }
}
