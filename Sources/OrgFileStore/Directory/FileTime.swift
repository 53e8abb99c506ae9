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
}
