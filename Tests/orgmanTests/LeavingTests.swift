import Foundation
import PostgresTesting
import Synchronization
import TerminalTesting
import Testing

extension EndToEnd {
  /// The ways out of the screen while a change is on its way.
  @Suite struct Leaving {
    /// Data with a history, in which Acme Corp, the first, is on starter.
    private func data(_ store: TestStore) throws -> any TestData {
      let data = try store.reference()
      let output = try Script(data: data)("set", "Acme Corp", "--plan", "starter")
      #expect(output.status == .exited(0))
      return data
    }

    /// A screen on which a change waits for what is held up.
    private func openWaiting(_ data: any TestData, _ arguments: [String] = []) throws -> TerminalProcess {
      let orgman = try open(data, arguments)
      orgman.send("pe")
      try orgman.waitForText("The data are held by")
      return orgman
    }

    private func text(_ orgman: TerminalProcess) -> String {
      String(decoding: orgman.outputBytes, as: UTF8.self)
    }

    private func text(_ data: any TestData, _ name: String) throws -> String {
      try String(contentsOfFile: "\(data.directory)/\(name)", encoding: .utf8)
    }

    private let sentence = "orgman: This change was not saved: Plan of Acme Corp: starter → enterprise"
    private let question = "A change is still being saved. Quit and discard it?"

