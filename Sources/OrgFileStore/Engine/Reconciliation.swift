import OrderedCollections
import OrgCore

/// What is made of files that another program wrote: which of its changes are taken in, and which of ours, that
/// it took back without knowing of them, stay.
///
/// The other program reads a file, computes, and writes it whole, with no lock in between. So what it writes
/// may lack what was committed meanwhile. Of the states that it may have read, the one is assumed from which
/// its write differs least: what came behind that state it didn't know of.
struct Reconciliation {
  /// One generation of the history: what it changed, and how it came about.
  struct Step {
    /// Where the changes of a generation came from.
    enum Origin {
      /// Through orgman.
      case own
      /// From another program, found in a file that had been displaced: the program itself may not see it in
      /// what it reads next.
      case displaced
      /// From another program, in the file itself.
      case foreign
    }

    let generation: UInt64
    let time: Timestamp
    let origin: Origin
    private let content: Content
    /// The hashes of the values that it changed, rising, where looking at the changes is dear.
    private let touched: [Int]?

    /// What it changed, found out when it is asked for, and kept.
    private final class Content {
      private let load: () -> [RecordedChange]
      lazy var changes = load()

      init(_ load: @escaping () -> [RecordedChange]) { self.load = load }
    }

    init(
      generation: UInt64, time: Timestamp, origin: Origin, touched: [Int]? = nil,
      changes: @escaping () -> [RecordedChange]
    ) {
      (self.generation, self.time, self.origin, self.touched) = (generation, time, origin, touched)
      content = Content(changes)
    }

    var changes: [RecordedChange] { content.changes }

    /// Whether it can have changed one of some values.
    fileprivate func mayHaveChanged(_ cells: Set<Cell>) -> Bool {
      guard let touched else { return true }
      return cells.contains { cell in
        let place = touched.firstIndex(above: cell.hashValue, orAt: true)
        return place < touched.count && touched[place] == cell.hashValue
      }
    }

    /// What it changed in a file, with the values before.
    fileprivate func cells(in file: String) -> [(cell: Cell, before: String?)] {
      changes.flatMap { change in
        change.cellsBefore.filter { item in
          guard item.cell.file == file else { return false }
          // Other programs write an organization and its list one after the other.
          if origin != .own, case .createOrganization = change.change, case .list = item.cell { return false }
          return true
        }
      }
    }
  }

  /// A file that was written to after it had been exchanged for a newer one.
  struct Displaced {
    var file: String
    /// The generation that took its place.
    var generation: UInt64
    /// When it was written to, where that is known.
    var written: Timestamp?
  }

  /// The data to go on with.
  private(set) var contents: FileContents
  /// What that changes in the data as the journal has them.
  private(set) var changes: [RecordedChange] = []
  /// Own generations that the other program took back, where it may have known of them.
  private(set) var reverted: [UInt64] = []
  /// Own generations that it didn't know of, and that stay.
  private(set) var kept: [UInt64] = []
  /// Files whose bytes must be put aside, as not all of them live on.
  private(set) var quarantined: Set<String> = []
  /// Whether a file was broken or had lost records.
  private(set) var isRepair = false
  /// What to say of it.
  private(set) var note: String?

  /// A program that takes longer than this between reading and writing, in microseconds, isn't reckoned with:
  /// what it takes back then it may well have seen. The service takes about a second at 10,000 organizations.
  static let longestOperation: Int64 = 60_000_000
  /// What is taken back while other programs are busy, this soon after our change, in microseconds, wasn't meant:
  /// one that writes what another has written already leaves nothing but an older state of ours to be seen. No
  /// person is that fast; the service takes about 65 ns a byte.
  private static func reaction(bytes: Int) -> Int64 { 2_000_000 + Int64(bytes) / 8 }
  /// How many more values than at first may differ before no earlier state is looked at.
  private static let detour = 200

  private var lost = 0
  private var overtaken = 0

