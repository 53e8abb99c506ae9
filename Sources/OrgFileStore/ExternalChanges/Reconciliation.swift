import OrgCore

/// The outcome of reconciling files that another program wrote: which of its changes are accepted, and which of ours
/// are kept although it reverted them without knowing of them.
///
/// The other program reads a file, computes, and rewrites it as a whole, without a lock. So its version may lack
/// changes that were committed in the meantime. Of all states that the program may have read, the one is assumed that
/// differs least from what it wrote. It didn't know of anything that came after that state.
struct Reconciliation {
  /// The data to continue with.
  private(set) var contents: FileContents
  /// The changes that lead from the data in the journal to `contents`.
  private(set) var changes: [RecordedChange] = []
  /// The changes that would make `contents` agree with the other program's files.
  private(set) var refused: [RecordedChange] = []
  /// Generations of ours that the other program reverted, possibly on purpose.
  private(set) var reverted: [UInt64] = []
  /// Generations of ours that it didn't know of and that are kept.
  private(set) var kept: [UInt64] = []
  /// Files whose bytes must be set aside because some of their content isn't preserved.
  private(set) var quarantined: Set<String> = []
  /// Whether a file was broken or had lost records.
  private(set) var isRepair = false
  /// The note for the history.
  private(set) var note: String?

  /// The longest time between reading and writing that is assumed for a program, in microseconds. If a
  /// program reverts a change that is older than this, it may well have seen it. The service takes about a
  /// second at 10,000 organizations.
  static let longestOperation: Int64 = 60_000_000
  /// A change of ours that is reverted sooner than this, in microseconds, wasn't reverted on purpose: a program that
  /// read the files before the change may take this long to write them again. The service takes about 65 ns per byte,
  /// and may also wait for a database or for a user's answer.
  static func deliberation(bytes: Int) -> Int64 { 10_000_000 + Int64(bytes) / 8 }
  /// How much the number of differing values may exceed the minimum before the search for an earlier state stops.
  static let detour = 200
  /// How many refused changes are kept. Nobody would review more than that.
  static let refusedLimit = 1000

  private let policy: ExternalDeletions
  /// Descriptions of the records that were put back.
  private var restored: [String] = []
  /// Organizations that the other program removed and that remain removed.
  private var removed: [String] = []
  private var overtaken = 0

