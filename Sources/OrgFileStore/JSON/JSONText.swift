import OrgCore

/// Decodes and encodes JSON text in the same form as Python's `json`: pure ASCII.
///
/// orgman's own documents, such as the lines of the journal, are coded by Foundation instead: nothing depends on the
/// exact position of their bytes.
package enum JSONText {
  /// Decodes a string. Invalid UTF-8 and lone surrogates become U+FFFD.
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

  /// Decodes a single string including its quotes, for callers that read JSON piece by piece; `nil`
  /// if it isn't valid UTF-8.
  ///
  /// - Throws: the error in its escapes, with its offset.
  package static func decode(token: [UInt8]) throws(JSONError) -> String? {
    var scanner = JSONScanner(token)
    let string = try scanner.string()
    if let flaw = string.flaw { throw flaw }
    let text = String(validating: token[string.range], as: UTF8.self)
    return string.hasEscapes && text != nil ? decode(string, in: token) : text
  }

  /// Encodes a string in quotes, as `json.dumps` does; `null` for `nil`.
  package static func encode(_ text: String?) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((text?.utf8.count ?? 2) + 2)
    append(text, to: &result)
    return result
  }

  /// The control characters for which the two-character escapes are used.
  package enum ShortEscapes {
    /// All that have one in JSON.
    case all
    /// Only white space. orgman's lists have always been written this way, and scripts compare them.
    case whiteSpace

    fileprivate func escape(of unit: UInt16) -> UInt8? {
      guard let short = JSONText.shortEscapes.first(where: { UInt16($0.byte) == unit }) else { return nil }
      return self == .all || short.isWhiteSpace ? short.letter : nil
    }
  }

  /// Appends a string in quotes as pure ASCII; `null` for `nil`.
  package static func append(_ text: String?, to bytes: inout [UInt8], short: ShortEscapes = .all) {
    guard let text else {
      bytes += "null".utf8
      return
    }
    bytes.append(.quote)
    if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 && $0 != .quote && $0 != .backslash }) {
      bytes += text.utf8
    } else {
      for unit in text.utf16 {
        switch unit {
        case 0x22, 0x5C: bytes += [.backslash, UInt8(unit)]
        case 0x20...0x7E: bytes.append(UInt8(unit))
        default:
          if let letter = short.escape(of: unit) {
            bytes += [.backslash, letter]
          } else {
            append(escape: unit, to: &bytes)
          }
        }
      }
    }
    bytes.append(.quote)
  }

  /// Appends `\u` and four hexadecimal digits.
  package static func append(escape unit: UInt16, to bytes: inout [UInt8]) {
    bytes += [.backslash, UInt8(ascii: "u")]
    for shift in [12, 8, 4, 0] { bytes.append(hexadecimalDigits[Int(unit >> shift & 0xF)]) }
  }

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)

  private static let shortEscapes: [(byte: UInt8, letter: UInt8, isWhiteSpace: Bool)] = [
    (0x0A, UInt8(ascii: "n"), true), (0x0D, UInt8(ascii: "r"), true), (0x09, UInt8(ascii: "t"), true),
    (0x08, UInt8(ascii: "b"), false), (0x0C, UInt8(ascii: "f"), false),
  ]

  /// An organization as an entry of the file, including its key.
  static func entry(_ organization: Organization) -> [UInt8] {
    var result = encode(organization.id) + Array(": {\n".utf8)
    // An unknown time remains absent: the service can load that.
    let keys = OrganizationKey.all.filter { $0 != .createdAt || organization.createdAt != .unknown }
    let fields = keys.map { (key: $0.name, value: organization.text($0)) }
    append(fields, to: &result, indent: 4)
    return result + Array("  }".utf8)
  }

  /// A member list as an entry of the file, including its key.
  static func entry(organization: String, members: some Collection<OrgUser>) -> [UInt8] {
    encode(organization) + Array(": [".utf8) + elements(members) + [.closeBracket]
  }

  /// The text between the brackets of a member list.
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
