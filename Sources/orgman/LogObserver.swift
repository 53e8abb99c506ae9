import CLinux
import OrgCore
import OrgRuntime

/// Logs what the runtime does.
struct LogObserver: RuntimeObserver {
  func didRead(_ snapshot: Snapshot) { Log.read(snapshot) }

  func didFail(_ error: OrgError) { Log.failure(error) }

  func isWaiting(for holder: LockHolder) { _ = Log.waiting(holder) }

  func didChangeHistory() { Log.generations() }

  func didMaintain() { clinux_return_free_memory() }
}

extension DraftStore: DraftKeeper {}