  /// - Parameters:
  ///   - current: the data as of the journal.
  ///   - found: the files as the other program left them; broken ones as far as they are readable.
  ///   - history: the history, newest first.
  ///   - unread: files that no other program has read since they were last published.
  ///   - written: when each file was written to, if known.
  ///   - displaced: the displaced file that was written to, if it was one; then only that file of `found` counts.
  ///   - policy: what to do about records that the other program removed.
  init(
    current: FileContents, found: FileContents, history: some Sequence<Step>, unread: Set<String> = [],
    written: [String: Timestamp] = [:], displaced: Displaced? = nil, policy: ExternalDeletions = .restore
  ) {
    contents = current
    self.policy = policy
    var broken: Set<String> = []
    if found.organizations.isBroken || found.members.isBroken {
      // If a file is broken, records that break a rule count as damage, too.
      if !found.organizations.problems.isEmpty { broken.insert(OrganizationTable.file) }
      if !found.members.problems.isEmpty { broken.insert(MemberTable.file) }
    }
    if let displaced { broken.formIntersection([displaced.file]) }
    isRepair = !broken.isEmpty

    let orphans = Self.orphans(current, found)
    for file in [OrganizationTable.file, MemberTable.file] where displaced == nil || displaced?.file == file {
      // Members are compared in the context of the resulting organizations, because the other file may be broken, too.
      let isOrganizations = file == OrganizationTable.file
      let organizations = contents.organizations
      let before = isOrganizations ? current : contents.adding(orphans)
      let after = isOrganizations ? found : found.beside(before.organizations).addingLists(of: orphans)
      let differing =
        isOrganizations
        ? after.organizationAddresses(differingFrom: before) : after.memberAddresses(differingFrom: before)
      // The parts of a broken file may be from different states, whenever the last of them was written.
      let isBroken = broken.contains(file)
      let time = isBroken ? nil : written[file]
      let unseen = Self.unseen(
        history, written: isBroken ? nil : displaced?.written ?? written[file],
        bytes: found.bytes(of: file).count, isUnread: displaced == nil && unread.contains(file))
      var attribution = Attribution(
        of: after, differing, in: file, history: history, written: written[file], unseen: unseen,
        before: displaced?.generation)
      let takenBack = TakenBack(
        attribution.theirs, in: file, history: history, found: after, written: time, unseen: unseen,
        proof: {
          time.flatMap { Self.newestKnown(to: after, before, in: file, history: history, written: $0) }
        })
      let restoredBefore = restored.count
      let isWiped = sort(
        &attribution, takenBack, differing, before, after, history, unseen: unseen ?? [],
        isBroken: isBroken, isLate: displaced != nil)
      // No program removes the list of an organization that it has just added, and one that was merged so late that the
      // program may not have read it wasn't removed on purpose.
      let isAnyLate =
        displaced != nil
        || history.contains {
          $0.origin == .displaced && unseen?.contains($0.generation) ?? false
        }
      let keptLists = orphans.filter {
        current.members.orphanedMembers[$0] != nil && (isAnyLate || organizations.index(of: $0) != nil)
      }
      let isWhole = displaced == nil && attribution.theirs == differing && !isBroken
      if isWhole {
        contents =
          isOrganizations
          ? contents.with(found.organizations)
          : found.beside(before.organizations).addingLists(of: keptLists)
      } else if isOrganizations {
        contents = contents.with(before.organizations.taking(attribution.theirs, from: after))
      } else {
        contents = before.with(before.members.taking(attribution.theirs, from: after))
        // A list that is in neither file, or that the program removed, is only there to be compared.
        contents = contents.removingLists(
          of: orphans.filter { id in
            organizations.index(of: id) == nil && contents.isEmptyList(.list(id))
              && found.members.orphanedMembers[id] == nil && !keptLists.contains(id)
          })
      }
      if isOrganizations {
        removed = attribution.theirs.filter { $0.isContainer && after[$0] == nil }.map(\.organization)
      }
      if !isWhole,
        isBroken || restored.count > restoredBefore || overtaken > 0
          || after.hasMore(than: contents, comparedTo: before, in: file, besides: attribution.kept)
      {
        quarantined.insert(file)
      }
      if displaced == nil {
        noteReverted(attribution.theirs, history, before, after)
        if !isWiped, !isBroken { noteRefused(differing.subtracting(attribution.theirs), after) }
      }
      if !isOrganizations { contents = contents.beside(organizations) }
    }
    // An organization is removed along with its members, whichever file the other program writes first.
    let orphaned = removed.filter { contents.members.orphanedMembers[$0] != nil }
    contents = contents.removingLists(of: orphaned)
    // A program that added an organization late has written its list by now. If the list was lost since, for instance
    // because the program went back to an older file, nothing else brings it back.
    if displaced != nil {
      let without = (0..<contents.organizationCount).filter { !contents.members.hasList(at: $0) }
      let new = without.map(contents.organizations.id).filter { current.index(ofOrganization: $0) == nil }
      contents = contents.addingLists(of: new)
    }
    if refused.count > Self.refusedLimit { refused = [] }
    changes = contents.changes(since: current, orphans: orphans)
    kept = Array(Set(kept)).sorted()
    reverted = Array(Set(reverted)).sorted()
    note = sentence(broken.sorted(), isLate: displaced != nil)
  }

  /// The organizations that aren't known yet, although one of the files has a list of their members. A program adds an
  /// organization and its list one after the other, and the organization may still be in a displaced file.
  private static func orphans(_ current: FileContents, _ found: FileContents) -> [String] {
    let ids = Set(current.members.orphanedMembers.keys).union(found.members.orphanedMembers.keys)
    return ids.filter { current.index(ofOrganization: $0) == nil }.sorted()
  }

