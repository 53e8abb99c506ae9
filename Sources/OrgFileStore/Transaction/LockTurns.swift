import Glibc
import OrgCore
import Synchronization

/// Waits for the lock before anything is read. If several processes change the data at the same time, anything that one
/// of them reads before its turn has to be read again.
final class LockTurns: Sendable {
  private let directory: DataDirectory
  private let reporter: HistoryReporter
  /// The thread whose turn it is.
  private let turn = Mutex<pthread_t?>(nil)
  /// Learns whom it waits for.
  private let observer = Mutex<(@Sendable (Contention) -> Void)?>(nil)

  init(_ directory: DataDirectory, _ reporter: HistoryReporter) {
    (self.directory, self.reporter) = (directory, reporter)
  }

  func observeWaiting(_ observer: @escaping @Sendable (Contention) -> Void) {
    self.observer.withLock { $0 = observer }
  }

  /// Runs the body with the lock held if other processes hold it or wait for it, and without the lock otherwise.
  func take<Value>(
    waiting: (Contention) -> Bool, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    guard FileLock(directory: directory).isContended else { return try body() }
    return try locked(waiting: waiting) { () throws(OrgError) in
      turn.withLock { $0 = pthread_self() }
      defer { turn.withLock { $0 = nil } }
      return try body()
    }
  }

  /// Runs the body with the lock held, possibly since the beginning of this thread's turn.
  func locked<Value>(
    waiting: (Contention) -> Bool = { _ in true }, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    if turn.withLock({ $0 == pthread_self() }) { return try body() }
    // Report after releasing the lock, because the observer may write to a slow disk.
    defer { reporter.report() }
    let observer = observer.withLock { $0 }
    func goesOn(_ holder: Contention) -> Bool {
      observer?(holder)
      return waiting(holder)
    }
    return try FileLock(directory: directory).withLock(waiting: goesOn) { (_) throws(OrgError) in
      try body()
    }
  }
}