  /// - Parameters:
  ///   - current: the data as the journal has them.
  ///   - found: the files as another program left them; broken ones as far as they can be read.
  ///   - history: what happened, newest first.
  ///   - written: when each file was written to, where that is known.
  ///   - displaced: that it was a displaced file, and which; of `found` that file alone counts then.
  init(
    current: FileContents, found: FileContents, history: some Sequence<Step>,
    written: [String: Timestamp] = [:], displaced: Displaced? = nil
  ) {
    contents = current
    var broken: Set<String> = []
    if found.organizations.isBroken || found.members.isBroken {
      // Beside a broken file, what breaks a rule is damage, too.
      if !found.organizations.problems.isEmpty { broken.insert(OrganizationTable.file) }
      if !found.members.problems.isEmpty { broken.insert(MemberTable.file) }
    }
    if let displaced { broken.formIntersection([displaced.file]) }
    isRepair = !broken.isEmpty

    for file in [OrganizationTable.file, MemberTable.file] where displaced == nil || displaced?.file == file {
      // Members are compared beside the organizations that there will be: the other file may be broken, too.
      let isOrganizations = file == OrganizationTable.file
      let before = isOrganizations ? current : contents
      let after = isOrganizations ? found : found.beside(contents.organizations)
      let differing =
        isOrganizations
        ? after.organizationCells(differingFrom: before) : after.memberCells(differingFrom: before)
      var verdict = Verdict(
        of: after, differing, in: file, history: history, written: written[file],
        behind: displaced?.generation)
      let takenBack = TakenBack(
        verdict.theirs, in: file, history: history, found: after,
        written: broken.contains(file) ? nil : written[file])
      let unseen = Self.unseen(
        history, written: displaced?.written ?? written[file], bytes: found.bytes(of: file).count)
      sort(
        &verdict, takenBack, differing, before, after, unseen: unseen, isBroken: broken.contains(file),
        isLate: displaced != nil)
      let isWhole = displaced == nil && verdict.theirs == differing && !broken.contains(file)
      if isWhole {
        contents = isOrganizations ? contents.with(found.organizations) : contents.with(after.members)
      } else if isOrganizations {
        contents = contents.with(before.organizations.taking(verdict.theirs, from: after))
      } else {
        contents = contents.with(before.members.taking(verdict.theirs, from: after))
      }
      if !isWhole,
        broken.contains(file) || lost > 0 || overtaken > 0
          || after.hasMore(than: contents, comparedTo: before, in: file, besides: verdict.kept)
      {
        quarantined.insert(file)
      }
      if displaced == nil { noteReverted(verdict.theirs, history, before, after) }
    }
    changes = contents.changes(in: contents.cells(differingFrom: current), on: current)
    kept = Array(Set(kept)).sorted()
    reverted = Array(Set(reverted)).sorted()
    note = sentence(broken.sorted(), isLate: displaced != nil)
  }

