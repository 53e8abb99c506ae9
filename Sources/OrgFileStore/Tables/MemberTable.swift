import OrgCore

/// `org_users.json` in memory: its bytes, and where each member of each organization stands in them.
struct MemberTable: Sendable {
  static let file = "org_users.json"

  /// One organization's members: a run of `starts` and `roles`.
  private struct List {
    /// The opening bracket; 0 where the file has no list for the organization.
    var open: UInt32 = 0
    var first: UInt32 = 0
    var count: UInt32 = 0

    var members: Range<Int> { Int(first)..<Int(first) + Int(count) }
  }

  private(set) var bytes: [UInt8]
  private(set) var problems: [DataProblem] = []
  /// Whether the text itself is broken, so that no program would read it, or says one thing twice; not just a
  /// record in it.
  private(set) var isBroken = false
  /// Members of organizations that `organizations.json` doesn't have, by the organization's key.
  private(set) var strays: [String: Int] = [:]
  /// Where each member's record stands, at its opening brace.
  private var starts: [UInt32] = []
  private var roles: [UInt8] = []
  /// By the organization's index.
  private var lists: [List]
  private var top = TopObject()
  /// Whether the file could be read at all.
  private(set) var isReadable = true
  /// Whether it has been read yet.
  private(set) var isRead = true

  private static let fields: InlineArray<4, StaticString> = ["org_id", "user_id", "role", "joined_at"]

  /// How many members there are, strays left out.
  private(set) var count = 0

  /// Reads the file's bytes. What can't be used is left out and named in `problems`.
  init(_ bytes: [UInt8], of organizations: OrganizationTable) {
    self.bytes = bytes
    lists = Array(repeating: List(), count: organizations.count)
    var problems = ProblemList(file: Self.file)
    var scanner = JSONScanner(bytes)
    if let top = ProblemList.scannedTop(&scanner, &problems) {
      self.top = top
      isBroken = !problems.all.isEmpty || ProblemList.hasHole(bytes)
      scanEntries(&scanner, organizations, &problems)
    } else {
      isBroken = true
    }
    problems.nameKeys { [self] offset in
      guard offset < self.top.lastEnd else { return nil }
      return lists.indices.filter { lists[$0].open != 0 && lists[$0].open < offset }
        .max { lists[$0].open < lists[$1].open }.map(organizations.id(at:))
    }
    self.problems = problems.all
  }

  /// A file that hasn't been read yet.
  init(unreadBeside organizations: OrganizationTable) {
    bytes = []
    lists = Array(repeating: List(), count: organizations.count)
    isRead = false
  }

  /// A file that couldn't be read, for the reason given: empty, with a problem.
  private init(unreadable reason: String, of organizations: OrganizationTable) {
    bytes = []
    lists = Array(repeating: List(), count: organizations.count)
    problems = [DataProblem(file: Self.file, offset: 0, key: "", reason: reason)]
    isReadable = false
    isBroken = true
  }

  /// A file as it was read.
  init(_ image: DataDirectory.Image, of organizations: OrganizationTable) {
    switch image {
    case .bytes(let bytes, _): self.init(bytes, of: organizations)
    case .unreadable(let reason, _): self.init(unreadable: reason, of: organizations)
    }
  }

  /// The same file beside other organizations.
  func reread(of organizations: OrganizationTable) -> MemberTable {
    guard !isReadable else { return MemberTable(bytes, of: organizations) }
    var result = self
    result.lists = Array(repeating: List(), count: organizations.count)
    return result
  }

  private mutating func scanEntries(
    _ scanner: inout JSONScanner, _ organizations: OrganizationTable, _ problems: inout ProblemList
  ) {
    var lastKey = ""
    // Both files are usually in the same order.
    var expected = 0
    var top = top
    defer { self.top = top }
    do throws(JSONError) {
      try top.scan(&scanner) { (key, scanner) throws(JSONError) in
        let text = scanner.bytes
        func name() -> String { JSONText.decode(key, in: text) }
        if let flaw = key.flaw { problems.note(flaw, key: name()) }
        let index =
          organizations.isKey(key, in: bytes, at: expected)
          ? expected : organizations.index(of: key, in: bytes)
        let list: List
        do throws(JSONError) {
          list = try scanList(&scanner) { problems.note($0, key: name()) }
        } catch {
          lastKey = name()
          throw error
        }
        guard let index else {
          if strays.updateValue(Int(list.count), forKey: name()) != nil {
            isBroken = true
            problems.note(
              JSONError(offset: key.range.lowerBound - 1, reason: "the member list stands twice"), key: name()
            )
          }
          return
        }
        expected = index + 1
        if lists[index].open != 0 {
          isBroken = true
          count -= Int(lists[index].count)
          problems.note(
            JSONError(offset: key.range.lowerBound - 1, reason: "the member list stands twice"), key: name())
        }
        lists[index] = list
        count += Int(list.count)
      }
      if problems.checkTail(&scanner) { isBroken = true }
    } catch {
      isBroken = true
      problems.note(error, key: lastKey)
    }
  }

