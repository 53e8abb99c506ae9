import Foundation
import OrgCore
import Synchronization
import Testing

@testable import OrgFileStore

/// Taking organizations and users out of everything that is kept.
@Suite struct EraseTests {
  private let id = "org_secret-1"

  /// Data with a history of both: created, changed, undone, torn, written by another program.
  private func scratch() throws -> Scratch {
    let scratch = try Scratch(
      organizations: Fixture.file(
        Fixture.organization(), Fixture.organization(id, name: "\"Hush Ltd\"")),
      users: Fixture.file(
        "  \"org_1\": [\n" + Fixture.member("root_owner", "owner") + ",\n" + Fixture.member("mallory_x")
          + "\n  ]",
        "  \"\(id)\": [\n" + Fixture.member("mallory_x", "owner", of: id) + "\n  ]"))
    let manager = try scratch.manager()
    try manager.updatePlan(of: id, to: "gold")
    try manager.addUser("eve", to: "org_1")
    try manager.updateRole(of: "mallory_x", in: "org_1", to: .billingAdmin)
    try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
    try scratch.write(
      "organizations.json", try scratch.read("organizations.json").replacing("Hush", with: "Quiet"))
    _ = try FileStore(path: scratch.path).maintain()
    let text = try scratch.read("org_users.json")
    try scratch.write("org_users.json", String(text.dropLast(9)))
    _ = try FileStore(path: scratch.path).maintain()
    #expect(try scratch.read("org_users.json") == text)
    return scratch
  }

