import OrgCore

// Repairs that an admin agreed to, and tidying up.
extension Engine {
  /// Makes the repairs that somebody agreed to, in a generation of its own, and keeps the bytes that were there.
  func repair(_ remedies: Set<Finding.Remedy>) throws(OrgError) {
    guard remedies.contains(where: \.isOfRecords) else { return }
    let synchronized = try synchronize(isStarting: true)
    let live = synchronized.problems.isEmpty ? synchronized.contents : store.contentsNow()
    // Text that is broken is put back from the history, not repaired.
    guard !live.organizations.isBroken, !live.members.isBroken else { return }
    let known = store.memory.withLock { $0.current?.contents }
    let plan = RepairPlan(live, known: known)
    let repaired = plan.applied(to: live) { remedies.contains($0.remedy) }
    guard !isSame(repaired, live) else { return }
    if let problem = repaired.problems.first {
      throw OrgError(
        .damagedData, "The service couldn't load the files even so, so nothing was repaired. \(problem).")
    }
    if known == nil {
      try explaining { () throws(SystemCallError) in try checkpoint(live, generation: 0) }
      store.memory.withLock { $0.current = (0, live) }
    }
    let current = known ?? live
    let generation = try following(synchronized.generation)
    let journal = store.memory.withLock { $0.journal } ?? Journal(calls: directory.calls)
    // What other programs wrote beside it is taken in as ever.
    let result = Reconciliation(
      current: current, found: repaired, history: history(journal.isBlocked ? [] : journal.recent),
      written: live.files.reduce(into: [:]) { times, file in
        times[file.name] = directory.identity(of: file.name).map { Timestamp(sinceEpoch: $0.modified) }
      }, policy: store.externalDeletions)
    try checkHistory()
    try explaining { () throws(SystemCallError) in
      for (file, bytes) in live.files where !haveSameBytes(bytes, repaired.bytes(of: file)) {
        try stateDirectory.quarantine(bytes, of: file, generation: generation)
      }
    }
    var record = newRecord(generation, .repair, result.changes)
    let count = plan.items.count { remedies.contains($0.remedy) }
    record.note = "\(count) value\(count == 1 ? "" : "s") repaired; the bytes from before are kept"
    let splices = result.contents.splices(from: current)
    try write(
      record, result.contents, after: current, organizations: splices.organizations, members: splices.members,
      live: isSame(live, current) ? nil : live)
  }

  /// Takes in what others wrote, clears away what a crash left, and adds the member lists that are missing.
  func tidy(addingLists: Bool) throws(OrgError) {
    try untilNotOvertaken { () throws(OrgError) in try tidyOnce(addingLists: addingLists) }
  }

  private func tidyOnce(addingLists: Bool) throws(OrgError) {
    let synchronized = try synchronize(isStarting: true)
    try explaining { () throws(SystemCallError) in
      try stateDirectory.completePruning()
      try stateDirectory.compressSegments()
      try stateDirectory.removeDrafts(in: stateDirectory.journal)
      try stateDirectory.removeDrafts(in: stateDirectory.checkpoints)
      try stateDirectory.removeDrafts(in: stateDirectory.quarantine)
      try stateDirectory.removeDrafts(in: stateDirectory.space)
    }
    guard addingLists, synchronized.problems.isEmpty else { return }
    let splices = synchronized.contents.members.splicesAddingLists(of: synchronized.contents.organizations)
    guard !splices.isEmpty else { return }
    let organizations = synchronized.contents.organizations
    let next = FileContents(
      organizations: organizations,
      members: MemberTable(splices.applied(to: synchronized.contents.members.bytes), of: organizations))
    var record = newRecord(try following(synchronized.generation), .repair, [])
    record.note = "the member lists that were missing are added"
    try write(record, next, after: synchronized.contents, organizations: BytePatch([]), members: splices)
  }
}
