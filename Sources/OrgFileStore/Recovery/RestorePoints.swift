import Glibc
import OrgCore
import SystemPackage

/// The data at earlier points in the history.
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

  /// The data after a generation, or an error that explains why they aren't available.
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

  /// The bytes before the newest generation, if that is a restore and a change set reverts all of it.
  func reversal(
    of set: ChangeSet, on contents: FileContents, _ generation: UInt64
  ) throws(OrgError) -> FileContents.Application? {
    guard set.purpose != .edit, let lines = try linesSinceRestore(), let record = lines.first?.record,
      // What a generation of another store did to bytes isn't known.
      record.generation == generation, !record.data.files.isEmpty,
      set.takesBackRestore(lines.compactMap(\.record.entry))
    else { return nil }
    let before = lines.first { $0.record.generation < generation }?.record.data.files
    return contents.reverting(record, to: before)
  }

  /// The newest generations, newest first, down to the restore that the newest one is, undoes, or redoes, and the line
  /// before that; `nil` if the newest generation isn't about a restore, or the restore is too long ago.
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
