import OrgPostgresStore
import PostgresTesting
import Synchronization
import Testing

/// The service's tables in a form that services have, as templates for the databases of tests.
final class TestTables: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// What creates them.
  let sql: String
  private let database: Result<PostgresTesting.Database, any Error>
  private let withSchema: Mutex<Result<PostgresTesting.Database, any Error>?> = Mutex(nil)

  private init(_ name: String, _ sql: String) {
    testDescription = name
    self.sql = sql
    database = Result {
      let database = try PostgresServer.shared.database(name)
      _ = try database.run(sql)
      return database
    }
  }

  /// Each form in which the whole of a store's behavior can be had.
  static let all = [service, withTextIDs]

  /// Those that orgman creates where there are none: the service's own.
  static let service = TestTables("service", "")

  /// Ids of any text, as in the files.
  static let withTextIDs = TestTables(
    "text_ids",
    """
    create table organizations (
      id varchar(255) primary key, name varchar(200) unique not null, created_at timestamptz default now(),
      plan_tier varchar(200) default 'founders_friend', lago_customer_id varchar(255),
      stripe_customer_id varchar(255),
      status varchar(50) default 'active' check (status in ('active', 'suspended', 'deleted')));
    create table organization_members (
      id uuid primary key default gen_random_uuid(),
      org_id varchar(255) not null references organizations on delete cascade, user_id varchar(255) not null,
      role varchar(50) not null check (role in ('owner', 'admin', 'member', 'billing_admin')),
      joined_at timestamptz default now(), unique (org_id, user_id));
    """)

  /// The tables alone.
  var plain: PostgresTesting.Database { get throws { try database.get() } }

  /// The tables with orgman's schema.
  var installed: PostgresTesting.Database {
    get throws {
      try withSchema.withLock { known in
        if let known { return try known.get() }
        let result = Result {
          let database = try PostgresServer.shared.database("installed", template: try plain)
          try SchemaInstaller(try ConnectionSettings(database.url)).install()
          return database
        }
        known = result
        return try result.get()
      }
    }
  }
}
