import Foundation
import Glibc
import OrgCore
import Synchronization
import TerminalTesting
import Testing

@testable import OrgFileStore

/// Four processes of ours, some of which are killed, beside one of the service, as the users that they run as on a server.
/// A larger count: `ORGMAN_TEST_SCALE=100`. One case alone: `ORGMAN_TEST_CASE="usual, owner"`.
@Suite(.onOwnThreads(2)) struct ServiceMannersTests {
  /// What the service does: see Fixtures/foreign_writer.py.
  enum Manner: String, CaseIterable, Sendable {
    case usual, idempotent, pausing, deleting
    case rollingBack = "rolling-back"
    case busy, creating
  }

  /// Who owns the files, and who edits them.
  enum Setting: String, CaseIterable, Sendable {
    /// All are the owner, who may hold leases.
    case owner
    /// Root edits what the service owns.
    case root
    /// The same, as in a container: without the right to hold leases on what others own.
    case withoutLeases
    /// Other members of the group edit what the service owns.
    case group

    /// What comes before a command for it to run as one of the editors.
    func editor(_ number: Int) -> [String] {
      switch self {
      case .owner: user(1000)
      case .root: []
      case .withoutLeases: ["/usr/bin/setpriv", "--bounding-set", "-lease", "--inh-caps", "-lease"]
      case .group: user(1001 + number)
      }
    }

    var service: [String] { user(1000) }

    private func user(_ id: Int) -> [String] {
      ["/usr/bin/setpriv", "--reuid", "\(id)", "--regid", "\(id)", "--groups", "2000"]
    }
  }

  /// Acknowledged changes of ours in a case.
  static let changes = 200 * ForeignWriterTests.scale

  /// Acknowledged changes of the service in a case, at least. It pauses between them, and ours must go on for as long.
  static func changes(of manner: Manner) -> Int { (manner == .pausing ? 3 : 40) * ForeignWriterTests.scale }

  /// Every manner beside the owner; of the other settings those manners in which what they lack matters most.
  static let cases: [(Manner, Setting)] = {
    let all: [(Manner, Setting)] =
      Manner.allCases.map { ($0, .owner) } + [(.usual, .root)]
      + [Manner.usual, .idempotent, .pausing].map { ($0, .withoutLeases) }
      + [Manner.usual, .idempotent].map { ($0, .group) }
    guard let chosen = ProcessInfo.processInfo.environment["ORGMAN_TEST_CASE"] else { return all }
    let matching = all.filter { "\($0.rawValue), \($1.rawValue)" == chosen }
    precondition(!matching.isEmpty, "ORGMAN_TEST_CASE is \(chosen); it must be one of \(all).")
    return matching
  }()

  @Test(arguments: cases)
  func `nothing acknowledged is lost beside a service, whatever its manner and whoever edits`(
    manner: Manner, setting: Setting
  ) throws {
    try #require(geteuid() == 0, "Run this as root: it takes several users.")
    let scratch = try Scratch.reference()
    try scratch.share()
    if manner == .deleting {
      let seeds = try Command(
        setting.service + service(scratch, operations: 300, manner: .creating), standardInput: nil)
      #expect(try seeds.finish() == 0)
    }
    _ = try scratch.manager().createOrganization(name: "First")

    let writer = try Command(
      setting.service + service(scratch, operations: -1, manner: manner), standardInput: Pipe())
    let ours = Mutex(Ledger())
    let failures = Mutex<[String]>([])
    onThreads(4) { number in
      do {
        try edit(scratch, setting, number, ours, failures) {
          writer.hasEnded || writer.lines >= Self.changes(of: manner)
        }
      } catch {
        failures.withLock { $0.append("editor \(number): \(error)") }
      }
    }
    #expect(try writer.finish() == 0)
    #expect(failures.withLock { $0 } == [])
    let theirs = try Ledger(lines: writer.output)
    #expect(writer.errors == "0 reads failed\n")

    let store = try FileStore(path: scratch.path)
    try settle(store)
    let snapshot = try store.snapshot()
    let contents = snapshot.contents
    #expect(snapshot.problems == [])
    let lost = ours.withLock { $0.missing(from: snapshot) }
    let story = try explain(lost, store)
    #expect(lost == [], "of ours:\n\(story)")
    let lostOfTheirs = manner == .rollingBack ? [] : theirs.missing(from: snapshot)
    let storyOfTheirs = try explain(lostOfTheirs, store, log: writer.output)
    #expect(lostOfTheirs == [], "of the service:\n\(storyOfTheirs)")
    let withoutList = (0..<contents.organizationCount).filter { !contents.members.hasList(at: $0) }
      .map { "list(\"\(contents.organization(at: $0).id)\")" }
    let storyOfLists = try explain(withoutList, store, log: writer.output)
    #expect(withoutList == [], "without a list of members:\n\(storyOfLists)")
    try expectExplained(store)
    for name in ["organizations.json", "org_users.json"] {
      try expectLoadedByPython("\(scratch.path)/\(name)")
    }
    if !(lost + lostOfTheirs + withoutList).isEmpty { try keep(scratch, writer.output) }
    let count = ours.withLock { $0.count }
    print(
      "\(manner.rawValue) service, \(setting.rawValue): \(count) own changes and \(theirs.count) of the service",
      "acknowledged; lost \(lost.count) and \(lostOfTheirs.count); \(withoutList.count) lists missing")
  }

  /// Edits through processes, one after the other, until a quarter of the changes is made, and the service has made
  /// enough; some are killed.
  private func edit(
    _ scratch: Scratch, _ setting: Setting, _ number: Int, _ ours: borrowing Mutex<Ledger>,
    _ failures: borrowing Mutex<[String]>, untilServiceMade isServiceDone: () -> Bool
  ) throws {
    var random = SeededGenerator(seed: UInt64(number + 1))
    var (run, made) = (0, 0)
    while made < Self.changes / 4 || !isServiceDone() {
      run += 1
      let editor = try Command(
        setting.editor(number) + [
          scratch.worker, scratch.path, "W\(number).\(run)", "mixed",
          "\(min(50, max(10, Self.changes / 4 - made)))", "\(number * 1000 + run)",
        ], standardInput: nil)
      let isKilled = Int.random(in: 0..<3, using: &random) == 0
      if isKilled { editor.kill(afterLines: Int.random(in: 1...30, using: &random)) }
      let status = try editor.finish()
      if status != 0, !isKilled { failures.withLock { $0.append("\(status): \(editor.errors)") } }
      let ledger = try Ledger(lines: editor.output)
      made += max(1, ledger.count)
      ours.withLock { $0.add(ledger) }
    }
  }

  /// Copies the data and what the service logged to `ORGMAN_TEST_KEEP`, if that is set: a loss doesn't happen twice.
  private func keep(_ scratch: Scratch, _ log: String) throws {
    guard let kept = ProcessInfo.processInfo.environment["ORGMAN_TEST_KEEP"] else { return }
    let copy = "\(kept)/\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: scratch.path, toPath: copy)
    try Data(log.utf8).write(to: URL(fileURLWithPath: "\(copy)/service.log"))
  }

  private func service(_ scratch: Scratch, operations: Int, manner: Manner) -> [String] {
    ["/usr/bin/python3", scratch.service, scratch.path, "F", "\(operations)", "7", manner.rawValue]
  }
}

