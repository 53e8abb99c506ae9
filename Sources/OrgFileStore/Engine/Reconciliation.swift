import OrgCore

/// What is made of files that another program wrote: which of its changes are taken in, and which of ours, that
/// it took back without knowing of them, stay.
///
/// The other program reads a file, computes, and writes it whole, with no lock in between. So what it writes
/// may lack what was committed meanwhile. Of the states that it may have read, the one is assumed from which
/// its write differs least: all own commits behind that state it didn't know of.
struct Reconciliation {
  /// The data to go on with.
  var contents: FileContents
  /// What it changes in the data as the journal has them.
  var changes: [RecordedChange] = []
  /// Own generations that the other program took back, where that may have been meant.
  var reverted: [UInt64] = []
  /// Files whose bytes must be put aside, as not all of them live on.
  var quarantined: Set<String> = []
  /// Whether a file was broken.
  var isRepair = false
  /// What to say of it.
  var note: String?

  /// - Parameters:
  ///   - current: the data as the journal has them.
  ///   - found: the files as another program left them; broken ones as far as they can be read.
  ///   - own: what was committed through orgman, newest first.
  init(current: FileContents, found: FileContents, own: [(generation: UInt64, changes: [RecordedChange])]) {
    let differing = found.cells(differingFrom: current)
    var taken: Set<Cell> = []
    var isWhole = true
    var lost = 0
    let broken = [
      OrganizationTable.file: found.organizations.isBroken, MemberTable.file: found.members.isBroken,
    ]
    for file in [OrganizationTable.file, MemberTable.file] {
      let cells = differing.filter { $0.file == file }
      let stale = Self.unknownCommits(own, file, cells, current, found)
      var theirs = cells.subtracting(stale.kept)
      // Neither program ever takes an organization or a list away, so what lacks one has lost it.
      let vanished = theirs.filter { cell in
        switch cell {
        case .organization, .list: current[cell] != nil && found[cell] == nil
        case .field, .member: false
        }
      }
      theirs.subtract(vanished)
      lost += vanished.count { if case .organization = $0 { true } else { $0.file == MemberTable.file } }
      if !vanished.isEmpty || broken[file] == true {
        // Then what else is missing was lost the same way.
        theirs = theirs.filter { found[$0] != nil }
      }
      let keptOrganization = stale.kept.contains { if case .organization = $0 { true } else { false } }
      if !stale.kept.isEmpty, theirs.isEmpty, vanished.isEmpty, !keptOrganization, broken[file] == false {
        // Nothing but taking back: that may have been meant.
        theirs = stale.kept
        reverted += stale.generations
      }
      if theirs != cells || broken[file] == true {
        isWhole = false
        if broken[file] == true || !vanished.isEmpty || found.hasMore(than: differing, comparedTo: current) {
          quarantined.insert(file)
        }
      }
      taken.formUnion(theirs)
    }
    // An organization that is new brings its members; one that is gone takes nothing with it.
    changes = found.changes(in: taken, on: current)
    reverted = Array(Set(reverted)).sorted()
    isRepair = broken.values.contains(true) || lost > 0
    if isWhole {
      contents = found
      return
    }
    contents = current
    var dropped = 0
    var made: [RecordedChange] = []
    for change in changes {
      let preview = Preview(
        of: ChangeSet([change.change], allowsOwnerless: true), on: Snapshot(generation: 0, contents: contents)
      )
      guard preview.blocked.isEmpty, let next = try? contents.applying(preview.edit).contents,
        next.problems.isEmpty
      else {
        dropped += 1
        continue
      }
      if !preview.edit.isEmpty {
        contents = next
        made.append(change)
      }
    }
    changes = made
    var notes: [String] = []
    if lost > 0 { notes.append("\(lost) lost record\(lost == 1 ? "" : "s") put back") }
    for (file, isBroken) in broken.sorted(by: { $0.key < $1.key }) where isBroken {
      notes.append("\(file) was broken and is mended")
    }
    if dropped > 0 {
      notes.append("\(dropped) change\(dropped == 1 ? "" : "s") of the other program couldn't be kept")
    }
    if notes.isEmpty { notes.append("the other program didn't know of the latest changes; both are kept") }
    note = notes.joined(separator: "; ")
  }

  /// The own commits that the writer of a file can't have known, judged by what it wrote: the cells among those
  /// that differ that merely show the older state.
  private static func unknownCommits(
    _ own: [(generation: UInt64, changes: [RecordedChange])], _ file: String, _ differing: Set<Cell>,
    _ current: FileContents, _ found: FileContents
  ) -> (kept: Set<Cell>, generations: [UInt64]) {
    guard !differing.isEmpty else { return ([], []) }
    var older: [Cell: String?] = [:]
    var different = differing.count
    var best = (count: different, kept: Set<Cell>(), generations: [UInt64]())
    var generations: [UInt64] = []
    for commit in own {
      let cells = commit.changes.flatMap(\.cellsBefore).filter { $0.cell.file == file }
      guard !cells.isEmpty else { continue }
      for (cell, before) in cells.reversed() {
        let wasDifferent = older[cell].map { $0 != found[cell] } ?? differing.contains(cell)
        older[cell] = before
        let isDifferent = before != found[cell]
        different += (isDifferent ? 1 : 0) - (wasDifferent ? 1 : 0)
      }
      generations.append(commit.generation)
      if different < best.count {
        let kept = differing.filter { cell in older[cell].map { $0 == found[cell] } ?? false }
        best = (different, kept, generations)
      }
      // A writer that lags this far behind isn't looked for.
      if different > differing.count + 50 { break }
    }
    return (best.kept, best.generations)
  }
}