  /// Sorts out the changes of the other program that are accepted.
  ///
  /// - Returns: whether all data are gone, which no program intends.
  private mutating func sort(
    _ attribution: inout Attribution, _ takenBack: TakenBack, _ differing: Set<FieldAddress>,
    _ before: FileContents,
    _ after: FileContents, _ history: some Sequence<Step>, unseen: Set<UInt64>, isBroken: Bool, isLate: Bool
  ) -> Bool {
    let gone = attribution.theirs.filter { $0.isContainer && before[$0] != nil && after[$0] == nil }
    let isWiped =
      (policy != .accept || isLate)
      && (after.hasNothingLeft(of: before, differing) || after.hasNobodyLeft(of: before, differing))
    let vanished = gone.filter { address in
      if isWiped || isBroken || policy == .ask { return true }
      if case .list(let id) = address, contents[.organization(id)] != nil {
        // No program removes the list of an organization that stays, and the absence of an empty list means nothing.
        return policy == .restore || before.isEmptyList(address)
      }
      return policy == .restore && isOlderState(without: address, after, history)
    }
    attribution.theirs.subtract(vanished)
    let missed = vanished.filter { !before.isEmptyList($0) }
    if isWiped || isBroken {
      // In this case everything else that is missing was lost in the same way. An undecodable
      // character isn't a value, either.
      attribution.theirs = attribution.theirs.filter { address in
        if case .field = address { return after[address]?.contains("\u{FFFD}") != true }
        return after[address] != nil && !(address.user?.contains("\u{FFFD}") ?? false)
      }
    }
    // Several programs that write at once can leave a file that mixes parts of different states.
    let isMixed =
      isWiped || isBroken || takenBack.addresses != attribution.theirs || !attribution.kept.isEmpty
      || !unseen.isDisjoint(with: takenBack.generations)
    if isMixed, !takenBack.addresses.isEmpty {
      attribution.theirs.subtract(takenBack.addresses)
      attribution.kept.formUnion(takenBack.addresses)
      attribution.generations += takenBack.generations
    }
    if isLate {
      overtaken += attribution.overtaken.count
      attribution.theirs.subtract(attribution.overtaken)
    } else {
      restored += missed.inOrder(of: before).map(before.title(of:))
      if isWiped { isRepair = true }
      // Only the newest change was reverted, and a long time after it was made. This may have been intended.
      if attribution.theirs.isEmpty, Set(attribution.generations).count == 1, !isWiped, !isBroken,
        unseen.isDisjoint(with: attribution.generations), vanished.isEmpty,
        policy != .ask || !attribution.kept.contains(where: { $0.isContainer && after[$0] == nil })
      {
        attribution.theirs = attribution.kept
        attribution.kept = []
      }
    }
    if !attribution.kept.isEmpty { kept += attribution.generations }
    return isWiped
  }

  /// Generations that the program that wrote a file hasn't seen, or may not have seen: our own recent ones,
  /// and all of our own if it can't have read the file since. Late-merged generations of another program count
  /// as our own: the program wrote to a file that its next read didn't find, so it works with an older state
  /// until it has read the merge. `nil` if it isn't known when the program wrote.
  private static func unseen(
    _ history: some Sequence<Step>, written: Timestamp?, bytes: Int, isUnread: Bool
  ) -> Set<UInt64>? {
    guard let written else { return nil }
    let limit = isUnread ? longestOperation : deliberation(bytes: bytes)
    let recent = history.prefix { written.microseconds - $0.time.microseconds < limit }
    return Set(recent.filter { $0.origin != .foreign }.map(\.generation))
  }

  /// Whether an organization is missing because the program had read the file before the organization was added. In
  /// that case other, later changes are missing, too.
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

  /// Records the differences between the other program's file and the data.
  private mutating func noteRefused(_ addresses: Set<FieldAddress>, _ found: FileContents) {
    guard !addresses.isEmpty, addresses.count <= Self.refusedLimit else { return }
    let known = Set(
      refused.compactMap { item -> String? in
        if case .removeOrganization = item.change { item.change.organizationID } else { nil }
      })
    let rest = addresses.filter { contents[$0] != found[$0] && !known.contains($0.organization) }
    refused += found.changes(in: rest, on: contents)
  }

  /// Records which of our generations the other program reverted.
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

  /// The maximum number of records that a note names.
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
