import Glibc

extension Duration {
  /// The time of a file, or of the clock, since 1970.
  init(sinceEpoch time: timespec) {
    self = .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  /// How long it is since 1970, by the system's clock, which may be set to any time.
  static var sinceEpoch: Duration {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Duration(sinceEpoch: time)
  }

  /// The form in which a file's time is written down: seconds and nanoseconds.
  var fileTimeText: String { "\(components.seconds)_\(components.attoseconds / 1_000_000_000)" }

  init?(fileTimeText text: some StringProtocol) {
    let parts = text.split(separator: "_")
    guard parts.count == 2, let seconds = Int64(parts[0]), let nanoseconds = Int64(parts[1]),
      nanoseconds.magnitude < 1_000_000_000
    else { return nil }
    self = .seconds(seconds) + .nanoseconds(nanoseconds)
  }
}
