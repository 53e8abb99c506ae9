import OrgCore

/// `org_users.json` in memory: its bytes, and the offset of each member of each organization.
struct MemberTable: Sendable {
  static let file = "org_users.json"

  typealias List = MemberScan.List

  /// The whole file. See `FileText` for the cost of accessing its bytes after an edit.
  private(set) var text: FileText
  /// Problems that prevent the service from loading the file.
  private(set) var problems: [FileProblem] = []
  /// Problems of records that the service can nevertheless load, up to a limit.
  private(set) var recordProblems: [FileProblem] = []
  /// Whether the text itself is broken, rather than just a record in it, so that no program could parse it.
  private(set) var isBroken = false
  /// The number of members in lists of organizations that aren't in `organizations.json`, by the organization's ID.
  private(set) var orphanedMembers: [String: Int] = [:]
  /// The offset of the opening brace of each member's record.
  private(set) var starts: [UInt32] = []
  private(set) var roles: [UInt8] = []
  /// The lists by the organization's index.
  private(set) var lists: [List]
  /// Organizations that have more than one list, or one whose key can't be loaded by every program. The
  /// service uses the last one.
  private(set) var oddLists: Set<Int> = []
  private(set) var top = RootObjectLayout()
  /// Whether the file could be read at all.
  private(set) var isReadable = true
  /// Whether it has been read yet.
  private(set) var isRead = true

  static let fields: InlineArray<4, JSONKey> = ["org_id", "user_id", "role", "joined_at"]

  var bytes: [UInt8] { text.bytes }

  /// The number of members, excluding orphaned ones.
  private(set) var count = 0

  /// Parses a file. The two halves of a file of at least `dividing` bytes are parsed in parallel. Anything that can't
  /// be used is left out and reported in `problems`.
  ///
  /// - Parameter largest: the maximum size of the file in bytes.
  init(
    _ bytes: [UInt8], of organizations: OrganizationTable, dividing: Int = RootObjectLayout.shortestToDivide,
    largest: Int = FileLimit.bytes
  ) {
    lists = Array(repeating: List(), count: organizations.count)
    guard bytes.count <= largest else {
      text = FileText([])
      problems = [FileProblem(file: Self.file, offset: 0, key: "", reason: FileLimit.reason)]
      (isBroken, isReadable) = (true, false)
      return
    }
    text = FileText(bytes)
    var problems = ProblemList(file: Self.file)
    var oddities = problems
    if let start = problems.scannedTop(of: bytes) {
      isBroken = !problems.isEmpty
      top = RootObjectLayout(start: start, lastEnd: start)
      let middle = RootObjectLayout.middle(of: bytes, atLeast: dividing)
      let second = middle.map { middle in
        BackgroundTask { MemberScan(bytes, of: organizations, from: middle) }
      }
      let first = MemberScan(bytes, of: organizations, from: start, until: middle)
      adopt(first, &problems, &oddities)
      // Unless `middle` only looked like the start of an entry.
      if first.hasStopped, let second { adopt(second.value, &problems, &oddities) }
    } else {
      isBroken = true
    }
    problems.finish { [self] offset in
      guard offset < self.top.lastEnd else { return nil }
      return lists.indices.filter { lists[$0].open != 0 && lists[$0].open < offset }
        .max { lists[$0].open < lists[$1].open }.map(organizations.id(at:))
    }
    oddities.finish { _ in nil }
    self.problems = problems.all
    recordProblems = oddities.all
  }

