import Glibc

/// The time zone that times are shown in, and read in where they are typed without one. The data keep UTC.
package enum DisplayZone: Sendable, Hashable {
  /// The same everywhere.
  case utc
  /// That of the person at the terminal: `TZ`, or else the system's.
  case local
  /// So many seconds east of UTC, with a name.
  case fixed(seconds: Int64, name: String)

  /// The zone of a name in the configuration: `UTC` or `local`.
  package init?(_ name: String) {
    switch name.lowercased() {
    case "utc": self = .utc
    case "local": self = .local
    default: return nil
    }
  }

  private static let rules: Void = tzset()

  /// Seconds east of UTC, and what that is called, at a time.
  private func rule(at time: Timestamp) -> (offset: Int64, name: String) {
    switch self {
    case .utc: return (0, "UTC")
    case .fixed(let seconds, let name): return (seconds, name)
    case .local:
      _ = Self.rules
      var seconds = time_t(time.microseconds / 1_000_000)
      var parts = tm()
      guard time != .unknown, localtime_r(&seconds, &parts) != nil else { return (0, "UTC") }
      return (Int64(parts.tm_gmtoff), parts.tm_zone.map { String(cString: $0) } ?? "local")
    }
  }

  /// What the zone is called at a time: `UTC`, `CEST`.
  package func name(at time: Timestamp) -> String { rule(at: time).name }

  /// What a clock shows there, as if it were UTC.
  package func shown(_ time: Timestamp) -> Timestamp {
    guard time != .unknown else { return time }
    return time.adding(seconds: rule(at: time).offset)
  }

  /// When a clock shows that there.
  package func moment(shown: Timestamp) -> Timestamp {
    guard self != .utc else { return shown }
    // Twice, as the offset may be another one on the other side of a change of the clocks.
    let near = shown.adding(seconds: -rule(at: shown).offset)
    return shown.adding(seconds: -rule(at: near).offset)
  }

  /// To the minute: `2026-11-22 21:51`.
  package func minuteText(_ time: Timestamp) -> String { shown(time).minuteText }

  /// To the second, with the name of the zone: `2026-11-22 21:51:10 UTC`.
  package func fullText(_ time: Timestamp) -> String {
    time == .unknown ? time.description : "\(shown(time).description.prefix(19)) \(name(at: time))"
  }

  /// To the minute, with the name of the zone: `2026-11-22 21:51 UTC`.
  package func shortText(_ time: Timestamp) -> String {
    time == .unknown ? time.description : "\(minuteText(time)) \(name(at: time))"
  }

  /// The time of the day, with the name of the zone: `21:51:10 UTC`.
  package func clockText(_ time: Timestamp) -> String {
    time == .unknown
      ? time.description : "\(shown(time).description.dropFirst(11).prefix(8)) \(name(at: time))"
  }
}

extension Timestamp {
  /// So many seconds later, or the last moment that can be written.
  package func adding(seconds: Int64) -> Timestamp {
    guard self != .unknown else { return self }
    return Timestamp(sinceEpoch: .microseconds(microseconds) + .seconds(seconds))
  }
}
