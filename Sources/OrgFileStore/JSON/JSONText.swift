import OrgCore

/// Text in and out of JSON, in the form that Python's `json` writes: ASCII alone.
enum JSONText {
  /// The text of a string. What isn't UTF-8, or half a surrogate pair, becomes U+FFFD.
  static func decode(_ string: JSONString, in bytes: [UInt8]) -> String {
    let raw = bytes[string.range]
    guard string.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var units: [UInt16] = []
    var index = raw.startIndex
    func flush() {
      guard !units.isEmpty else { return }
      result += Array(String(decoding: units, as: UTF16.self).utf8)
      units = []
    }
    while index < raw.endIndex {
      guard raw[index] == .backslash else {
        flush()
        result.append(raw[index])
        index += 1
        continue
      }
      let kind = raw[index + 1]
      index += 2
      if kind == UInt8(ascii: "u") {
        units.append(raw[index..<index + 4].reduce(0) { $0 << 4 | UInt16($1.hexadecimalValue ?? 0) })
        index += 4
      } else {
        flush()
        result.append(shortEscapes.first { $0.letter == kind }?.byte ?? kind)
      }
    }
    flush()
    return String(decoding: result, as: UTF8.self)
  }

  /// A string in quotes, as `json.dumps` writes it; `null` for none.
  static func encode(_ text: String?) -> [UInt8] {
    guard let text else { return Array("null".utf8) }
    var result: [UInt8] = [.quote]
    result.reserveCapacity(text.utf8.count + 2)
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C: result += [.backslash, UInt8(unit)]
      case 0x20...0x7E: result.append(UInt8(unit))
      default:
        if let short = shortEscapes.first(where: { UInt16($0.byte) == unit }) {
          result += [.backslash, short.letter]
        } else {
          result += [.backslash, UInt8(ascii: "u")]
          for shift in [12, 8, 4, 0] { result.append(hexadecimalDigits[Int(unit >> shift & 0xF)]) }
        }
      }
    }
    result.append(.quote)
    return result
  }

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)

  private static let shortEscapes: [(byte: UInt8, letter: UInt8)] = [
    (0x0A, UInt8(ascii: "n")), (0x0D, UInt8(ascii: "r")), (0x09, UInt8(ascii: "t")),
    (0x08, UInt8(ascii: "b")), (0x0C, UInt8(ascii: "f")),
  ]

  /// An organization as an entry of the file, from its key on.
  static func entry(_ organization: Organization) -> [UInt8] {
    var result = encode(organization.id) + Array(": {\n".utf8)
    var fields: [(String, String?)] = [
      ("id", organization.id), ("name", organization.name),
      ("created_at", organization.createdAt.description), ("plan_tier", organization.planTier),
      ("lago_customer_id", organization.lagoCustomerID),
      ("stripe_customer_id", organization.stripeCustomerID), ("status", organization.status.rawValue),
    ]
    // A time that isn't known stays missing: the service can load that.
    if organization.createdAt == .unknown { fields.remove(at: 2) }
    append(fields, to: &result, indent: 4)
    return result + Array("  }".utf8)
  }

  /// A member list as an entry of the file, from its key on.
  static func entry(organization: String, members: some Collection<OrgUser>) -> [UInt8] {
    encode(organization) + Array(": [".utf8) + elements(members) + [.closeBracket]
  }

  /// What is between the brackets of a member list.
  static func elements(_ members: some Collection<OrgUser>) -> [UInt8] {
    guard !members.isEmpty else { return [] }
    var result = Array("\n    ".utf8)
    for (index, member) in members.enumerated() {
      if index > 0 { result += elementSeparator }
      result += element(member)
    }
    return result + Array("\n  ".utf8)
  }

  static let elementSeparator = Array(",\n    ".utf8)
  static let entrySeparator = Array(",\n  ".utf8)

  /// A member as an element of a list.
  static func element(_ member: OrgUser) -> [UInt8] {
    var result = Array("{\n".utf8)
    var fields: [(String, String?)] = [
      ("org_id", member.organizationID), ("user_id", member.userID), ("role", member.role.rawValue),
      ("joined_at", member.joinedAt.description),
    ]
    if member.joinedAt == .unknown { fields.removeLast() }
    append(fields, to: &result, indent: 6)
    return result + Array("    }".utf8)
  }

  private static func append(_ fields: [(key: String, value: String?)], to result: inout [UInt8], indent: Int)
  {
    for (index, field) in fields.enumerated() {
      result += Array(repeating: 0x20, count: indent) + encode(field.key) + Array(": ".utf8)
      result += encode(field.value) + Array(index == fields.count - 1 ? "\n".utf8 : ",\n".utf8)
    }
  }
}
