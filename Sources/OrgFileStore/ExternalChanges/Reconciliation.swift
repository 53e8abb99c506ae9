import OrgCore

/// What is made of files that another program wrote: which of its changes are kept, and which of ours, that it
/// reverted without knowing of them, stay.
///
/// The other program reads a file, computes, and writes it whole, with no lock in between. So what it writes
/// may lack what was committed meanwhile. Of the states that it may have read, the one is assumed from which
/// its write differs least: what came after that state it didn't know of.
struct Reconciliation {
  /// The data to go on with.
  private(set) var contents: FileContents
  /// What that changes in the data as the journal has them.
  private(set) var changes: [RecordedChange] = []
  /// What the other program's files say and the data to go on with don't: what it takes to make them so.
  private(set) var refused: [RecordedChange] = []
  /// Own generations that the other program reverted, where it may have known of them.
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
  /// what it reverts then it may well have seen. The service takes about a second at 10,000 organizations.
  static let longestOperation: Int64 = 60_000_000
  /// What is reverted this soon after our change, in microseconds, wasn't meant: a program that read the files
  /// before it may take as long to write them again. The service takes about 65 ns a byte, and may wait for a
  /// database or a person's answer in between.
  static func deliberation(bytes: Int) -> Int64 { 10_000_000 + Int64(bytes) / 8 }
  /// How many more values than at first may differ before no earlier state is looked at.
  static let detour = 200
  /// How many refused changes are kept: more is no longer something that a person decides on.
  static let refusedLimit = 1000

  private let policy: ExternalDeletions
  /// What was put back, in words.
  private var restored: [String] = []
  /// Organizations that the other program removed, for good.
  private var removed: [String] = []
  private var overtaken = 0

