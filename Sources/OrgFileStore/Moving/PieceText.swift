import OrgCore

/// The text of entries of the two files: as they are written, and as they were before something in them changed.
package enum PieceText {
  package static let separator = JSONText.entrySeparator
  private static let head = Array("{\n  ".utf8)
  private static let tail = Array("\n}".utf8)

  /// The entry of an organization in `organizations.json`.
  package static func entry(_ organization: Organization) -> [UInt8] { JSONText.entry(organization) }

  /// The entry of a list of members in `org_users.json`.
  package static func list(_ id: String, _ members: [OrgUser]) -> [UInt8] {
    JSONText.entry(organization: id, members: members)
  }

  /// Whether a text is an entry after the usual separator.
  static func isUsual(_ text: ArraySlice<UInt8>, _ entry: [UInt8], isFirst: Bool) -> Bool {
    let separator = isFirst ? 0 : separator.count
    return text.count == separator + entry.count && (isFirst || text.starts(with: self.separator))
      && haveSameBytes(text.dropFirst(separator), entry[...])
  }

  /// The text of an entry without what is before its key.
  package static func withoutSeparator(_ text: [UInt8]) -> ArraySlice<UInt8> {
    text[(text.firstIndex(of: .quote) ?? text.endIndex)...]
  }

  /// The key of an entry.
  package static func key(of text: [UInt8]) -> String? {
    var scanner = JSONScanner(text, at: text.firstIndex(of: .quote) ?? text.endIndex)
    return (try? scanner.string()).map { JSONText.decode($0, in: text) }
  }

  /// What is around the entries of a file, as it was kept or as it is written; the kept text is for a file with entries or
  /// for one without.
  package static func frame(
    kept: (head: [UInt8], tail: [UInt8], entries: Int)?, hasEntries: Bool
  ) -> (head: [UInt8], tail: [UInt8]) {
    if let kept, (kept.entries > 0) == hasEntries { return (kept.head, kept.tail) }
    return hasEntries ? (head, tail) : (Array("{".utf8), Array("}".utf8))
  }

  // MARK: Unknown fields

  /// The fields of an entry's record that aren't among some keys, as a JSON object; `nil` for none.
  static func unknownFields<let count: Int>(
    ofEntry text: [UInt8], _ keys: InlineArray<count, JSONKey>
  ) -> String? {
    var scanner = JSONScanner(text, at: text.firstIndex(of: .quote) ?? 0)
    guard (try? scanner.string()) != nil, (try? scanner.expect(.colon)) != nil else { return nil }
    scanner.skipSpace()
    return unknownFields(&scanner, keys)
  }

  /// The same of the record that a scanner is at. What PostgreSQL's `jsonb` can't hold is left out.
  static func unknownFields<let count: Int>(
    _ scanner: inout JSONScanner, _ keys: InlineArray<count, JSONKey>
  ) -> String? {
    let bytes = scanner.bytes
    guard (try? scanner.expect(.openBrace)) != nil else { return nil }
    var parts: [String] = []
    var top = RootObjectLayout(start: scanner.position, lastEnd: scanner.position)
    try? top.scan(&scanner) { (key, scanner) throws(JSONError) in
      let (value, flaw) = try scanner.skipValue()
      let isKnown = (0..<count).contains { scanner.matches(key, keys[$0]) }
      if !isKnown, key.flaw == nil, flaw == nil,
        let name = String(validating: bytes[key.range], as: UTF8.self),
        let text = String(validating: bytes[value], as: UTF8.self),
        ![#"\u0000"#, "NaN", "Infinity"].contains(where: { name.contains($0) || text.contains($0) })
      {
        parts.append("\"\(name)\": \(text)")
      }
      return true
    }
    return parts.isEmpty ? nil : "{\(parts.joined(separator: ", "))}"
  }

  // MARK: Kept text

  /// The entry of an organization as it was kept, with the values that changed since; `nil` if it can't be told what of it
  /// to keep.
  ///
  /// - Parameters:
  ///   - organization: the values now.
  ///   - stored: what the other store made of an organization. A value stays as it was kept if the same was made of it.
  package static func entry(
    kept text: [UInt8], _ organization: Organization, stored: (Organization) -> Organization
  ) -> [UInt8]? {
    let separator = text.firstIndex(of: .quote) ?? text.endIndex
    let bytes = [.openBrace] + text[separator...] + [.closeBrace]
    let table = OrganizationTable(bytes)
    guard table.problems.isEmpty, table.count == 1, table.id(at: 0) == organization.id else { return nil }
    let before = stored(table[0])
    var scanner = JSONScanner(bytes, at: 1)
    guard (try? scanner.string()) != nil, (try? scanner.expect(.colon)) != nil else { return nil }
    scanner.skipSpace()
    guard let record = try? scanner.record(OrganizationTable.fields) else { return nil }
    var edits: [ByteEdit] = []
    var missing: [UInt8] = []
    for key in OrganizationKey.all where key != .id && before.text(key) != organization.text(key) {
      let value = record.values[key.place]
      let new = JSONText.encode(organization.text(key))
      if value.kind == .missing {
        missing += Array(",\n    \"\(key.name)\": ".utf8) + new
      } else {
        edits.append(ByteEdit(value.range, new))
      }
    }
    if !missing.isEmpty { edits.append(ByteEdit(at: record.lastEnd, missing)) }
    let result = BytePatch(edits).applied(to: bytes)
    return text[..<separator] + result.dropFirst().dropLast()
  }

  /// The entry of a list as it was kept, with what changed since; `nil` if it can't be told what of it to keep.
  ///
  /// - Parameter knowsTimes: whether it is known when members joined.
  package static func list(
    kept text: [UInt8], _ id: String, _ members: [OrgUser], knowsTimes: Bool
  ) -> [UInt8]? {
    let separator = text.firstIndex(of: .quote) ?? text.endIndex
    let bytes = [.openBrace] + text[separator...] + [.closeBrace]
    let owner =
      [.openBrace] + JSONText.entry(Organization(id: id, name: "-", createdAt: .unknown)) + [.closeBrace]
    let table = OrganizationTable(owner)
    let contents = FileContents(organizations: table, members: MemberTable(bytes, of: table))
    guard contents.problems.isEmpty, contents.organizationCount == 1, contents.members.hasList(at: 0) else {
      return nil
    }
    var wanted = Dictionary(members.map { ($0.userID, $0) }) { first, _ in first }
    var list = MemberListEdit()
    var seen: Set<String> = []
    for place in 0..<contents.memberCount(at: 0) {
      let member = contents.member(place, at: 0)
      guard seen.insert(member.userID).inserted else { continue }
      guard let now = wanted[member.userID], !knowsTimes || now.joinedAt == member.joinedAt else {
        list.removed.append(member.userID)
        continue
      }
      wanted[member.userID] = nil
      if now.role != member.role { list.roles[member.userID] = now.role }
    }
    for member in members where wanted.removeValue(forKey: member.userID) != nil {
      list.added[member.userID] = member
    }
    guard !list.isEmpty else { return text }
    var edit = StoreEdit()
    edit.members[id] = list
    guard let next = try? contents.applying(edit).contents, next.problems.isEmpty,
      next.memberCount(at: 0) >= members.count
    else { return nil }
    return text[..<separator] + next.members.bytes.dropFirst().dropLast()
  }
}
