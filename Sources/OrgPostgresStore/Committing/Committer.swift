import FoundationEssentials
import OrgCore

/// Commits change sets, each in one transaction.
///
/// 1. Lock the organizations that it is about, in the order of their ids, so that two commits never wait for each other; and
///    their owners, where an owner goes. From here on nobody changes what the preview looks at.
/// 2. Read the records and preview the set. What can't be done is refused with what is there now.
/// 3. Make the changes one by one. Each expects the value that it replaces: a statement that finds another changes no
///    row, and the whole is tried again. A few are made in the same round trip in which the records are read, and rolled back
///    if the preview doesn't allow them.
/// 4. Commit. If the connection is lost before the server's answer, ask the server by the transaction's id what became of it.
///
/// A connection that is lost earlier has changed nothing, and the whole is tried again on another one.
struct Committer {
  let database: Database
  let actor: Actor
  /// What the history calls it; as a rule what the set is for.
  var kind: HistoryEntry.Kind?
  /// What else is done in the transaction, last, even where the set changes nothing.
  var conclusion: ((Transaction) throws(PostgresError) -> Void)?

  private var tables: Tables { database.tables }
  /// How often a set is tried again after a deadlock, a serialization failure, or a change by somebody else.
  private static let tries = 20

  /// As many changes are made before what they depend on is looked at.
  private static let guessLimit = 8
  /// How often one is tried again after the connection was lost.
  private static let triesAfterLoss = 3

  /// What a try came to.
  private enum Attempt {
    /// The changes were made and are durable.
    case done(Committed)
    /// Somebody else was faster, or the connection was lost before the changes were made; the next try may succeed.
    case again(PostgresError?)
  }

  /// Commits a set.
  ///
  /// - Returns: the changes that made a difference.
  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Committed {
    try withoutActuallyEscaping(waiting) { waiting throws(OrgError) in
      try repeatedly(set, start: monotonicMilliseconds(), waiting)
    }
  }

  private func repeatedly(
    _ set: ChangeSet, start: Int, _ waiting: @escaping (Contention) -> Bool
  ) throws(OrgError) -> Committed {
    var (last, losses): (PostgresError?, Int) = (nil, 0)
    for number in 0..<Self.tries {
      switch try attempt(set, start: start, guesses: number == 0, waiting) {
      case .done(let committed): return committed
      case .again(let error):
        last = error ?? last
        if let error, error.isConnectionLost {
          losses += 1
          guard losses < Self.triesAfterLoss else { throw failure(error) }
        }
      }
    }
    if let last { throw failure(last) }
    throw OrgError(
      .conflict, "Other sessions change the same records all the time, so nothing was changed. Try again.")
  }

  private func failure(_ error: PostgresError) -> OrgError {
    error.error("The change can't be saved", of: database.name)
  }

  private func attempt(
    _ set: ChangeSet, start: Int, guesses: Bool, _ waiting: @escaping (Contention) -> Bool
  ) throws(OrgError) -> Attempt {
    let connection: Connection
    do throws(PostgresError) {
      connection = try database.pool.borrow { silence in
        waiting(.server(database.name, silence: silence, waited: monotonicMilliseconds() - start))
      }
    } catch {
      throw failure(error)
    }
    var isStandby = false
    // Another connection may lead to the primary.
    defer { if !isStandby { database.pool.giveBack(connection) } }
    let transaction = Transaction(connection, database: database, start: start, waiting: waiting)
    let result: Result<Attempt, OrgError>
    // What a user may do is known only once the roles are read.
    let mayGuess = guesses && connection.isDirect && set.access == .platformAdmin
    let guess = mayGuess && set.changes.count <= Self.guessLimit ? set.changes : []
    do throws(PostgresError) {
      result = try attempt(set, guess, in: transaction, waiting)
    } catch {
      isStandby = error.state == "25006"
      // What was changed on a guess was refused: the next try finds out first whether it may be changed.
      if !guess.isEmpty, error.isAboutValues { return .again(nil) }
      guard error.isTransient || error.mayPass else { throw failure(error) }
      return .again(error)
    }
    // Nothing older may be read from now on, whichever server it is read from.
    if case .success(.done) = result { database.servers.didCommit(on: connection) }
    return try result.get()
  }

  /// - Throws: what the server refused, with the transaction rolled back.
  private func attempt(
    _ set: ChangeSet, _ guess: [Change], in transaction: Transaction,
    _ waiting: @escaping (Contention) -> Bool
  ) throws(PostgresError) -> Result<Attempt, OrgError> {
    let preview: Preview
    do throws(PostgresError) {
      try transaction.begin(entry(set))
      transaction.lock(set)
      let queries = RecordQueries(tables: tables) { (statements) throws(OrgError) in
        try transaction.read(statements, thenMaking: guess)
      }
      let looked = Result { () throws(OrgError) in
        let preview = Preview(of: set, on: try queries.lookup(set))
        try preview.check()
        return preview
      }
      if let problem = transaction.unfinishedMigration {
        transaction.rollBack()
        return .failure(problem.refusal)
      }
      switch looked {
      case .success(let value): preview = value
      case .failure(let error):
        transaction.rollBack()
        if let lost = transaction.failure { throw lost }
        return .failure(error)
      }
      guard !preview.recorded.isEmpty || conclusion != nil else {
        transaction.rollBack()
        return .success(.done(Committed()))
      }
      guard try transaction.make(preview.effective) else {
        transaction.rollBack()
        return .success(.again(nil))
      }
      try conclusion?(transaction)
    } catch {
      transaction.rollBack()
      throw error
    }
    var committed = Committed(changes: preview.recorded, transaction: transaction.mark.id)
    database.ownCommits.enter()
    do throws(PostgresError) {
      try transaction.commit()
    } catch {
      database.ownCommits.leave()
      guard error.isConnectionLost else { throw error }
      return UnknownOutcome(database: database, transaction: transaction.mark).resolve(waiting).map {
        $0 ? .done(committed) : .again(error)
      }
    }
    committed.isAnnounced = true
    return .success(.done(committed))
  }

  /// What the history says of the set besides its changes.
  private func entry(_ set: ChangeSet) -> String {
    let kind = kind ?? HistoryEntry.Kind(set.purpose)
    let entry = Entry(kind: kind.name, subject: kind.subject, actor: actor.acting(with: set.access))
    return (try? JSONEncoder().encode(entry)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private struct Entry: Encodable {
    let kind: String
    let subject: UInt64?
    let actor: Actor
  }
}

/// What was committed.
struct Committed {
  /// The changes that made a difference.
  var changes: [RecordedChange] = []
  /// The number that the server gave the transaction.
  var transaction = ""
  /// Whether the feed waits for the data after this commit. If so, the caller has to leave `Database.ownCommits` once it has
  /// read them.
  var isAnnounced = false
}
