import Foundation
import OrgCore
import PostgresTesting
import Synchronization
import Testing

@testable import OrgPostgresStore

/// Four writers of ours beside two sessions of the service that edit the same rows, while the server is killed and comes back.
/// 10,000 changes: `ORGMAN_TEST_SCALE=25`.
@Suite(.sideBySide) struct WritersTests {
  private static let organizations = (0..<5).map { "org_\($0)" }
  private static let users = (0..<8).map { "user\($0)" }
  /// Acknowledged changes of all.
  private static let changes = 400 * StoreFixture.scale

  /// What the writers share.
  private final class Progress: Sendable {
    let acknowledged = Tally()
    let refused = Mutex<[String: Int]>([:])
    let isStopped = Atomic(false)
    var isOver: Bool {
      acknowledged.count >= WritersTests.changes || isStopped.load(ordering: .relaxed)
    }
    func refuse(_ code: String) { refused.withLock { $0[code, default: 0] += 1 } }
  }

  @Test(arguments: [false, true])
  func `nothing is lost, nothing is made twice, and the history is complete`(serverIsKilled: Bool) throws {
    let server = try serverIsKilled ? PostgresServer.start() : PostgresServer.shared
    let fixture = try serverIsKilled ? StoreFixture("writers", on: server) : StoreFixture("writers")
    for id in Self.organizations {
      try fixture.session.query(
        """
        insert into organizations (id, name) values ('\(id)', '\(id)');
        insert into organization_members (org_id, user_id, role)
          select '\(id)', 'user' || n, case when n < 3 then 'owner' else 'member' end from generate_series(0, 5) n
        """)
    }
    let (progress, database) = (Progress(), fixture.database)
    let start = ContinuousClock.now
    let writers = (0..<4).map { number in
      BackgroundTask { Result { try Self.write(database, UInt32(number + 1), progress) } }
    }
    let services = (0..<2).map { number in
      BackgroundTask { Result { try Self.serve(database, number + 100, progress) } }
    }
    var kills = 0
    var random = Generator(state: 42)
    while serverIsKilled, !progress.isOver {
      // At a random moment, counted in changes.
      let next =
        progress.acknowledged.count + Int.random(in: 20..<80, using: &random) * min(StoreFixture.scale, 10)
      try waitUntil("more changes", timeout: .seconds(600)) {
        progress.acknowledged.count >= next || progress.isOver
      }
      guard !progress.isOver else { break }
      if kills % 2 == 0 { try server.kill() } else { try server.stop(.immediate) }
      try server.restart()
      kills += 1
    }
    let acknowledged = try writers.map { try $0.value.get() }
    let served = try services.map { try $0.value.get() }
    let time = ContinuousClock.now - start
    print(
      "\(progress.acknowledged.count) changes, \(kills) kills, \(time); refused: \(progress.refused.withLock { $0 })"
    )
    if serverIsKilled { #expect(kills > 1) }

    let checked = try StoreFixture(filled: database)
    let history = try checked.checkHistory(try checked.store())
    for (number, changes) in acknowledged.enumerated() {
      let recorded = history.filter { $0.actor.uid == UInt32(number + 1) && $0.kind != .foreign }
      #expect(recorded.map { $0.changes.map(\.change) } == changes, "Writer \(number + 1)")
    }
    for (number, plans) in served.enumerated() {
      let recorded = history.filter { $0.actor.login == "service\(number + 100)" }.map {
        $0.changes.map(\.change)
      }
      let own = recorded.flatMap { $0 }.compactMap { change -> String? in
        if case .setField(.planTier, _, _, let plan) = change { plan } else { nil }
      }
      // Whether the one that was being made when the server was killed was made, the session doesn't know.
      #expect(own.filter { !plans.unknown.contains($0) } == plans.done, "Service \(number)")
    }
  }

  /// What a writer of ours had acknowledged: the changes of each set.
  private static func write(_ database: PostgresTesting.Database, _ uid: UInt32, _ progress: Progress) throws
    -> [[Change]]
  {
    let store = try StoreFixture.store(database.url, uid: uid)
    let manager = OrgManager(store: store)
    var random = Generator(state: UInt64(uid))
    var done: [[Change]] = []
    while !progress.isOver {
      do {
        let commit = try manager.commit(
          try next(manager, uid, done.count, &random),
          waiting: { _ in !progress.isStopped.load(ordering: .relaxed) })
        if !commit.changes.isEmpty {
          done.append(commit.changes)
          progress.acknowledged.next()
        }
      } catch let error as OrgError {
        progress.refuse(error.code.rawValue)
        switch error.code {
        case .conflict, .lastOwner, .alreadyMember, .memberNotFound, .nameTaken: break
        // The server is away.
        case .system
        where error.message.contains("there is no connection to")
          || error.message.contains("ended the connection"):
          usleep(5000)
        default:
          progress.isStopped.store(true, ordering: .relaxed)
          throw error
        }
      }
    }
    return done
  }

  /// A change set, after a look at what is there.
  private static func next(
    _ manager: OrgManager, _ uid: UInt32, _ number: Int, _ random: inout Generator
  ) throws -> ChangeSet {
    let id = organizations.randomElement(using: &random) ?? ""
    let user = users.randomElement(using: &random) ?? ""
    let reader = try manager.reader()
    let present = try reader.member(user, of: id)
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1:
      let plan = try reader.organization(id: id)?.planTier
      return ChangeSet([.setField(.planTier, organization: id, from: plan, to: "plan \(uid) \(number)")])
    case 2 where present != nil:
      return ChangeSet([.removeMember(user: user, organization: id, role: present?.role ?? .member)])
    case 3 where number > 0:
      return try manager.undoing(by: uid).set
    case 4:
      let new = Organization(id: "org_\(uid)_\(number)", name: "New \(uid) \(number)", createdAt: .now())
      return ChangeSet([
        .createOrganization(new),
        .addMember(OrgUser(organizationID: new.id, userID: user, role: .owner, joinedAt: .now())),
      ])
    default:
      guard let present else {
        return ChangeSet([
          .addMember(OrgUser(organizationID: id, userID: user, role: .member, joinedAt: .now()))
        ])
      }
      let role = [Role.owner, .member, .billingAdmin].randomElement(using: &random) ?? .member
      return ChangeSet([.setRole(user: user, organization: id, from: present.role, to: role)])
    }
  }

