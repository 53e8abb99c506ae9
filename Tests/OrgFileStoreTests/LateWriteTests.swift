import Foundation
import Glibc
import OrgCore
import Synchronization
import TerminalTesting
import Testing

@testable import OrgFileStore

/// Writes that went to a file after it had been displaced.
@Suite(.sideBySide) struct LateWriteTests {
  /// Opens a data file as the service does when it is about to write, and hands it over.
  private func opened(_ scratch: Scratch) throws -> Int32 {
    let file = open("\(scratch.path)/org_users.json", O_WRONLY)
    try #require(file >= 0)
    return file
  }

  private func finish(_ file: Int32, _ text: String) throws {
    try #require(ftruncate(file, 0) == 0)
    let bytes = Array(text.utf8)
    try #require(write(file, bytes, bytes.count) == bytes.count)
    close(file)
  }

  private var theirs: String {
    Fixture.users.replacingOccurrences(of: "\"role\": \"member\"", with: "\"role\": \"billing_admin\"")
  }

  @Test func `who reads the data next finds what was written late, without any change of ours`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.manager().createOrganization(name: "First")
    let file = try opened(scratch)
    _ = try scratch.manager().createOrganization(name: "Second")
    try finish(file, theirs)
    let snapshot = try scratch.store().snapshot()
    let members = snapshot.organizations.flatMap { snapshot.members(of: $0.id) }
    #expect(members.allSatisfy { $0.role != .member } && members.contains { $0.role == .billingAdmin })
    #expect(snapshot.organizations.contains { $0.name == "Second" })
  }

  @Test func `an organization that was added late has a list of members, although nothing has one for it`()
    throws
  {
    let scratch = try Scratch.reference()
    _ = try scratch.manager().createOrganization(name: "First")
    // Another program opens the organizations to add one, and we exchange the file meanwhile.
    let text = try scratch.read("organizations.json")
    let file = open("\(scratch.path)/organizations.json", O_WRONLY)
    try #require(file >= 0)
    _ = try scratch.manager().createOrganization(name: "Second")
    let id = "org_8d3b1f0e-5a4c-4c1b-9d51-2f6f1e0a7b11"
    let added = Organization(id: id, name: "Late", createdAt: Timestamp(microseconds: 1_700_000_000_000_000))
    let entry = String(decoding: JSONText.entry(added), as: UTF8.self)
    try finish(file, text.dropLast(2) + ",\n  " + entry + "\n}")
    let snapshot = try scratch.store().snapshot()
    #expect(snapshot.organization(id: id)?.name == "Late")
    #expect(snapshot.organizations.contains { $0.name == "Second" })
    let contents = snapshot.contents
    #expect(contents.members.listCount == contents.organizationCount)
    #expect(try scratch.read("org_users.json").contains("\"\(id)\": []"))
  }

  @Test func `a process that is about to end stays until another program has finished writing`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.manager().createOrganization(name: "First")
    let file = try opened(scratch)
    let store = try scratch.store()
    _ = try OrgManager(store: store).createOrganization(name: "Second")
    let text = theirs
    Thread {
      usleep(100_000)
      try? finish(file, text)
    }.start()
    store.finishLateWrites()
    #expect(try scratch.read("org_users.json").contains("billing_admin"))
    #expect(try unmerged(store) == [])
  }

  @Test func `what another program finishes just when a process about to end looks is ingested, too`() throws
  {
    let scratch = try Scratch.reference()
    _ = try scratch.manager().createOrganization(name: "First")
    let file = Mutex<Int32?>(nil)
    let text = theirs
    let store = try FileStore(
      path: scratch.path,
      calls: SystemCalls(fault: { name in
        // The lease tells whether the file is still open.
        if "\(name)" == "lease", let opened = file.withLock({ $0.take() }) { try? finish(opened, text) }
        return nil
      }))
    let opened = try opened(scratch)
    _ = try OrgManager(store: store).createOrganization(name: "Second")
    file.withLock { $0 = opened }
    store.finishLateWrites()
    #expect(try scratch.read("org_users.json").contains("billing_admin"))
    #expect(try unmerged(store) == [])
  }

  @Test func `what came between another program's read and its late write stays in a long history, too`()
    throws
  {
    let scratch = try Scratch.reference()
    // More than a process reads of the journal without a reason.
    var other = ""
    for number in 0..<30 { other = try scratch.manager().createOrganization(name: "Organization \(number)") }
    let read = try scratch.read("org_users.json")
    let organization = try scratch.manager().createOrganization(name: "Between")
    try scratch.manager().addUser("between", to: other)
    let file = try opened(scratch)
    // It remembers what it did itself, and has no other reason to look further back.
    let store = try scratch.store()
    _ = try OrgManager(store: store).createOrganization(name: "Last")
    try finish(file, read.replacing("\"role\": \"member\"", with: "\"role\": \"billing_admin\""))
    let snapshot = try store.snapshot()
    #expect(snapshot.members(of: other).map(\.userID) == ["between"])
    #expect(try scratch.read("org_users.json").contains(organization))
    #expect(try scratch.read("org_users.json").contains("billing_admin"))
  }

  @Test
  func `what another program writes after a pause is found where no lease tells that it isn't finished`()
    throws
  {
    let scratch = try Scratch.reference()
    _ = try scratch.manager().createOrganization(name: "First")
    let file = open("\(scratch.path)/organizations.json", O_WRONLY)
    try #require(file >= 0)
    defer { close(file) }
    func store() throws -> FileStore {
      try FileStore(
        path: scratch.path,
        calls: SystemCalls(fault: { name in "\(name)" == "lease" ? .fail(.permissionDenied) : nil }))
    }
    _ = try OrgManager(store: store()).createOrganization(name: "Second")
    // Its own organization is the last in the file; what is in its buffer then takes more than a second to get there.
    let record = Fixture.organization("org_theirs", name: "\"Theirs\"")
    let bytes = Array("\(Fixture.organizations.dropLast(2)),\n\(record)\n}".utf8)
    try #require(ftruncate(file, 0) == 0)
    try #require(write(file, bytes, bytes.count - 60) == bytes.count - 60)
    var times = [timespec(), timespec()]
    clock_gettime(CLOCK_REALTIME, &times[0])
    times[0].tv_sec -= 5
    times[1] = times[0]
    try #require(futimens(file, times) == 0)
    #expect(try store().snapshot().organization(id: "org_theirs") == nil)
    try #require(
      Array(bytes[(bytes.count - 60)...]).withUnsafeBytes { write(file, $0.baseAddress, 60) } == 60)
    let snapshot = try store().snapshot()
    #expect(snapshot.problems == [])
    #expect(snapshot.organization(id: "org_theirs")?.name == "Theirs")
    #expect(snapshot.organizations.contains { $0.name == "Second" })
  }
}