  /// Leaves only what is taken in among the changes of the other program.
  private mutating func sort(
    _ verdict: inout Verdict, _ takenBack: TakenBack, _ differing: Set<Cell>, _ before: FileContents,
    _ after: FileContents, unseen: Set<UInt64>, isBroken: Bool, isLate: Bool
  ) {
    // Neither program ever takes an organization or a list away, so what lacks one has lost it.
    let vanished = verdict.theirs.filter { $0.isContainer && before[$0] != nil && after[$0] == nil }
    verdict.theirs.subtract(vanished)
    let missed = vanished.filter { !before.isEmptyList($0) }
    let isWiped = !missed.isEmpty || after.hasNobodyLeft(of: before, differing)
    if isWiped || isBroken {
      // Then what else is missing was lost the same way. A character that can't be read is no value either.
      verdict.theirs = verdict.theirs.filter { cell in
        if case .field = cell { return after[cell]?.contains("\u{FFFD}") != true }
        return after[cell] != nil && !(cell.user?.contains("\u{FFFD}") ?? false)
      }
    }
    // Several programs at once can leave a file of parts that each has from another state.
    let isMixed =
      isWiped || isBroken || takenBack.cells != verdict.theirs || !verdict.kept.isEmpty
      || !unseen.isDisjoint(with: takenBack.generations)
    if isMixed, !takenBack.cells.isEmpty {
      verdict.theirs.subtract(takenBack.cells)
      verdict.kept.formUnion(takenBack.cells)
      verdict.generations += takenBack.generations
    }
    if isLate {
      overtaken += verdict.overtaken.count
      verdict.theirs.subtract(verdict.overtaken)
    } else {
      lost += missed.count
      if isWiped { isRepair = true }
      // Nothing but the newest change taken back: that may have been meant.
      if verdict.theirs.isEmpty, Set(verdict.generations).count == 1, !isWiped, !isBroken,
        unseen.isDisjoint(with: verdict.generations), !verdict.kept.contains(where: \.isContainer)
      {
        verdict.theirs = verdict.kept
        verdict.kept = []
      }
    }
    if !verdict.kept.isEmpty { kept += verdict.generations }
  }

  /// Own generations so fresh, and other programs so busy, that whoever wrote a file may not have seen them.
  private static func unseen(_ history: some Sequence<Step>, written: Timestamp?, bytes: Int) -> Set<UInt64> {
    guard let written else { return [] }
    let recent = history.prefix {
      written.microseconds - $0.time.microseconds < reaction(bytes: bytes)
    }
    guard recent.contains(where: { $0.origin != .own }) else { return [] }
    return Set(recent.filter { $0.origin == .own }.map(\.generation))
  }

  /// Notes which own generations left what the other program put back to what it was before.
  private mutating func noteReverted(
    _ theirs: Set<Cell>, _ history: some Sequence<Step>, _ before: FileContents, _ after: FileContents
  ) {
    guard !theirs.isEmpty else { return }
    var seen: Set<Cell> = []
    for step in history where step.mayHaveChanged(theirs) {
      var touched: Set<Cell> = []
      for (cell, earlier) in step.changes.flatMap(\.cellsBefore)
      where touched.insert(cell).inserted && !seen.contains(cell) && theirs.contains(cell) {
        if step.origin == .own, earlier == after[cell] { reverted.append(step.generation) }
      }
      seen.formUnion(touched)
    }
  }

