import Foundation
import Glibc
import OrgCore
import Synchronization
import SystemPackage
import TerminalTesting
import Testing

@testable import OrgFileStore

/// The file that was displaced last is written over by the next change, unless somebody could notice.
@Suite struct SpareFileTests {
  let globex = Sample.globex
  /// `O_PATH`, a macro that Swift can't import: such a descriptor doesn't count as having the file open.
  static let pathOnly: Int32 = 0x20_0000

  func inode(_ scratch: Scratch) throws -> UInt64 {
    var status = stat()
    try #require(stat(scratch.path + "/organizations.json", &status) == 0)
    return UInt64(status.st_ino)
  }

  /// The displaced files, by their paths.
  func displaced(_ scratch: Scratch) throws -> [String] {
    let directory = scratch.path + "/.orgman/displaced"
    return try FileManager.default.contentsOfDirectory(atPath: directory).map { "\(directory)/\($0)" }
  }

  @Test func `two files take turns, in one process and in several`() throws {
    try withoutProcessStarts {
      let scratch = try Scratch.reference()
      let manager = try scratch.manager()
      var (inodes, counts): ([UInt64], Set<Int>) = ([try inode(scratch)], [])
      for number in 0..<8 {
        _ = try (number < 4 ? manager : scratch.manager()).updatePlan(of: globex, to: "plan \(number)")
        inodes.append(try inode(scratch))
        counts.insert(try displaced(scratch).count)
      }
      #expect(try scratch.read("organizations.json").contains("\"plan 7\""))
      try expectExplained(FileStore(path: scratch.path))
      #expect(counts == [1])
      #expect(Set(inodes).count == 2 && zip(inodes, inodes.dropFirst()).allSatisfy { $0 != $1 })
    }
  }

