// The ids of organizations.
extension Rules {
  /// The form of the ids of organizations.
  public enum IDForm: Sendable, Hashable {
    /// `org_` and more.
    case prefixed
    /// A UUID in lower case: 32 digits in groups of 8, 4, 4, 4 and 12.
    case uuid
    /// Any text of at most so many Unicode scalars.
    case text(length: Int)
  }

  /// An id for a new organization: a random UUID of version 4 (RFC 9562) in lower case, after `org_` where ids begin with that.
  public func newID() -> String {
    switch idForm {
    case .prefixed: "org_" + Self.randomUUID()
    case .uuid: Self.randomUUID()
    // As in the files, where there is room.
    case .text(let length):
      length < 40 ? String(Self.randomUUID().prefix(length)) : "org_" + Self.randomUUID()
    }
  }

  /// - Throws: `OrgError.Code.invalidIdentifier` if an organization's id doesn't have the form.
  public func checkOrganizationID(_ id: String) throws(OrgError) {
    switch idForm {
    case .prefixed:
      guard id.hasPrefix("org_"), id.unicodeScalars.count > 4 else {
        throw OrgError(.invalidIdentifier, "An organization's id starts with org_; \(id.quoted) doesn't.")
      }
    case .uuid:
      guard id.utf8.count == 36, Self.isStartOfUUID(id) else {
        throw OrgError(
          .invalidIdentifier, "An organization's id is a UUID in lower case; \(id.quoted) isn't.")
      }
    case .text(let length):
      guard !id.trimmed.isEmpty else {
        throw OrgError(.invalidIdentifier, "An organization's id can't be empty.")
      }
      guard id.unicodeScalars.count <= length else {
        throw OrgError(.invalidIdentifier, "An organization's id has at most \(length) characters.")
      }
      try checkNull(id, "organization's id", .invalidIdentifier)
    }
  }

  /// Whether a text can be the start of an organization's id, to look for the id that it is the start of. Shorter ones than
  /// four characters would fit too much.
  package func isStartOfID(_ text: String) -> Bool {
    switch idForm {
    case .prefixed: text.hasPrefix("org_")
    case .uuid: text.utf8.count >= 4 && Self.isStartOfUUID(text)
    case .text: text.unicodeScalars.count >= 4
    }
  }

  private static func isStartOfUUID(_ text: String) -> Bool {
    text.utf8.count <= 36
      && text.utf8.enumerated().allSatisfy { place, byte in
        [8, 13, 18, 23].contains(place)
          ? byte == UInt8(ascii: "-")
          : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }

  private static func randomUUID() -> String {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = [high, low].map { number in
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
    var groups: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }
}