  private func sentence(_ broken: [String], isLate: Bool) -> String? {
    func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
    var notes: [String] = []
    if isLate {
      notes.append("written while a change of ours was being saved; both are kept")
    } else {
      if lost > 0 { notes.append("\(counted(lost, "lost record")) put back") }
      notes += broken.map { "\($0) was broken and is mended" }
      if !kept.isEmpty {
        let which = kept.suffix(10).map(String.init).joined(separator: ", ")
        notes.append(
          "the other program didn't know of generation\(kept.count == 1 ? "" : "s") \(kept.count > 10 ? "… " : "")\(which); both are kept"
        )
      }
    }
    if overtaken > 0 { notes.append("\(counted(overtaken, "change")) of it had been overtaken") }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// What of a file another program changed, and what it merely has as it was before changes that it didn't know
  /// of.
  private struct Verdict {
    var theirs: Set<Cell>
    var kept: Set<Cell> = []
    /// Of whom it didn't know.
    var generations: [UInt64] = []
    /// What it changed in a displaced file, and somebody else behind that.
    var overtaken: Set<Cell> = []

    /// - Parameter generation: the one that displaced the file, if one did: the other program opened it before.
    init(
      of found: FileContents, _ differing: Set<Cell>, in file: String,
      history: some Sequence<Reconciliation.Step>, written: Timestamp?, behind generation: UInt64?
    ) {
      theirs = differing
      guard !differing.isEmpty else { return }
      var older = OlderState(differing.count)
      var fewest = differing.count
      var newer: Set<Cell> = []
      var passed: [UInt64] = []
      for step in history {
        let isKnown =
          generation.map { step.generation < $0 || step.generation == $0 && step.origin == .foreign } ?? true
        if isKnown, step.origin == .foreign { continue }
        if isKnown, let written, written.microseconds - step.time.microseconds > longestOperation { break }
        let cells = step.cells(in: file)
        guard !cells.isEmpty else { continue }
        older.goBack(cells, found, differing)
        if !isKnown {
          if let generation, step.generation > generation { newer.formUnion(cells.map(\.cell)) }
          fewest = older.count
          kept = older.cells(of: differing, sameIn: found)
        } else {
          passed.append(step.generation)
          if older.count < fewest {
            fewest = older.count
            kept = older.cells(of: differing, sameIn: found)
            generations = passed
          }
          if older.count > fewest + detour { break }
        }
      }
      theirs = differing.subtracting(kept)
      overtaken = theirs.intersection(newer)
    }
  }

  /// What another program has as it was before some change of ours.
  private struct TakenBack {
    private(set) var cells: Set<Cell> = []
    private(set) var generations: [UInt64] = []

    init(
      _ theirs: Set<Cell>, in file: String, history: some Sequence<Reconciliation.Step>, found: FileContents,
      written: Timestamp?
    ) {
      guard !theirs.isEmpty else { return }
      for step in history where step.origin == .own {
        if let written, written.microseconds - step.time.microseconds > longestOperation { break }
        guard step.mayHaveChanged(theirs) else { continue }
        let back = step.cells(in: file).filter { theirs.contains($0.cell) && $0.before == found[$0.cell] }
        guard !back.isEmpty else { continue }
        cells.formUnion(back.map(\.cell))
        generations.append(step.generation)
      }
    }
  }

  /// An earlier state, as values that differ from the present one.
  private struct OlderState {
    /// How many values differ from what was found.
    private(set) var count: Int
    private var values: [String: [Cell: String?]] = [:]

    init(_ count: Int) {
      self.count = count
    }

    mutating func goBack(
      _ cells: [(cell: Cell, before: String?)], _ found: FileContents, _ differing: Set<Cell>
    ) {
      for (cell, before) in cells.reversed() {
        set(cell, before, found, differing)
        // Before its creation an organization had nothing.
        guard before == nil, cell.isContainer, let inside = values[cell.organization] else { continue }
        for other in inside.keys where other != cell && other.file == cell.file {
          set(other, nil, found, differing)
        }
      }
    }

    private mutating func set(_ cell: Cell, _ value: String?, _ found: FileContents, _ differing: Set<Cell>) {
      let present = found[cell]
      let wasDifferent = values[cell.organization]?[cell].map { $0 != present } ?? differing.contains(cell)
      values[cell.organization, default: [:]].updateValue(value, forKey: cell)
      count += (value != present ? 1 : 0) - (wasDifferent ? 1 : 0)
    }

    /// Which of the cells had the values that were found.
    func cells(of differing: Set<Cell>, sameIn found: FileContents) -> Set<Cell> {
      differing.filter { cell in values[cell.organization]?[cell].map { $0 == found[cell] } ?? false }
    }
  }
}

extension FileContents {
  fileprivate func with(_ organizations: OrganizationTable) -> FileContents {
    beside(organizations)
  }

  fileprivate func with(_ members: MemberTable) -> FileContents {
    FileContents(organizations: organizations, members: members)
  }

  /// The same members beside other organizations.
  fileprivate func beside(_ organizations: OrganizationTable) -> FileContents {
    guard !haveSameBytes(organizations.bytes, self.organizations.bytes) else { return self }
    return FileContents(organizations: organizations, members: members.reread(of: organizations))
  }

