import Foundation
import PostgresTesting
import TerminalTesting
import Testing

extension EndToEnd {
  /// A screen whose server doesn't answer, has no connection left, or has ended.
  @Suite struct LostServer {
    /// A database with an organization.
    private func tables(on server: PostgresServer) throws -> Database {
      let database = try server.database("data")
      for arguments in [
        ["init", database.url], ["create", "Acme", "--owner", "ann", "--data", database.url],
      ] {
        let output = try run(try builtProduct("orgman"), arguments)
        try #require(output.status == .exited(0), "\(output.stderr)")
      }
      return database
    }

    private func open(_ database: Database) throws -> TerminalProcess {
      let orgman = try start(["--data", database.url + "&connect_timeout=2"])
      orgman.belongings = [database.server]
      try orgman.waitFor("the list") { $0.lines[0].hasSuffix("live") && $0.text.contains("▸Acme") }
      return orgman
    }

    @discardableResult
    private func waitUntilStale(_ orgman: TerminalProcess) throws -> Screen {
      try orgman.waitFor("stale", timeout: .seconds(60)) {
        $0.lines[0].contains(/stale since \d\d:\d\d:\d\d UTC/)
      }
    }

    private func waitUntilLive(_ orgman: TerminalProcess) throws {
      try orgman.waitFor("live", timeout: .seconds(60)) { $0.lines[0].hasSuffix("live") }
    }

    /// Expects that a change is refused, with the reason as it is by now.
    private func expectRefusal(_ orgman: TerminalProcess, _ reason: String) throws {
      let refusal = "Nothing can be changed while the server can't be reached: "
      let deadline = ContinuousClock.now + .seconds(60)
      repeat {
        try #require(ContinuousClock.now < deadline, "\(orgman.screen.status) isn't for \(reason)")
        orgman.send("p")
        try orgman.waitFor("a refusal") { $0.status.contains(refusal) }
        poll(nil, 0, 100)
      } while !orgman.screen.status.contains(refusal + reason)
    }

    /// Expects that the screen edits again.
    private func expectEdit(_ orgman: TerminalProcess, _ database: Database) throws {
      orgman.send("pe")
      try orgman.waitForText("Plan of Acme: founders_friend → enterprise.")
      #expect(try database.run("select plan_tier from organizations") == "enterprise")
      #expect(
        try database.run("select count(*) from orgman.change where record ->> 'to' = 'enterprise'") == "1")
      try orgman.quit()
    }

    @Test func `a server that is suspended leaves a screen that can be read and left at once`() throws {
      let server = try PostgresServer.start()
      let database = try tables(on: server)
      let (orgman, leaving) = (try open(database), try open(database))
      try server.suspend()
      for screen in [orgman, leaving] { screen.send("R") }
      try waitUntilStale(orgman)
      try expectRefusal(orgman, "the server ")
      orgman.send("l")
      try orgman.waitFor("the owner") { $0.selectedDetail?.hasPrefix("ann") == true }
      orgman.send("h")
      let start = ContinuousClock.now
      leaving.send("q")
      #expect(try leaving.waitForExit() == .exited(0))
      #expect(ContinuousClock.now - start < .seconds(3))
      server.resume()
      try waitUntilLive(orgman)
      try expectEdit(orgman, database)
    }

    @Test func `a failover is followed, without a key`() throws {
      let primary = try PostgresServer.start()
      let database = try tables(on: primary)
      let standby = try Standby(of: primary)
      try standby.catchUp()
      let hosts = [primary, standby.server].map(\.host).joined(separator: ",")
      let orgman = try start([
        "--data", "postgres:///\(database.name)?user=postgres&host=\(hosts)&connect_timeout=2",
      ])
      orgman.belongings = [database.server, standby.server]
      try orgman.waitFor("the list") { $0.lines[0].hasSuffix("live") && $0.text.contains("▸Acme") }
      try standby.catchUp()
      try primary.kill()
      try orgman.waitFor("the standby") { $0.lines[0].hasSuffix("polling 5 s") }
      orgman.send("pe")
      try orgman.waitForText("can only be read")
      try standby.server.promote()
      try waitUntilLive(orgman)
      try expectEdit(orgman, standby.database(database))
    }

    @Test func `a server without a connection left is waited for, without a key`() throws {
      let server = try PostgresServer.start(settings: [
        "max_connections": "8", "superuser_reserved_connections": "0", "max_wal_senders": "0",
      ])
      let database = try tables(on: server)
      let orgman = try open(database)
      var others = [try database.connect()]
      // Whoever is faster has the connection that was ended.
      while others.count < 8 {
        try others[0].query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'orgman'")
        while others.count < 8, let session = try? database.connect() { others.append(session) }
      }
      try waitUntilStale(orgman)
      try expectRefusal(orgman, "sorry, too many clients already")
      others = []
      try waitUntilLive(orgman)
      try expectEdit(orgman, database)
    }

    @Test func `a server that is killed, or ends for want of room, is waited for, without a key`() throws {
      let server = try PostgresServer.start(
        settings: ["autovacuum": "off"], megabytes: 64, holdsWAL: true)
      let disk = try #require(server.disk)
      let database = try tables(on: server)
      let orgman = try open(database)
      try server.kill()
      let screen = try waitUntilStale(orgman)
      #expect(screen.text.contains("▸Acme"))
      try expectRefusal(orgman, "")
      try server.restart()
      try waitUntilLive(orgman)
      try disk.fill()
      // The file that is there is used up.
      try server.run("select pg_switch_wal()")
      orgman.send("pe")
      try waitUntilStale(orgman)
      disk.makeRoom()
      try server.restart(.immediate)
      try waitUntilLive(orgman)
      // It was saved, or it is said that it wasn't.
      try orgman.waitFor("the outcome", timeout: .seconds(60)) {
        $0.status.contains("enterprise.") || $0.status.contains("can't be saved")
      }
      let isSaved = orgman.screen.status.contains("enterprise.")
      #expect(
        try database.run("select count(*) from orgman.change where record ->> 'to' = 'enterprise'")
          == (isSaved ? "1" : "0"))
      if isSaved { try orgman.quit() } else { try expectEdit(orgman, database) }
    }
  }
}
