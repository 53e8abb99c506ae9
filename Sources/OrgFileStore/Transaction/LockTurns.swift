import Glibc
import OrgCore
import Synchronization

/// Waiting for one's turn before anything is read: where several processes change the data at once, what each of them
/// had read before its turn would have to be read again then.
final class LockTurns: Sendable {
  private let directory: DataDirectory
  private let reporter: HistoryReporter
  /// The thread whose turn it is.
  private let turn = Mutex<pthread_t?>(nil)

  init(_ directory: DataDirectory, _ reporter: HistoryReporter) {
    (self.directory, self.reporter) = (directory, reporter)
  }

  /// Runs the body with the lock held where others hold it or wait for it, and without where nobody does.
  func take<Value>(
    waiting: (LockHolder) -> Bool, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    guard FileLock(directory: directory).isContended else { return try body() }
    return try locked(waiting: waiting) { () throws(OrgError) in
      turn.withLock { $0 = pthread_self() }
      defer { turn.withLock { $0 = nil } }
      return try body()
    }
  }

  /// Runs the body with the lock held, be it since the turn of this thread began.
  func locked<Value>(
    waiting: (LockHolder) -> Bool = { _ in true }, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    if turn.withLock({ $0 == pthread_self() }) { return try body() }
    // After the lock was given back, as the observer may write to a slow disk.
    defer { reporter.report() }
    return try FileLock(directory: directory).withLock(waiting: waiting) { (_) throws(OrgError) in try body()
    }
  }
}
