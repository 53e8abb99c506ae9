import Foundation
import Logging
import OrgCore
import OrgFileStore
import TerminalTesting
import Testing

@testable import orgman

/// What a record looks like, and where it goes.
@Suite struct LoggingTests {
  /// Text that would like to be more than a value.
  static let hostile =
    "Acme\n2026-11-22T00:00:00Z error orgman[1]: Forged.\u{1B}[2J\u{202E} \"quoted\" a\\b=c"

  private func record(_ values: Logger.Metadata) -> LogRecord {
    LogRecord(
      time: Timestamp(microseconds: 1_795_384_270_076_830), level: .notice, message: "Refused.",
      values: values)
  }

  @Test func `a record is a line with the time, the level, the process, the words and the values`() {
    let line = record(["generation": "5", "code": "nameTaken", "note": "as she said", "empty": ""]).line
    #expect(
      line == "2026-11-22T21:51:10.076830Z notice orgman[\(getpid())]: "
        + "Refused. code=nameTaken empty=\"\" generation=5 note=\"as she said\"\n")
  }

  @Test func `values can't end the line, act on a terminal or pass for something else`() {
    let line = record(["reason": "\(Self.hostile)"]).line
    #expect(
      line.hasSuffix(
        #"Refused. reason="Acme\n2026-11-22T00:00:00Z error orgman[1]: Forged.\u{1B}[2J\u{202E} "#
          + #"\"quoted\" a\\b=c""# + "\n"))
    #expect(line.unicodeScalars.count { $0.value < 0x20 } == 1)
    #expect(LogRecord.escaped("plain-word_1.2/中") == "plain-word_1.2/中")
    #expect(LogRecord.escaped("a=b") == "\"a=b\"")
    #expect(LogRecord.escaped("a\u{A0}b") == "\"a\u{A0}b\"")
  }

  @Test func `a long value is cut`() {
    let line = record(["reason": "\(String(repeating: "x", count: 100_000))"]).line
    #expect(line.utf8.count < 2200)
    #expect(line.hasSuffix("x…\n"))
  }

  @Test func `the journal of systemd gets a datagram with a field for each value`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    let receiver = try receiver(at: path)
    defer { close(receiver) }
    let logger = Logger(label: "test") { [journal = try SystemJournal(path: path)] _ in
      SinkHandler(logLevel: .info, sink: journal)
    }
    logger.info("Committed.", metadata: ["generation": "5", "note": "\(Self.hostile)"])
    logger.debug("Not asked for.")
    logger.error("Failed.")

    var expected = Array("MESSAGE=Committed. generation=5 note=\(LogRecord.escaped(Self.hostile))\n".utf8)
    expected += Array("PRIORITY=6\nSYSLOG_IDENTIFIER=orgman\nORGMAN_GENERATION=5\nORGMAN_NOTE\n".utf8)
    let value = Array(Self.hostile.utf8)
    expected += [UInt8(value.count), 0, 0, 0, 0, 0, 0, 0] + value + [UInt8(ascii: "\n")]
    #expect(receive(receiver) == expected)
    #expect(
      receive(receiver) == Array("MESSAGE=Failed.\nPRIORITY=3\nSYSLOG_IDENTIFIER=orgman\n".utf8))
    #expect(receive(receiver) == nil)
  }

  @Test func `a journal that goes away, or is full, doesn't stop the program, and is found again`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/socket"
    #expect(throws: OrgError.self) { try SystemJournal(path: path) }
    let first = try receiver(at: path)
    let journal = try SystemJournal(path: path)
    // More than the queue of any socket holds, and nobody reads.
    for _ in 0..<5000 { journal.write(record([:])) }
    close(first)
    journal.write(record([:]))
    unlink(path)
    journal.write(record([:]))
    let second = try receiver(at: path)
    defer { close(second) }
    journal.write(record(["generation": "7"]))
    let datagram = try #require(receive(second))
    #expect(String(decoding: datagram, as: UTF8.self).contains("ORGMAN_GENERATION=7\n"))
  }

  @Test func `a log file is for its owner alone, is appended to, and is made again when it was moved`() throws
  {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/log"
    let log = try LogFile(path: path)
    log.write(record(["n": "1"]))
    try LogFile(path: path).write(record(["n": "2"]))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    log.write(record(["n": "3"]))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    // Nowhere to write to: it is dropped, or goes to the file that was removed.
    log.write(record(["n": "4"]))
    try FileManager.default.removeItem(atPath: path)
    log.write(record(["n": "5"]))
    let old = try String(contentsOf: URL(filePath: path + ".1"), encoding: .utf8)
    #expect(old.split(separator: "\n").map { $0.suffix(3) } == ["n=1", "n=2"])
    #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8).hasSuffix("n=5\n"))
  }

  @Test func `links, pipes, directories and terminals are no log files`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: path + "/log")
    #expect(mkfifo(path + "/pipe", 0o600) == 0)
    for (name, reason) in [
      (path + "/link", "it is a symbolic link"), (path + "/pipe", "it is no plain file"),
      (path, "Is a directory"), ("/dev/null", "it is no plain file"),
      (path + "/none/log", "No such file or directory"),
    ] {
      let error = #expect(throws: OrgError.self) { try LogFile(path: name) }
      #expect(error?.message == "The log file \"\(name)\" can't be opened: \(reason).")
    }
    #expect(!FileManager.default.fileExists(atPath: path + "/log"))
  }

  /// A socket that records arrive at, as the journal of systemd has one.
  private func receiver(at path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(result == 0)
    return descriptor
  }

  /// The next datagram, if there is one.
  private func receive(_ descriptor: Int32) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) {
      count = recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
      $1 = max(0, count)
    }
    return count < 0 ? nil : bytes
  }
}