  /// Takes one list and adds its members to the table.
  private mutating func scanList(
    _ scanner: inout JSONScanner, _ problem: (JSONError) -> Void
  ) throws(JSONError) -> List {
    scanner.skipSpace()
    var list = List(open: UInt32(scanner.position), first: UInt32(starts.count))
    guard scanner.take(.openBracket) else {
      let value = try scanner.skipValue()
      problem(JSONError(offset: value.range.lowerBound, reason: "the member list is no list"))
      return list
    }
    scanner.skipSpace()
    if scanner.take(.closeBracket) { return list }
    let rules = FieldRules(bytes: bytes)
    repeat {
      scanner.skipSpace()
      let start = scanner.position
      if let (role, end) = bytes.withUnsafeBytes({ Self.usualMember($0, at: start) }) {
        roles.append(role)
        starts.append(UInt32(start))
        list.count += 1
        scanner.position = end
        scanner.skipSpace()
        continue
      }
      do throws(JSONError) {
        let record = try scanner.record(Self.fields)
        roles.append(try Self.role(record, rules))
        starts.append(UInt32(start))
        list.count += 1
      } catch {
        problem(error)
        scanner.position = start
        _ = try scanner.skipValue()
      }
      scanner.skipSpace()
    } while scanner.take(.comma)
    guard scanner.take(.closeBracket) else { throw scanner.unexpected("\",\" or \"]\"") }
    return list
  }

  /// The role of a member that is written as the service does, and where its record ends; `nil` for any other.
  private static func usualMember(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) -> (role: UInt8, end: Int)? {
    var record = UsualRecord(bytes, at: start)
    guard record.take("{\n      \"org_id\": \"org_"), record.takeString() != nil,
      record.take(",\n      \"user_id\": \""), record.takeString() != nil,
      record.take(",\n      \"role\": \""), let role = record.takeString(),
      let place = roleNames.firstIndex(where: { bytes[role].elementsEqual($0) }),
      record.take(",\n      \"joined_at\": \""), record.takeTime() != nil, record.take("\n    }")
    else { return nil }
    return (UInt8(place), record.position)
  }

  /// Where the user's id stands in a record as the service writes it; `nil` for any other.
  private static func usualUser(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
    var record = UsualRecord(bytes, at: start)
    guard record.take("{\n      \"org_id\": \"org_"), record.takeString() != nil,
      record.take(",\n      \"user_id\": \"")
    else { return nil }
    return record.takeString()
  }

  /// The role of a member that keeps all rules, by its place among all roles.
  private static func role(_ record: Record<4>, _ rules: FieldRules) throws(JSONError) -> UInt8 {
    if let flaw = record.flaw { throw flaw }
    let values = record.values
    try rules.checkOrganizationID(rules.requireString(values[0], fields[0], in: record.open))
    _ = try rules.requireString(values[1], fields[1], in: record.open)
    try rules.checkTime(rules.requireString(values[3], fields[3], in: record.open))
    let role = try rules.requireString(values[2], fields[2], in: record.open)
    if !role.hasEscapes {
      for (place, name) in roleNames.enumerated() where rules.bytes[role.range].elementsEqual(name) {
        return UInt8(place)
      }
    }
    let name = JSONText.decode(role, in: rules.bytes)
    guard let place = Role(rawValue: name).flatMap(Role.allCases.firstIndex(of:)) else {
      throw JSONError(
        offset: values[2].start, reason: "there is no role \(name.prefix(40).description.quoted)")
    }
    return UInt8(place)
  }

  private static let roleNames = Role.allCases.map { Array($0.rawValue.utf8) }

  // MARK: Looking up

  func count(at index: Int) -> Int { Int(lists[index].count) }

  /// How many lists the file has for organizations that there are.
  var listCount: Int { lists.count { $0.open != 0 } }

  /// Whether the file has a list for the organization, be it empty.
  func hasList(at index: Int) -> Bool { lists[index].open != 0 }

  private func record(_ place: Int) -> Record<4>? {
    var scanner = JSONScanner(bytes, at: Int(starts[place]))
    return try? scanner.record(Self.fields)
  }

