import OrgCore

/// What a server or libpq refused.
struct PostgresError: Error, Sendable {
  /// What kind of refusal it is.
  let kind: Kind
  /// The server's words, one line; may contain text of the data.
  let message: String
  /// The constraint that was violated, if the server names one.
  let constraint: String?

  enum Kind: Sendable, Hashable {
    /// The server refused, with this SQLSTATE.
    case server(String)
    /// There is no connection, or it was lost.
    case connection
    /// The server didn't answer for too long.
    case silence
    /// The caller gave up waiting.
    case cancelled
  }

  init(_ kind: Kind, _ message: String, constraint: String? = nil) {
    self.kind = kind
    self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    self.constraint = constraint
  }

  /// The five letters and digits that name a server's error; empty for others.
  var state: String { if case .server(let state) = kind { state } else { "" } }

  /// Whether the connection can't be used any more.
  var isConnectionLost: Bool {
    switch kind {
    case .connection, .silence: true
    case .server(let state): state.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(state)
    case .cancelled: false
    }
  }

  /// Whether the whole transaction may succeed if it is tried again: a serialization failure or a deadlock.
  var isTransient: Bool { ["40001", "40P01"].contains(state) }

  /// Whether somebody else held a lock for longer than the server lets a statement wait.
  var isLockTimeout: Bool { state == "55P03" }

  /// The error as a sentence for people.
  ///
  /// - Parameter subject: what couldn't be done, as in "The organizations can't be read".
  func error(_ subject: String, of target: String) -> OrgError {
    let words = message.escapedForDisplay
    func sentence(_ text: String, _ code: OrgError.Code = .system) -> OrgError {
      OrgError(code, text.hasSuffix(".") ? text : text + ".")
    }
    switch kind {
    case .cancelled: return OrgError(.cancelled, "Cancelled; nothing was changed.")
    case .silence: return sentence("\(subject): the server of \(target) doesn't answer")
    case .connection: return sentence("\(subject): there is no connection to \(target): \(words)")
    case .server(let state):
      switch state {
      case "25006":
        return sentence(
          "\(subject): \(target) can only be read; connect to the primary server to change it", .readOnly)
      case "42501":
        return sentence(
          "\(subject): the database refuses it: \(words); ask its owner for the right", .readOnly)
      case "53300": return sentence("\(subject): \(target) has no connection left; try again later")
      case "53100", "53200", "53400":
        return sentence("\(subject): the server of \(target) has run out of space or memory: \(words)")
      case "57014": return sentence("\(subject): the server canceled it: \(words)", .cancelled)
      case "55P03": return sentence("\(subject): another session holds it: \(words)", .locked)
      case _ where isConnectionLost:
        return sentence("\(subject): \(target) ended the connection: \(words)")
      case "42P01", "42703", "42883", "42804":
        return sentence(
          "\(subject): the tables of \(target) have changed: \(words); open the database again")
      default: return sentence("\(subject): \(target) refuses it: \(words)")
      }
    }
  }
}