extension EndToEnd {
  /// The log of the whole program.
  @Suite struct LogTests {
    private func lines(_ path: String) throws -> [String] {
      // Without the time, and the number of the process.
      try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").map { line in
        String(line.drop { $0 != " " }.dropFirst()).replacing(#/\[\d+\]/#, with: "")
      }
    }

    @Test func `the screen logs its commits and what it took in to the file alone`() throws {
      let data = try DataFiles.reference()
      let log = data.path + "/log"
      let screen = try start(["--data", data.path, "--log-level", "info", "--log-file", log])
      try screen.waitForText("Globex")
      screen.press(.text("/globex"), .enter)
      try screen.waitForText("user_006")
      screen.press(.enter, .text("rm"))
      try screen.waitForText("owner → member")
      try data.python(DataFiles.organizations, "for record in data.values(): record['plan_tier'] = 'gold'")
      try screen.waitForText("gold")
      try screen.waitFor("the log") { _ in
        (try? self.lines(log))?.contains { $0.contains("Took in") } == true
      }
      try screen.quit()
      let lines = try self.lines(log)
      #expect(lines.first == "info orgman: Started. data=\(data.path) version=\"orgman 0.1.0\"")
      let user = "user=\(NSUserName())"
      #expect(lines.contains("info orgman: Committed. changes=1 generation=1 kind=edit \(user)"))
      #expect(
        lines.contains {
          $0.hasPrefix("notice orgman: Took in what another program wrote. changes=")
            && $0.contains(" generation=2 kind=foreign ")
        })
      #expect(lines.last == "info orgman: Stopped.")
      #expect(!screen.screen.text.contains("Committed."))
    }