  /// The files below a directory that have one of some texts, as grep finds them.
  private func mentions(_ texts: [String], _ scratch: Scratch) throws -> [String] {
    let files = try #require(FileManager.default.enumerator(atPath: scratch.path)).compactMap {
      $0 as? String
    }
    return files.filter { file in
      let text = try? String(contentsOfFile: "\(scratch.path)/\(file)", encoding: .utf8)
      return texts.contains { text?.contains($0) == true }
    }
  }

  private func expectSound(_ scratch: Scratch, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let findings = try FileStore(path: scratch.path).examine()
    let texts = findings.filter { $0.severity != .note && !$0.text.contains("outside the group") }.map(\.text)
    #expect(texts == [], sourceLocation: sourceLocation)
  }

  @Test func `an erased organization is nowhere any more, and the history still verifies`() throws {
    let scratch = try scratch()
    let texts = [id, "Hush", "Quiet"]
    // Another process that knows the journal as it was.
    let other = try scratch.manager()
    try other.updatePlan(of: "org_1", to: "silver")
    #expect(try mentions(texts, scratch).count > 5)
    let store = try FileStore(path: scratch.path)
    let plan = try store.erase(.organization(id), allowingOwnerless: false, isTrial: true)
    #expect(plan.changes.count == 2)
    // The third is the repair of the torn file, whose note names the organization.
    #expect(plan.historyCount == 3)
    #expect(plan.others.count > 1, "\(plan.others)")
    let done = try store.erase(.organization(id))
    #expect(done.remaining == [])
    #expect(try mentions(texts, scratch) == [])
    #expect(try mentions(["mallory_x"], scratch).count > 1)
    try expectSound(scratch)
    let history = try store.history()
    let newest = try #require(history.first)
    #expect(newest.kind == .erase && newest.note == "an organization was erased")
    #expect(history.map(\.generation) == (1...newest.generation).reversed().map { $0 })
    let erased = try #require(history.first { $0.generation == 1 })
    #expect(erased.changes == [] && erased.obstacle != nil && erased.note == "1 change was erased")
    // Everything else goes on, here and there.
    #expect(code { try store.restore(to: .generation(1)) } == .dataNotFound)
    try other.updatePlan(of: "org_1", to: "gold")
    try other.commit(try #require(try other.undoable(by: nil)).inverse)
    #expect(try other.organization(id: "org_1")?.planTier == "silver")
    #expect(try scratch.manager().organization(id: id) == nil)
    try store.restore(to: .generation(newest.generation))
    try expectSound(scratch)
    // Once more, for the other one.
    try store.erase(.user("mallory_x"))
    #expect(try mentions(["mallory_x"], scratch) == [])
    try expectSound(scratch)
  }

  @Test func `an erased user is nowhere any more, and what others did stays`() throws {
    let scratch = try scratch()
    let store = try FileStore(path: scratch.path)
    #expect(code { try store.erase(.user("mallory_x")) } == .lastOwner)
    try store.erase(.user("mallory_x"), allowingOwnerless: true)
    #expect(try mentions(["mallory_x"], scratch) == [])
    try expectSound(scratch)
    let manager = OrgManager(store: store)
    #expect(try manager.users(of: "org_1").map(\.userID) == ["root_owner", "eve"])
    let kept = try store.history().flatMap(\.changes).map(\.change)
    #expect(kept.contains { $0.userID == "eve" } && kept.contains { $0.organizationID == id })
    #expect(!kept.contains { $0.userID == "mallory_x" })
    // What is in the history alone is erased there, too.
    try manager.removeUser("eve", from: "org_1")
    #expect(try store.erase(.user("eve"), allowingOwnerless: false, isTrial: true).changes == [])
    try store.erase(.user("eve"))
    #expect(try mentions(["eve"], scratch) == [])
    #expect(try store.erase(.user("eve"), allowingOwnerless: false, isTrial: true).isEmpty)
    try expectSound(scratch)
  }

  @Test func `a trial changes nothing, and a list without its organization is erased`() throws {
    let scratch = try scratch()
    let store = try FileStore(path: scratch.path)
    func kept() throws -> [String: String] {
      // The line in the lock file says who looked last.
      let files = try mentions(["org"], scratch).filter { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") }
      return try Dictionary(uniqueKeysWithValues: files.map { ($0, try scratch.read($0)) })
    }
    let before = try kept()
    try store.erase(.organization(id), allowingOwnerless: false, isTrial: true)
    #expect(try kept() == before)
    try store.erase(.organization(id))
    let users = try scratch.read("org_users.json")
    try scratch.write(
      "org_users.json",
      String(users.dropLast(2)) + ",\n  \"org_gone\": [\n" + Fixture.member("x", of: "org_gone") + "\n  ]\n}")
    try store.maintain()
    try store.erase(.organization("org_gone"))
    #expect(try mentions(["org_gone"], scratch) == [])
    #expect(try scratch.read("org_users.json") == users)
    try expectSound(scratch)
  }

  @Test
  func `a crash anywhere leaves sound data, and what was half erased is finished or can be erased again`()
    throws
  {
    let original = try scratch()
    var isComplete = false
    var finished = 0
    // A step that has no factor in common with what repeats for each file.
    for step in stride(from: 0, to: 2000, by: 13) where !isComplete {
      let scratch = try Scratch()
      try FileManager.default.removeItem(atPath: scratch.path)
      try FileManager.default.copyItem(atPath: original.path, toPath: scratch.path)
      let shared = Shared()
      let store = try FileStore(
        path: scratch.path,
        calls: SystemCalls(fault: { _ in
          // From some call on nothing is done any more.
          shared.isRunning && shared.next() >= step ? .fail(.ioError) : nil
        }))
      shared.start()
      isComplete = (try? store.erase(.organization(id))) != nil
      shared.stop()
      let next = try FileStore(path: scratch.path)
      try next.maintain()
      try expectSound(scratch)
      if try mentions([id, "Hush", "Quiet"], scratch).isEmpty {
        finished += isComplete ? 0 : 1
      } else {
        #expect(!isComplete)
        try next.erase(.organization(id))
        #expect(try mentions([id, "Hush", "Quiet"], scratch) == [], "call \(step)")
        try expectSound(scratch)
      }
    }
    #expect(isComplete && finished > 0)
  }

  @Test func `erasing keeps the place at which a shortened history begins`() throws {
    let scratch = try scratch()
    let store = try scratch.store()
    store.parts.committed.withLock { $0.segmentLimit = 500 }
    for number in 0..<6 { _ = try store.commit(Sample.create("new-\(number)")) }
    let cut = try #require(try store.history().first { $0.generation == 10 }?.time)
    #expect(try store.prune(before: cut).segments > 0)
    let start = try #require(try store.historyStart())
    try store.erase(.organization(id))
    #expect(try store.historyStart() == start)
    #expect(try mentions([id, "Hush", "Quiet"], scratch) == [])
    try expectSound(scratch)
  }

  /// Counts calls, once it was started.
  private final class Shared: Sendable {
    private let state = Mutex((isRunning: false, count: 0))

    var isRunning: Bool { state.withLock { $0.isRunning } }

    func start() { state.withLock { $0.isRunning = true } }

    func stop() { state.withLock { $0.isRunning = false } }

    func next() -> Int {
      state.withLock {
        $0.count += 1
        return $0.count - 1
      }
    }
  }
}
