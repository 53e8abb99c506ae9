import Foundation
import OrgCore
import PostgresTesting
import Synchronization
import Testing

@testable import OrgPostgresStore

/// A database with an organization, `acme`, of which ann and bob are owners and cyd is a member.
struct StoreFixture {
  let database: PostgresTesting.Database
  /// Looks at the tables, as another program would.
  let session: PostgresTesting.Session

  static let acme = "org_00000000-0000-4000-8000-000000000001"

  /// How much longer the long tests are, as the tests of files have it.
  static let scale = ProcessInfo.processInfo.environment["ORGMAN_TEST_SCALE"].flatMap { Int($0) } ?? 1

  private static let content = """
    insert into organizations (id, name) values ('\(acme)', 'Acme');
    insert into organization_members (org_id, user_id, role) values
      ('\(acme)', 'ann', 'owner'), ('\(acme)', 'bob', 'owner'), ('\(acme)', 'cyd', 'member');
    """

  /// On the shared server, in a database of its own.
  init(_ hint: String, installed: Bool = true) throws {
    let tables = TestTables.withTextIDs
    try self.init(
      PostgresServer.shared.database(
        hint, template: installed ? try tables.installed : try tables.plain))
  }

  /// On a server of the test's own.
  init(_ hint: String, on server: PostgresServer) throws {
    let database = try server.database(hint)
    _ = try database.run(TestTables.withTextIDs.sql)
    try SchemaInstaller(try ConnectionSettings(database.url)).install()
    try self.init(database)
  }

  /// One that a test has filled.
  init(filled database: PostgresTesting.Database) throws {
    self.database = database
    session = try database.connect()
  }

  private init(_ database: PostgresTesting.Database) throws {
    self.database = database
    session = try database.connect()
    try session.query(Self.content)
  }

  /// Opens a store, through a proxy or a pooler if its address is given.
  func store(
    _ url: String? = nil, uid: UInt32 = 1000, patience: Int? = nil, readsOneMoment: Bool = false
  ) throws -> PostgresStore {
    try Self.store(url ?? database.url, uid: uid, patience: patience, readsOneMoment: readsOneMoment)
  }

  static func store(
    _ url: String, uid: UInt32 = 1000, patience: Int? = nil, readsOneMoment: Bool = false
  ) throws -> PostgresStore {
    var settings = try ConnectionSettings(url)
    if let patience { settings.patience = patience }
    return try PostgresStore(
      settings,
      PostgresStore.Options(
        actor: Actor(uid: uid, user: "user\(uid)", host: "test"), readsOneMoment: readsOneMoment))
  }

  /// Changes the plan, and the role of a member.
  static func edit(_ plan: String, from: String, role: (from: Role, to: Role)) -> ChangeSet {
    ChangeSet([
      .setField(.planTier, organization: acme, from: from, to: plan),
      .setRole(user: "cyd", organization: acme, from: role.from, to: role.to),
    ])
  }

  static func plan(_ plan: String, from: String = PlanTier.default) -> ChangeSet {
    ChangeSet([.setField(.planTier, organization: acme, from: from, to: plan)])
  }

  var plan: String {
    get throws { try value("select plan_tier from organizations where id = '\(Self.acme)'") }
  }

  func role(of user: String) throws -> String {
    try value("select role from organization_members where user_id = '\(user)'")
  }

  /// How many entries of the history give the organization a plan.
  func entries(to plan: String) throws -> Int {
    Int(
      try value(
        """
        select count(*) from orgman.change join orgman.history using (transaction)
        where generation is not null and record ->> 'field' = 'plan_tier' and record ->> 'to' = '\(plan)'
        """)) ?? -1
  }

  /// How many transactions are open besides that of the session.
  func openTransactions() throws -> Int {
    // A transaction sees the sessions as they were when it first looked.
    let rows = try database.connect().query(
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and pid not in (pg_backend_pid(), \(session.backendID)) and xact_start is not null
      """)
    return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
  }

  func value(_ query: String) throws -> String { try session.query(query).first?.first.flatMap { $0 } ?? "" }
}

/// What a commit came to, or nothing yet.
final class Outcome: Sendable {
  private let result = Mutex<Result<Commit, OrgError>?>(nil)
  private let holders = Mutex<[Contention]>([])
  private let isCancelled = Atomic(false)

  /// Commits on another thread.
  init(of set: ChangeSet, on store: PostgresStore) {
    Thread { [self] in
      let result: Result<Commit, OrgError> = Result { () throws(OrgError) in
        try store.commit(set) { holder in
          holders.withLock { $0.append(holder) }
          return !isCancelled.load(ordering: .relaxed)
        }
      }
      self.result.withLock { $0 = result }
    }.start()
  }

  /// Whom it has waited for.
  var waits: [Contention] { holders.withLock { $0 } }
  var isOver: Bool { result.withLock { $0 != nil } }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Waits until it waits for a holder that a test wants to see, and returns that.
  @discardableResult
  func wait(
    for what: String, _ isWanted: @escaping (Contention) -> Bool = { _ in true }
  ) throws -> Contention {
    try waitUntil(what) { waits.contains(where: isWanted) || isOver }
    return try #require(
      waits.first(where: isWanted), "\(what): \(waits), \(result.withLock { String(describing: $0) })")
  }

  /// Waits for the end.
  func get() throws -> Commit {
    try waitUntil("the commit is over") { isOver }
    return try #require(result.withLock { $0 }).get()
  }

  /// Waits for the end, which must be a refusal.
  func refusal() throws -> OrgError {
    let result = Result { try get() }
    guard case .failure(let error as OrgError) = result else {
      throw UnexpectedSuccess(description: "\(result)")
    }
    return error
  }
}

struct UnexpectedSuccess: Error, CustomStringConvertible {
  let description: String
}

/// What opening a store or a commit refuses with.
func refusal<Value>(_ body: () throws -> Value) throws -> OrgError {
  let value: Value
  do {
    value = try body()
  } catch let error as OrgError {
    return error
  }
  throw UnexpectedSuccess(description: "\(value)")
}

/// Counts from 1.
final class Tally: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }
  @discardableResult
  func next() -> Int { number.add(1, ordering: .relaxed).newValue }
}