  /// Whether a cell is a list with nobody in it.
  fileprivate func isEmptyList(_ cell: Cell) -> Bool {
    guard case .list(let id) = cell else { return false }
    return index(ofOrganization: id).map { memberCount(at: $0) == 0 } ?? false
  }

  /// Whether not one of the earlier members is left, though there are others.
  fileprivate func hasNobodyLeft(of old: FileContents, _ differing: Set<Cell>) -> Bool {
    let removed = differing.count { $0.user != nil && old[$0] != nil && self[$0] == nil }
    return removed > 1 && memberCount > 0 && removed == old.memberCount
  }

  /// Whether a file has something that lives on neither in the result nor in what was there before: members of
  /// unknown organizations, unknown fields, formatting.
  fileprivate func hasMore(
    than result: FileContents, comparedTo old: FileContents, in file: String, besides kept: Set<Cell>
  ) -> Bool {
    let isOrganizations = file == OrganizationTable.file
    if !isOrganizations, members.strays != old.members.strays { return true }
    let excused = Set(kept.map(\.organization))
    func text(_ contents: FileContents, _ index: Int) -> ArraySlice<UInt8> {
      isOrganizations ? contents.organizations.recordBytes(at: index) : contents.members.listBytes(at: index)
    }
    return (0..<organizationCount).contains { index in
      let own = text(self, index)
      if index < old.organizationCount, text(old, index) == own { return false }
      let id = organizations.id(at: index)
      if excused.contains(id) { return false }
      return ![result, old].contains { other in
        other.index(ofOrganization: id).map { text(other, $0) == own } ?? false
      }
    }
  }
}

extension OrganizationTable {
  /// The table with the cells given as they are in another state.
  fileprivate func taking(_ cells: Set<Cell>, from found: FileContents) -> OrganizationTable {
    var edit = SnapshotEdit()
    for cell in cells.inOrder(of: found) {
      guard let index = found.index(ofOrganization: cell.organization) else { continue }
      switch cell {
      case .organization(let id): edit.created[id] = found.organization(at: index)
      case .field(let id, let field):
        edit.fields[id, default: [:]].updateValue(found[cell], forKey: field)
      case .list, .member: continue
      }
    }
    return applying(splices(for: edit))
  }
}

extension MemberTable {
  /// The table with the cells given as they are in another state, of the same organizations.
  fileprivate func taking(_ cells: Set<Cell>, from found: FileContents) -> MemberTable {
    var edit = SnapshotEdit()
    for cell in cells.inOrder(of: found) {
      guard let index = found.index(ofOrganization: cell.organization) else { continue }
      var list = edit.members[cell.organization] ?? MemberListEdit()
      switch cell {
      case .list:
        for member in 0..<found.memberCount(at: index) {
          let member = found.member(member, at: index)
          list.added[member.userID] = member
        }
      case .member(_, let user):
        let isPresent = find(user, at: index) != nil
        if let member = found.memberIndex(ofUser: user, at: index).map({ found.member($0, at: index) }) {
          if isPresent { list.roles[user] = member.role } else { list.added[user] = member }
        } else if isPresent {
          list.removed.append(user)
        }
      case .organization, .field: continue
      }
      edit.members[cell.organization] = list
    }
    guard let (splices, touched) = try? splices(for: edit, of: found.organizations) else { return self }
    return applying(splices, touched: touched, of: found.organizations)
  }
}

extension Set<Cell> {
  /// By the order of organizations and members in the data, so that the result is always the same.
  fileprivate func inOrder(of contents: FileContents) -> [Cell] {
    func place(_ cell: Cell) -> (Int, Int, String) {
      let index = contents.index(ofOrganization: cell.organization) ?? Int.max
      guard let user = cell.user, index < Int.max else { return (index, 0, "\(cell)") }
      return (index, contents.memberIndex(ofUser: user, at: index) ?? Int.max, user)
    }
    return map { ($0, place($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
  }
}
