import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What is typed survives the end of the program.
  @Suite struct Drafts {
    private let home: TemporaryDirectory
    private var environment = plainEnvironment

    init() throws {
      home = try TemporaryDirectory()
      environment["XDG_STATE_HOME"] = home.path + "/state"
    }

    private var folder: String { home.path + "/state/orgman/drafts" }

    private var files: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
    }

    private func mode(_ path: String) throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    /// Types into an edit pane until what was typed is on disk.
    private func type(_ text: String, _ orgman: TerminalProcess) throws {
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send(text)
      try orgman.waitForText(text)
      let deadline = ContinuousClock.now + .seconds(5)
      while try !files.contains(where: {
        try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8).contains(text)
      }) {
        try #require(ContinuousClock.now < deadline, "The draft isn't written.")
        // Nothing will be shown; this only passes time.
        _ = try? orgman.waitFor("the draft", timeout: .milliseconds(20)) { _ in false }
      }
    }

    @Test(arguments: TestStore.allCases, [SIGKILL, SIGHUP, SIGTERM])
    func `what was typed is offered again after the program was ended`(store: TestStore, signal: Int32) throws
    {
      let data = try store.reference()
      let first = try open(data, environment: environment)
      try type("Half typed", first)
      #expect(try mode(folder) == 0o700)
      #expect(try mode("\(folder)/\(files[0])") == 0o600)
      first.signal(signal)
      try first.waitForExit()
      let second = try start(["--data", data.address], environment: environment)
      try second.waitForText("You were editing a new organization, Half typed when orgman ended.")
      second.press(.enter)
      try second.waitForText("▸Name      Half typed")
      second.press(.control("s"))
      try second.waitForText("Created Half typed")
      try second.quit()
      #expect(files == [])
      let third = try open(data, environment: environment)
      try third.waitFor("what was saved") { $0.listed.contains("Half typed") }
      try third.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a lost connection in mid edit leaves the draft and no process`(store: TestStore) throws {
      let data = try store.reference()
      let first = try open(data, environment: environment)
      first.send("a")
      try first.waitForText("New organization")
      first.send("Cut off")
      try first.waitForText("Cut off")
      first.closeTerminal()
      try first.waitForExit()
      #expect(!exists(first.processID))
      let second = try start(["--data", data.address], environment: environment)
      try second.waitForText("You were editing a new organization, Cut off")
      // Left for later, then thrown away.
      second.press(.escape)
      try second.waitForText("offered again")
      try second.quit()
      let third = try start(["--data", data.address], environment: environment)
      try third.waitForText("You were editing a new organization, Cut off")
      third.send("n")
      try third.waitForText("thrown away")
      try third.quit()
      #expect(files == [])
    }

    @Test(arguments: TestStore.allCases)
    func `a draft is offered neither elsewhere nor while its process runs`(store: TestStore) throws {
      let data = try store.reference()
      let first = try open(data, environment: environment)
      try type("Still here", first)
      let beside = try open(data, environment: environment)
      try beside.waitFor("the list") { $0.selected != nil && $0.row(containing: "You were editing") == nil }
      try beside.quit()
      first.signal(SIGKILL)
      try first.waitForExit()
      let elsewhere = try open(try store.reference(), environment: environment)
      try elsewhere.waitFor("the list") {
        $0.selected != nil && $0.row(containing: "You were editing") == nil
      }
      try elsewhere.quit()
      #expect(files.count == 1)
    }

    @Test func `a draft goes through no symbolic link, and says why it isn't kept`() throws {
      let data = try DataFiles.reference()
      let target = home.path + "/elsewhere"
      try FileManager.default.createDirectory(
        atPath: home.path + "/state/orgman", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: target)
      let orgman = try open(data, environment: environment)
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send("x")
      try orgman.waitForText("What you type can't be kept")
      #expect(try FileManager.default.contentsOfDirectory(atPath: target) == [])
      orgman.press(.escape)
      try orgman.waitForText("Throw away")
      orgman.send("y")
      try orgman.quit()
    }
  }
}
