import CPostgres
import Glibc
import OrgCore

/// libpq's side of a connection. Used by one thread at a time.
struct Session: Sendable {
  /// Where libpq keeps it.
  private let address: UInt
  var handle: OpaquePointer? { OpaquePointer(bitPattern: address) }

  // MARK: Connecting

  /// - Parameters:
  ///   - parameters: keywords and values for libpq; the last value of a keyword counts.
  ///   - limit: how long it may take, in milliseconds.
  ///   - waiting: is called every 100 ms with how long it has taken so far; `false` gives up.
  init(
    _ parameters: [(key: String, value: String)], limit: Int, waiting: (Int) -> Bool
  ) throws(PostgresError) {
    let keys = parameters.map { strdup($0.key) }
    let values = parameters.map { strdup($0.value) }
    defer { (keys + values).forEach { free($0) } }
    let handle = (keys.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { keys in
      (values.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { values in
        PQconnectStartParams(keys.baseAddress, values.baseAddress, 1)
      }
    }
    guard let handle else { throw PostgresError(.connection, "there isn't enough memory to connect") }
    address = UInt(bitPattern: handle)
    // By default both write to standard error, in the middle of a screen.
    _ = PQsetNoticeReceiver(handle, { _, _ in }, nil)
    _ = PQsetNoticeProcessor(handle, { _, _ in }, nil)
    do throws(PostgresError) {
      try connect(limit: limit, waiting)
    } catch {
      let needsPassword = PQconnectionNeedsPassword(handle) == 1
      finish()
      throw needsPassword ? PostgresError(.connection, Self.passwordMessage(parameters)) : error
    }
  }

  private static func passwordMessage(_ parameters: [(key: String, value: String)]) -> String {
    let file = parameters.last { $0.key == "passfile" }.flatMap { ConnectionSettings.ignoredFile($0.value) }
    guard let file else {
      return "a password is needed, and neither PGPASSWORD nor a password file has it"
    }
    return "a password is needed, and \(file) is ignored because others can read it; use chmod 600"
  }

  private func connect(limit: Int, _ waiting: (Int) -> Bool) throws(PostgresError) {
    let start = monotonicMilliseconds()
    var state = PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      guard PQstatus(handle) != CONNECTION_BAD, state != PGRES_POLLING_FAILED else {
        throw failure(.connection)
      }
      let waited = monotonicMilliseconds() - start
      guard waited < limit else { throw PostgresError(.silence, "the server didn't answer in time") }
      guard waiting(waited) else { throw PostgresError(.cancelled, "canceled") }
      // The socket may be another one each time.
      let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
      if ready(events, milliseconds: min(limit - waited, 100)) { state = PQconnectPoll(handle) }
    }
    guard PQsetnonblocking(handle, 1) == 0 else { throw failure(.connection) }
  }

  func finish() { PQfinish(handle) }

  func cancelHandle() -> OpaquePointer? { PQgetCancel(handle) }

  func facts() -> ConnectionFacts {
    return ConnectionFacts(
      backend: PQbackendPID(handle), serverVersion: Int(PQserverVersion(handle)),
      database: text(PQdb(handle)), user: text(PQuser(handle)),
      host: text(PQhost(handle)), port: text(PQport(handle)),
      isEncrypted: PQsslInUse(handle) == 1)
  }

  var descriptor: Int32 { PQsocket(handle) }

  var isIdle: Bool {
    PQstatus(handle) == CONNECTION_OK
      && PQtransactionStatus(handle) == PQTRANS_IDLE
  }

  /// The first reads what a server says before it ends the connection, the second that it did.
  var isAlive: Bool { PQconsumeInput(handle) == 1 && PQconsumeInput(handle) == 1 && isIdle }

  // MARK: Statements

  /// Runs statements; more than one go in one round trip, in which the server reads on while it runs the first.
  ///
  /// - Parameter prepared: what the server has prepared, to which is added what it prepares now; `nil` where the next
  ///   statements may go to another server's session.
  func run(
    _ statements: [Statement], _ prepared: inout PreparedStatements?, _ wait: inout Wait
  ) throws(PostgresError) -> [Rows] {
    guard PQstatus(handle) == CONNECTION_OK else { throw failure(.connection) }
    // libpq takes a text up to the first zero byte, which would be another text.
    guard statements.allSatisfy({ $0.parameters.allSatisfy { $0?.canBeSent ?? true } }) else {
      throw PostgresError(.server("22021"), "no text can contain the character U+0000")
    }
    let steps = steps(statements, &prepared)
    /// What a step was refused with. A statement that isn't there any more, as it was prepared, makes another connection.
    let ready = prepared?.ready ?? []
    func reason(_ error: PostgresError, _ step: Step) -> PostgresError {
      guard case .execute(_, let name) = step, ready.contains(name), error.isAboutPreparedStatement else {
        return error
      }
      return PostgresError(.connection, error.message)
    }
    guard steps.count != 1 else {
      try send(steps[0])
      try flush(&wait)
      do throws(PostgresError) { return [try rows(&wait)] } catch { throw reason(error, steps[0]) }
    }
    guard PQenterPipelineMode(handle) == 1 else { throw failure(.connection) }
    for step in steps { try send(step) }
    guard PQpipelineSync(handle) == 1 else { throw failure(.connection) }
    try flush(&wait)
    var all: [Rows] = []
    var refusal: PostgresError?
    for step in steps {
      do throws(PostgresError) {
        guard let rows = try rowsOrAborted(&wait) else { continue }
        if case .prepare(_, let name) = step { prepared?.note(name) } else { all.append(rows) }
      } catch {
        let error = reason(error, step)
        guard !error.isConnectionLost else { throw error }
        refusal = refusal ?? error
      }
    }
    // The answer to the synchronization.
    guard let end = try result(&wait) else { throw failure(.connection) }
    PQclear(end)
    guard PQexitPipelineMode(handle) == 1 else { throw failure(.connection) }
    if let refusal { throw refusal }
    return all
  }

  /// What is sent for a statement.
  private enum Step {
    case run(Statement)
    case prepare(Statement, name: String)
    case execute(Statement, name: String)
  }

  private func steps(_ statements: [Statement], _ prepared: inout PreparedStatements?) -> [Step] {
    var asked: Set<String> = []
    return statements.flatMap { statement -> [Step] in
      guard statement.isFrequent, let name = prepared?.name(for: statement.sql) else {
        return [.run(statement)]
      }
      let isReady = prepared?.isReady(name) == true || !asked.insert(name).inserted
      return (isReady ? [] : [.prepare(statement, name: name)]) + [.execute(statement, name: name)]
    }
  }

  private func send(_ step: Step) throws(PostgresError) {
    switch step {
    case .run(let statement): try send(statement)
    case .prepare(let statement, let name):
      guard PQsendPrepare(handle, name, statement.sql, 0, nil) == 1 else { throw failure(.connection) }
    case .execute(let statement, let name): try send(statement, preparedAs: name)
    }
  }

  func send(_ statement: Statement, preparedAs name: String? = nil) throws(PostgresError) {
    let values = statement.parameters.map { $0.flatMap { strdup($0) } }
    defer { values.forEach { free($0) } }
    let format: Int32 = statement.isBinary ? 1 : 0
    let isSent = values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
      let (count, values) = (Int32(values.count), values.baseAddress)
      guard let name else {
        return PQsendQueryParams(handle, statement.sql, count, nil, values, nil, nil, format)
      }
      return PQsendQueryPrepared(handle, name, count, values, nil, nil, format)
    }
    guard isSent == 1 else { throw failure(.connection) }
  }

