import OrgCore

/// The two files taken apart: what is before, between, and after their entries, and the entries. All pieces together are the
/// files, byte for byte.
package struct FilePieces: Sendable {
  let contents: FileContents
  /// The entries of each file in order.
  private let organizations: [Entry]
  private let lists: [Entry]
  /// The entry of each organization, and that of its list of members; -1 without a list.
  private let listPlaces: [Int32]
  private let organizationPlaces: [Int32]

  /// One of the two files.
  package enum File: String, Sendable, CaseIterable {
    case organizations = "organizations.json"
    case lists = "org_users.json"
  }

  /// An entry of a file's top-level object.
  struct Entry {
    /// Where the entry before it ends; for the first, where its own key begins.
    let start: Int
    /// The opening quote of its key.
    let key: Int
    let end: Int
    /// The index of the organization; -1 for what no program uses, as the second record of an organization.
    var index: Int32
  }

  /// Takes two files apart.
  ///
  /// - Throws: `damagedData` if the service couldn't load them.
  package init(_ backup: Backup) throws(OrgError) {
    contents = backup.contents
    if let problem = contents.problems.first {
      throw OrgError(
        .damagedData, "Damaged data can't be moved. \(problem). Repair them first: orgman doctor --fix.")
    }
    let table = contents.organizations
    let known = Dictionary(table.boundaries.map { ($0.offset, $0.id) }) { first, _ in first }
    organizations = Self.entries(of: table.bytes, from: table.top.start) { key, _, _ in
      known[key].map { (Int32($0), nil) }
    }
    let members = contents.members
    let opens = Dictionary(members.boundaries.map { ($0.offset, $0.id) }) { first, _ in first }
    lists = Self.entries(of: members.bytes, from: members.top.start) { _, value, bytes in
      guard let index = opens[value] else { return nil }
      let last = members.lists[index].members.last.flatMap { members.end(ofMember: $0) }
      return (Int32(index), last.map { members.closingBracket(after: $0) + 1 })
    }
    organizationPlaces = Self.places(of: organizations, table.count)
    listPlaces = Self.places(of: lists, table.count)
  }

  private static func places(of entries: [Entry], _ count: Int) -> [Int32] {
    var places = [Int32](repeating: -1, count: count)
    for (place, entry) in entries.enumerated() where entry.index >= 0 {
      places[Int(entry.index)] = Int32(place)
    }
    return places
  }

  /// Finds the entries of a top-level object.
  ///
  /// - Parameter known: what is known of an entry by the offsets of its key and its value: the organization, and where
  ///   the value ends, if that is known, too.
  private static func entries(
    of bytes: [UInt8], from start: Int, _ known: (Int, Int, [UInt8]) -> (index: Int32, end: Int?)?
  ) -> [Entry] {
    var entries: [Entry] = []
    var scanner = JSONScanner(bytes, at: start)
    var top = RootObjectLayout(start: start, lastEnd: start)
    // What can't be scanned to its end was refused before.
    try? top.scan(&scanner) { (key, scanner) throws(JSONError) in
      scanner.skipSpace()
      let place = key.range.lowerBound - 1
      let found = known(place, scanner.position, bytes)
      if let end = found?.end { scanner.position = end } else { _ = try scanner.skipValue() }
      entries.append(
        Entry(
          start: entries.last?.end ?? place, key: place, end: scanner.position, index: found?.index ?? -1))
      return true
    }
    return entries
  }

  // MARK: Around the entries

  private func entries(of file: File) -> [Entry] { file == .organizations ? organizations : lists }

  /// The text of a file.
  package func bytes(of file: File) -> [UInt8] { contents.bytes(of: file.rawValue) }

  /// The SHA-256 of a file, in hexadecimal.
  package func hash(of file: File) -> String { sha256(bytes(of: file)) }

  /// How many entries a file has.
  package func entryCount(of file: File) -> Int { entries(of: file).count }

  /// What is before the first entry.
  package func head(of file: File) -> ArraySlice<UInt8> {
    let bytes = bytes(of: file)
    let top = file == .organizations ? contents.organizations.top : contents.members.top
    return bytes[..<(entries(of: file).first?.key ?? top.start)]
  }

  /// What is after the last entry.
  package func tail(of file: File) -> ArraySlice<UInt8> {
    let bytes = bytes(of: file)
    let top = file == .organizations ? contents.organizations.top : contents.members.top
    return bytes[(entries(of: file).last?.end ?? top.start)...]
  }

  /// Entries that no program uses, with their places among all entries: a second record of an organization, or the members
  /// of one that there isn't.
  package func leftovers(of file: File) -> [(place: Int, text: ArraySlice<UInt8>)] {
    let bytes = bytes(of: file)
    return entries(of: file).enumerated().filter { $1.index < 0 }.map { ($0, bytes[$1.start..<$1.end]) }
  }

  // MARK: Organizations

  package var count: Int { contents.organizationCount }
  /// How many members there are, without those in lists that no program uses.
  package var memberCount: Int { contents.memberCount }
  package func id(at index: Int) -> String { contents.id(at: index) }
  package func organization(at index: Int) -> Organization { contents.organization(at: index) }
  package func memberCount(at index: Int) -> Int { contents.memberCount(at: index) }

  /// The place of an organization's entry among those of a file; `nil` if it has none there.
  package func place(of index: Int, in file: File) -> Int? {
    let place = Int((file == .organizations ? organizationPlaces : listPlaces)[index])
    return place < 0 ? nil : place
  }

  /// The text of an organization's entry in a file, with what is between it and the one before.
  package func text(of index: Int, in file: File) -> ArraySlice<UInt8>? {
    guard let place = place(of: index, in: file) else { return nil }
    let entry = entries(of: file)[place]
    return bytes(of: file)[entry.start..<entry.end]
  }

  /// Whether the entry of an organization is in the form in which its values are written.
  package func isUsual(_ organization: Organization, at index: Int) -> Bool {
    guard let text = text(of: index, in: .organizations) else { return false }
    return PieceText.isUsual(
      text, JSONText.entry(organization), isFirst: place(of: index, in: .organizations) == 0)
  }

  /// The SHA-256 of all that the files say of an organization, in hexadecimal.
  package func hash(at index: Int) -> String {
    var hash = SHA256()
    text(of: index, in: .organizations)?.withUnsafeBytes { hash.update($0) }
    // What no text has.
    [0xFF].withUnsafeBytes { hash.update($0) }
    text(of: index, in: .lists)?.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }

  /// The fields of an organization's record that orgman doesn't know, as a JSON object; `nil` for none.
  package func unknownFields(at index: Int) -> String? {
    text(of: index, in: .organizations).flatMap {
      PieceText.unknownFields(ofEntry: Array($0), OrganizationTable.fields)
    }
  }

  /// The fields of members' records that orgman doesn't know, as a JSON object of objects by user; `nil` for none.
  package func unknownMemberFields(at index: Int) -> String? {
    let members = contents.members
    var parts: [String] = []
    for place in members.lists[index].members {
      var scanner = JSONScanner(members.bytes, at: Int(members.starts[place]))
      guard let fields = PieceText.unknownFields(&scanner, MemberTable.fields),
        let user = members.record(place)?.values[1].text(in: members.bytes),
        !user.unicodeScalars.contains("\0")
      else { continue }
      parts.append(String(decoding: JSONText.encode(user), as: UTF8.self) + ": " + fields)
    }
    return parts.isEmpty ? nil : "{\(parts.joined(separator: ", "))}"
  }
}

extension MemberTable {
  /// The offset after a member's record.
  func end(ofMember place: Int) -> Int? {
    let start = Int(starts[place])
    let usual = bytes.withUnsafeBytes { MemberScan.usualMember($0, at: start) }
    return usual?.end ?? record(place).map { $0.close + 1 }
  }
}
