import OrgCore
import SystemPackage

extension FileStore {
  /// Applies the given remedies and changes nothing else.
  public func repair(_ remedies: Set<Finding.Remedy>) throws(OrgError) {
    try checkMayChange()
    // Missing access for others may be what prevents the data from being written.
    if remedies.contains(.share) { try share() }
    for remedy in remedies {
      if case .closeToOthers(let name) = remedy { try closeToOthers(name) }
    }
    if remedies.contains(.rebuildIndex) { JournalIndexer(directory)?.rebuild() }
    let needsLock = remedies.contains {
      switch $0 {
      case .closeToOthers, .share, .rebuildIndex: false
      default: true
      }
    }
    if needsLock {
      try checkWritable()
      try transaction { (transaction) throws(OrgError) in
        let operation = RepairOperation(transaction: transaction)
        try operation.repair(remedies)
        try operation.tidy(addingLists: remedies.contains(.addMemberLists))
      }
    }
  }
}

/// Makes approved repairs and cleans up, with the lock held.
private struct RepairOperation {
  let transaction: Transaction

  /// Makes approved repairs as a separate generation, and sets the previous bytes aside.
  func repair(_ remedies: Set<Finding.Remedy>) throws(OrgError) {
    guard remedies.contains(where: \.isOfRecords) else { return }
    let synchronized = try transaction.synchronize(isStarting: true)
    let live = synchronized.problems.isEmpty ? synchronized.contents : transaction.files.contentsNow()
    // A broken file is restored from the history rather than repaired.
    guard !live.organizations.isBroken, !live.members.isBroken else { return }
    let current = transaction.committed.withLock { $0.current?.contents }
    let plan = RepairPlan(live, known: current)
    let repaired = plan.applied(to: live) { remedies.contains($0.remedy) }
    guard !isSame(repaired, live) else { return }
    if let problem = repaired.problems.first {
      throw OrgError(
        .damagedData, "The service couldn't load the files even so, so nothing was repaired. \(problem).")
    }
    if current == nil {
      try transaction.directory.saving { () throws(SystemCallError) in
        try transaction.checkpoints.add(live, generation: 0)
      }
      transaction.committed.withLock { $0.current = (0, live) }
    }
    let before = current ?? live
    let generation = try transaction.journal.following(synchronized.generation)
    let known = transaction.committed.withLock { $0.journal } ?? Journal(calls: transaction.directory.calls)
    // Changes that other programs made are ingested as usual.
    let result = try transaction.ingestion.reconcile(repaired, with: before, written: live, known)
    try transaction.directory.saving { () throws(SystemCallError) in
      for (file, bytes) in live.files where !haveSameBytes(bytes, repaired.bytes(of: file)) {
        try transaction.stateDirectory.quarantine(bytes, of: file, generation: generation)
      }
    }
    var record = JournalRecord.draft(generation, .repair, result.changes)
    let count = plan.items.count { remedies.contains($0.remedy) }
    record.note = "\(count) value\(count == 1 ? "" : "s") repaired; the bytes from before are kept"
    let splices = result.contents.splices(from: before)
    try transaction.committer.commit(
      NewGeneration(
        record, result.contents, after: before, organizations: splices.organizations,
        members: splices.members, live: isSame(live, before) ? nil : live))
  }

  /// Ingests what other programs wrote, cleans up after a crash, and adds missing member lists.
  func tidy(addingLists: Bool) throws(OrgError) {
    try transaction.publisher.untilNotOvertaken { () throws(OrgError) in
      try tidyOnce(addingLists: addingLists)
    }
  }

  private func tidyOnce(addingLists: Bool) throws(OrgError) {
    let synchronized = try transaction.synchronize(isStarting: true)
    try transaction.directory.saving { () throws(SystemCallError) in
      try transaction.stateDirectory.completePruning()
      try transaction.stateDirectory.compressSegments()
      try transaction.stateDirectory.removeDrafts(in: transaction.stateDirectory.journal)
      try transaction.stateDirectory.removeDrafts(in: transaction.stateDirectory.checkpoints)
      try transaction.stateDirectory.removeDrafts(in: transaction.stateDirectory.quarantine)
      try transaction.stateDirectory.removeDrafts(in: transaction.stateDirectory.space)
    }
    guard addingLists, synchronized.problems.isEmpty else { return }
    let splices = synchronized.contents.members.splicesAddingLists(of: synchronized.contents.organizations)
    guard !splices.isEmpty else { return }
    let organizations = synchronized.contents.organizations
    let next = FileContents(
      organizations: organizations,
      members: MemberTable(splices.applied(to: synchronized.contents.members.bytes), of: organizations))
    var record = JournalRecord.draft(try transaction.journal.following(synchronized.generation), .repair, [])
    record.note = "the member lists that were missing are added"
    try transaction.committer.commit(
      NewGeneration(
        record, next, after: synchronized.contents, organizations: BytePatch([]), members: splices))
  }
}