/// A process whose output is kept.
private final class Command: Sendable {
  private let process = Process()
  private let input: Pipe?
  private let files: [String]

  init(_ arguments: [String], standardInput: Pipe?) throws {
    input = standardInput
    files = ["out", "err"].map { NSTemporaryDirectory() + "/orgman-\(UUID().uuidString).\($0)" }
    for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
    process.executableURL = URL(fileURLWithPath: arguments[0])
    process.arguments = Array(arguments.dropFirst())
    process.standardInput = standardInput ?? FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: files[0]))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files[1]))
    try process.start()
  }

  deinit {
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    for file in files { try? FileManager.default.removeItem(atPath: file) }
  }

  var output: String { (try? String(contentsOfFile: files[0], encoding: .utf8)) ?? "" }
  /// The lines that it has printed so far.
  var lines: Int { output.count { $0 == "\n" } }
  var hasEnded: Bool { !process.isRunning }
  var errors: String { (try? String(contentsOfFile: files[1], encoding: .utf8)) ?? "" }

  /// Kills it when it has printed so many lines, unless it ends before.
  func kill(afterLines count: Int) {
    while process.isRunning, lines < count { usleep(500) }
    Glibc.kill(process.processIdentifier, SIGKILL)
  }

  /// Lets it end and returns its exit status.
  func finish() throws -> Int32 {
    try input?.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension Scratch {
  /// Hands the directory to the service, and to the group of its editors, with programs that all of them may run.
  fileprivate func share() throws {
    for (source, name) in [(Worker.program.path, "worker"), (Self.script, "service.py")] {
      try FileManager.default.copyItem(atPath: source, toPath: "\(path)/\(name)")
      try #require(chmod("\(path)/\(name)", 0o755) == 0)
    }
    for name in ["organizations.json", "org_users.json", "."] {
      try #require(chown("\(path)/\(name)", 1000, 2000) == 0)
      try #require(chmod("\(path)/\(name)", name == "." ? 0o2770 : 0o660) == 0)
    }
  }

  fileprivate var worker: String { "\(path)/worker" }
  fileprivate var service: String { "\(path)/service.py" }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent(
      "Fixtures/foreign_writer.py"
    ).path
}
