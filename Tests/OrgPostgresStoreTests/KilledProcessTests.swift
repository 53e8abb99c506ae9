import Foundation
import Glibc
import OrgCore
import PostgresTesting
import Synchronization
import TerminalTesting
import Testing

@testable import OrgPostgresStore

/// Processes of the program that are killed at any moment, beside a service that edits the same rows. 36 processes, or as many
/// more as `ORGMAN_TEST_SCALE` says.
@Suite(.sideBySide) struct KilledProcessTests {
  private static let organizations = (0..<4).map { "org_\($0)" }
  private static let attempts = 12 * StoreFixture.scale

  /// What a process was told to do, and what is known of it afterwards.
  private struct Attempt {
    /// The plan that it gives to organizations, and nobody else gives.
    let plan: String
    /// How many organizations are given it.
    let count: Int
    var fate = Fate.killed
  }

  private enum Fate { case acknowledged, refused, killed }

  @Test func `of a change set all is there or nothing, and no lock is left`() throws {
    let fixture = try StoreFixture("killed")
    for id in Self.organizations {
      try fixture.session.query(
        """
        insert into organizations (id, name) values ('\(id)', 'Name \(id)');
        insert into organization_members (org_id, user_id, role) values ('\(id)', 'ann', 'owner'), ('\(id)', 'bob', 'member')
        """)
    }
    let (database, isOver) = (fixture.database, Flag())
    let service = BackgroundTask { Result { try Self.serve(database, until: isOver) } }
    let writers = (0..<3).map { number in
      BackgroundTask { Result { try Self.run(number, on: database.url) } }
    }
    let results = writers.map(\.value)
    isOver.set()
    let (attempts, served) = (try results.flatMap { try $0.get() }, try service.value.get())

    // The server notices the end of a client that waits within two seconds.
    try waitUntil("no transaction is open") { try fixture.openTransactions() == 0 }
    try fixture.session.query(
      """
      begin; set local lock_timeout = '1s'; select from organizations for update; select from organization_members for update;
      select pg_advisory_xact_lock(hashtext('orgman.name'), 0); commit
      """)
    let history = try fixture.checkHistory(try fixture.store())
    /// How many changes each entry has that gives a plan.
    func changes(to plan: String) -> [Int] {
      history.compactMap { entry in
        let count = entry.changes.count {
          if case .setField(.planTier, _, _, plan) = $0.change { true } else { false }
        }
        return count > 0 ? count : nil
      }
    }
    var survived = 0
    for attempt in attempts {
      let found = changes(to: attempt.plan)
      switch attempt.fate {
      case .acknowledged: #expect(found == [attempt.count], "\(attempt)")
      case .refused: #expect(found == [], "\(attempt)")
      case .killed:
        #expect(found == [] || found == [attempt.count], "\(attempt)")
        if !found.isEmpty { survived += 1 }
      }
    }
    for plan in served { #expect(changes(to: plan) == [1], "\(plan)") }
    let counts = [Fate.acknowledged, .refused, .killed].map { fate in attempts.count { $0.fate == fate } }
    print(
      "\(counts[0]) acknowledged, \(counts[1]) refused, \(counts[2]) killed, \(survived) of them after the commit; \(served.count) of the service"
    )
    #expect(counts[0] > 0 && counts[2] > 0)
  }

  @Test func `a process that is killed after any message of a commit has made it or not, and holds nothing`()
    throws
  {
    let fixture = try StoreFixture("killed_at")
    let proxy = try FaultProxy(to: fixture.database.server)
    let output = try TemporaryDirectory()
    var (plan, place, made) = (PlanTier.default, 0, 0)
    var isOver = false
    while !isOver {
      place += 1
      let (wanted, victim, seen, number) = ("plan \(place)", Victim(), Tally(), place)
      // Not while it reads what there is.
      let begun = Tally()
      proxy.inject(
        Fault { message in
          if message.isAbout("begin isolation level read committed") { begun.next() }
          let isCounted = begun.count > 0 && ["Execute", "Sync"].contains(message.name)
          if isCounted, seen.next() == number { victim.kill() }
          return .pass
        })
      let status = try Self.process(
        ["set", "Acme", "--plan", wanted, "--new-plan", "--data", proxy.url(of: fixture.database)],
        input: "/dev/null",
        output: output.path + "/output", started: victim.begin)
      proxy.heal()
      isOver = seen.count < place
      // The last message may be on its way when the process ends by itself.
      try #require(status == .signalled(SIGKILL) || status == .exited(0), "\(place): \(status)")
      try waitUntil("no transaction is open") { try fixture.openTransactions() == 0 }
      let isMade = try fixture.plan == wanted
      #expect(try isMade || status != .exited(0) && fixture.plan == plan, "\(place)")
      #expect(try fixture.entries(to: wanted) == (isMade ? 1 : 0), "\(place)")
      if isMade { (plan, made) = (wanted, made + 1) }
      try fixture.session.query("begin; select from organizations for update nowait; rollback")
    }
    // Also after the commit has reached the server.
    #expect(place > 10 && made > 1)
    try fixture.checkHistory(try fixture.store())
  }

  /// Lets processes change plans, and kills most of them.
  private static func run(_ number: Int, on url: String) throws -> [Attempt] {
    let directory = try TemporaryDirectory()
    let list = directory.path + "/list"
    try write(organizations.joined(separator: "\n"), to: list)
    var random = Generator(state: UInt64(number + 1))
    var attempts: [Attempt] = []
    // As long as one takes that isn't killed, about.
    var usual = Duration.milliseconds(50)
    for place in 0..<Self.attempts {
      let plan = "plan \(number) \(place)"
      let isKilled = place % 3 != 0
      let time =
        isKilled ? UInt32.random(in: 0...UInt32(usual / .microseconds(1) * 1.3), using: &random) : nil
      var attempt = Attempt(plan: plan, count: place % 3 == 1 ? 1 : organizations.count)
      let id = organizations.randomElement(using: &random) ?? ""
      var (input, command) = (list, ["set", "-", "--plan", plan, "--new-plan", "--yes"])
      if attempt.count == 1 {
        command = ["set", id, "--plan", plan, "--new-plan"]
      } else if place % 2 == 0 {
        // Made by one process, applied by another.
        input = directory.path + "/document"
        let made = try process(command + ["--dry-run", "--json", "--data", url], input: list, output: input)
        try #require(made == .exited(0))
        command = ["apply", "-", "--yes"]
      }
      let output = directory.path + "/output"
      let start = ContinuousClock.now
      let status = try process(command + ["--data", url], input: input, output: output, killedAfter: time)
      if !isKilled { usual = ContinuousClock.now - start }
      // Once it has said so, it may be killed.
      if try text(output).contains(plan) {
        attempt.fate = .acknowledged
      } else if case .exited(let code) = status {
        try #require(code != 0)
        attempt.fate = .refused
      }
      attempts.append(attempt)
    }
    return attempts
  }

  private static func process(
    _ arguments: [String], input: String, output: String, killedAfter time: UInt32? = nil,
    started: (pid_t) -> Void = { _ in }
  ) throws -> TerminalTesting.ExitStatus {
    let child = try ChildProcess(
      try builtProduct("orgman"), arguments, environment: plainEnvironment, workingDirectory: "/",
      inNewSession: false
    ) {
      posix_spawn_file_actions_addopen(&$0, 0, input, O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&$0, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      posix_spawn_file_actions_addopen(&$0, 2, "/dev/null", O_WRONLY, 0)
    }
    started(child.id)
    if let time {
      usleep(time)
      child.signal(SIGKILL)
    }
    try waitUntil("the process ends") { child.status != nil }
    return try #require(child.status)
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private static func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  /// Edits the same rows as a service does, and returns the plans that it has set.
  private static func serve(_ database: PostgresTesting.Database, until isOver: Flag) throws -> [String] {
    let session = try database.connect()
    var random = Generator(state: 99)
    var done: [String] = []
    while !isOver.isSet {
      let id = organizations.randomElement(using: &random) ?? ""
      let plan = "service \(done.count)"
      do {
        try session.query(
          """
          begin;
          update organization_members set role = case role when 'member' then 'billing_admin' else 'member' end
            where org_id = '\(id)' and user_id = 'bob';
          update organizations set plan_tier = '\(plan)' where id = '\(id)';
          commit
          """)
        done.append(plan)
      } catch let error as SessionError where ["40P01", "40001"].contains(error.sqlState) {
        try session.query("rollback")
      }
      usleep(UInt32.random(in: 0...20_000, using: &random))
    }
    return done
  }
}

/// Set once.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}

/// A process to be killed, maybe before its number is known.
private final class Victim: Sendable {
  private let id = Mutex<pid_t?>(nil)

  func begin(_ id: pid_t) { self.id.withLock { $0 = id } }

  func kill() {
    while true {
      if let id = id.withLock({ $0 }) {
        Glibc.kill(id, SIGKILL)
        return
      }
      usleep(100)
    }
  }
}
