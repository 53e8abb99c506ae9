import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  /// Settings of a database, or of a role, that nobody expects.
  @Suite struct DatabaseSettings {
    private static let all = [
      ["default_transaction_isolation = serializable", "default_transaction_deferrable = on"],
      ["default_transaction_isolation = 'repeatable read'"],
      ["standard_conforming_strings = off", "escape_string_warning = off", "backslash_quote = off"],
      ["bytea_output = escape", "array_nulls = off", "extra_float_digits = -5"],
      ["DateStyle = 'SQL, DMY'", "IntervalStyle = sql_standard", "TimeZone = 'Asia/Kolkata'"],
      ["DateStyle = 'German'", "TimeZone = '<-05:30>+5:30'", "lc_messages = 'C'"],
      ["client_encoding = LATIN1", "quote_all_identifiers = on", "transform_null_equals = on"],
      ["search_path = elsewhere, public"],
      ["row_security = off", "check_function_bodies = off", "synchronous_commit = off"],
      ["plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_nestloop = off", "jit = on"],
      [
        "work_mem = 64", "statement_timeout = 30000", "lock_timeout = 500",
        "idle_in_transaction_session_timeout = 30000",
      ],
    ]

    @Test(arguments: all) func `everything works as ever`(settings: [String]) throws {
      let database = try PostgresServer.shared.database("settings")
      defer { try? database.drop() }
      // What a name would mean first, and an operator that nobody should call.
      try database.run(
        """
        create schema elsewhere;
        create function elsewhere.fail(text, text) returns boolean language plpgsql as $$
          begin raise 'called'; end $$;
        create operator elsewhere.= (leftarg = text, rightarg = text, function = elsewhere.fail);
        create function elsewhere.lower(text) returns text language sql as 'select $1 || ''!''';
        """)
      for setting in settings { try database.run("alter database \(database.name) set \(setting)") }
      let isElsewhere = settings.contains { $0.hasPrefix("search_path") }
      if isElsewhere {
        try database.run(
          "set search_path = pg_catalog; \(HandMadeTables.uuids.sql.replacing("create extension", with: "set search_path = public; create extension"))"
        )
      }

      let files = try Files.odd()
      let manager = OrgManager(store: try files.store())
      _ = try manager.createOrganization(name: "O'Reilly \\ Söhne")
      try migrate(files, to: database)
      #expect(try differences(try files.store(), try database.store()).changes == [])
      #expect(try texts(of: database, at: files.sibling("back")) == files.texts)

      let store = try database.store()
      #expect(store.readOnlyReason == nil)
      let editor = OrgManager(store: store)
      let id = try editor.createOrganization(name: "C:\\new \u{1F680}", planTier: "it's")
      try editor.addUser("d'ann\\", to: id, role: .owner)
      try editor.addUser("bob", to: id, role: .member)
      _ = try editor.updateRole(of: "bob", in: id, to: .billingAdmin)
      _ = try editor.updateBillingIDs(of: id, lago: "\\x41", stripe: "é")
      #expect(throws: OrgError.self) { try editor.createOrganization(name: "c:\\NEW \u{1F680} ") }
      let organization = try #require(try store.reader().organization(id: id))
      #expect(organization.name == "C:\\new \u{1F680}" && organization.planTier == "it's")
      #expect(organization.lagoCustomerID == "\\x41" && organization.stripeCustomerID == "é")
      #expect(abs(organization.createdAt.microseconds - Timestamp.now().microseconds) < 3_600_000_000)
      let list = try store.reader().listing(
        try Query("\"c:\\\\new\""), ListOrder(.created, isDescending: true), after: nil)
      try list.fetch(0..<list.count)
      #expect(list.count == 1 && list.row(at: 0)?.organization == organization)
      #expect(
        try store.reader().users(matching: UserQuery("D'ANN\\"), by: UserOrder(), after: nil).count == 1)
      #expect(try store.reader().overview().organizationCount == store.reader().summary.organizationCount)
      let history = try store.history()
      #expect(history.count == (try files.store().history().count) + 6)
      _ = try store.commit(history[0].inverse)
      #expect(try store.reader().organization(id: id)?.lagoCustomerID == nil)
      #expect(
        try database.run("begin isolation level read committed; select orgman.recount(); commit") == "0")
      #expect(try store.examine() == [])
    }

    @Test func `a database whose transactions only read is looked at, and says why nothing is changed`()
      throws
    {
      let files = try Files.generated(3, 6)
      let database = try Target.empty.database()
      defer { try? database.drop() }
      try migrate(files, to: database)
      try database.run("alter database \(database.name) set default_transaction_read_only = on")
      let store = try database.store()
      #expect(store.readOnlyReason == "the server's setting default_transaction_read_only is on")
      #expect(try store.reader().summary.memberCount == 6)
      #expect(try store.history().count == 1)
      #expect(try differences(try files.store(), store).changes == [])
      #expect(try texts(of: database, at: files.sibling("back")) == files.texts)
    }

    @Test func `a transaction that changes something can't be prepared, and one that doesn't can`() throws {
      let server = try PostgresServer.start(settings: ["max_prepared_transactions": "2"])
      let database = try server.database("prepared")
      try SchemaInstaller(try database.settings).install()
      let refused = Result {
        try database.run("begin; insert into organizations (name) values ('Acme'); prepare transaction 'one'")
      }
      #expect(
        "\(refused)".contains("cannot PREPARE a transaction that has executed LISTEN, UNLISTEN, or NOTIFY"))
      #expect(try database.store().reader().summary.organizationCount == 0)
      #expect(try database.store().newestGeneration() ?? 0 == 0)
      try database.run("begin; select count(*) from organizations; prepare transaction 'two'")
      try database.run("commit prepared 'two'")
    }
  }
}
