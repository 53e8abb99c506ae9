import Foundation
import OrgCore
import OrgFileStore
import OrgMigration
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

/// All tests of migrations; they wait for servers and processes most of the time.
@Suite(.sideBySide) struct Migrations {
  /// How much more than usual is done.
  static let scale = ProcessInfo.processInfo.environment["ORGMAN_TEST_SCALE"].flatMap { Int($0) } ?? 1
}

/// A directory with the two files.
final class Files {
  static let names = ["organizations.json", "org_users.json"]

  let path: String
  private let directory: TemporaryDirectory

  init(_ organizations: String, _ users: String) throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/data"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(Self.names[0], organizations)
    try write(Self.names[1], users)
  }

  /// The files that the service wrote.
  static func reference() throws -> Files {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "OrgFileStoreTests/Fixtures/reference-small")
    let texts = try names.map { try String(contentsOf: fixtures.appending(path: $0), encoding: .utf8) }
    return try Files(texts[0], texts[1])
  }

  /// Organizations with members whose times are in no order.
  static func generated(_ organizations: Int, _ members: Int) throws -> Files {
    var random = Numbers(state: 20_261_130)
    func time() -> String {
      "2026-0\(1 + random.next() % 9)-1\(random.next() % 10) 0\(random.next() % 10):0\(random.next() % 6):00"
    }
    var (records, lists): ([String], [String]) = ([], [])
    for number in 0..<organizations {
      let id = "org_" + uuid(&random)
      records.append(
        """
          "\(id)": {
            "id": "\(id)",
            "name": "Organization \(number)",
            "created_at": "\(time()).123456",
            "plan_tier": "starter",
            "lago_customer_id": \(number % 2 == 0 ? "null" : "\"lago_\(number)\""),
            "stripe_customer_id": null,
            "status": "active"
          }
        """)
      let count = (number + 1) * members / organizations - number * members / organizations
      let list = (0..<count).map { member in
        """
            {
              "org_id": "\(id)",
              "user_id": "user_\(number % 50)_\(member)",
              "role": "\(member == 0 ? "owner" : "member")",
              "joined_at": "\(time())"
            }
        """
      }
      lists.append("  \"\(id)\": [\(list.isEmpty ? "" : "\n\(list.joined(separator: ",\n"))\n  ")]")
    }
    return try Files("{\n\(records.joined(separator: ",\n"))\n}", "{\n\(lists.joined(separator: ",\n"))\n}")
  }

  private static func uuid(_ random: inout Numbers) -> String {
    var id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).uuid
    withUnsafeMutableBytes(of: &id) { for place in $0.indices { $0[place] = UInt8(random.next() % 256) } }
    return UUID(uuid: id).uuidString.lowercased()
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"), options: [])
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// Both files.
  var texts: [String] { get throws { try Self.names.map(text) } }

  func store(isReadOnly: Bool = false) throws -> FileStore {
    try FileStore(path: path, isReadOnly: isReadOnly)
  }

  /// A directory that isn't there yet.
  func sibling(_ name: String) -> String { directory.path + "/" + name }
}

/// SplitMix64, which yields the same numbers in every run.
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The shapes of tables that are migrated to.
enum Target: String, CaseIterable {
  /// None, so that the service's own are created.
  case empty
  /// With ids of any text.
  case texts
  /// Of the other service: short ids, roles in an enumeration, fewer columns.
  case other

  func database() throws -> Database {
    let database = try PostgresServer.shared.database("migration_\(rawValue)")
    switch self {
    case .empty: break
    case .texts:
      try database.run(
        """
        create table organizations (
          id varchar(255) primary key, name varchar(200) unique not null, created_at timestamptz default now(),
          plan_tier varchar(200), lago_customer_id varchar(255), stripe_customer_id varchar(255), status varchar(50));
        create table organization_members (
          id uuid primary key default gen_random_uuid(), org_id varchar(255) not null references organizations on delete cascade,
          user_id varchar(255) not null, role varchar(50) not null, joined_at timestamptz, unique (org_id, user_id));
        """)
    case .other:
      try database.run(
        """
        create type role as enum ('OWNER', 'ADMIN', 'MEMBER', 'VIEWER', 'BILLING_ADMIN');
        create table organizations (
          id varchar(36) primary key, name varchar(255) not null, slug varchar(255), is_active boolean not null default true,
          created_at timestamp default now());
        create table organization_members (
          id varchar(36) primary key, organization_id varchar(36) not null references organizations on delete cascade,
          user_id varchar(255) not null, role role not null default 'MEMBER', created_at timestamp,
          unique (organization_id, user_id));
        """)
    }
    return database
  }
}

extension Database {
  var settings: ConnectionSettings { get throws { try ConnectionSettings(url) } }

  func store(isReadOnly: Bool = false) throws -> PostgresStore {
    try PostgresStore(
      try settings, PostgresStore.Options(actor: tester, isReadOnly: isReadOnly, readsOneMoment: true))
  }
}

let tester = Actor(uid: 1000, user: "tester", host: "test")

/// Moves files to a database.
@discardableResult
func migrate(_ files: Files, to database: Database) throws -> MigrationReport {
  try FileMigration(from: try files.store(), to: try database.settings, actor: tester).run()
}

/// Moves a database to files, and returns them.
func texts(of database: Database, at path: String) throws -> [String] {
  _ = try DatabaseMigration(from: try database.settings, toFilesIn: path).run()
  return try Files.names.map { try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8) }
}

/// What differs between two stores.
func differences(_ from: any OrgStore, _ to: any OrgStore) throws -> (changes: [Change], impossible: [String])
{
  var (changes, impossible): ([Change], [String]) = ([], [])
  try StoreComparison(from: from, to: to).run { (difference) throws(OrgError) in
    switch difference {
    case .change(let change): changes.append(change.change)
    case .impossible(let sentence): impossible.append(sentence)
    case .note: break
    }
  }
  return (changes, impossible)
}

/// Runs orgman to its end.
func orgman(_ arguments: String...) throws -> Output { try orgman(arguments) }

/// Runs orgman to its end.
func orgman(_ arguments: [String]) throws -> Output {
  try run(
    try builtProduct("orgman"), arguments,
    environment: plainEnvironment.merging(["XDG_CONFIG_HOME": "/nonexistent"]) { $1 }, timeout: .seconds(300))
}
