/// Who or what a commit waits for: the holder of a file's lock, or of a row's in a database.
public struct Contention: Sendable, Hashable, CustomStringConvertible {
  /// The holder's program; empty where it is unknown.
  public let program: String
  /// Where the program runs.
  public let origin: Origin
  /// The user's name.
  public let user: String
  /// Since when, in UTC, where that is known.
  public let since: Timestamp?
  /// What has become of the holder.
  public let state: State
  /// For how long the caller has waited, in milliseconds.
  public let waitedMilliseconds: Int
  /// What will tell whether the change was saved, as the beginning of a sentence, where the connection was lost while it
  /// was; `nil` as long as it certainly wasn't.
  public let outcomeSource: String?

  /// Where a program runs.
  public enum Origin: Sendable, Hashable, CustomStringConvertible {
    /// On this computer, as the process with an id.
    case process(Int32)
    /// On another computer, by its name or address.
    case host(String)

    /// `pid 4121` or `10.0.0.7`
    public var description: String {
      switch self {
      case .process(let pid): "pid \(pid)"
      case .host(let name): name.escapedForDisplay
      }
    }
  }

  /// What has become of a holder.
  public enum State: String, Sendable {
    /// It runs.
    case running
    /// It does nothing, and keeps what it holds until it goes on or is ended: a process that was stopped, a session that
    /// is idle in its transaction.
    case stopped
    /// It ended; a child of it keeps what it held.
    case gone
  }

  /// Names a holder.
  public init(
    program: String, origin: Origin, user: String, since: Timestamp? = nil, state: State = .running,
    waitedMilliseconds: Int, outcomeSource: String? = nil
  ) {
    self.program = program
    self.origin = origin
    self.user = user
    self.since = since
    self.state = state
    self.waitedMilliseconds = waitedMilliseconds
    self.outcomeSource = outcomeSource
  }

  /// `held by billingd, pid 4121 (root), stopped, since 21:51:10 UTC, 3.2 s`
  public var description: String { text(in: .utc) }

  /// The same with the time in a zone.
  package func text(in zone: DisplayZone) -> String {
    let who =
      program.isEmpty
      ? "another program"
      : "\(program.escapedForDisplay), \(origin)\(user.isEmpty ? "" : " (\(user.escapedForDisplay))")"
    let condition = state == .running ? "" : ", \(state.rawValue)"
    let time = sinceText(in: zone).map { ", \($0)" } ?? ""
    return "held by \(who)\(condition)\(time), \(waitedSeconds)"
  }

  /// `since 21:51:10 UTC`
  package func sinceText(in zone: DisplayZone) -> String? { since.map { "since \(zone.clockText($0))" } }

  /// `3.2 s`
  package var waitedSeconds: String {
    let tenths = waitedMilliseconds / 100
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