  func member(_ member: Int, at index: Int, organization: String) -> OrgUser {
    let place = lists[index].members.lowerBound + member
    let values = record(place)?.values ?? InlineArray(repeating: JSONValue())
    return OrgUser(
      organizationID: organization, userID: values[1].text(in: bytes) ?? "",
      role: Role.allCases[Int(roles[place])],
      joinedAt: values[3].text(in: bytes).flatMap { Timestamp($0) } ?? Timestamp(microseconds: 0))
  }

  /// Gives the id of each member as UTF-8, and the role by its place among all roles.
  func forEach(at index: Int, _ body: (UnsafeRawBufferPointer, Int) -> Void) {
    bytes.withUnsafeBytes { bytes in
      for place in lists[index].members {
        if let user = Self.usualUser(bytes, at: Int(starts[place])) {
          body(UnsafeRawBufferPointer(rebasing: bytes[user]), Int(roles[place]))
        } else {
          var user = record(place)?.values[1].text(in: self.bytes) ?? ""
          user.withUTF8 { body(UnsafeRawBufferPointer($0), Int(roles[place])) }
        }
      }
    }
  }

  func roleCounts(at index: Int) -> RoleCounts {
    roles[lists[index].members].reduce(into: RoleCounts()) { $0.add(Role.allCases[Int($1)]) }
  }

  func find(_ user: String, at index: Int) -> Int? {
    let members = lists[index].members
    return places(of: user, in: members).first(where: { _ in true }).map { $0 - members.lowerBound }
  }

  /// The indices of the organizations that a user is in.
  func organizations(of user: String) -> [Int] {
    lists.indices.filter { find(user, at: $0) != nil }
  }

  /// Where a user's records stand in a run of members.
  private func places(of user: String, in members: Range<Int>) -> some Sequence<Int> {
    let name = Array(user.utf8)
    return members.lazy.filter { place in
      guard let value = record(place)?.values[1], let string = value.string else { return false }
      return value.kind == .escapedString
        ? JSONText.decode(string, in: bytes) == user : bytes[string.range].elementsEqual(name)
    }
  }

  /// Where each list begins, in the order of the file.
  var boundaries: [(id: Int, offset: Int)] {
    lists.indices.filter { lists[$0].open != 0 }.map { ($0, Int(lists[$0].open)) }.sorted {
      $0.offset < $1.offset
    }
  }

  /// The bytes of an organization's list, brackets excluded.
  func listBytes(at index: Int) -> ArraySlice<UInt8> {
    let members = lists[index].members
    guard let last = members.last, let record = record(last) else { return [] }
    return bytes[Int(starts[members.lowerBound])...record.close]
  }

  // MARK: Edits

  /// What an edit does to the bytes, and the indices of the organizations whose lists it touches.
  func splices(
    for edit: SnapshotEdit, of organizations: OrganizationTable
  ) throws(OrgError) -> (splices: Splices, touched: [Int]) {
    var splices: [Splice] = []
    var touched: [Int] = []
    var appended: [[UInt8]] = []
    for (id, list) in edit.members {
      if let index = organizations.index(of: id), hasList(at: index) {
        guard !list.isEmpty else { continue }
        splices += self.splices(for: list, at: index)
        touched.append(index)
      } else {
        guard strays[id] == nil else {
          throw OrgError(
            .invalidIdentifier, "\(Self.file) has members for the id \(id.quoted) already; choose another id."
          )
        }
        appended.append(JSONText.entry(organization: id, members: list.added.values))
      }
    }
    splices += removal(of: edit.removed.elements)
    if !appended.isEmpty { splices.append(top.appending(appended)) }
    return (Splices(splices), touched)
  }

  private func splices(for edit: MemberListEdit, at index: Int) -> [Splice] {
    let list = lists[index]
    var splices: [Splice] = []
    // One pass over the list, however many of its members are edited.
    let leaving = Set(edit.removed)
    var changing = Dictionary(edit.roles.map { ($0.key, $0.value) }) { first, _ in first }
    let lengths = Set((edit.removed.elements + edit.roles.keys).map(\.utf8.count))
    var removed: Set<Int> = []
    for place in list.members where !leaving.isEmpty || !changing.isEmpty {
      guard let values = record(place)?.values, let name = values[1].string,
        name.hasEscapes || lengths.contains(name.range.count)
      else { continue }
      let user = JSONText.decode(name, in: bytes)
      if leaving.contains(user) {
        removed.insert(place - list.members.lowerBound)
      } else if let role = changing.removeValue(forKey: user) {
        splices.append(Splice(values[2].range, JSONText.encode(role.rawValue)))
      }
    }
    guard !removed.isEmpty || !edit.added.isEmpty else { return splices }
    let extents = list.members.compactMap { place in record(place).map { $0.open..<$0.close + 1 } }
    guard removed.count < extents.count else {
      let end = closingBracket(behind: extents.last?.upperBound ?? Int(list.open) + 1)
      return [Splice(Int(list.open) + 1..<end, JSONText.elements(edit.added.values))]
    }
    splices += Splice.removal(of: removed, among: extents.count, in: top) { extents[$0] }
    let additions = edit.added.values.flatMap { JSONText.elementSeparator + JSONText.element($0) }
    if !additions.isEmpty, let end = extents.last?.upperBound {
      splices.append(Splice(at: end, additions))
    }
    return splices
  }

