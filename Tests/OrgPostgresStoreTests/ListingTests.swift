import OrgCore
import PostgresTesting
import Testing

@testable import OrgPostgresStore

/// Lists of which only some rows are here, and what an earlier list knows is used again.
@Suite(.serialized) struct ListingTests {
  private let database: PostgresTesting.Database
  private let store: PostgresStore

  init() throws {
    database = try PostgresServer.shared.database("listing", template: TestTables.withTextIDs.installed)
    try database.run(
      """
      insert into organizations (id, name, created_at, plan_tier, status)
      select 'org_' || n, (array['Acme', 'ünder', 'Zeta', 'beta'])[1 + n % 4] || ' ' || n % 50 || ' ' || n,
        timestamptz '2026-01-01 00:00:00+00' + n % 7 * interval '1 day',
        (array['starter', 'Odd', 'enterprise', 'professional'])[1 + n % 4],
        (array['active', 'suspended'])[1 + n % 2] from generate_series(1, 700) n;
      insert into organization_members (org_id, user_id, role, joined_at)
      select 'org_' || n, 'user' || (n * 7 + m * 131) % 900, (array['owner', 'member'])[1 + m % 2],
        timestamptz '2026-01-01 00:00:00+00' + m * interval '1 second'
      from generate_series(1, 700) n, generate_series(0, n % 5) m;
      """)
    store = try PostgresStore(
      ConnectionSettings(database.url), .init(actor: Actor(uid: 1, user: "ann", host: "test")))
  }

  private static let orders = ListOrder.Column.allCases.flatMap {
    [ListOrder($0), ListOrder($0, isDescending: true)]
  }

  /// Changes of all kinds; some move organizations, some don't.
  private static let changes = [
    "update organizations set name = 'AAA first' where id = 'org_300'",
    "update organizations set name = 'zzz last ' || id where id in ('org_1', 'org_700', 'org_350')",
    "update organizations set plan_tier = 'starter' where id like 'org_2_'",
    "update organization_members set role = 'billing_admin' where org_id = 'org_9' and role = 'member'",
    "insert into organizations (id, name) select 'new_' || n, 'middle ' || n from generate_series(1, 9) n",
    "delete from organizations where id in ('org_100', 'org_101', 'org_102', 'new_3')",
    "insert into organization_members (org_id, user_id, role) values ('org_5', 'aaa', 'owner'), ('org_5', 'zzz', 'member')",
    "delete from organization_members where user_id = 'user7'",
    "update organizations set status = 'deleted' where id = 'org_17'",
  ]

  @Test func `a list that follows an earlier one has what one that is made anew has`() throws {
    let orders = [
      ListOrder(), ListOrder(isDescending: true), ListOrder(.members, isDescending: true), ListOrder(.plan),
    ]
    for text in ["", "acme", "user:user7", "members:>3 plan:starter"] {
      let query = try Query(text)
      var lists = try orders.map { try store.reader().listing(query, $0, after: nil) }
      for change in Self.changes {
        try database.run(change)
        let reader = try store.reader()
        for (place, order) in orders.enumerated() {
          let list = try reader.listing(query, order, after: lists[place])
          let anew = try reader.listing(query, order, after: nil)
          #expect(ids(list) == ids(anew), "\(text), \(order), \(change)")
          for row in 0..<list.count {
            #expect(list.position(of: list.id(at: row)) == row)
          }
          for row in 0..<min(3, list.count) {
            #expect(try list.row(at: row) == reader.row(of: list.id(at: row)))
          }
          lists[place] = list
        }
      }
      try reset()
    }
  }

  /// Lets the changes be made once more.
  private func reset() throws {
    try database.run(
      """
      delete from organizations where id like 'new_%';
      delete from organization_members where user_id in ('aaa', 'zzz');
      update organizations set name = 'once ' || id where name like 'zzz last%' or name = 'AAA first';
      """)
  }

  @Test func `the first rows are the first of all, and all follow after them`() throws {
    let reader = try store.reader()
    let first = try #require(try reader.firstRows(Query(), ListOrder(), after: nil))
    #expect(!first.isComplete && first.count < 700 && first.expectedCount == 700)
    for order in Self.orders {
      for text in ["", "acme", "org_69", "nothing"] {
        let query = try Query(text)
        let all = try reader.listing(query, order, after: nil)
        let first = try reader.firstRows(query, order, after: nil)
        guard let first else { continue }
        #expect(!first.isComplete || first.count == all.count)
        #expect(ids(first) == Array(ids(all).prefix(first.count)))
        #expect((0..<first.count).allSatisfy { first.row(at: $0) != nil })
        #expect(ids(try reader.listing(query, order, after: first)) == ids(all))
      }
    }
    let all = try reader.listing(Query(), ListOrder(), after: nil)
    #expect(try reader.firstRows(Query(), ListOrder(), after: all) == nil)
    let few = try #require(try reader.firstRows(Query("org_69"), ListOrder(), after: all))
    #expect(few.isComplete && few.count == 11)
  }

  @Test func `users that come and go are counted where they belong`() throws {
    for text in ["", "7", "zz", "none"] {
      var list = try store.reader().users(matching: UserQuery(text), by: UserOrder(), after: nil)
      for change in Self.changes {
        try database.run(change)
        let reader = try store.reader()
        list = try reader.users(matching: UserQuery(text), by: UserOrder(), after: list)
        let anew = try reader.users(matching: UserQuery(text), by: UserOrder(), after: nil)
        #expect((list.count, list.total) == (anew.count, anew.total), "\(text), \(change)")
        #expect(try users(list) == users(anew), "\(text), \(change)")
        if let first = try reader.firstUsers(matching: UserQuery(text), by: UserOrder(), after: nil) {
          #expect(try users(first) == Array(users(anew).prefix(first.count)))
        }
      }
      try reset()
    }
  }

  @Test func `what nobody wants any more is given up`() throws {
    let reader = try store.reader().wanted { false }
    let error = #expect(throws: OrgError.self) { try reader.listing(Query(), ListOrder(), after: nil) }
    #expect(error?.code == .cancelled)
  }

  private func ids(_ list: any OrganizationListing) -> [String] { (0..<list.count).map(list.id(at:)) }

  private func users(_ list: any UserListing) throws -> [UserSummary?] {
    for row in stride(from: 0, to: list.count, by: 300) { try list.fetch(row..<row + 300) }
    return (0..<list.count).map(list.user(at:))
  }

  @Test func `a count that takes long is made again after a hundred times as long`() {
    let slow = RareCount(value: 1, time: 0...2000)
    #expect(slow.isCurrent(at: 201_999) && !slow.isCurrent(at: 202_000))
    #expect(!RareCount(value: 1, time: 0...1000).isCurrent(at: 1000))
  }
}
