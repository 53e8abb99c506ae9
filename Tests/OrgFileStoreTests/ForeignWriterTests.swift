import Foundation
import Glibc
import OrgCore
import Synchronization
import TerminalTesting
import Testing

@testable import OrgFileStore

/// orgman's own writers beside the program that truncates before it locks, flushes after it unlocks, and holds
/// no lock between reading and writing. A larger count: `ORGMAN_TEST_SCALE=100`.
@Suite(.serialized, .onOwnThreads(1)) struct ForeignWriterTests {
  static let scale = ProcessInfo.processInfo.environment["ORGMAN_TEST_SCALE"].flatMap { Int($0) } ?? 1

  @Test func `beside one foreign writer nothing is lost, of ours or of its own`() throws {
    try run(foreign: 1, changes: 40 * Self.scale, isForeignChecked: true)
  }

  @Test func `beside three foreign writers, which lose their own changes, nothing of ours is lost`() throws {
    try run(foreign: 3, changes: 40 * Self.scale, isForeignChecked: false)
  }

  /// Runs four writers of ours until each has made its changes, and as many changes of foreign ones beside them.
  private func run(foreign count: Int, changes: Int, isForeignChecked: Bool) throws {
    let scratch = try Scratch.reference()
    _ = try scratch.manager().createOrganization(name: "First")
    let writers = try (0..<count).map { try ForeignWriter(scratch.path, name: "F\($0)", seed: $0 + 1) }
    let ours = Mutex(Ledger())
    let failures = Mutex<[String]>([])
    onThreads(4) { worker in
      do {
        var writer = try OwnWriter(scratch.manager(), name: "W\(worker)", seed: UInt64(worker + 1))
        defer { ours.withLock { $0.add(writer.ledger) } }
        for number in 0..<changes {
          try writer.change()
          try writers[(worker + number) % count].work()
        }
      } catch {
        failures.withLock { $0.append("W\(worker): \(error)") }
      }
    }
    let logs = try writers.map { try $0.finish() }
    let theirs = try logs.map { try Ledger(lines: $0) }
    #expect(failures.withLock { $0 } == [])

    let store = try FileStore(path: scratch.path)
    try settle(store)
    let snapshot = try store.snapshot()
    #expect(snapshot.problems == [])
    let lost = ours.withLock { $0.missing(from: snapshot) }
    let story = try explain(lost, store)
    #expect(lost == [], "of ours:\n\(story)")
    if isForeignChecked {
      for (ledger, log) in zip(theirs, logs) {
        let lost = ledger.missing(from: snapshot)
        let story = try explain(lost, store, log: log)
        #expect(lost == [], "of the foreign writer's:\n\(story)")
      }
    }
    try expectExplained(store)
    for name in ["organizations.json", "org_users.json"] {
      try expectLoadedByPython("\(scratch.path)/\(name)")
    }
    let ownCount = ours.withLock { $0.count }
    let entries = try store.history()
    print(
      "beside \(count) foreign: \(ownCount) own changes and \(theirs.map(\.count)) foreign ones acknowledged;",
      "\(entries.count) generations,", "\(entries.count { $0.kind == .foreign }) foreign,",
      "\(entries.count { $0.note?.contains("from a state before") == true }) stale,",
      "\(entries.count { $0.note?.contains("being saved") == true }) displaced,",
      "\(entries.count { $0.kind == .repair }) repairs, \(lost.count) lost of ours")
  }
}

/// What was acknowledged, and should be there at the end.
struct Ledger: Sendable {
  private(set) var count = 0
  private var values: [FieldAddress: String?] = [:]
  /// What a process was about to set when it was killed.
  private var possible: [FieldAddress: String] = [:]

  mutating func set(_ cell: FieldAddress, _ value: String) {
    values[cell] = value
    count += 1
  }

  /// What was there is gone, with all in it.
  mutating func remove(_ organization: String) {
    values = values.filter { $0.key.organization != organization }
    values[.organization(organization)] = .some(nil)
    count += 1
  }

  mutating func add(_ other: Ledger) {
    values.merge(other.values) { $1 }
    possible.merge(other.possible) { $1 }
    count += other.count
  }

