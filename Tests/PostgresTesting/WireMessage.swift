/// Who has sent a message.
public enum Sender: Sendable {
  case client, server
}

/// A message on a connection through a `FaultProxy`.
public struct WireMessage: Sendable, CustomStringConvertible {
  /// The number of the connection, from 1, in the order in which they were accepted.
  public let connection: Int
  /// Who has sent it.
  public let sender: Sender
  /// Its number among what the same side has sent on this connection, from 1.
  public let number: Int
  /// Its name in PostgreSQL's description of the protocol, such as `Query`, `Parse`, `CommandComplete`.
  public let name: String
  /// The SQL that it carries or executes; for the server's, the SQL that it answers.
  public let statement: String?
  /// What `CommandComplete` says, such as `UPDATE 1`.
  public let tag: String?

  /// A line for a failure.
  public var description: String {
    let details = [tag, statement].compactMap { $0 }.map { " [\($0)]" }.joined()
    return "\(connection) \(sender) \(number): \(name)\(details)"
  }

  /// Whether the statement begins with these words, in any case.
  public func isAbout(_ words: String) -> Bool {
    (statement ?? "").drop(while: \.isWhitespace).lowercased().hasPrefix(words.lowercased())
  }
}

/// What a proxy does with a message.
public enum Verdict: Sendable {
  /// Hands it on.
  case pass
  /// Hands it on later, as a line with this latency does; what comes at once arrives at once.
  case delay(Duration)
  /// Keeps it, and what follows it from the same side, until `FaultProxy.release` or `heal`.
  case hold
  /// Loses it.
  case drop
  /// Loses it and closes the connection on both sides.
  case cut
  /// Hands it on and closes the connection on both sides.
  case passAndCut
}

/// What goes wrong on the connections through a proxy: what it does with each message.
public struct Fault: Sendable {
  let verdict: @Sendable (WireMessage) -> Verdict

  /// Decides about each message, in the order in which they come, on one thread.
  public init(_ verdict: @escaping @Sendable (WireMessage) -> Verdict) { self.verdict = verdict }

  /// Cuts a connection, once, after the k-th message that comes from one side from now on has been handed on.
  public static func cut(after count: Int, from sender: Sender) -> Fault {
    let seen = Counter()
    return Fault { $0.sender == sender && seen.next() == count ? .passAndCut : .pass }
  }

  /// Cuts a connection, once, before a statement that begins with these words reaches the server.
  public static func cut(before words: String) -> Fault {
    let seen = Counter()
    return Fault { $0.sender == .client && $0.isAbout(words) && seen.next() == 1 ? .cut : .pass }
  }

  /// Cuts a connection, once, before the client learns how a statement that begins with these words has ended.
  public static func swallowAnswer(to words: String) -> Fault {
    let seen = Counter()
    return Fault {
      let isAnswer = $0.sender == .server && ["CommandComplete", "ErrorResponse"].contains($0.name)
      return isAnswer && ($0.isAbout(words) || $0.tag == words) && seen.next() == 1 ? .cut : .pass
    }
  }

  /// Delays each message from one side, or from both.
  public static func delay(_ time: Duration, from sender: Sender? = nil) -> Fault {
    Fault { sender == nil || $0.sender == sender ? .delay(time) : .pass }
  }

  /// Holds each message from one side.
  public static func hold(from sender: Sender) -> Fault { Fault { $0.sender == sender ? .hold : .pass } }

  /// Loses each message from one side.
  public static func drop(from sender: Sender) -> Fault { Fault { $0.sender == sender ? .drop : .pass } }
}
