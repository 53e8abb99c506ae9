import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// What is asked again and again is prepared, where all statements go to the same session of the server.
@Suite struct PreparedStatementsTests {
  private let fixture: StoreFixture
  private let store: PostgresStore

  init() throws {
    fixture = try StoreFixture("prepared")
    store = try fixture.store()
  }

  private func edit(_ plan: String) throws {
    #expect(try OrgManager(store: store).updatePlan(of: StoreFixture.acme, to: plan))
    #expect(try store.reader().organization(id: StoreFixture.acme)?.planTier == plan)
  }

  private func ask(_ question: String) throws -> String? {
    try store.database.pool.withConnection { (connection) throws(PostgresError) in
      try connection.run(Statement(question)).text(0, 0)
    }
  }

  @Test func `a statement is prepared once, and used from then on`() throws {
    for number in 1...12 { try edit("plan \(number)") }
    let count = try ask("select count(*) from pg_prepared_statements")
    #expect(
      try ask(
        "select bool_and(generic_plans + custom_plans > 5) from pg_prepared_statements where name <> ''")
        == "t")
    for number in 13...20 { try edit("plan \(number)") }
    #expect(try ask("select count(*) from pg_prepared_statements") == count && count != "0")
  }

  @Test func `statements that the server no longer has are prepared anew`() throws {
    for number in 1...3 { try edit("plan \(number)") }
    _ = try ask("deallocate all")
    for number in 4...6 { try edit("plan \(number)") }
    #expect(try fixture.entries(to: "plan 5") == 1)
  }

  @Test func `tables may be altered meanwhile`() throws {
    for number in 1...3 { try edit("plan \(number)") }
    try fixture.session.query("alter table organizations add more text")
    for number in 4...6 { try edit("plan \(number)") }
    #expect(try fixture.entries(to: "plan 5") == 1)
    try fixture.session.query("alter table organizations alter plan_tier type text, alter name type text")
    for number in 7...9 { try edit("plan \(number)") }
  }

  @Test func `nothing is prepared where a pooler lies between`() throws {
    let pooler = try PgBouncer(for: fixture.database)
    let store = try fixture.store(pooler.url())
    for number in 1...4 {
      #expect(try OrgManager(store: store).updatePlan(of: StoreFixture.acme, to: "plan \(number)"))
    }
    for _ in 1...4 {
      let count = try store.database.pool.withConnection { (connection) throws(PostgresError) in
        try connection.run(Statement("select count(*) from pg_prepared_statements")).text(0, 0)
      }
      #expect(count == "0")
    }
  }
}