  func flush(_ wait: inout Wait) throws(PostgresError) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        // The server may have to be rid of its answers before it reads on.
        if try wait.ready(descriptor, POLLIN | POLLOUT), PQconsumeInput(handle) == 0 {
          throw failure(.connection)
        }
      default: throw failure(.connection)
      }
    }
  }

  /// The next result; `nil` at the end of a statement.
  func result(_ wait: inout Wait) throws(PostgresError) -> OpaquePointer? {
    while PQisBusy(handle) == 1 {
      if try wait.ready(descriptor, POLLIN), PQconsumeInput(handle) == 0 {
        throw failure(.connection)
      }
    }
    return PQgetResult(handle)
  }

  func rows(_ wait: inout Wait) throws(PostgresError) -> Rows {
    guard let rows = try rowsOrAborted(&wait) else { throw failure(.connection) }
    return rows
  }

  /// The rows of a statement; `nil` if an earlier one of the pipeline failed.
  private func rowsOrAborted(_ wait: inout Wait) throws(PostgresError) -> Rows? {
    var rows: Rows?
    var refusal: PostgresError?
    while let result = try result(&wait) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: rows = Rows(result)
      case PGRES_PIPELINE_ABORTED: break
      default: refusal = refusal ?? self.refusal(result, isCancelled: wait.isCancelled)
      }
    }
    guard PQstatus(handle) == CONNECTION_OK else { throw refusal?.fatal ?? failure(.connection) }
    if let refusal { throw refusal }
    return rows
  }

  func notifications() throws(PostgresError) -> [String] {
    guard PQconsumeInput(handle) == 1 else { throw failure(.connection) }
    var payloads: [String] = []
    while let notification = PQnotifies(handle) {
      payloads.append(notification.pointee.extra.map { String(cString: $0) } ?? "")
      PQfreemem(notification)
    }
    return payloads
  }

  // MARK: Errors

  func refusal(_ result: OpaquePointer, isCancelled: Bool) -> PostgresError {
    func field(_ letter: Character) -> String? {
      PQresultErrorField(result, Int32(letter.asciiValue ?? 0)).map { String(cString: $0) }
    }
    guard let state = field("C") else {
      return PostgresError(.connection, text(PQresultErrorMessage(result)))
    }
    if state == "57014", isCancelled { return PostgresError(.cancelled, "canceled") }
    return PostgresError(
      .server(state), field("M") ?? text(PQresultErrorMessage(result)),
      constraint: field("n"))
  }

  func failure(_ kind: PostgresError.Kind) -> PostgresError {
    PostgresError(kind, text(PQerrorMessage(handle)))
  }

  private func ready(_ events: Int32, milliseconds: Int) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return poll(&wait, 1, Int32(clamping: milliseconds)) > 0
  }

  /// Waiting for the server's answer, for a caller who may lose patience.
  struct Wait {
    private let goesOn: (Int) -> Bool
    private let cancel: () -> Void
    private let start = monotonicMilliseconds()
    private var asked = 0
    private var cancelled: Int?
    /// Between questions, in milliseconds.
    private let interval: (idle: Int, busy: Int)
    /// How long a server may take to cancel, in milliseconds.
    private static let patienceAfterCancel = 3000

    /// - Parameters:
    ///   - interval: how often `goesOn` is called, in milliseconds.
    ///   - goesOn: is called with how long it has been, in milliseconds; `false` has it canceled.
    ///   - cancel: asks the server to cancel. It is called again each second, for the server forgets a request that
    ///     comes before the statement.
    init(every interval: Int, goesOn: @escaping (Int) -> Bool, cancel: @escaping () -> Void) {
      (self.goesOn, self.cancel) = (goesOn, cancel)
      self.interval = (interval, interval * 10)
    }

    var isCancelled: Bool { cancelled != nil }

    /// Waits until something can be read or written; `false` if nothing can after a while.
    mutating func ready(_ descriptor: Int32, _ events: Int32) throws(PostgresError) -> Bool {
      var wait = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let isReady = poll(&wait, 1, Int32(clamping: interval.idle)) > 0
      let waited = monotonicMilliseconds() - start
      if let cancelled {
        guard isReady || waited - cancelled < Self.patienceAfterCancel else {
          throw PostgresError(.silence, "the server doesn't answer")
        }
        if waited - asked >= 1000 {
          asked = waited
          cancel()
        }
      } else if waited - asked >= (isReady ? interval.busy : interval.idle) {
        asked = waited
        if !goesOn(waited) {
          cancelled = waited
          cancel()
        }
      }
      return isReady
    }
  }
}

private func text(_ value: UnsafePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }

/// A clock that never jumps.
func monotonicMilliseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
