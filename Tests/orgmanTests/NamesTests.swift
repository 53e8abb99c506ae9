import Foundation
import OrgCore
import TerminalTesting
import Testing

@testable import orgman

extension EndToEnd {
  /// Names of a directory beside the ids of the data.
  @Suite struct Names {
    private let home: TemporaryDirectory

    init() throws { home = try TemporaryDirectory() }

    private var people: String { "\(home.path)/people.csv" }

    private static let records = [
      Record("1", "Acme", members: [("u-ann", "owner"), ("u-jane", "member")]),
      Record("2", "Globex", members: [("u-bob", "owner"), ("u-gone", "owner")]),
    ]

    /// Names the directory in the configuration, whether it is there or not.
    private func environment(_ source: String? = nil) throws -> [String: String] {
      let folder = "\(home.path)/orgman"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let source = source ?? "file = \"\(people)\""
      try Data("[directory]\n\(source)\n".utf8).write(to: URL(filePath: "\(folder)/config.toml"))
      return plainEnvironment.merging(["XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.path]) { $1 }
    }

    private func writePeople() throws {
      let text = """
        id,email,name,enabled
        u-ann,ann@example.org,Ann Lee,true
        u-jane,jane@example.org,Jane Doe,true
        u-bob,bob@example.org,"Bob \u{1B}[31m",false
        u-new,new@example.org,New One,true

        """
      try Data(text.utf8).write(to: URL(filePath: people))
    }

    @Test(arguments: TestStore.allCases)
    func `a user who is found by an e-mail address is made an owner`(store: TestStore) throws {
      try writePeople()
      let data = try store.data(Self.records)
      let orgman = try open(data, environment: try environment(), columns: 120, rows: 24)
      orgman.send("2")
      let all = try orgman.waitFor("names beside ids") { $0.text.contains("Jane Doe") }
      #expect(all.text.contains("disabled: Bob \\u{1B}[31m") && all.text.contains("not in the directory"))
      orgman.send("/jane@example.org")
      orgman.press(.enter)
      try orgman.waitFor("her alone") { $0.text.contains("1 of 4") && $0.text.contains("u-jane  ") }
      orgman.press(.enter)
      try orgman.waitForText("User u-jane (Jane Doe)")
      try orgman.waitForText("u-jane: Jane Doe, jane@example.org")
      orgman.send("r")
      try orgman.waitForText("u-jane: Jane Doe, jane@example.org. Role of u-jane in Acme, now member:")
      orgman.send("o")
      try orgman.waitForText("Role of u-jane in Acme: member → owner")
      orgman.send("3")
      try orgman.waitForText("▸  1 ")
      orgman.press(.enter)
      try orgman.waitFor("her name in the history") { $0.text.contains("Role of u-jane in Acme  Jane Doe") }
      try orgman.quit()
      #expect(try data.members(of: data.id("org_1")).contains("u-jane owner"))
      // What is shown is written nowhere.
      for case let url as URL in FileManager.default.enumerator(
        at: URL(filePath: home.path), includingPropertiesForKeys: nil) ?? .init()
      where url.lastPathComponent != "people.csv" {
        let bytes = (try? Data(contentsOf: url)) ?? Data()
        #expect(bytes.firstRange(of: Data("Jane Doe".utf8)) == nil, "\(url)")
      }
    }

    @Test(arguments: TestStore.allCases)
    func `with the directory down the same is done by id`(store: TestStore) throws {
      let data = try store.data(Self.records)
      let orgman = try open(data, environment: try environment(), columns: 120, rows: 24)
      try orgman.waitFor("why there are no names") { $0.joined.contains("Ids are shown without names.") }
      orgman.send("2/u-jane")
      orgman.press(.enter)
      try orgman.waitFor("her alone") { $0.text.contains("1 of 4") && $0.text.contains("u-jane  ") }
      orgman.press(.enter)
      try orgman.waitForText("User u-jane")
      orgman.send("ro")
      try orgman.waitForText("Role of u-jane in Acme: member → owner")
      orgman.send("1")
      orgman.press(.enter)
      orgman.send("a")
      try orgman.waitForText("Add a member to Acme")
      orgman.send("u-new")
      orgman.press(.control("s"))
      try orgman.waitFor("a question") {
        $0.joined.contains("So it can't be told whether the user is right. Use u-new anyway?")
      }
      orgman.send("y")
      try orgman.waitForText("Added u-new to Acme as member.")
      try orgman.quit()
      #expect(try data.members(of: data.id("org_1")).contains("u-jane owner"))
    }

    @Test func `a directory that hangs holds up no key, and not the end`() throws {
      let data = try TestStore.files.data(Self.records)
      let orgman = try open(
        data,
        environment: try environment("command = [\"/bin/sh\", \"-c\", \"exec sleep 47\"]\ntime-limit = 60"),
        columns: 80, rows: 24)
      orgman.send("2")
      try orgman.waitForText("u-gone")
      orgman.send("/jane")
      orgman.press(.enter)
      try orgman.waitFor("her alone") { $0.text.contains("1 of 4") }
      orgman.send("1")
      orgman.press(.enter)
      orgman.send("a")
      try orgman.waitForText("Add a member to Acme")
      orgman.send("u-new")
      orgman.press(.control("s"))
      try orgman.waitFor("a question") {
        $0.joined.contains("doesn't answer. So it can't be told whether the user is right. Use u-new anyway?")
      }
      orgman.send("y")
      try orgman.waitForText("Added u-new to Acme as member.")
      try orgman.quit()
    }

    @Test func `a narrow screen has no column for names, and says whose the selected id is`() throws {
      try writePeople()
      let data = try TestStore.files.data(Self.records)
      let orgman = try open(data, environment: try environment(), columns: 40, rows: 12)
      orgman.send("2")
      try orgman.waitForText("▸u-ann")
      orgman.send("j")
      let screen = try orgman.waitFor("her name") { $0.text.contains("u-bob: Bob") }
      #expect(!screen.text.contains("Jane Doe"))
      orgman.send("1")
      orgman.press(.enter)
      try orgman.waitForText("u-ann: Ann Lee, ann@example.org")
      try orgman.quit()
    }

    @Test func `moving over names sends few bytes`() throws {
      try writePeople()
      let data = try TestStore.files.data(Self.records)
      let orgman = try open(data, environment: try environment(), columns: 120, rows: 24)
      orgman.send("2")
      try orgman.waitForText("Jane Doe")
      let plain = try open(data, columns: 120, rows: 24)
      plain.send("2")
      try plain.waitForText("u-jane")
      func counts(_ orgman: TerminalProcess) throws -> [Int] {
        var counts: [Int] = []
        for key in ["j", "j", "j", "k", "k", "k"] {
          let (before, row) = (orgman.outputByteCount, orgman.screen.cursor.row)
          orgman.send(key)
          try orgman.waitFor("the next row") { $0.cursor.row != row }
          counts.append(orgman.outputByteCount - before)
        }
        return counts
      }
      let (with, without) = (try counts(orgman), try counts(plain))
      #expect(zip(with, without).allSatisfy { $0 <= $1 + 60 }, "\(with) \(without)")
      try orgman.quit()
      try plain.quit()
    }

    @Test func `commands find users by name, and take e-mail addresses for ids`() throws {
      try writePeople()
      let data = try TestStore.files.data(Self.records)
      let environment = try environment()
      func orgman(_ arguments: String...) throws -> Output {
        try run(
          try builtProduct("orgman"), arguments + ["--data", data.address], environment: environment)
      }
      func ids(_ output: Output) -> [String] {
        output.stdout.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
      }
      #expect(ids(try orgman("users", "DOE")) == ["u-jane"])
      #expect(ids(try orgman("users", "directory:disabled")) == ["u-bob"])
      #expect(ids(try orgman("users", "directory:gone")) == ["u-gone"])
      #expect(try orgman("users", "doe").stdout.contains("Doe") == false)
      #expect(try orgman("members", "Acme", "doe").stdout.contains("u-jane"))
      #expect(try orgman("members", "Acme", "doe").stdout.contains("u-ann") == false)
      #expect(try orgman("list", "user:jane@example.org").stdout.contains("Acme"))
      let role = try orgman("role", "Acme", "jane@example.org", "owner")
      #expect(role.status == .exited(0))
      #expect(role.stderr == "orgman: jane@example.org is the user u-jane (Jane Doe).\n")
      #expect(role.stdout.contains("u-jane") && !role.stdout.contains("Doe"))
      #expect(try orgman("add", "Acme", "new@example.org").stderr.contains("is the user u-new (New One)."))
      #expect(try orgman("user", "new@example.org").stdout.contains("Acme"))
      #expect(try orgman("remove", "Acme", "new@example.org").stdout.contains("u-new"))
      #expect(try orgman("offboard", "jane@example.org", "--yes").stdout.contains("u-jane"))
      try FileManager.default.removeItem(atPath: people)
      let down = try orgman("users", "ann")
      #expect(ids(down) == ["u-ann"])
      #expect(down.stderr.contains("Users are found by their ids alone."))
      #expect(try orgman("users", "directory:gone").status == .exited(2))
      let none = try run(
        try builtProduct("orgman"), ["users", "directory:gone", "--data", data.address],
        environment: plainEnvironment)
      #expect(none.status == .exited(1) && none.stderr.contains("No directory of users is configured"))
    }
  }
}