  /// What isn't there, one cell a line.
  func missing(from snapshot: Snapshot) -> [String] {
    let contents = snapshot.contents
    return values.filter { contents[$0] != $1 && (contents[$0] == nil || contents[$0] != possible[$0]) }.map {
      cell, value in
      "\(cell) = \(value ?? "nothing"), but there is \(contents[cell] ?? "nothing")"
    }.sorted()
  }

  /// What a process acknowledged, a line of JSON each.
  init(lines text: String) throws {
    for line in text.split(separator: "\n") {
      let line = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
      guard let id = line["org"] else { continue }
      possible = [:]
      switch line["op"] {
      case "try":
        let user = line["user"].map { FieldAddress.member(id, user: $0) }
        possible = [user ?? .field(id, .planTier): line["role"] ?? line["plan"] ?? ""]
      case "create": set(.field(id, .name), line["name"] ?? "")
      case "plan": set(.field(id, .planTier), line["plan"] ?? "")
      case "delete": remove(id)
      default: set(.member(id, user: line["user"] ?? ""), line["role"] ?? "")
      }
    }
  }

  init() {}
}

/// A writer through orgman, which changes records of its own.
private struct OwnWriter {
  let manager: OrgManager
  let name: String
  var random: SeededGenerator
  var ledger = Ledger()
  private var organizations: [String] = []
  private var users: [(organization: String, user: String)] = []
  private var number = 0

  init(_ manager: OrgManager, name: String, seed: UInt64) {
    self.manager = manager
    self.name = name
    random = SeededGenerator(seed: seed)
  }

  mutating func change() throws {
    number += 1
    guard let organization = organizations.randomElement(using: &random), number % 4 != 0 else {
      let id = try manager.createOrganization(name: "\(name) \(number)")
      organizations.append(id)
      return ledger.set(.field(id, .name), "\(name) \(number)")
    }
    switch number % 4 {
    case 1:
      try #require(try manager.addUser("\(name)-\(number)", to: organization, role: .owner))
      users.append((organization, "\(name)-\(number)"))
      ledger.set(.member(organization, user: "\(name)-\(number)"), "owner")
    case 2:
      guard let (organization, user) = users.randomElement(using: &random) else { return }
      let role = Rules.files.roles.randomElement(using: &random) ?? .member
      try #require(try manager.updateRole(of: user, in: organization, to: role, allowingOwnerless: true))
      ledger.set(.member(organization, user: user), role.rawValue)
    default:
      try #require(try manager.updatePlan(of: organization, to: "\(name) \(number)"))
      ledger.set(.field(organization, .planTier), "\(name) \(number)")
    }
  }
}

/// A process of the foreign program.
final class ForeignWriter: Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output: String

  /// - Parameter operations: how many it makes of itself; 0 for as many as `work` asks for.
  init(_ directory: String, name: String, operations: Int = 0, seed: Int) throws {
    output = NSTemporaryDirectory() + "/orgman-\(UUID().uuidString).jsonl"
    try Data().write(to: URL(fileURLWithPath: output))
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures/foreign_writer.py")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, directory, name, "\(operations)", "\(seed)"]
    process.standardInput = input
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    try process.start()
  }

  deinit { try? FileManager.default.removeItem(atPath: output) }

  /// Lets it make one more change, some time.
  func work() throws { try input.fileHandleForWriting.write(contentsOf: [0]) }

  /// Lets it end and returns what it acknowledged, a line of JSON each.
  func finish() throws -> String {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try String(contentsOfFile: output, encoding: .utf8)
  }
}

// MARK: What must hold of every directory

/// Lets a store take in whatever there is, until no displaced file has anything that isn't merged.
func settle(_ store: FileStore) throws {
  let deadline = Date(timeIntervalSinceNow: 30)
  repeat {
    try store.maintain()
    if try unmerged(store).isEmpty, try store.maintain().entries.isEmpty { return }
  } while Date() < deadline
  Issue.record("not at rest after 30 s: \(try unmerged(store))")
}

