import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Whatever comes from the keyboard, or from the line that it comes over.
  @Suite struct KeyStreams {
    private let home: TemporaryDirectory
    private let environment: [String: String]

    /// Nothing in a stream ends or stops the program: there is one key to quit that isn't in it.
    init() throws {
      home = try TemporaryDirectory()
      environment = plainEnvironment.merging(["XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.path]) {
        $1
      }
      let text = try run(try builtProduct("orgman"), ["config", "--default"]).stdout
      var lines = ["[keys]", "quit = \"F12\"", "close = []", "palette = []", "suspend = []", "export = []"]
      // Wherever else they have keys.
      var heading = ""
      for line in text.split(separator: "\n") {
        if line.hasPrefix("[keys.in.") { heading = String(line) }
        guard !heading.isEmpty, line.hasPrefix("#suspend") || line.hasPrefix("#close") else { continue }
        if lines.last?.hasSuffix("= []") == true, !lines.contains(heading) { lines.append(heading) }
        lines.append((line.hasPrefix("#suspend") ? "suspend" : "close") + " = []")
      }
      try FileManager.default.createDirectory(
        atPath: home.path + "/orgman", withIntermediateDirectories: true)
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(
        to: URL(filePath: home.path + "/orgman/config.toml"))
      let check = try run(try builtProduct("orgman"), ["config", "--check"], environment: environment)
      try #require(check.status == .exited(0), "\(check.stdout)")
    }

    /// Waits until everything is typed and the program answers to a new size, then ends it.
    ///
    /// - Parameter isSaved: whether what was typed is in the files; a signal doesn't wait for it.
    private func settle(
      _ orgman: TerminalProcess, columns: Int, isSaved: () throws -> Bool = { true }
    ) throws {
      try orgman.waitFor("everything to be taken", timeout: .seconds(60)) { _ in orgman.untakenByteCount == 0
      }
      orgman.resize(columns: columns + 1, rows: 24)
      try orgman.waitFor("the new width", timeout: .seconds(20)) {
        $0.columns == columns + 1 && $0.lines[0].count > columns - 1
      }
      let deadline = ContinuousClock.now + .seconds(60)
      while try !isSaved() {
        try #require(ContinuousClock.now < deadline, "Nothing was saved.")
        // Nothing will be shown; this only passes time.
        _ = try? orgman.waitFor("the change", timeout: .milliseconds(20)) { _ in false }
      }
      orgman.signal(SIGTERM)
      let status = try orgman.waitForExit()
      // On a busy machine a change may still wait to be saved. Then the program says so.
      let isUnsaved = orgman.screen.lines.joined().contains("not saved")
      #expect(status == .exited(isUnsaved ? 1 : 128 + SIGTERM), "\(orgman.screen)")
      #expect(orgman.unrestored == [])
    }

    private func stream(_ count: Int, seed: UInt64) -> [UInt8] {
      var generator = SeededGenerator(state: seed)
      let sequences = [
        "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}OA", "\u{1B}OB", "\u{1B}[H", "\u{1B}[F",
        "\u{1B}[3~",
        "\u{1B}[5~", "\u{1B}[6~", "\u{1B}[Z", "\u{1B}OP", "\u{1B}OQ", "\u{1B}[15~", "\u{1B}[1;5C",
        "\u{1B}[<0;9;5M",
        "\u{1B}[<65;9;5M", "\u{1B}[M !!", "\u{1B}[200~pasted dyQ\n\u{1B}[201~", "株", "é",
        "\u{1F469}\u{200D}\u{1F4BB}",
        "\u{1B}", "\r", "\t", "\u{7F}", "\u{3}", " ",
      ].map { Array($0.utf8) }
      // Not every key is as near to something as these.
      let letters = Array("jkgGlhradeupSonmbyn*vU/1234[]-HsIRox?".utf8)
      var bytes: [UInt8] = []
      for _ in 0..<count {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4: bytes.append(letters.randomElement(using: &generator) ?? 0x6A)
        case 4..<8: bytes += sequences.randomElement(using: &generator) ?? []
        case 8: bytes.append(UInt8.random(in: 0x20...0x7E, using: &generator))
        default: bytes.append(UInt8.random(in: 0...255, using: &generator))
        }
      }
      return bytes
    }

    @Test(arguments: TestStore.allCases)
    func `every byte value, in every place, does no harm`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      for way in ["", "\r", "/", "?", "H"] {
        let orgman = try open(data, ["--read-only"], environment: environment, columns: 80, rows: 24)
        orgman.send(way)
        orgman.send((0...255).flatMap { [UInt8($0), UInt8($0)] })
        try settle(orgman, columns: 80)
      }
      #expect(try data.contents() == before)
      #expect(try data.historySize() == 0)
    }

    @Test(arguments: TestStore.allCases)
    func `100,000 random keys change nothing where nothing may be changed`(store: TestStore) throws {
      let data = try store.reference()
      let before = try data.contents()
      let orgman = try open(data, ["--read-only"], environment: environment, columns: 80, rows: 24)
      orgman.send(stream(100_000, seed: 6))
      try settle(orgman, columns: 80)
      #expect(try data.contents() == before)
      #expect(try data.historySize() == 0)
    }

    @Test(arguments: TestStore.allCases)
    func `100,000 random keys that do change something leave nothing for the doctor`(store: TestStore) throws
    {
      let data = try store.reference()
      try (data as? DataFiles)?.closeToOthers()
      let orgman = try open(data, environment: environment, columns: 120, rows: 24)
      orgman.send(stream(100_000, seed: 7))
      // Changes are saved one after the other, long after their keys were read: until the history grows no more.
      var (size, since) = (0, ContinuousClock.now)
      try settle(orgman, columns: 120) {
        let now = try data.historySize()
        if now != size { (size, since) = (now, .now) }
        return size > 0 && ContinuousClock.now - since > .seconds(1)
      }
      try data.check()
      if store == .files {
        let doctor = try run(try builtProduct("orgman"), ["doctor", "--data", data.address])
        #expect(doctor.status == .exited(0), "\(doctor.stdout)")
        #expect(!doctor.stdout.contains("error"), "\(doctor.stdout)")
      }
      // Every change can be explained.
      let history = try run(try builtProduct("orgman"), ["history", "--data", data.address, "--json"])
      #expect(history.status == .exited(0))
      #expect(history.stdout.contains("\"generation\""), "\(history.stdout.prefix(200))")
    }

    // MARK: Keys in pieces

    /// The test itself was slower than the line that it plays.
    private struct Late: Error {}

    /// Sends each byte by itself, with a pause before the next that is longer than the Escape key waits.
    private func sendInPieces(_ text: String, to orgman: TerminalProcess) throws {
      let clock = ContinuousClock()
      for byte in text.utf8 {
        let start = clock.now
        orgman.send([byte])
        // A stimulus and no wait: the line is slow.
        poll(nil, 0, 75)
        if clock.now - start > .milliseconds(250) { throw Late() }
      }
    }

    /// Begins anew where the machine was too busy to play a line of the right slowness.
    private func punctually(_ body: () throws -> Void) throws {
      for _ in 0..<5 {
        do {
          return try body()
        } catch is Late {}
      }
      throw Late()
    }

    @Test func `a key that a slow line cuts in pieces is that key, and no letters`() throws {
      try punctually { try sendKeysInPieces() }
    }

    private func sendKeysInPieces() throws {
      let orgman = try open(try DataFiles.reference(), environment: environment)
      try orgman.waitFor("the first row") { $0.lines[2].hasPrefix("▸") }
      for (row, sequence) in [
        (3, "\u{1B}[B"), (4, "\u{1B}OB"), (3, "\u{1B}[A"), (10, "\u{1B}[F"), (2, "\u{1B}[1~"),
      ] {
        try sendInPieces(sequence, to: orgman)
        let screen = try orgman.waitFor("the selection in row \(row)") { $0.lines[row].hasPrefix("▸") }
        #expect(screen.row(containing: "screen before") == nil, "\(sequence.debugDescription)")
      }
      try sendInPieces("\u{1B}[3~", to: orgman)
      try orgman.waitForText("to deleted?")
      orgman.send("n")
      try orgman.waitFor("no question") { $0.row(containing: "to deleted?") == nil }
      orgman.signal(SIGTERM)
      try orgman.waitForExit()
    }

    @Test func `pasted text runs no command, though the line cuts its borders in pieces`() throws {
      try punctually { try pasteInPieces() }
    }

    private func pasteInPieces() throws {
      let orgman = try open(try DataFiles.reference(), environment: environment)
      try sendInPieces("\u{1B}[200~", to: orgman)
      orgman.send("da\r")
      try sendInPieces("\u{1B}[201~", to: orgman)
      orgman.send("/bak")
      let screen = try orgman.waitForText("/bak")
      #expect(screen.row(containing: "deleted?") == nil && screen.row(containing: "New organization") == nil)
      orgman.signal(SIGTERM)
      try orgman.waitForExit()
    }

    @Test func `Escape and a bracket typed by a person are two keys`() throws {
      let orgman = try open(try DataFiles.reference(), environment: environment)
      orgman.send("/x")
      try orgman.waitForText("/x")
      orgman.press(.escape)
      try orgman.waitFor("no filter") { $0.row(containing: "/x") == nil }
      orgman.send("[")
      try orgman.waitForText("There is no screen before this one.")
      orgman.signal(SIGTERM)
      try orgman.waitForExit()
    }
  }
}