  @Test func `whoever reads a displaced file still, reads what was in it`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    _ = try manager.updatePlan(of: globex, to: "one")
    let reader = try #require(FileHandle(forReadingAtPath: scratch.path + "/organizations.json"))
    let before = try scratch.read("organizations.json")
    for plan in ["two", "three", "four"] { _ = try manager.updatePlan(of: globex, to: plan) }
    #expect(String(decoding: try #require(try reader.readToEnd()), as: UTF8.self) == before)
    #expect(try scratch.read("organizations.json").contains("\"four\""))
  }

  @Test func `what another program writes to a displaced file that it has open is ingested`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    let manager = OrgManager(store: store)
    _ = try manager.updatePlan(of: globex, to: "one")
    let writer = try #require(FileHandle(forWritingAtPath: try displaced(scratch)[0]))
    _ = try manager.updatePlan(of: globex, to: "two")
    try writer.truncate(atOffset: 0)
    writer.write(Data(Fixture.organizations.replacingOccurrences(of: "Acme Corp", with: "Renamed").utf8))
    try writer.close()
    try settle(store)
    let names = try manager.organizations().map(\.name)
    #expect(names.contains("Renamed"), "\(names)")
    #expect(try manager.organization(id: globex)?.planTier == "two")
  }

  @Test func `a file that was made anew is kept from writers as well`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    _ = try manager.updatePlan(of: globex, to: "one")
    let text = Fixture.organizations.replacingOccurrences(of: "Acme Corp", with: "Renamed")
    try Data(text.utf8).write(to: URL(fileURLWithPath: try displaced(scratch)[0]))
    // Merges that, which makes a file, and replaces it at once.
    _ = try manager.updatePlan(of: globex, to: "two")
    #expect(try scratch.read("organizations.json").contains("Renamed"))
    let names = try displaced(scratch).map { $0.split(separator: "/").last ?? "" }
    #expect(names.count { $0.hasPrefix("3-") && $0.contains("-calm.") } == 1, "\(names)")
  }

  @Test func `a change back to what the spare file holds is a later one all the same`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    var times: [Duration] = []
    for plan in ["one", "two", "one", "two"] {
      _ = try OrgManager(store: store).updatePlan(of: globex, to: plan)
      times.append(try #require(store.directory.identity(of: "organizations.json")).modified)
    }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(times)")
  }

  @Test func `what another program put back after a change isn't taken for what a crash left`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    _ = try OrgManager(store: store).updatePlan(of: globex, to: "one")
    // A change that takes the spare file, and is killed.
    let spare = try displaced(scratch)[0]
    try #require(rename(spare, scratch.path + "/.orgman/organizations.json.new") == 0)
    // As programs do that rename a new file into place.
    try scratch.write("restored", Fixture.organizations)
    try #require(rename(scratch.path + "/restored", scratch.path + "/organizations.json") == 0)
    try scratch.age("organizations.json", seconds: 20)
    _ = try scratch.store().maintain()
    #expect(try scratch.read("organizations.json") == Fixture.organizations)
    #expect(try store.history().first?.reverted == [1])
  }

  @Test func `what another program does just when a spare file is written over isn't lost`() throws {
    // Whoever opens the file by its old name waits, and then writes to what has become the staged file.
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    _ = try manager.updatePlan(of: globex, to: "one")
    let target = try displaced(scratch)[0]
    // A name that stays good wherever the file is moved.
    let path = Glibc.open(target, Self.pathOnly | O_CLOEXEC)
    try #require(path >= 0)
    defer { close(path) }
    var status = stat()
    try #require(fstat(path, &status) == 0)
    let inode = UInt64(status.st_ino)
    let hasStarted = Mutex(false)
    let ended = DispatchSemaphore(value: 0)
    let text = Fixture.organizations.replacingOccurrences(of: "Acme Corp", with: "Renamed")
    let store = try FileStore(
      path: scratch.path,
      beforeEachCall: { call in
        // Once its new bytes are being made to last, which nobody can open by any other way than one found before.
        guard "\(call)" == "fsync", !hasStarted.withLock({ $0 }) else { return }
        let thread = Thread {
          if let file = FileHandle(forUpdatingAtPath: "/proc/self/fd/\(path)") {
            try? file.truncate(atOffset: 0)
            file.write(Data(text.utf8))
            try? file.close()
          }
          ended.signal()
        }
        hasStarted.withLock { $0 = true }
        thread.start()
        // Until it waits for the lease to be given back.
        let deadline = Date(timeIntervalSinceNow: 10)
        while !isLeaseAwaited(inode), Date() < deadline { sched_yield() }
        #expect(isLeaseAwaited(inode))
      })
    // It counts on a lease.
    try withoutProcessStarts { _ = try OrgManager(store: store).updatePlan(of: globex, to: "two") }
    ended.wait()
    try settle(store)
    let names = try manager.organizations().map(\.name)
    #expect(names.contains("Renamed"), "\(names)")
    #expect(try manager.organization(id: globex)?.planTier == "two")
    // It never was in the file's place.
    #expect(try store.history().contains { $0.note?.contains("being saved") == true })
    try expectExplained(store)
  }

  @Test func `owner, mode and attributes are those of the present file, whatever the spare one had`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    let path = scratch.path + "/organizations.json"
    try runPython("import os; os.setxattr(path, 'user.first', b'1')", path)
    for plan in ["one", "two"] { _ = try manager.updatePlan(of: globex, to: plan) }
    try runPython("import os; assert os.listxattr(path) == ['user.first']", path)
    try runPython(
      "import os; os.removexattr(path, 'user.first'); os.setxattr(path, 'user.second', b'2')", path)
    #expect(chmod(path, 0o640) == 0)
    _ = try manager.updatePlan(of: globex, to: "three")
    try runPython("import os; assert os.listxattr(path) == ['user.second']", path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
  }

  @Test func `of a long file, growing and shrinking anywhere, every byte is right`() throws {
    let ids = (0..<40).map { "org_\($0)" }
    let lists = ids.map { id in
      let members = (0..<100).map { Fixture.member("user-\($0)", of: id) }
      return "  \"\(id)\": [\n\(members.joined(separator: ",\n"))\n  ]"
    }
    let scratch = try Scratch(
      organizations: "{\n" + ids.map { Fixture.organization($0, name: "\"\($0)\"") }.joined(separator: ",\n")
        + "\n}",
      users: "{\n" + lists.joined(separator: ",\n") + "\n}")
    #expect(try scratch.read("org_users.json").utf8.count > 400_000)
    let store = try scratch.store()
    let manager = OrgManager(store: store)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<60 {
      let id = try #require(ids.randomElement(using: &random))
      let user = "user-\(Int.random(in: 0..<100, using: &random))"
      switch Int.random(in: 0..<3, using: &random) {
      case 0: _ = try manager.removeUser(user, from: id)
      case 1:
        let role = try #require(Rules.files.roles.randomElement(using: &random))
        _ = try manager.updateRole(of: user, in: id, to: role, allowingOwnerless: true)
      default:
        let name = String(repeating: "x", count: Int.random(in: 1...3000, using: &random))
        _ = try? manager.addUser(name, to: id, role: .member)
      }
      let contents = store.parts.files.snapshotNow().contents
      #expect(try Array(scratch.read("org_users.json").utf8) == contents.members.bytes)
    }
    try expectExplained(store)
  }
}