  /// What gives every organization a list that has none.
  func splicesAddingLists(of organizations: OrganizationTable) -> Splices {
    let missing = lists.indices.filter { lists[$0].open == 0 }
    guard !missing.isEmpty else { return Splices([]) }
    let none: [OrgUser] = []
    return Splices([
      top.appending(missing.map { JSONText.entry(organization: organizations.id(at: $0), members: none) })
    ])
  }

  /// Takes the lists of organizations out, which is rare enough to look for them in the whole file.
  private func removal(of organizations: [String]) -> [Splice] {
    guard !organizations.isEmpty else { return [] }
    var entries: [(name: String, extent: Range<Int>)] = []
    var top = TopObject(start: top.start, lastEnd: top.start)
    var scanner = JSONScanner(bytes, at: top.start)
    try? top.scan(&scanner) { (key, scanner) throws(JSONError) in
      _ = try scanner.skipValue()
      entries.append((JSONText.decode(key, in: bytes), key.range.lowerBound - 1..<scanner.position))
    }
    let removed = Set(entries.indices.filter { organizations.contains(entries[$0].name) })
    return Splice.removal(of: removed, among: entries.count, in: top) { entries[$0].extent }
  }

  private func closingBracket(behind position: Int) -> Int {
    var scanner = JSONScanner(bytes, at: position)
    scanner.skipSpace()
    return scanner.position
  }

  /// The table with the splices of an edit made: lists that it didn't touch are moved, not read again.
  func applying(
    _ splices: Splices, touched: [Int], of organizations: OrganizationTable
  ) -> MemberTable {
    guard !splices.isEmpty || organizations.count != lists.count else { return self }
    var result = self
    var problems = ProblemList(file: Self.file)
    result.bytes = splices.applied(to: bytes)
    result.starts = []
    result.starts.reserveCapacity(starts.count + 16)
    result.roles = []
    result.roles.reserveCapacity(roles.count + 16)
    var copied = 0
    func copy(upTo end: Int) {
      result.starts += starts[copied..<end].lazy.map { UInt32(splices.shifted(Int($0))) }
      result.roles += roles[copied..<end]
      copied = end
    }
    // How far the runs behind each touched list move.
    var moves: [(from: Int, by: Int)] = []
    for index in touched.sorted(by: { (lists[$0].first, lists[$0].open) < (lists[$1].first, lists[$1].open) })
    {
      let old = lists[index]
      copy(upTo: old.members.lowerBound)
      var scanner = JSONScanner(result.bytes, at: splices.shifted(Int(old.open)))
      if let list = try? result.scanList(&scanner, { problems.note($0, key: "") }) {
        result.lists[index] = list
        result.count += Int(list.count) - Int(old.count)
      }
      copied = old.members.upperBound
      moves.append((old.members.upperBound, result.starts.count - copied))
    }
    copy(upTo: starts.count)
    let rescanned = Set(touched)
    // Lists mostly stand in the order of their organizations, so the next move is mostly the one to look at.
    var next = 0
    for index in lists.indices where lists[index].open != 0 && !rescanned.contains(index) {
      let first = Int(lists[index].first)
      if next > 0, moves[next - 1].from > first { next = 0 }
      while next < moves.count, moves[next].from <= first { next += 1 }
      result.lists[index].open = UInt32(splices.shifted(Int(lists[index].open)))
      result.lists[index].first = UInt32(first + (next > 0 ? moves[next - 1].by : 0))
    }
    result.lists += Array(repeating: List(), count: organizations.count - lists.count)
    result.top = top.shifted(by: splices)
    var scanner = JSONScanner(result.bytes, at: result.top.lastEnd)
    result.scanEntries(&scanner, organizations, &problems)
    result.problems = problems.all
    return result
  }
}