    @Test(arguments: TestStore.allCases, ["Q", "q"])
    func `while a change waits for the lock, quitting asks first`(store: TestStore, key: String) throws {
      let data = try data(store)
      let before = try data.contents()
      let holder = try data.holdUp()
      let orgman = try openWaiting(data)
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

    @Test(arguments: TestStore.allCases)
    func `who is asked and waits sees the change saved, and has left`(store: TestStore) throws {
      let data = try data(store)
      let holder = try data.holdUp()
      let orgman = try openWaiting(data)
      orgman.send("Q")
      try orgman.waitForText(question)
      holder.release()
      #expect(try orgman.waitForExit() == .exited(0))
      #expect(!text(orgman).contains("not saved"))
      #expect(try data.organization(named: "Acme Corp")["plan_tier"] as? String == "enterprise")
    }

    @Test(arguments: TestStore.allCases)
    func `what was typed ahead of Q is saved, all of it`(store: TestStore) throws {
      let data = try data(store)
      let orgman = try open(data)
      orgman.send("pepppfpsSspeQ")
      #expect(try orgman.waitForExit() == .exited(0))
      let made = try data.organization(named: "Acme Corp")
      #expect(made["plan_tier"] as? String == "enterprise")
      #expect(made["status"] as? String == "suspended")
    }

    @Test(arguments: TestStore.allCases, [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func `a signal can ask nobody, so what wasn't saved is named on standard error`(
      store: TestStore, signal: Int32
    ) throws {
      let data = try data(store)
      let before = try data.contents()
      let holder = try data.holdUp()
      let orgman = try openWaiting(data)
      orgman.signal(signal)
      #expect(try orgman.waitForExit() == .exited(1))
      #expect(text(orgman).contains(sentence + " (the data are held by "))
      #expect(orgman.unrestored == [])
      #expect(try data.contents() == before)
      withExtendedLifetime(holder) {}
    }

    @Test(arguments: TestStore.allCases)
    func `a change that can be saved within a moment of the signal is`(store: TestStore) throws {
      let data = try data(store)
      let holder = try data.holdUp()
      let orgman = try openWaiting(data)
      orgman.signal(SIGTERM)
      holder.release()
      #expect(try orgman.waitForExit() == .exited(128 + SIGTERM))
      #expect(try data.organization(named: "Acme Corp")["plan_tier"] as? String == "enterprise")
    }

    @Test(arguments: TestStore.allCases)
    func `where the terminal is gone, the status and the log say it`(store: TestStore) throws {
      let data = try data(store)
      let before = try data.contents()
      let holder = try data.holdUp()
      let log = data.directory + "/log"
      let orgman = try openWaiting(data, ["--log-file", log])
      orgman.closeTerminal()
      #expect(try orgman.waitForExit() == .exited(1))
      let records = try String(contentsOfFile: log, encoding: .utf8)
      #expect(records.contains("error orgman"))
      #expect(records.contains("Not saved. change=\"Plan of Acme Corp: starter → enterprise"))
      #expect(try data.contents() == before)
      withExtendedLifetime(holder) {}
    }

    @Test(arguments: TestStore.allCases)
    func `the end of the input without a signal is such a way out, too`(store: TestStore) throws {
      let data = try data(store)
      let before = try data.contents()
      let holder = try data.holdUp()
      let program = try builtProduct("orgman")
      let shell = try TerminalProcess(
        "/bin/sh",
        [
          "-c",
          "trap '' HUP; \(program) --data '\(data.address)' 2>\(data.directory)/err; echo $? >\(data.directory)/code",
        ])
      try shell.waitForText("10 orgs")
      shell.send("pe")
      try shell.waitForText("The data are held by")
      // Orgman outlives the shell, whose status is of no use.
      let id = try #require(try child(of: shell.processID))
      shell.closeTerminal()
      try shell.waitForExit()
      #expect(!exists(id))
      #expect(try text(data, "code") == "1\n")
      #expect(try text(data, "err").contains(sentence))
      #expect(try data.contents() == before)
      withExtendedLifetime(holder) {}
    }

    // MARK: Where it isn't known whether a change was saved

    /// A screen that lost the server while the change was being saved, and can't reach it any more.
    ///
    /// - Parameter isSaved: whether the server has saved it.
    private func openLost(
      _ data: DataTables, _ proxy: FaultProxy, isSaved: Bool
    ) throws -> TerminalProcess {
      let orgman = try start(["--data", proxy.url(of: data.database)])
      orgman.belongings = [data]
      try orgman.waitForText("10 orgs")
      let isLost = Atomic(false)
      proxy.inject(
        Fault { message in
          let isEnd =
            message.isAbout("commit")
            && (isSaved ? message.name == "CommandComplete" : message.sender == .client)
          if isEnd { isLost.store(true, ordering: .relaxed) }
          return isLost.load(ordering: .relaxed) && (isEnd || message.sender == .client) ? .cut : .pass
        })
      orgman.send("pe")
      try waitUntil("the commit is lost") { isLost.load(ordering: .relaxed) }
      return orgman
    }

    /// Expects that the end says that it isn't known, and that the history tells.
    private func expectUnknown(_ orgman: TerminalProcess, _ data: DataTables, isSaved: Bool) throws {
      #expect(try orgman.waitForExit() == .exited(1))
      let text = text(orgman)
      #expect(
        text.contains(
          "orgman: It isn't known whether this change was saved: Plan of Acme Corp: starter → enterprise. The connection to "
        ))
      #expect(text.contains("Once it can be reached, orgman history shows the change if it was saved."))
      #expect(!text.contains("not saved"))
      #expect(orgman.unrestored == [])
      let history = try Script(data: data)("history")
      #expect(history.stdout.contains("starter → enterprise") == isSaved)
      let plan = try data.organization(named: "Acme Corp")["plan_tier"] as? String
      #expect(plan == (isSaved ? "enterprise" : "starter"))
    }

    @Test(arguments: [("Q", true), ("q", false)])
    func `who quits while it isn't known whether a change was saved is told so, and where to look`(
      key: String, isSaved: Bool
    ) throws {
      let data = try tables()
      let proxy = try FaultProxy(to: data.database.server)
      let orgman = try openLost(data, proxy, isSaved: isSaved)
      try orgman.waitForText("it isn't known whether the change was saved")
      orgman.send(key)
      let screen = try orgman.waitForText("Quit?")
      #expect(screen.status.contains("orgman history shows the change if it was saved. Quit?"))
      orgman.press(.enter)
      try orgman.waitFor("the question to go") { $0.row(containing: "Quit?") == nil }
      orgman.send(key)
      try orgman.waitForText("Quit?")
      orgman.send("y")
      try expectUnknown(orgman, data, isSaved: isSaved)
    }

    @Test(arguments: [(SIGTERM, true), (SIGHUP, false)])
    func `a signal while it isn't known whether a change was saved says so, and where to look`(
      signal: Int32, isSaved: Bool
    ) throws {
      let data = try tables()
      let proxy = try FaultProxy(to: data.database.server)
      let orgman = try openLost(data, proxy, isSaved: isSaved)
      orgman.signal(signal)
      try expectUnknown(orgman, data, isSaved: isSaved)
    }

    @Test(arguments: [true, false])
    func `who is asked and waits until the server is back sees the change saved, once`(isSaved: Bool) throws {
      let data = try tables()
      let proxy = try FaultProxy(to: data.database.server)
      let orgman = try openLost(data, proxy, isSaved: isSaved)
      orgman.send("Q")
      try orgman.waitForText("Quit?")
      proxy.heal()
      #expect(try orgman.waitForExit() == .exited(0))
      #expect(!text(orgman).contains("orgman: "))
      #expect(try data.organization(named: "Acme Corp")["plan_tier"] as? String == "enterprise")
      #expect(try data.historySize() == 2)
    }

    private func tables() throws -> DataTables { try #require(try data(.database) as? DataTables) }

    private func child(of process: Int32) throws -> Int32? {
      let text = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      return text.split(separator: " ").first.flatMap { Int32($0) }
    }
  }
}
