import OrgCore
import OrgViewModel

/// Learns what a runtime does, for a log. Called on the runtime's own threads.
package protocol RuntimeObserver: Sendable {
  /// The data were read.
  func didRead(_ data: DataSummary)

  /// Something failed, or was refused.
  func didFail(_ error: OrgError)

  /// A commit waits; called about ten times a second.
  func isWaiting(for holder: Contention)

  /// The store found generations that are new since the last time, oldest first; those that it added itself, too.
  func didFind(_ entries: [HistoryEntry])

  /// The store followed other programs, which can take much memory for a moment.
  func didMaintain()
}

/// Keeps what is typed, so that it survives the end of the program.
package protocol DraftKeeper: Sendable {
  /// Keeps a draft, in a moment.
  func save(_ draft: Draft)

  /// Drops what was kept.
  func drop()

  /// Leaves what was offered for the next start.
  func leave()

  /// Keeps, or drops, what waits for that.
  func finish()
}