/// Displaced files that were written to and not ingested.
func unmerged(_ store: FileStore) throws -> [String] {
  let stateDirectory = try StateDirectory(store.directory)
  return try stateDirectory.displacedFiles().filter {
    try !sha256(stateDirectory.read($0.name, in: stateDirectory.displaced)).hasPrefix($0.hash)
  }.map(\.name)
}

/// Expects that the journal is whole, and that from its first checkpoint on it leads to the bytes that are there.
func expectExplained(_ store: FileStore, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let stateDirectory = try StateDirectory(store.directory)
  let (lines, damage) = try Journal.everything(stateDirectory.journal, store.directory.calls)
  #expect(damage == [], sourceLocation: sourceLocation)
  let first = try #require(lines.first?.record, sourceLocation: sourceLocation)
  #expect(first.kind == .checkpoint, sourceLocation: sourceLocation)
  for file in ["organizations.json", "org_users.json"] {
    var bytes = try stateDirectory.read(
      StateDirectory.checkpointName(first.generation, file), in: stateDirectory.checkpoints)
    for record in lines.map(\.record) where record.kind != .checkpoint {
      for splice in record.data.splices?[file] ?? [] {
        let range = splice.at..<splice.at + splice.before.utf8.count
        try #require(range.upperBound <= bytes.count, sourceLocation: sourceLocation)
        #expect(
          bytes[range].elementsEqual(splice.before.utf8), "generation \(record.generation) of \(file)",
          sourceLocation: sourceLocation)
      }
      bytes = try #require(record.splices(of: file)).applied(to: bytes)
      try #require(
        sha256(bytes) == record.data.files[file]?.sha256, "generation \(record.generation) of \(file)",
        sourceLocation: sourceLocation)
    }
    #expect(
      try Data(bytes) == Data(contentsOf: URL(fileURLWithPath: "\(store.path)/\(file)")), "\(file)",
      sourceLocation: sourceLocation)
  }
}

/// Expects that another program can read a file.
func expectLoadedByPython(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  try runPython("import json; json.load(open(path))", path, sourceLocation: sourceLocation)
}

/// What the history says of the records that something is missing of.
func explain(_ lost: [String], _ store: FileStore, log: String = "") throws -> String {
  guard !lost.isEmpty else { return "" }
  let entries = try store.history().reversed()
  let displaced = try generationsOfDisplacedFiles(store)
  return lost.prefix(5).map { line in
    let id = line.split(whereSeparator: { $0 == "\"" }).dropFirst().first.map(String.init) ?? ""
    let user = line.contains("user:") ? line.split(separator: "\"").dropFirst(3).first.map(String.init) : nil
    let about = entries.filter { entry in
      entry.changes.contains { $0.change.organizationID == id && (user == nil || $0.change.userID == user) }
    }
    let generations = about.map { entry in
      let changes = entry.changes.filter { $0.change.organizationID == id }.map(\.summary)
      let origin = displaced[entry.generation].map { ", displaced by \($0)" } ?? ""
      return
        "  \(entry.generation) \(entry.time) \(entry.kind)\(origin) \(changes.prefix(4)) reverted \(entry.reverted) \(entry.note ?? "")"
    }
    let steps = log.split(separator: "\n").filter { $0.contains(id) && $0.contains(user ?? "") }.suffix(8)
    return ([line] + generations + steps.map { "  \($0)" }).joined(separator: "\n")
  }.joined(separator: "\n")
}

/// Which generation had displaced the file that a generation's changes were found in.
private func generationsOfDisplacedFiles(_ store: FileStore) throws -> [UInt64: UInt64] {
  let journal = store.path + "/.orgman/journal"
  var found: [UInt64: UInt64] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: journal) where name.hasSuffix(".jsonl") {
    let lines = try Data(contentsOf: URL(fileURLWithPath: journal + "/" + name)).split(separator: 0x0A)
    for line in lines {
      let record = try JSONSerialization.jsonObject(with: line) as? [String: Any]
      guard let generation = record?["generation"] as? UInt64 else { continue }
      found[generation] = record?["displaced"] as? UInt64
    }
  }
  return found
}
