import Glibc
import OrgCore
import SystemPackage

/// The data as they were at earlier points of the history.
struct RestorePoints {
  let stateDirectory: StateDirectory
  let committed: CommittedState
  let history: HistoryReader

  private var directory: DataDirectory { stateDirectory.directory }

  /// The data at a point.
  func contents(at point: RestorePoint) throws(OrgError) -> FileContents {
    switch point {
    case .backup(let backup): return backup.contents
    case .generation(let generation):
      let newest = committed.withLock { $0.journal?.last?.record.generation } ?? 0
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
      guard let generation = try history.generation(at: time) else {
        throw OrgError(.dataNotFound, "The history doesn't reach back to \(time).")
      }
      return try rebuild(generation)
    }
  }

  /// The data as a generation left them, or why they can't be had.
  func rebuild(_ generation: UInt64) throws(OrgError) -> FileContents {
    do {
      return try stateDirectory.rebuild(generation)
    } catch  where error.code == .damagedData {
      var erasure: UInt64?
      try? Journal.scanBackwards(stateDirectory.journal, directory.calls) { line in
        if line.record.kind == .erase { erasure = line.record.generation }
        return erasure == nil && line.record.generation > generation
      }
      guard let erasure, generation < erasure else { throw error }
      throw OrgError(
        .dataNotFound,
        "Generation \(generation) can't be put back: generation \(erasure) erased something for good, and with it what the data were before."
      )
    }
  }

  /// The bytes before a restore that is the newest generation, where a change set takes all of it back.
  func reversal(
    of set: ChangeSet, on contents: FileContents, _ generation: UInt64
  ) throws(OrgError) -> FileContents.Application? {
    guard set.purpose != .edit, let lines = try linesSinceRestore(), let record = lines.first?.record,
      record.generation == generation, set.takesBackRestore(lines.compactMap(\.record.entry))
    else { return nil }
    let before = lines.first { $0.record.generation < generation }?.record.files
    return contents.reverting(record, to: before)
  }

  /// The newest generation, newest first, those before it down to the restore that it is, undoes or does again, and the
  /// line before that; `nil` where it has nothing to do with a restore, or with one that is long ago.
  private func linesSinceRestore() throws(OrgError) -> [Journal.FoundLine]? {
    var lines: [Journal.FoundLine] = []
    var oldest: UInt64?
    try directory.saving { () throws(SystemCallError) in
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
}
