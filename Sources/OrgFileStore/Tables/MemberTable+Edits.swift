import OrgCore

/// Edits to the bytes of `org_users.json`.
extension MemberTable {
  /// Converts an edit to byte edits, and determines the indices of the organizations whose lists it affects.
  func splices(
    for edit: StoreEdit, of organizations: OrganizationTable
  ) throws(OrgError) -> (splices: BytePatch, touched: [Int]) {
    var splices: [ByteEdit] = []
    var touched: [Int] = []
    var appended: [[UInt8]] = []
    for (id, list) in edit.members {
      if let index = organizations.index(of: id), hasList(at: index) {
        guard !list.isEmpty else { continue }
        splices += self.splices(for: list, at: index)
        touched.append(index)
      } else {
        guard orphanedMembers[id] == nil else {
          throw OrgError(
            .invalidIdentifier, "\(Self.file) has members for the id \(id.quoted) already; choose another id."
          )
        }
        appended.append(JSONText.entry(organization: id, members: list.added.values))
      }
    }
    splices += removal(of: edit.removed.elements)
    if !appended.isEmpty { splices.append(top.appending(appended)) }
    return (BytePatch(splices), touched)
  }

  private func splices(for edit: MemberListEdit, at index: Int) -> [ByteEdit] {
    let list = lists[index]
    var splices: [ByteEdit] = []
    // One pass over the list is enough for any number of edited members.
    let leaving = Set(edit.removed)
    var changing = Dictionary(edit.roles.map { ($0.key, $0.value) }) { first, _ in first }
    let lengths = Set((edit.removed.elements + edit.roles.keys).map(\.utf8.count))
    var removed: Set<Int> = []
    for place in list.members where !leaving.isEmpty || !changing.isEmpty {
      guard let record = record(place), let name = record.values[1].string,
        name.hasEscapes || lengths.contains(name.range.count)
      else { continue }
      let user = JSONText.decode(name, in: bytes)
      if leaving.contains(user) {
        removed.insert(place - list.members.lowerBound)
      } else if let role = changing.removeValue(forKey: user) {
        let text = JSONText.encode(role.rawValue)
        splices.append(
          record.values[2].kind == .missing
            ? ByteEdit(at: record.lastEnd, Array(",\n      \"role\": ".utf8) + text)
            : ByteEdit(record.values[2].range, text))
      }
    }
    guard !removed.isEmpty || !edit.added.isEmpty else { return splices }
    let extents = list.members.compactMap { place in record(place).map { $0.open..<$0.close + 1 } }
    guard removed.count < extents.count else {
      let end = closingBracket(after: extents.last?.upperBound ?? Int(list.open) + 1)
      return [ByteEdit(Int(list.open) + 1..<end, JSONText.elements(edit.added.values))]
    }
    splices += ByteEdit.removal(of: removed, among: extents.count, in: top) { extents[$0] }
    let additions = edit.added.values.flatMap { JSONText.elementSeparator + JSONText.element($0) }
    if !additions.isEmpty, let end = extents.last?.upperBound {
      splices.append(ByteEdit(at: end, additions))
    }
    return splices
  }

  /// The byte edits that add an empty list for each organization without one.
  func splicesAddingLists(of organizations: OrganizationTable) -> BytePatch {
    let missing = lists.indices.filter { lists[$0].open == 0 }
    guard !missing.isEmpty else { return BytePatch([]) }
    let none: [OrgUser] = []
    return BytePatch([
      top.appending(missing.map { JSONText.entry(organization: organizations.id(at: $0), members: none) })
    ])
  }

  /// The text of the file after appending entries copied from another file.
  func appendingEntries(_ entries: [[UInt8]]) -> [UInt8] {
    BytePatch([top.appending(entries)]).applied(to: bytes)
  }

  /// Removes the lists of organizations. This is rare enough to search the whole file for them.
  private func removal(of organizations: [String]) -> [ByteEdit] {
    guard !organizations.isEmpty else { return [] }
    var entries: [(name: String, extent: Range<Int>)] = []
    var top = RootObjectLayout(start: top.start, lastEnd: top.start)
    var scanner = JSONScanner(bytes, at: top.start)
    try? top.scan(&scanner) { (key, scanner) throws(JSONError) in
      _ = try scanner.skipValue()
      entries.append((JSONText.decode(key, in: bytes), key.range.lowerBound - 1..<scanner.position))
      return true
    }
    let removed = Set(entries.indices.filter { organizations.contains(entries[$0].name) })
    return ByteEdit.removal(of: removed, among: entries.count, in: top) { entries[$0].extent }
  }

  func closingBracket(after position: Int) -> Int {
    var scanner = JSONScanner(bytes, at: position)
    scanner.skipSpace()
    return scanner.position
  }
}
