import Glibc

extension Duration {
  /// A file's time, or the clock's, since 1970.
  init(sinceEpoch time: timespec) {
    self = .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  /// The time since 1970 according to the system clock, which can be set to any time.
  static var sinceEpoch: Duration {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Duration(sinceEpoch: time)
  }

  /// The text form of a file's time: seconds and nanoseconds.
  var fileTimeText: String { "\(components.seconds)_\(components.attoseconds / 1_000_000_000)" }

  init?(fileTimeText text: some StringProtocol) {
    let parts = text.split(separator: "_")
    guard parts.count == 2, let seconds = Int64(parts[0]), let nanoseconds = Int64(parts[1]),
      nanoseconds.magnitude < 1_000_000_000
    else { return nil }
    self = .seconds(seconds) + .nanoseconds(nanoseconds)
  }
}