    @Test(arguments: TestStore.allCases)
    func `screen and commands log their commits, and never how to get at a database`(store: TestStore) throws
    {
      let data = try store.reference()
      let log = data.directory + "/log"
      let screen = try open(data, ["--log-level", "info", "--log-file", log])
      screen.send("pe")
      try screen.waitForText("→ enterprise.")
      try screen.quit()
      let undo = try Script(data: data)("undo", "--yes", "--log-file", log)
      #expect(undo.status == .exited(0), "\(undo.stderr)")
      let user = "user=\(NSUserName())"
      #expect(
        try lines(log).filter { $0.contains("generation=") } == [
          "info orgman: Committed. changes=1 generation=1 kind=edit \(user)",
          "info orgman: Committed. changes=1 generation=2 kind=undo of=1 \(user)",
        ])
      #expect(try lines(log)[0].contains(store == .files ? data.address : "data=postgres:///data_"))
      #expect(try !lines(log).joined().contains("host="))
    }

    @Test func `the screen logs what other processes committed, and how its own history began`() throws {
      let data = try DataFiles.reference()
      let log = data.path + "/log"
      let screen = try start(["--data", data.path, "--log-level", "debug", "--log-file", log])
      try screen.waitForText("Globex")
      screen.press(.text("/globex"), .enter)
      try screen.waitForText("user_006")
      screen.press(.enter, .text("rm"))
      try screen.waitForText("owner → member")
      let manager = OrgManager(store: try FileStore(path: data.path))
      let globex = try #require(try manager.organizations(matching: "Globex").first)
      try manager.updatePlan(of: globex.id, to: "gold")
      try screen.waitForText("gold")
      try screen.waitFor("the log") { _ in
        (try? self.lines(log))?.contains { $0.contains("Another") } == true
      }
      try screen.quit()
      let user = "user=\(NSUserName())"
      #expect(
        try lines(log).filter { $0.contains("generation=") } == [
          "debug orgman: Began a segment of the journal. changes=0 generation=0 kind=checkpoint \(user)",
          "info orgman: Committed. changes=1 generation=1 kind=edit \(user)",
          "debug orgman: Another process committed. changes=1 generation=2 kind=edit \(user)",
        ])
    }

    @Test func `a command logs what it did and what it refused, and prints what it always does`() throws {
      let data = try DataFiles.reference()
      let log = data.path + "/log"
      func orgman(_ arguments: String...) throws -> Output {
        try run(try builtProduct("orgman"), arguments + ["--data", data.path])
      }
      let manager = OrgManager(store: try FileStore(path: data.path))
      let id = try manager.createOrganization(name: "A\nB\u{1B}[2J")
      let quiet = try orgman("undo", "--yes")
      let loud = try orgman("redo", "--yes", "--log-file", log)
      #expect(quiet.status == .exited(0) && loud.status == .exited(0))
      #expect(
        loud.stderr == "" && loud.stdout == quiet.stdout.replacing("generation 1", with: "generation 2"))
      try manager.updatePlan(of: id, to: "gold")
      let conflict = try orgman("undo", "1", "--yes", "--log-file", log, "--log-level", "notice")
      #expect(conflict.status == .exited(3))
      #expect(
        try lines(log) == [
          "info orgman: Started. data=\(data.path) version=\"orgman 0.1.0\"",
          "info orgman: Committed. changes=1 generation=3 kind=redo of=1 user=\(NSUserName())",
          "info orgman: Stopped.",
          #"notice orgman: Conflict. code=conflict reason="A\\nB\\u{1B}[2J has changed since, so it was not removed.""#,
        ])
    }

    @Test func `without a place for it, nothing is done`() throws {
      let data = try DataFiles.reference()
      let refused = try run(
        try builtProduct("orgman"), ["history", "--data", data.path, "--log-file", data.path + "/none/log"])
      #expect(refused.status == .exited(1))
      #expect(
        refused.stdout == "" && refused.stderr.hasSuffix("can't be opened: No such file or directory.\n"))
      let unknown = try run(
        try builtProduct("orgman"), ["history", "--data", data.path, "--log-level", "loud"])
      #expect(unknown.status == .exited(64))
    }

    @Test func `a full disk loses records, not the command`() throws {
      // A device that is always full is no plain file, so a file may grow to nothing instead.
      let data = try DataFiles.reference()
      let log = data.path + "/log"
      let output = try run(
        "/bin/sh",
        [
          "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" history --data \"$1\" --log-file \"$2\"",
          try builtProduct("orgman"), data.path, log,
        ])
      #expect(output.status == .exited(0))
      #expect(output.stdout == "There is no history yet.\n")
      #expect(try data.text("log").isEmpty)
    }
  }
}
