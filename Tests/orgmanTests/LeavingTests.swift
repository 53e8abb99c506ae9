import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// The ways out of the screen while a change is on its way.
  @Suite struct Leaving {
    private let data: DataFiles
    private let before: [String]

    /// Data with a history, in which Acme Corp, the first, is on starter.
    init() throws {
      data = try DataFiles.reference()
      let output = try Script(data: data)("set", "Acme Corp", "--plan", "starter")
      #expect(output.status == .exited(0))
      before = try data.contents()
    }

    /// Another process that holds the lock until Enter is pressed in it.
    private func holdLock() throws -> TerminalProcess {
      let holder = try TerminalProcess(
        "/usr/bin/env",
        [
          "python3", "-c",
          "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print('held', flush=True); input()",
          "\(data.path)/.orgman/lock",
        ])
      try holder.waitForText("held")
      return holder
    }

    /// A screen on which a change waits for the lock.
    private func openWaiting(_ arguments: [String] = []) throws -> TerminalProcess {
      let orgman = try open(data, arguments)
      orgman.send("pe")
      try orgman.waitForText("The data are held by")
      return orgman
    }

    private func text(_ orgman: TerminalProcess) -> String {
      String(decoding: orgman.outputBytes, as: UTF8.self)
    }

    private let sentence = "orgman: This change was not saved: Plan of Acme Corp: starter → enterprise"
    private let question = "A change is still being saved. Quit and discard it?"

    @Test(arguments: ["Q", "q"]) func `while a change waits for the lock, quitting asks first`(key: String)
      throws
    {
      let holder = try holdLock()
      let orgman = try openWaiting()
      orgman.send(key)
      try orgman.waitForText(question)
      orgman.press(.enter)
      try orgman.waitFor("the question to go") { $0.row(containing: question) == nil }
      orgman.send(key)
      try orgman.waitForText(question)
      orgman.send("y")
      #expect(try orgman.waitForExit() == .exited(1))
      #expect(text(orgman).contains(sentence))
      #expect(orgman.unrestored == [])
      #expect(try data.contents() == before)
      withExtendedLifetime(holder) {}
    }

    @Test func `who is asked and waits sees the change saved, and has left`() throws {
      let holder = try holdLock()
      let orgman = try openWaiting()
      orgman.send("Q")
      try orgman.waitForText(question)
      holder.press(.enter)
      #expect(try orgman.waitForExit() == .exited(0))
      #expect(!text(orgman).contains("not saved"))
      #expect(try data.organization(named: "Acme Corp")["plan_tier"] as? String == "enterprise")
    }

    @Test func `what was typed ahead of Q is saved, all of it`() throws {
      let orgman = try open(data)
      orgman.send("pepppfpsSspeQ")
      #expect(try orgman.waitForExit() == .exited(0))
      let made = try data.organization(named: "Acme Corp")
      #expect(made["plan_tier"] as? String == "enterprise")
      #expect(made["status"] as? String == "suspended")
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func `a signal can ask nobody, so what wasn't saved is named on standard error`(signal: Int32) throws {
      let holder = try holdLock()
      let orgman = try openWaiting()
      orgman.signal(signal)
      #expect(try orgman.waitForExit() == .exited(1))
      #expect(text(orgman).contains(sentence + " (the data are held by "))
      #expect(orgman.unrestored == [])
      #expect(try data.contents() == before)
      withExtendedLifetime(holder) {}
    }

    @Test func `a change that can be saved within a moment of the signal is`() throws {
      let holder = try holdLock()
      let orgman = try openWaiting()
      orgman.signal(SIGTERM)
      holder.press(.enter)
      #expect(try orgman.waitForExit() == .exited(128 + SIGTERM))
      #expect(try data.organization(named: "Acme Corp")["plan_tier"] as? String == "enterprise")
    }

    @Test func `where the terminal is gone, the status and the log say it`() throws {
      let holder = try holdLock()
      let log = data.path + "/log"
      let orgman = try openWaiting(["--log-file", log])
      orgman.closeTerminal()
      #expect(try orgman.waitForExit() == .exited(1))
      let records = try String(contentsOfFile: log, encoding: .utf8)
      #expect(records.contains("error orgman"))
      #expect(records.contains("Not saved. change=\"Plan of Acme Corp: starter → enterprise"))
      #expect(try data.contents() == before)
      withExtendedLifetime(holder) {}
    }

    @Test func `the end of the input without a signal is such a way out, too`() throws {
      let holder = try holdLock()
      let program = try builtProduct("orgman")
      let shell = try TerminalProcess(
        "/bin/sh",
        ["-c", "trap '' HUP; \(program) --data \(data.path) 2>\(data.path)/err; echo $? >\(data.path)/code"])
      try shell.waitForText("10 orgs")
      shell.send("pe")
      try shell.waitForText("The data are held by")
      // Orgman outlives the shell, whose status is of no use.
      let id = try #require(try child(of: shell.processID))
      shell.closeTerminal()
      try shell.waitForExit()
      #expect(!exists(id))
      #expect(try data.text("code") == "1\n")
      #expect(try data.text("err").contains(sentence))
      withExtendedLifetime(holder) {}
    }

    private func child(of process: Int32) throws -> Int32? {
      let text = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      return text.split(separator: " ").first.flatMap { Int32($0) }
    }
  }
}
