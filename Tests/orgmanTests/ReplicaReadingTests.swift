import Foundation
import PostgresTesting
import TerminalTesting
import Testing

extension EndToEnd {
  /// A replica in the configuration, from the file to the screen.
  @Suite struct ReadingFromAReplica {
    private let home: TemporaryDirectory

    init() throws {
      home = try TemporaryDirectory()
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
    }

    private func configure(_ text: String) throws {
      try Data(text.utf8).write(to: URL(filePath: home.path + "/orgman/config.toml"))
    }

    private func environment(_ more: [String: String] = [:]) -> [String: String] {
      plainEnvironment.merging(["XDG_CONFIG_HOME": home.path]) { $1 }.merging(more) { $1 }
    }

    private func orgman(_ arguments: String..., environment more: [String: String] = [:]) throws -> Output {
      try run(try builtProduct("orgman"), arguments, environment: environment(more))
    }

    @Test
    func `what is shown comes from the replica, edits go to the primary server, and the header says if not`()
      throws
    {
      let primary = try PostgresServer.start()
      let database = try primary.database("service")
      #expect(try orgman("init", database.url).status == .exited(0))
      try database.run(
        """
        insert into organizations (name) values ('Acme'), ('Globex');
        insert into organization_members (org_id, user_id, role) select id, 'ann', 'owner' from organizations;
        """)
      let standby = try Standby(of: primary)
      try configure(
        """
        theme = "monochrome"
        data = "\(database.url)&application_name=writing"
        read = "\(standby.database(database).url)&application_name=reading"
        """)
      let orgman = try start([], environment: environment())
      try orgman.waitFor("both") { $0.lines[0].hasSuffix("2 orgs  2 members   live") }
      let sessions = "select count(*) > 0 from pg_stat_activity where application_name = 'reading'"
      #expect(try standby.server.run(sessions) == "t" && primary.run(sessions) == "f")

      try standby.catchUp()
      try standby.server.run("select pg_wal_replay_pause()")
      orgman.send("pe")
      try orgman.waitForText("Plan of Acme: founders_friend → enterprise.")
      try database.run("update organizations set plan_tier = 'professional' where name = 'Globex'")
      try orgman.waitFor("both plans") { $0.text.contains("enterprise") && $0.text.contains("professional") }
      try orgman.waitFor("the replica behind") { $0.lines[0].hasSuffix("live, replica behind") }
      let info = try self.orgman("info").stdout
      #expect(
        info.contains("from the primary server instead of the replica postgres:///"),
        "\(info)")
      try standby.server.run("select pg_wal_replay_resume()")
      try orgman.waitFor("the replica") { $0.lines[0].hasSuffix("   live") }
      #expect(try self.orgman("info").stdout.contains("  from the replica postgres:///"))
      #expect(try self.orgman("show", "Acme").stdout.contains("enterprise"))

      try standby.server.stop(.fast)
      orgman.send("R")
      try orgman.waitFor("the replica away") { $0.lines[0].hasSuffix("live, replica away") }
      #expect(try self.orgman("set", "Acme", "--plan", "starter").status == .exited(0))
      try orgman.waitForText("starter")
      try standby.server.restart()
      try orgman.waitFor("the replica") { $0.lines[0].hasSuffix("   live") }

      try standby.catchUp()
      try primary.stop(.fast)
      try orgman.waitFor("stale") { $0.lines[0].contains("stale since ") }
      orgman.send("2")
      try orgman.waitFor("users, from the replica") {
        $0.lines[0].contains("Users") && $0.text.contains("ann")
      }
      orgman.send("1pf")
      try orgman.waitForText("Nothing can be changed while the server can't be reached: ")
      try primary.restart()
      try orgman.waitFor("live") { $0.lines[0].hasSuffix("   live") }
      try orgman.quit()
    }

    @Test func `a replica of files, of other data, and one with a password are refused with a sentence`()
      throws
    {
      let database = try PostgresServer.shared.database("service")
      let other = try PostgresServer.shared.database("other")
      defer { for database in [database, other] { try? database.drop() } }
      #expect(try orgman("init", database.url).status == .exited(0))
      try configure("read = \"\(other.url)\"")
      let files = try DataFiles.reference()
      func refusal(_ output: Output) -> String {
        #expect(output.status == .exited(1) && output.stdout.isEmpty)
        return output.stderr
      }
      #expect(
        try refusal(orgman("list", "--data", files.path))
          == "orgman: read in config.toml names a replica, but the data are files in \(files.path); only a database has one.\n"
      )
      #expect(
        try refusal(orgman("list", "--data", database.url))
          == "orgman: postgres:///\(other.name) is no replica of postgres:///\(database.name): it is a server of other data.\n"
      )
      #expect(
        try orgman("list", "--data", database.url, environment: ["ORGMAN_READ": database.url]).status
          == .exited(0))
      // What is said there is about the data there.
      try configure("data = \"\(database.url)\"\nread = \"\(other.url)\"")
      #expect(try orgman("list", "--data", files.path).status == .exited(0))
      #expect(try refusal(orgman("list")).contains(" is no replica of "))

      for (text, place, sentence) in [
        (
          "data = \"postgres://ann:secret@db/x\"", "1:8",
          "A password doesn't belong into config.toml; put it in the file ~/.pgpass, or in one that PGPASSFILE names."
        ),
        (
          "data = \"\(database.url)\"\nread = \"postgres://ann:secret@db/x\"", "2:8",
          "A password doesn't belong into config.toml; put it in the file ~/.pgpass, or in one that PGPASSFILE names."
        ),
        (
          "data = \"data\"", "1:8",
          "data in config.toml is a directory's absolute path, or a database's address."
        ),
        (
          "data = \"\(database.url)\"\nread = \"replica\"", "2:8",
          "A replica is named by its address, as in postgres://HOST/DATABASE."
        ),
      ] {
        try configure(text)
        let check = try orgman("config", "--check")
        #expect(check.stdout == "\(home.path)/orgman/config.toml:\(place): \(sentence)\n")
        #expect(try refusal(orgman("list")) == "orgman: \(sentence)\n")
        let info = try orgman("info").stdout
        #expect(info.contains(sentence) && !info.contains("secret"))
      }
      // The default would be other data.
      try configure("theme = 3\ndata = \"\(database.url)\"")
      #expect(try orgman("list").status == .exited(0))
      try configure("theme = \ndata = \"\(database.url)\"")
      #expect(try refusal(orgman("list")).contains("config.toml:1:9: "))
    }
  }
}
