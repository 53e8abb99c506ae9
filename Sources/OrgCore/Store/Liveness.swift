/// How soon a store notices what others change.
public enum Liveness: Sendable, Hashable {
  /// At once: they, or the system, announce it.
  case live
  /// By asking, every so many seconds.
  case polling(seconds: Int)
  /// Not at all since a time, for the data can't be reached; the reason can follow a colon and has text of the data escaped.
  case stale(since: Timestamp, reason: String)
}

/// A store whose data are on a server, which may be out of reach for a while.
public protocol RemoteStore: OrgStore {
  /// Begins to watch the data; watching ends with the feed.
  ///
  /// - Parameters:
  ///   - changed: called on another thread when others may have changed something.
  ///   - became: called on another thread when changes are noticed sooner or later than before, or no longer.
  func feed(
    changed: @escaping @Sendable () -> Void, became: @escaping @Sendable (Liveness) -> Void
  ) -> any ChangeFeed

  /// What is weaker about the connection than it should be, in a word or two; `nil` for nothing.
  var connectionWarning: String? { get }

  /// Calls back, on any thread, with why nothing is read from the replica that is configured, in a word or two: now if there
  /// is such a reason, and each time when it changes; `nil` when it is read from.
  func observeReplica(_ became: @escaping @Sendable (String?) -> Void)
}

/// Watches the data of a store for as long as somebody keeps it.
public protocol ChangeFeed: AnyObject, Sendable {}

extension OrgError.Code {
  /// A remote store's connection was lost while a change was being saved, and nobody could be asked whether it was; the message
  /// says how to find out.
  public static let unknownOutcome = Self(rawValue: "unknownOutcome")
}
