import CLinux

/// The order in which waiters get the lock: first come, first served.
///
/// Each waiter locks one byte of the lock file, after the bytes of all earlier waiters; the holder locks byte 0. The
/// kernel releases the byte of a process that ends, so a dead process never blocks the queue. The bytes only determine
/// whose turn it is: the data is protected by the lock on the whole file.
struct LockQueue: ~Copyable {
  private let file: Int32
  /// The byte that this waiter has locked; `nil` before it waits.
  private var place: Int64?
  /// Since when the lock appears to be free while it is another waiter's turn, in milliseconds.
  private var freeSince: Int64?
  /// How many milliseconds another waiter has to take its turn. A waiter that doesn't, for example because it is
  /// stopped, is passed over.
  private let hesitation: Int64

  /// What to do next.
  enum Turn {
    /// Try to take the lock.
    case own
    /// The lock is held; this waiter is next.
    case next
    /// Others are next.
    case later
  }

  init(_ file: borrowing Descriptor, hesitation: Int64 = 30) {
    (self.file, self.hesitation) = (file.number, hesitation)
  }

  /// Whether another process holds the lock or is waiting for it.
  var isTaken: Bool { clinux_first_locked_byte(file, 0, Int64.max) >= 0 }

  mutating func turn() -> Turn {
    let ahead = clinux_first_locked_byte(file, 0, place ?? Int64.max)
    guard ahead >= 0 else { return .own }
    guard ahead > 0 else {
      freeSince = nil
      guard let place else { return .later }
      return clinux_first_locked_byte(file, 1, place) < 0 ? .next : .later
    }
    let now = clinux_monotonic_milliseconds()
    let since = freeSince ?? now
    freeSince = since
    return now - since < hesitation ? .later : .own
  }

  /// Joins the end of the queue unless this waiter is already in it. If no byte can be locked, the
  /// order is left to chance.
  mutating func enter() {
    guard place == nil else { return }
    for _ in 0..<100 {
      var last: Int64 = 0
      var next = clinux_first_locked_byte(file, 1, Int64.max)
      while next >= 0 {
        last = next
        next = clinux_first_locked_byte(file, last + 1, Int64.max)
      }
      guard last < Int64.max - 1 else { return }
      if clinux_lock_byte(file, last + 1) == 0 {
        place = last + 1
        return
      }
    }
  }

  /// Marks the lock as held by this waiter, and leaves the queue.
  consuming func leave() {
    _ = clinux_lock_byte(file, 0)
    if let place { _ = clinux_unlock_bytes(file, place, 1) }
  }
}
