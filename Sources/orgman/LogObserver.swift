import CLinux
import OrgCore
import OrgRuntime

/// Logs the activity of the runtime, and additions to the history.
struct LogObserver: RuntimeObserver, HistoryObserver {
  func didRead(_ data: DataSummary) { Log.read(data) }

  func didFail(_ error: OrgError) { Log.failure(error) }

  func isWaiting(for holder: Contention) { _ = Log.waiting(holder) }

  func didFind(_ entries: [HistoryEntry]) { Log.found(entries) }

  func didAdd(_ entry: HistoryEntry) { Log.added(entry) }

  func didBeginSegment(at generation: UInt64, by actor: Actor) { Log.beganSegment(at: generation, by: actor) }

  func didMaintain() { clinux_return_free_memory() }
}

extension DraftStore: DraftKeeper {}