  /// Parses a changed file, but only the lists between the common beginning and the common end of the old and the new
  /// text. `nil` if the file has problems, or if the lists aren't in the order of their organizations.
  ///
  /// - Parameter organizations: the previous organizations with the same indices, possibly followed by more.
  /// - Returns: the table, and the indices of the organizations whose lists were parsed or removed.
  static func reading(
    _ bytes: [UInt8], of organizations: OrganizationTable, after old: MemberTable
  ) -> (MemberTable, read: [Int])? {
    guard old.isReadable, old.isRead, old.problems.isEmpty, old.recordProblems.isEmpty, !old.isBroken,
      old.orphanedMembers.isEmpty
    else { return nil }
    let order = old.lists.indices.filter { old.lists[$0].open != 0 }
    let opens = order.map { old.lists[$0].open }
    guard zip(opens, opens.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    let same = UnchangedAffixes(old.bytes, bytes)
    let first = opens.firstIndex(above: UInt32(same.prefix)) - 1
    guard first >= 0 else { return nil }
    /// The offset of a list's key. Not valid for the first list.
    func key(_ place: Int) -> Int { old.entryBehindList(at: order[place - 1]) }
    var following = max(first + 1, opens.firstIndex(above: UInt32(old.bytes.count - same.suffix), orAt: true))
    if following < order.count, key(following) < old.bytes.count - same.suffix { following += 1 }
    let shift = bytes.count - old.bytes.count
    let stop = following < order.count ? key(following) + shift : nil
    let start = first == 0 ? old.top.start : key(first)
    let scan = MemberScan(bytes, of: organizations, from: start, until: stop)
    guard scan.problems.isEmpty, scan.oddities.isEmpty, !scan.isBroken, scan.hasStopped == (stop != nil),
      // A comma must be followed by an entry.
      first == 0 || scan.hasStopped || !scan.entries.isEmpty
    else { return nil }
    var table = old
    table.text = FileText(bytes)
    table.lists += Array(repeating: List(), count: organizations.count - old.lists.count)
    let kept = Int(old.lists[order[first]].first)
    let rest = following < order.count ? Int(old.lists[order[following]].first) : old.starts.count
    table.starts = Array(old.starts[..<kept])
    table.starts.reserveCapacity(kept + scan.starts.count + old.starts.count - rest)
    table.starts += scan.starts
    table.starts += old.starts[rest...].lazy.map { UInt32(Int($0) + shift) }
    table.roles = old.roles[..<kept] + scan.roles + old.roles[rest...]
    table.count = table.starts.count
    var read: Set<Int> = []
    for index in order[first..<min(following, order.count)] {
      table.lists[index] = List()
      read.insert(index)
    }
    for entry in scan.entries {
      guard let index = entry.index.map({ Int($0) }), table.lists[index].open == 0 else { return nil }
      table.lists[index] = entry.list
      table.lists[index].first += UInt32(kept)
      read.insert(index)
    }
    let moved = kept + scan.starts.count - rest
    for index in order[min(following, order.count)...] {
      table.lists[index].open = UInt32(Int(old.lists[index].open) + shift)
      table.lists[index].first = UInt32(Int(old.lists[index].first) + moved)
    }
    table.top.adopt(scan.top)
    if stop != nil { (table.top.lastEnd, table.top.close) = (old.top.lastEnd + shift, old.top.close + shift) }
    return (table, read.sorted())
  }

  /// The offset of the key after an organization's list, which must not be the last.
  private func entryBehindList(at index: Int) -> Int {
    let list = lists[index]
    let end = list.members.last.flatMap { record($0) }.map { $0.close + 1 } ?? Int(list.open) + 1
    var scanner = JSONScanner(bytes, at: closingBracket(after: end) + 1)
    scanner.skipSpace()
    _ = scanner.take(.comma)
    scanner.skipSpace()
    return scanner.position
  }

  /// The same file combined with organizations that begin with the previous ones.
  func extended(to organizations: OrganizationTable) -> MemberTable? {
    guard orphanedMembers.isEmpty, isReadable else { return nil }
    var result = self
    result.lists += Array(repeating: List(), count: organizations.count - lists.count)
    return result
  }

  /// Creates the table of a file whose offsets are already known.
  ///
  /// - Parameters:
  ///   - lists: the lists by the organization's index.
  ///   - starts: the offset of the opening brace of each member's record.
  ///   - roles: the index of each member's role.
  ///   - top: the layout of the object that contains the lists.
  init(_ bytes: [UInt8], lists: [List], starts: [UInt32], roles: [UInt8], top: RootObjectLayout) {
    (text, self.lists, self.starts) = (FileText(bytes), lists, starts)
    (self.roles, self.top, count) = (roles, top, starts.count)
  }

  /// A file that hasn't been read yet.
  init(unreadBeside organizations: OrganizationTable) {
    text = FileText([])
    lists = Array(repeating: List(), count: organizations.count)
    isRead = false
  }

  /// A file that couldn't be read for the given reason: empty, with a problem.
  private init(unreadable reason: String, of organizations: OrganizationTable) {
    text = FileText([])
    lists = Array(repeating: List(), count: organizations.count)
    problems = [FileProblem(file: Self.file, offset: 0, key: "", reason: reason)]
    isReadable = false
    isBroken = true
  }

  /// Parses the result of reading a file.
  init(_ image: DataDirectory.Image, of organizations: OrganizationTable) {
    switch image {
    case .bytes(let bytes, _): self.init(bytes, of: organizations)
    case .unreadable(let reason, _): self.init(unreadable: reason, of: organizations)
    }
  }

  /// The same file combined with other organizations.
  func reread(of organizations: OrganizationTable) -> MemberTable {
    guard !isReadable else { return MemberTable(bytes, of: organizations) }
    var result = self
    result.lists = Array(repeating: List(), count: organizations.count)
    return result
  }

  /// Adds entries that come after all existing ones.
  private mutating func adopt(
    _ scan: MemberScan, _ problems: inout ProblemList, _ oddities: inout ProblemList
  ) {
    isBroken = isBroken || scan.isBroken
    problems.add(scan.problems)
    oddities.add(scan.oddities)
    let shift = UInt32(starts.count)
    if starts.isEmpty {
      (starts, roles) = (scan.starts, scan.roles)
    } else {
      starts += scan.starts
      roles += scan.roles
    }
    for entry in scan.entries {
      var list = entry.list
      list.first += shift
      func id() -> String {
        var scanner = JSONScanner(bytes, at: Int(entry.key))
        return (try? scanner.string()).map { JSONText.decode($0, in: bytes) } ?? ""
      }
      func noteSecond() {
        let error = JSONError(
          offset: Int(entry.key), reason: "the member list appears twice; the service uses the last one",
          weight: .record)
        oddities.note(error, key: id(), scope: .members(organization: id()))
      }
      guard let index = entry.index.map({ Int($0) }) else {
        if orphanedMembers.updateValue(Int(list.count), forKey: id()) != nil { noteSecond() }
        continue
      }
      if lists[index].open != 0 {
        noteSecond()
        oddLists.insert(index)
        count -= Int(lists[index].count)
      }
      if entry.isOdd { oddLists.insert(index) }
      lists[index] = list
      count += Int(list.count)
    }
    top.adopt(scan.top)
  }

  // MARK: Edits

  /// Applies the byte edits of a change. Lists that the change doesn't affect are moved rather than parsed again.
  func applying(
    _ splices: BytePatch, touched: [Int], of organizations: OrganizationTable
  ) -> MemberTable {
    guard !splices.isEmpty || organizations.count != lists.count else { return self }
    var result = self
    var problems = ProblemList(file: Self.file)
    var oddities = problems
    result.text = FileText(text, patchedBy: splices)
    result.starts = []
    result.starts.reserveCapacity(starts.count + 16)
    result.roles = []
    result.roles.reserveCapacity(roles.count + 16)
    var copied = 0
    func copy(upTo end: Int) {
      result.starts += splices.shifted(starts[copied..<end])
      result.roles += roles[copied..<end]
      copied = end
    }
    // How far the ranges after each affected list move; ranges are in the order of their lists in the file.
    var moves: [(after: UInt32, by: Int)] = []
    for index in touched.sorted(by: { lists[$0].open < lists[$1].open }) {
      let old = lists[index]
      copy(upTo: old.members.lowerBound)
      var (scan, list) = edited(index, splices)
      if scan.problems.isEmpty, scan.oddities.isEmpty, list != nil {
        scan.move(by: splices.shifted(Int(old.open)))
        list?.open = UInt32(splices.shifted(Int(old.open)))
      } else {
        // Parse it again in the whole file to report problems with the right offsets.
        var scanner = JSONScanner(result.bytes, at: splices.shifted(Int(old.open)))
        scan = MemberScan()
        list = try? scan.scanList(&scanner, key: { organizations.id(at: index) })
      }
      if var list {
        list.first += UInt32(result.starts.count)
        result.lists[index] = list
        result.count += Int(list.count) - Int(old.count)
      }
      result.starts += scan.starts
      result.roles += scan.roles
      problems.add(scan.problems)
      oddities.add(scan.oddities)
      copied = old.members.upperBound
      moves.append((old.open, result.starts.count - copied))
    }
    copy(upTo: starts.count)
    let rescanned = Set(touched)
    // Lists are usually in the order of their organizations, so the next move is usually the right one.
    var next = 0
    for index in lists.indices where lists[index].open != 0 && !rescanned.contains(index) {
      let old = lists[index]
      if next > 0, moves[next - 1].after > old.open { next = 0 }
      while next < moves.count, moves[next].after < old.open { next += 1 }
      result.lists[index].open = UInt32(splices.shifted(Int(old.open)))
      result.lists[index].first = UInt32(Int(old.first) + (next > 0 ? moves[next - 1].by : 0))
    }
    result.lists += Array(repeating: List(), count: organizations.count - lists.count)
    result.top = top.shifted(by: splices)
    if splices.all.allSatisfy({ $0.range.upperBound < top.lastEnd }) {
      result.top.close = splices.shifted(top.close)
    } else if let next = result.top.findEnd(in: result.bytes) {
      result.adopt(MemberScan(result.bytes, of: organizations, from: next), &problems, &oddities)
    }
    result.problems = problems.all
    if !recordProblems.isEmpty {
      let ids = Set(touched.map { organizations.id(at: $0) })
      result.recordProblems = ProblemList.shifted(recordProblems, by: splices) { problem in
        if case .member(_, let id) = problem.scope { ids.contains(id) } else { false }
      }
    }
    result.recordProblems += oddities.all
    return result
  }

  /// Parses a list after applying the byte edits of a change. The resulting offsets are
  /// relative to its opening bracket.
  private func edited(_ index: Int, _ splices: BytePatch) -> (MemberScan, List?) {
    let list = lists[index]
    let last = list.members.last.flatMap { record($0) }.map { $0.close + 1 } ?? Int(list.open) + 1
    let end = closingBracket(after: last) + 1
    var scan = MemberScan()
    guard Int(list.open) < end, end <= text.count else { return (scan, nil) }
    var scanner = JSONScanner(splices.applied(to: bytes, within: Int(list.open)..<end))
    let read = try? scan.scanList(&scanner)
    // If the list doesn't end at the end of the excerpt, it must be parsed in place.
    return (scan, scanner.position == scanner.bytes.count ? read : nil)
  }
}
