import Dispatch
import OrgCore
import OrgRuntime
import OrgViewModel
import Synchronization

/// A store in memory that is slow, fails or has something new when the test says so.
final class StoreDouble: ProgressReportingStore, MaintainableStore {
  private struct State {
    var failures: [OrgError] = []
    var readFailures: [OrgError] = []
    var holders: [Contention] = []
    var entries: [HistoryEntry] = []
    var leaseObstacle: String?
  }

  let inner = InMemoryStore(
    organizations: ["Acme", "Bravo", "Charlie"].map {
      Organization(id: "org_\($0.lowercased())", name: $0, createdAt: Timestamp(microseconds: 0))
    },
    members: [
      OrgUser(
        organizationID: "org_acme", userID: "bob", role: .owner, joinedAt: Timestamp(microseconds: 0))
    ])
  private let state = Mutex(State())
  /// Closed, it holds whoever reads the data.
  let reading = Gate()
  /// Closed, it holds whoever reads the history.
  let readingHistory = Gate()
  /// Closed, it holds whoever commits.
  let committing = Gate()
  /// Closed, it holds whoever reads the data after a commit.
  let readingCommitted = Gate()

  var readingProgress: ReadingProgress { ReadingProgress(done: 1, total: 4) }
  var leaseObstacle: String? { state.withLock { $0.leaseObstacle } }

  func readerAhead() -> (any StoreReader)? { nil }

  func reader() throws(OrgError) -> any StoreReader {
    reading.pass()
    if let error = state.withLock({ $0.readFailures.isEmpty ? nil : $0.readFailures.removeFirst() }) {
      throw error
    }
    return inner.reader()
  }

  func history() -> [HistoryEntry] {
    readingHistory.pass()
    return inner.history()
  }

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    committing.pass()
    let (holders, error) = state.withLock { state in
      defer { state.holders = [] }
      return (state.holders, state.failures.isEmpty ? nil : state.failures.removeFirst())
    }
    for holder in holders where !waiting(holder) {
      throw OrgError(.cancelled, "Cancelled; nothing was changed.")
    }
    if let error { throw error }
    let commit = try inner.commit(set, waiting: waiting)
    guard readingCommitted.isShut else { return commit }
    return Commit(changes: commit.changes) { [readingCommitted] in
      readingCommitted.pass()
      return commit.reader
    }
  }

  func maintain(waiting: (Contention) -> Bool) throws(OrgError) -> Maintenance {
    Maintenance(
      reader: inner.reader(),
      entries: state.withLock { state in
        defer { state.entries = [] }
        return state.entries
      })
  }

  /// Lets the next commit fail.
  func failCommit(_ error: OrgError) { state.withLock { $0.failures.append(error) } }

  /// Lets the next reading fail.
  func failReading(_ error: OrgError) { state.withLock { $0.readFailures.append(error) } }

  /// Lets the next commit find others that hold the lock.
  func hold(_ holders: Contention...) { state.withLock { $0.holders = holders } }

  /// What another program did, and whether it can be kept from writing.
  func others(_ entries: [HistoryEntry], leaseObstacle: String?) {
    state.withLock {
      $0.entries = entries
      $0.leaseObstacle = leaseObstacle
    }
  }
}

/// Holds threads while it is closed.
final class Gate: Sendable {
  private let isClosed = Mutex(false)
  private let opened = DispatchSemaphore(value: 0)
  private let arrived = DispatchSemaphore(value: 0)

  var isShut: Bool { isClosed.withLock { $0 } }

  func close() { isClosed.withLock { $0 = true } }

  func pass() {
    guard isClosed.withLock({ $0 }) else { return }
    arrived.signal()
    opened.wait()
  }

  /// Waits until a thread is held.
  func waitForArrival() { arrived.wait() }

  /// Lets the thread that is held go on, and all that come later.
  func open() {
    isClosed.withLock { $0 = false }
    opened.signal()
  }
}

/// Keeps what it learns.
final class Witness: RuntimeObserver {
  private let seen = Mutex<[String]>([])
  var log: [String] { seen.withLock { $0 } }

  private func note(_ text: String) { seen.withLock { $0.append(text) } }

  func didRead(_ data: DataSummary) { note("read \(data.organizationCount)") }
  func didFail(_ error: OrgError) { note("failed: \(error.code.rawValue)") }
  func isWaiting(for holder: Contention) { note("waits for \(holder.program)") }
  func didFind(_ entries: [HistoryEntry]) { note("found \(entries.count)") }
  func didMaintain() { note("maintained") }
}

/// Keeps no drafts, and says when it is to be finished.
final class DraftDouble: DraftKeeper {
  let finished = DispatchSemaphore(value: 0)

  func save(_ draft: Draft) {}
  func drop() {}
  func leave() {}
  func finish() { finished.signal() }
}