  /// The plans that a session of the service has set, in order, and those of which it doesn't know.
  private static func serve(
    _ database: PostgresTesting.Database, _ number: Int, _ progress: Progress
  ) throws -> (done: [String], unknown: Set<String>) {
    var random = Generator(state: UInt64(number))
    var (done, unknown): ([String], Set<String>) = ([], [])
    var session: PostgresTesting.Session?
    while !progress.isOver {
      let id = organizations.randomElement(using: &random) ?? ""
      let user = users.randomElement(using: &random) ?? ""
      let plan = "service \(number) \(done.count + unknown.count)"
      let statements = [
        "insert into organization_members (org_id, user_id, role) values ('\(id)', '\(user)', 'member') on conflict do nothing",
        "update organization_members set role = case role when 'member' then 'billing_admin' when 'billing_admin' then 'member' else role end where org_id = '\(id)' and user_id = '\(user)'",
        "delete from organization_members where org_id = '\(id)' and user_id = '\(user)' and role <> 'owner'",
        "update organization_members set role = 'owner' where org_id = '\(id)' and user_id = '\(user)'",
        "update organizations set status = case status when 'active' then 'suspended' else 'active' end where id = '\(id)'",
      ]
      let statement = statements.randomElement(using: &random) ?? ""
      do {
        let open = try session ?? database.connect()
        session = open
        try open.query(
          """
          set application_name = 'service\(number)'; begin; \(statement);
          update organizations set plan_tier = '\(plan)' where id = '\(id)'; commit
          """)
        done.append(plan)
        progress.acknowledged.next()
      } catch let error as SessionError where ["40P01", "40001"].contains(error.sqlState) {
        progress.refuse(error.sqlState)
        _ = try? session?.query("rollback")
      } catch {
        unknown.insert(plan)
        session = nil
        usleep(5000)
      }
    }
    return (done, unknown)
  }
}

/// SplitMix64: the same every time.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
