import CLinux

/// The order in which those who wait for the lock get it: who has waited longest is next.
///
/// Each waiter locks a byte of the lock file, after those of all who wait already; the holder has byte 0. The kernel gives
/// the byte of a process that ended to nobody, so it keeps nobody waiting. The bytes only say whose turn it is: what guards
/// the data is the lock of the whole file.
struct LockQueue: ~Copyable {
  private let file: Int32
  /// The byte that this waiter has; `nil` before it waits.
  private var place: Int64?
  /// Since when the lock seems to be free, though it is another's turn, in milliseconds.
  private var freeSince: Int64?
  /// Milliseconds that another has to take its turn. One that was stopped doesn't, and is passed over.
  private static let hesitation: Int64 = 30

  /// What to do next.
  enum Turn {
    /// Try to take the lock.
    case own
    /// The lock is held; this waiter is next.
    case next
    /// Others are next.
    case later
  }

  init(_ file: borrowing Descriptor) { self.file = file.number }

  /// Whether another process holds the lock or waits for it.
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
    return now - since < Self.hesitation ? .later : .own
  }

  /// Takes a place after all others, if this waiter has none. Where there is none to be had, the order is left to chance.
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

  /// Says that this one holds the lock now, and waits no longer.
  consuming func leave() {
    _ = clinux_lock_byte(file, 0)
    if let place { _ = clinux_unlock_bytes(file, place, 1) }
  }
}
