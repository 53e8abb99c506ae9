import OrgCore

/// What a server or libpq refused.
struct PostgresError: Error, Sendable {
  /// What kind of refusal it is.
  let kind: Kind
  /// The server's words, one line; may contain text of the data.
  let message: String
  /// The constraint that was violated, if the server names one.
  let constraint: String?
  /// Whether the server ended the connection with it.
  let isFatal: Bool
  /// Who held what the statement waited for in vain, where that is known.
  var holder: Contention?

  enum Kind: Sendable, Hashable {
    /// The server refused, with this SQLSTATE.
    case server(String)
    /// There is no connection, or it was lost.
    case connection
    /// The server didn't answer for too long.
    case silence
    /// The server took too long for a statement, and canceled it.
    case slow
    /// The caller gave up waiting.
    case cancelled
    /// A replica is one of other data.
    case otherDatabase
    /// A replica ended a transaction in the middle.
    case replicaLost
  }

  init(_ kind: Kind, _ message: String, constraint: String? = nil, isFatal: Bool = false) {
    self.kind = kind
    self.message = Self.sentence(message)
    self.constraint = constraint
    self.isFatal = isFatal
  }

  /// What was refused by each of several hosts.
  init(_ failures: [PostgresError]) {
    var messages: [String] = []
    for failure in failures where !messages.contains(failure.message) { messages.append(failure.message) }
    let isSilent = failures.allSatisfy { $0.kind == .silence }
    self.init(isSilent ? .silence : .connection, messages.joined(separator: "\n"))
  }

  /// What libpq says in several lines, in one: without its guesses, which are indented, and without its account of where it
  /// connected to where the server says what is wrong.
  private static func sentence(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).filter { $0.first != "\t" }.map { line in
      var line = line[...]
      if let reason = line.firstRange(of: " failed: FATAL:  ") { line = line[reason.upperBound...] }
      return line.hasPrefix("FATAL:  ") ? String(line.dropFirst(8)) : String(line)
    }
    return lines.joined(separator: "; ")
  }

  /// The same as the end of the connection.
  var fatal: PostgresError { PostgresError(kind, message, constraint: constraint, isFatal: true) }

  /// The five letters and digits that name a server's error; empty for others.
  var state: String { if case .server(let state) = kind { state } else { "" } }

  /// Whether the connection can't be used any more.
  var isConnectionLost: Bool {
    switch kind {
    case .connection, .silence: true
    case .server(let state): isFatal || state.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(state)
    case .cancelled, .slow, .otherDatabase, .replicaLost: false
    }
  }

  /// Whether the whole transaction may succeed if it is tried again: a serialization failure or a deadlock.
  var isTransient: Bool { ["40001", "40P01"].contains(state) }

  /// Whether the server no longer has a statement that it prepared, or can't run it on tables that have changed.
  var isAboutPreparedStatement: Bool { ["26000", "0A000"].contains(state) }

  /// Whether a value was refused, or a constraint broken.
  var isAboutValues: Bool { state.hasPrefix("22") || state.hasPrefix("23") }

  /// Whether another connection may be better, at once.
  var mayPass: Bool { isConnectionLost && kind != .silence }

  /// The server's setting that ended a statement which waited for somebody else.
  private var limit: String? {
    switch state {
    case "55P03": "lock_timeout"
    case "57014": "statement_timeout"
    default: nil
    }
  }

  /// The error as a sentence for people.
  ///
  /// - Parameter subject: what couldn't be done, as in "The organizations can't be read".
  func error(_ subject: String, of target: String) -> OrgError {
    let words = message.escapedForDisplay
    func sentence(_ text: String, _ code: OrgError.Code = .system) -> OrgError {
      OrgError(code, text.hasSuffix(".") ? text : text + ".")
    }
    if let limit, let holder {
      return OrgError(
        .locked, "\(subject): \(holder); the server's \(limit) ended the wait.", holder: holder)
    }
    switch kind {
    case .cancelled: return OrgError(.cancelled, "Cancelled; nothing was changed.")
    case .silence: return sentence("\(subject): the server of \(target) doesn't answer")
    case .replicaLost: return sentence("\(subject): the replica \(words); try again")
    case .otherDatabase: return sentence("\(subject): \(target) is no replica of it", .invalidValue)
    case .slow: return sentence("\(subject): the server of \(target) takes too long")
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
