import Foundation
import Glibc
import OrgCore
import Synchronization
import TerminalTesting
import Testing

@testable import OrgFileStore

/// How long other programs may have to wait for orgman: a program that was stopped holds what it holds.
@Suite(.sideBySide) struct LeaseTests {
  /// Whether another program would have to wait to open a data file for writing.
  private func isHeld(_ scratch: Scratch) -> Bool {
    ["organizations.json", "org_users.json"].contains { name in
      let file = open("\(scratch.path)/\(name)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if file >= 0 { close(file) }
      return file < 0 && errno == EWOULDBLOCK
    }
  }

  /// The calls at which a stopped process keeps another program from a data file, in order.
  private func callsHeld(_ prepare: (Scratch) throws -> Void) throws -> (held: [String], all: Int) {
    var held: [String] = []
    for call in 1... {
      // A process that another test is just starting would keep open what is opened here, and so refuse the worker a lease.
      let scratch = try withoutProcessStarts {
        let scratch = try Scratch.reference()
        try prepare(scratch)
        return scratch
      }
      // One commit that changes both files.
      let worker = try Worker(scratch.path, "W", edits: 0, stoppingItselfAt: call)
      guard let name = worker.stopped() else { return (held, call - 1) }
      if isHeld(scratch) { held.append(name) }
      _ = worker.kill(after: 0)
    }
    return (held, 0)
  }

  /// Leases are taken, what was read is checked, the line is appended, and the files are exchanged.
  private let short: Set<String> = [
    "open", "lease", "fstatat", "fstat", "fchown", "fchmod", "write", "fdatasync", "rename", "renameat2",
  ]

  @Test
  func
    `stopped at whichever call of a commit, orgman keeps nobody waiting but from the leases to the exchange`()
    throws
  {
    let (held, all) = try callsHeld { _ = try $0.store().commit(Sample.plan) }
    print("calls of a commit: \(all), with a lease held: \(held)")
    #expect(all > 80)
    #expect(Set(held).isSubset(of: short), "\(held)")
    #expect(held.count <= 24, "\(held)")
    #expect(held.count { $0 == "fdatasync" } == 1 && held.count { $0 == "renameat2" } == 2, "\(held)")
    // Nothing is read, and nothing of the data written.
    #expect(held.count { $0 == "write" } == 1, "\(held)")
  }

  @Test func `ingesting what another program wrote keeps nobody waiting`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let held = Mutex<[String]>([])
    let store = try FileStore(
      path: scratch.path,
      beforeEachCall: { name in if isHeld(scratch) { held.withLock { $0.append("\(name)") } } })
    try scratch.write(
      "organizations.json",
      scratch.read("organizations.json").replacingOccurrences(of: "Acme Corp", with: "Renamed"))
    let done = try store.maintain()
    #expect(done.snapshot.organizations.contains { $0.name == "Renamed" })
    #expect(try store.history().first?.kind == .foreign)
    #expect(held.withLock { $0 } == [])
  }
}

/// What is known of the files needn't be found out again.
@Suite struct QuiescenceTests {
  private func plan(_ number: Int, _ from: Int?) -> ChangeSet {
    ChangeSet([
      .setField(
        .planTier, organization: Sample.globex, from: from.map { "plan \($0)" } ?? "enterprise",
        to: "plan \(number)")
    ])
  }

  @Test func `after an edit through the store, the next look takes no lock and no lease, and reads no data`()
    throws
  {
    try withoutProcessStarts {
      let scratch = try Scratch.reference()
      let faults = Faults()
      let store = try scratch.store(faults)
      _ = try store.maintain()
      for number in 0..<4 {
        _ = try store.commit(plan(number, number == 0 ? nil : number - 1))
        faults.plan(nil)
        let done = try store.maintain()
        #expect(Set(faults.names).isDisjoint(with: ["flock", "lease", "read"]), "\(faults.names)")
        #expect(done.snapshot.organization(id: Sample.globex)?.planTier == "plan \(number)")
        faults.plan(nil)
        _ = try store.snapshot()
        #expect(Set(faults.names).isDisjoint(with: ["flock", "lease", "read"]), "\(faults.names)")
      }
    }
  }

  @Test func `what another store commits costs a read and no lock`() throws {
    try withoutProcessStarts {
      let scratch = try Scratch.reference()
      let editing = try scratch.store()
      _ = try editing.commit(Sample.create("first"))
      let faults = Faults()
      let watching = try scratch.store(faults)
      _ = try watching.maintain()
      for number in 0..<4 {
        _ = try editing.commit(plan(number, number == 0 ? nil : number - 1))
        faults.plan(nil)
        let done = try watching.maintain()
        #expect(Set(faults.names).isDisjoint(with: ["flock", "lease"]), "\(faults.names)")
        #expect(done.snapshot.organization(id: Sample.globex)?.planTier == "plan \(number)")
        #expect(done.entries.map(\.generation) == [UInt64(number + 2)])
      }
      // And it can go on from there.
      _ = try watching.commit(plan(4, 3))
      _ = try editing.commit(plan(5, 4))
      try expectExplained(editing)
    }
  }

  @Test
  func `what another program writes right after an edit is ingested, even in the same tick of the clock`()
    throws
  {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    _ = try store.maintain()
    for number in 0..<20 {
      _ = try store.commit(plan(number % 2, number == 0 ? nil : 1 - number % 2))
      // As many bytes as before.
      let before = try scratch.read("organizations.json")
      try scratch.write(
        "organizations.json",
        number % 2 == 0
          ? before.replacingOccurrences(of: "Acme Corp", with: "Renamed!!")
          : before.replacingOccurrences(of: "Renamed!!", with: "Acme Corp"))
      let done = try store.maintain()
      #expect(done.entries.contains { $0.kind == .foreign }, "\(number)")
      #expect(
        done.snapshot.organizations.contains { $0.name == (number % 2 == 0 ? "Renamed!!" : "Acme Corp") })
    }
    try expectExplained(store)
  }

  @Test
  func
    `what the files were like when they were published is believed only if it is whole, and of the newest generation`()
    throws
  {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.create("first"))
    let path = scratch.path + "/.orgman/published"
    let text = try Data(contentsOf: URL(fileURLWithPath: path))
    let published = try #require(Published(Array(text)))
    #expect(published.text == Array(text))
    for length in [0, 1, 64, 65, 66, 80, text.count - 1] {
      #expect(Published(Array(text.prefix(length))) == nil)
    }
    for offset in stride(from: 0, to: text.count, by: 7) {
      var damaged = Array(text)
      damaged[offset] ^= 1
      #expect(Published(damaged) == nil)
    }
    // Of an older generation, or garbage: the next commit finds out by itself.
    _ = try scratch.store().commit(Sample.plan)
    try text.write(to: URL(fileURLWithPath: path))
    _ = try scratch.store().commit(Sample.create("second"))
    try Data("garbage".utf8).write(to: URL(fileURLWithPath: path))
    _ = try scratch.store().commit(Sample.create("third"))
    try expectExplained(scratch.store())
    #expect(try scratch.store().history().map(\.kind) == [.edit, .edit, .edit, .edit])
  }
}
