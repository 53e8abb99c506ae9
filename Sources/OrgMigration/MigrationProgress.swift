/// What a migration is at.
package enum MigrationStage: Sendable, Hashable {
  /// Looking whether all records fit.
  case checking
  /// Moving records.
  case moving
  /// Moving the history.
  case history
  /// Comparing both sides.
  case comparing
}

/// How far a migration has come; called from time to time.
package typealias MigrationProgress = (_ stage: MigrationStage, _ done: Int, _ total: Int) -> Void

/// What a migration has done.
package struct MigrationReport: Sendable, Encodable {
  package var organizations = 0
  package var members = 0
  /// How many records have a form or fields that the tables don't hold, so that their text is kept beside.
  package var keptRecords = 0
  package var generations = 0
  /// How many records were moved in this run, and in how many seconds.
  package var movedRecords = 0
  package var seconds = 0.0
  /// How long the comparison took.
  package var comparingSeconds = 0.0
  /// Whether an earlier run had moved a part already.
  package var isResumed = false
  /// Whether the files are byte for byte those that were migrated from files before.
  package var areFilesUnchanged: Bool?

  /// Records a second.
  package var rate: Int { seconds > 0 ? Int(Double(movedRecords) / seconds) : 0 }
}

/// Seconds since a moment.
func seconds(since start: ContinuousClock.Instant) -> Double {
  let (seconds, fraction) = (ContinuousClock.now - start).components
  return Double(seconds) + Double(fraction) / 1e18
}
