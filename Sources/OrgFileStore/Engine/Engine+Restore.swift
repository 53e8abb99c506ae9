import Glibc
import OrgCore

// Putting the data back to what they were.
extension Engine {
  /// Puts the data back to what they were.
  func restore(to point: RestorePoint, isTrial: Bool) throws(OrgError) -> Restoration {
    try untilNotOvertaken { () throws(OrgError) in try restoreOnce(to: point, isTrial: isTrial) }
  }

  private func restoreOnce(to point: RestorePoint, isTrial: Bool) throws(OrgError) -> Restoration {
    let synchronized = try synchronize(isStarting: !isTrial)
    let target = try contents(at: point)
    if let problem = target.problems.first {
      throw OrgError(.damagedData, "That would put damaged data back, so nothing was changed. \(problem)")
    }
    // What is there now may break a rule: then the journal knows what it was before.
    let current = store.memory.withLock { $0.current?.contents } ?? synchronized.contents
    let live = store.contentsNow()
    let restoration = Restoration(from: current, to: target)
    guard !isTrial, !isSame(live, target) else { return restoration }
    if !isSame(live, current) {
      try explaining { () throws(SystemCallError) in
        for (file, bytes) in live.files where !haveSameBytes(bytes, current.bytes(of: file)) {
          try stateDirectory.quarantine(bytes, of: file, generation: synchronized.generation)
        }
      }
    }
    let splices = target.splices(from: current)
    try write(
      newRecord(try following(synchronized.generation), .restore, restoration.changes), target,
      after: current,
      organizations: splices.organizations, members: splices.members, live: live)
    return restoration
  }

  /// The bytes before a restore that is the newest generation, where a change set takes all of it back.
  func reversal(
    of set: ChangeSet, on synchronized: SynchronizedState
  ) throws(OrgError) -> FileContents.Application? {
    guard set.purpose != .edit, let lines = try linesSinceRestore(), let record = lines.first?.record,
      record.generation == synchronized.generation, set.takesBackRestore(lines.compactMap(\.record.entry))
    else { return nil }
    let before = lines.first { $0.record.generation < synchronized.generation }?.record.files
    return synchronized.contents.reverting(record, to: before)
  }

  /// The newest generation, newest first, those before it down to the restore that it is, undoes or does again, and the
  /// line before that; `nil` where it has nothing to do with a restore, or with one that is long ago.
  private func linesSinceRestore() throws(OrgError) -> [Journal.FoundLine]? {
    var lines: [Journal.FoundLine] = []
    var oldest: UInt64?
    try explaining { () throws(SystemCallError) in
      try Journal.scanBackwards(stateDirectory.journal, directory.calls) { line in
        let record = line.record
        if let oldest {
          lines.append(line)
          return record.generation >= oldest && lines.count < 32
        }
        switch record.kind {
        case .checkpoint: return true
        case .restore: oldest = record.generation
        case .undo, .redo: oldest = record.of
        case .edit, .foreign, .repair, .erase: return false
        }
        lines.append(line)
        return oldest != nil
      }
    }
    guard let oldest, lines.contains(where: { $0.record.generation == oldest && $0.record.kind == .restore })
    else { return nil }
    return lines
  }

  private func contents(at point: RestorePoint) throws(OrgError) -> FileContents {
    switch point {
    case .backup(let backup): return backup.contents
    case .generation(let generation):
      let newest = store.memory.withLock { $0.journal?.last?.record.generation } ?? 0
      guard generation <= newest else {
        throw OrgError(.dataNotFound, "There is no generation \(generation); the newest is \(newest).")
      }
      let first = stateDirectory.firstGeneration
      guard generation >= first else {
        throw OrgError(
          .dataNotFound,
          "The history begins at generation \(first), so the data of generation \(generation) are no longer known."
        )
      }
      return try rebuild(generation)
    case .time(let time):
      guard let generation = try store.generation(at: time) else {
        throw OrgError(.dataNotFound, "The history doesn't reach back to \(time).")
      }
      return try rebuild(generation)
    }
  }
}