  /// - Parameters:
  ///   - current: the data as the journal has them.
  ///   - found: the files as another program left them; broken ones as far as they can be read.
  ///   - history: what happened, newest first.
  ///   - unread: files that no other program read since they were last published.
  ///   - written: when each file was written to, where that is known.
  ///   - displaced: that it was a displaced file, and which; of `found` that file alone counts then.
  ///   - policy: what to do about records that the other program removed.
  init(
    current: FileContents, found: FileContents, history: some Sequence<Step>, unread: Set<String> = [],
    written: [String: Timestamp] = [:], displaced: Displaced? = nil, policy: ExternalDeletions = .restore
  ) {
    contents = current
    self.policy = policy
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
        ? after.organizationAddresses(differingFrom: before) : after.memberAddresses(differingFrom: before)
      var verdict = Verdict(
        of: after, differing, in: file, history: history, written: written[file],
        before: displaced?.generation)
      let takenBack = TakenBack(
        verdict.theirs, in: file, history: history, found: after,
        written: broken.contains(file) ? nil : written[file])
      let unseen = Self.unseen(
        history, written: displaced?.written ?? written[file], bytes: found.bytes(of: file).count,
        isUnread: displaced == nil && unread.contains(file))
      let restoredBefore = restored.count
      let isWiped = sort(
        &verdict, takenBack, differing, before, after, history, unseen: unseen,
        isBroken: broken.contains(file), isLate: displaced != nil)
      let isWhole = displaced == nil && verdict.theirs == differing && !broken.contains(file)
      if isWhole {
        contents = isOrganizations ? contents.with(found.organizations) : contents.with(after.members)
      } else if isOrganizations {
        contents = contents.with(before.organizations.taking(verdict.theirs, from: after))
      } else {
        contents = contents.with(before.members.taking(verdict.theirs, from: after))
      }
      if isOrganizations {
        removed = verdict.theirs.filter { $0.isContainer && after[$0] == nil }.map(\.organization)
      }
      if !isWhole,
        broken.contains(file) || restored.count > restoredBefore || overtaken > 0
          || after.hasMore(than: contents, comparedTo: before, in: file, besides: verdict.kept)
      {
        quarantined.insert(file)
      }
      if displaced == nil {
        noteReverted(verdict.theirs, history, before, after)
        if !isWiped, !broken.contains(file) { noteRefused(differing.subtracting(verdict.theirs), after) }
      }
    }
    // An organization goes with its members, whichever file the other program writes first.
    let orphaned = removed.filter { contents.members.orphanedMembers[$0] != nil }
    if !orphaned.isEmpty {
      contents = contents.with(contents.members.removing(orphaned, of: contents.organizations))
    }
    if refused.count > Self.refusedLimit { refused = [] }
    changes = contents.changes(in: contents.addresses(differingFrom: current), on: current)
    kept = Array(Set(kept)).sorted()
    reverted = Array(Set(reverted)).sorted()
    note = sentence(broken.sorted(), isLate: displaced != nil)
  }

  /// Leaves only what is kept among the changes of the other program.
  ///
  /// - Returns: whether all that there was is gone, which no program means.
  private mutating func sort(
    _ verdict: inout Verdict, _ takenBack: TakenBack, _ differing: Set<FieldAddress>, _ before: FileContents,
    _ after: FileContents, _ history: some Sequence<Step>, unseen: Set<UInt64>, isBroken: Bool, isLate: Bool
  ) -> Bool {
    let gone = verdict.theirs.filter { $0.isContainer && before[$0] != nil && after[$0] == nil }
    let isWiped =
      (policy != .accept || isLate)
      && (after.hasNothingLeft(of: before, differing) || after.hasNobodyLeft(of: before, differing))
    let vanished = gone.filter { address in
      if isWiped || isBroken || policy == .ask { return true }
      if case .list(let id) = address, contents[.organization(id)] != nil {
        // No program takes a list from an organization that stays, and an empty one says nothing by its absence.
        return policy == .restore || before.isEmptyList(address)
      }
      return policy == .restore && isOlderState(without: address, after, history)
    }
    verdict.theirs.subtract(vanished)
    let missed = vanished.filter { !before.isEmptyList($0) }
    if isWiped || isBroken {
      // Then what else is missing was lost the same way. A character that can't be read is no value either.
      verdict.theirs = verdict.theirs.filter { address in
        if case .field = address { return after[address]?.contains("\u{FFFD}") != true }
        return after[address] != nil && !(address.user?.contains("\u{FFFD}") ?? false)
      }
    }
    // Several programs at once can leave a file of parts that each has from another state.
    let isMixed =
      isWiped || isBroken || takenBack.addresses != verdict.theirs || !verdict.kept.isEmpty
      || !unseen.isDisjoint(with: takenBack.generations)
    if isMixed, !takenBack.addresses.isEmpty {
      verdict.theirs.subtract(takenBack.addresses)
      verdict.kept.formUnion(takenBack.addresses)
      verdict.generations += takenBack.generations
    }
    if isLate {
      overtaken += verdict.overtaken.count
      verdict.theirs.subtract(verdict.overtaken)
    } else {
      restored += missed.inOrder(of: before).map(before.title(of:))
      if isWiped { isRepair = true }
      // Nothing but the newest change reverted, and long after it was made: that may have been meant.
      if verdict.theirs.isEmpty, Set(verdict.generations).count == 1, !isWiped, !isBroken,
        unseen.isDisjoint(with: verdict.generations), vanished.isEmpty,
        policy != .ask || !verdict.kept.contains(where: { $0.isContainer && after[$0] == nil })
      {
        verdict.theirs = verdict.kept
        verdict.kept = []
      }
    }
    if !verdict.kept.isEmpty { kept += verdict.generations }
    return isWiped
  }

  /// Generations that the program that wrote a file didn't see, or may not have seen: our own of a moment ago, and all of
  /// them where it can't have read the file since. Those of another program that were merged late count as our own: what
  /// it wrote went to a file that its next read didn't find, so until it has read the merge it works with an older state.
  private static func unseen(
    _ history: some Sequence<Step>, written: Timestamp?, bytes: Int, isUnread: Bool
  ) -> Set<UInt64> {
    guard let written else { return [] }
    let limit = isUnread ? longestOperation : deliberation(bytes: bytes)
    let recent = history.prefix { written.microseconds - $0.time.microseconds < limit }
    return Set(recent.filter { $0.origin != .foreign }.map(\.generation))
  }

  /// Whether an organization is missing as its program had read the file before it came: then it lacks something
  /// that came later, too.
  private func isOlderState(
    without address: FieldAddress, _ found: FileContents, _ history: some Sequence<Step>
  ) -> Bool {
    var isLater = false
    for step in history {
      let addresses = step.addresses(in: address.file)
      if step.origin == .foreign, addresses.contains(where: { $0.address == address && $0.before == nil }) {
        return isLater
      }
      isLater =
        isLater
        || addresses.contains {
          $0.address.organization != address.organization && $0.before == found[$0.address]
            && contents[$0.address] != $0.before
        }
    }
    return false
  }

  /// Notes what the other program's file says and the data don't.
  private mutating func noteRefused(_ addresses: Set<FieldAddress>, _ found: FileContents) {
    guard !addresses.isEmpty, addresses.count <= Self.refusedLimit else { return }
    let known = Set(
      refused.compactMap { item -> String? in
        if case .removeOrganization = item.change { item.change.organizationID } else { nil }
      })
    let rest = addresses.filter { contents[$0] != found[$0] && !known.contains($0.organization) }
    refused += found.changes(in: rest, on: contents)
  }

  /// Notes which own generations left what the other program put back to what it was before.
  private mutating func noteReverted(
    _ theirs: Set<FieldAddress>, _ history: some Sequence<Step>, _ before: FileContents, _ after: FileContents
  ) {
    guard !theirs.isEmpty else { return }
    var seen: Set<FieldAddress> = []
    for step in history where step.mayHaveChanged(theirs) {
      var touched: Set<FieldAddress> = []
      for (address, earlier) in step.changes.flatMap(\.addressesBefore)
      where touched.insert(address).inserted && !seen.contains(address) && theirs.contains(address) {
        if step.origin == .own, earlier == after[address] { reverted.append(step.generation) }
      }
      seen.formUnion(touched)
    }
  }

  /// How many records a note names.
  private static let namedLimit = 10

  private func sentence(_ broken: [String], isLate: Bool) -> String? {
    func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
    var notes: [String] = []
    if isLate {
      notes.append("written while a change of ours was being saved; both are kept")
    } else {
      if !restored.isEmpty {
        let names = restored.prefix(Self.namedLimit).joined(separator: ", ")
        let rest = restored.count > Self.namedLimit ? " and \(restored.count - Self.namedLimit) more" : ""
        notes.append("\(counted(restored.count, "lost record")) put back: \(names)\(rest)")
      }
      notes += broken.map { "\($0) was broken and was repaired" }
      if !kept.isEmpty {
        let which = kept.suffix(10).map(String.init).joined(separator: ", ")
        notes.append(
          "written from a state before generation\(kept.count == 1 ? "" : "s") \(kept.count > 10 ? "… " : "")\(which); both are kept"
        )
      }
    }
    if overtaken > 0 { notes.append("\(counted(overtaken, "change")) of it had been overtaken") }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }
}