/// Whether somebody waits for a lease on a file to be given back.
private func isLeaseAwaited(_ inode: UInt64) -> Bool {
  let locks = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
  return locks.split(separator: "\n").contains { line in
    line.contains("LEASE") && line.contains("BREAKING") && line.contains(":\(inode) ")
  }
}

/// A commit begins before the files were compared with what they are assumed to hold.
@Suite(.sideBySide) struct AssumptionTests {
  @Test func `whenever in a commit another program writes, though no lease holds it, both changes are there`()
    throws
  {
    var index = 1
    while true {
      let scratch = try Scratch.reference()
      let seen = Mutex(0)
      let isArmed = Mutex(false)
      let foreign = index
      let store = try FileStore(
        path: scratch.path,
        calls: SystemCalls(fault: { name in
          guard isArmed.withLock({ $0 }) else { return nil }
          let count = seen.withLock { count in
            count += 1
            return count
          }
          if count == foreign {
            // From what is there at this moment, so that nothing is an older state.
            let text = try? scratch.read("organizations.json")
            try? scratch.write(
              "organizations.json", text?.replacingOccurrences(of: "Acme Corp", with: "Renamed") ?? "")
          }
          return "\(name)" == "lease" ? .fail(.permissionDenied) : nil
        }))
      _ = try store.commit(Sample.create("first"))
      isArmed.withLock { $0 = true }
      let commit = try store.commit(Sample.plan)
      isArmed.withLock { $0 = false }
      #expect(commit.changes.count == 1, "at call \(index)")
      try settle(store)
      let names = try store.snapshot().organizations.map(\.name)
      let plan = try OrgManager(store: store).organization(id: Sample.globex)?.planTier
      let isOver = seen.withLock { $0 } < index
      #expect(isOver || names.contains("Renamed"), "at call \(index)")
      #expect(plan == "gold", "at call \(index)")
      try expectExplained(store)
      if isOver { break }
      index += 1
    }
    print("writes of another program at calls of a commit: \(index - 1)")
    #expect(index > 40)
  }

  /// The looks at files before the comparison: at the lock, for two that a crash may have left, and at the two data files.
  @Test(arguments: 1...5)
  func `what is refused, or is so already, is judged by what is in the files`(look: Int) throws {
    for plan in ["gold", "silver"] {
      let scratch = try Scratch.reference()
      let looks = Mutex(Int.min)
      let store = try FileStore(
        path: scratch.path,
        calls: SystemCalls(fault: { name in
          if "\(name)" == "fstatat",
            looks.withLock({
              $0 += 1; return $0 == look
            })
          {
            let text = try? scratch.read("organizations.json")
            try? scratch.write(
              "organizations.json",
              text?.replacingOccurrences(of: "\"enterprise\"", with: "\"\(plan)\"") ?? "")
          }
          return "\(name)" == "lease" ? .fail(.permissionDenied) : nil
        }))
      _ = try store.commit(Sample.create("first"))
      looks.withLock { $0 = 0 }
      let error = code { try store.commit(Sample.plan) }
      #expect(error == (plan == "gold" ? nil : .conflict))
      let entries = try store.history()
      #expect(entries.first?.kind == .foreign && entries.count { $0.kind == .edit } == 1)
    }
  }
}
