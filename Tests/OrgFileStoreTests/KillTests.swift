import Foundation
import Glibc
import OrgCore
import TerminalTesting
import Testing

@testable import OrgFileStore

/// A `store-worker` process; see Tests/StoreWorker.
final class Worker {
  private let process = Process()
  private let output = Pipe()

  /// It is beside the bundle of the tests.
  static var program: URL {
    Bundle.allBundles.map(\.bundleURL)
      .map { $0.deletingLastPathComponent().appendingPathComponent("store-worker") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("store-worker")
  }

  init(
    _ path: String, _ prefix: String, edits: Int? = nil, killingItselfAt call: Int? = nil,
    stoppingItselfAt stop: Int? = nil, umask: String = "022"
  ) throws {
    process.executableURL = Self.program
    process.arguments = [path, prefix] + (edits.map { ["\($0)"] } ?? [])
    process.environment = ["ORGMAN_TEST_UMASK": umask]
    process.environment?["ORGMAN_TEST_KILL_AT"] = call.map { "\($0)" }
    process.environment?["ORGMAN_TEST_STOP_AT"] = stop.map { "\($0)" }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.start()
    // Else the end of its output would never come.
    try output.fileHandleForWriting.close()
  }

  /// A test that failed leaves none behind, not even a stopped one.
  deinit { if process.isRunning { Glibc.kill(pid, SIGKILL) } }

  var pid: Int32 { process.processIdentifier }

  /// Waits until it stops itself, and returns the first line that it prints; `nil` if it ended without that.
  func stopped() -> String? {
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    while process.isRunning {
      let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
      if status.split(separator: ")").last?.hasPrefix(" T") == true { return String(line.dropLast()) }
      sched_yield()
    }
    return nil
  }

  /// Waits for so many acknowledged changes, kills it, and returns all that it told of.
  func kill(after count: Int, and microseconds: UInt32 = 0) -> [String] {
    var bytes = Data()
    while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < count {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      bytes += more
    }
    // The moment of the kill; nothing waits for what happens in it.
    usleep(microseconds)
    Glibc.kill(pid, SIGKILL)
    return finish(bytes)
  }

  /// Waits until it ends by itself, and returns all that it told of.
  func finish(_ begun: Data = Data()) -> [String] {
    let bytes = begun + output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

@Suite(.sideBySide) struct KillTests {
  /// Checks that the data are whole and have every acknowledged change.
  func check(_ scratch: Scratch, _ acknowledged: [String], _ note: String = "") throws {
    let files = try scratch.recovered(note)
    for file in files {
      #expect((try? JSONSerialization.jsonObject(with: Data(file.utf8))) != nil, "\(note)")
    }
    let manager = try scratch.manager()
    let snapshot = try manager.snapshot()
    let demoted = Set(acknowledged.filter { $0.hasPrefix("demoted") }.map { $0.dropFirst(8) })
    for line in acknowledged where line.hasPrefix("created") {
      let id = String(line.dropFirst(8))
      let role = snapshot.role(of: "owner", in: id)
      #expect(role == .member || role == .owner && !demoted.contains(Substring(id)), "\(note) \(line)")
    }
    for organization in snapshot.organizations where organization.id.hasPrefix("org_") {
      // Both files, or neither.
      if organization.name.first == "W" {
        #expect(snapshot.members(of: organization.id).count == 1, "\(note)")
      }
    }
  }

  @Test func `a process that is killed at a system call leaves nothing half done and loses nothing`() throws {
    var scratch = try Scratch.reference()
    var acknowledged: [String] = []
    var runs = 0
    var changes = 0
    for call in stride(from: 1, to: 400, by: max(1, 8 / testScale)) {
      // Later processes find what earlier ones left: each recovers, and is killed in its turn.
      acknowledged += try Worker(scratch.path, "W\(call) ", killingItselfAt: call).finish()
      runs += 1
      if runs % 5 == 0 {
        acknowledged += try Worker(scratch.path, "W").kill(after: 1)
        try check(scratch, acknowledged, "after call \(call)")
        changes += acknowledged.count
        (scratch, acknowledged) = (try Scratch.reference(), [])
      }
    }
    print("kills of a process at a call: \(runs), acknowledged changes: \(changes), none lost")
  }

  @Test func `processes killed at random while several work lose no acknowledged change`() throws {
    var random = SystemRandomNumberGenerator()
    var kills = 0
    var changes = 0
    for round in 0..<(2 * testScale) {
      let scratch = try Scratch.reference()
      var acknowledged: [String] = []
      var workers = try (0..<3).map { try Worker(scratch.path, "W\(round) \($0) ") }
      for step in 0..<100 {
        let victim = step % workers.count
        acknowledged += workers[victim].kill(after: 1, and: UInt32.random(in: 0...20_000, using: &random))
        kills += 1
        workers[victim] = try Worker(scratch.path, "W\(round) \(step) \(victim) ")
      }
      for worker in workers { acknowledged += worker.kill(after: 1) }
      kills += workers.count
      changes += acknowledged.count
      try check(scratch, acknowledged)
    }
    print("random kills: \(kills), acknowledged changes: \(changes), none lost")
  }

  /// 400 changes; with ORGMAN_TEST_SCALE=250, 100,000.
  @Test func `of what several processes change at once, none is lost, and each stands in the history`() throws
  {
    let scratch = try Scratch.reference()
    let workers = try (0..<4).map { try Worker(scratch.path, "W\($0)", edits: 100 * testScale) }
    let told = workers.map { $0.finish() }
    let store = try scratch.store()
    let recorded = try store.history().flatMap(\.changes).reduce(into: [String: Int]()) { counts, recorded in
      if case .setField(.planTier, let id, _, let plan?) = recorded.change {
        counts["plan\t\(id)\t\(plan)", default: 0] += 1
      }
    }
    let snapshot = try store.snapshot()
    var changes = 0
    for lines in told {
      #expect(lines.count == 100 * testScale)
      #expect(lines.allSatisfy { recorded[$0] == 1 })
      let last = try #require(lines.last?.split(separator: "\t").map(String.init))
      #expect(snapshot.organization(id: last[1])?.planTier == last[2])
      changes += lines.count
    }
    print("changes by 4 processes at once: \(changes), none lost")
  }
}
