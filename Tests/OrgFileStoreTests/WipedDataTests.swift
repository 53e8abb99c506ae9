import Foundation
import OrgCore
import Testing

@testable import OrgFileStore

/// Files without records, where the history knows better.
@Suite struct WipedDataTests {
  /// The data of the service with one change through a store, so that there is a history.
  private func scratch() throws -> Scratch {
    let scratch = try Scratch.reference()
    try scratch.manager().createOrganization(name: "New")
    return scratch
  }

  private func reader(_ scratch: Scratch) throws -> FileStore {
    try FileStore(path: scratch.path, isReadOnly: true)
  }

  @Test(arguments: ["{}", "{ }\n", ""]) func `a store that only reads says what is missing, first and once`(
    text: String
  ) throws {
    let scratch = try scratch()
    let counts = try reader(scratch).snapshot().contents
    let (organizations, members) = (counts.organizationCount, counts.memberCount)
    try scratch.write("organizations.json", text)
    let store = try reader(scratch)
    var problems = try store.snapshot().problems
    #expect(
      problems.map(\.description) == [
        "organizations.json is empty, but the history knows \(organizations) organizations; orgman doctor "
          + "--fix restores them"
      ])
    #expect(problems.first?.isWiped == true)
    try scratch.write("org_users.json", text)
    problems = try store.snapshot().problems
    #expect(
      problems.map(\.description) == [
        "organizations.json and org_users.json are empty, but the history knows \(organizations) "
          + "organizations and \(members) members; orgman doctor --fix restores them"
      ])
    try FileManager.default.removeItem(atPath: scratch.path + "/organizations.json")
    problems = try store.snapshot().problems
    #expect(
      problems.first?.description.hasPrefix("organizations.json is missing, org_users.json is empty, but")
        == true)
    #expect(problems.count == 1)
  }

  @Test func `members alone can be wiped`() throws {
    let scratch = try scratch()
    let members = try reader(scratch).snapshot().contents.memberCount
    try scratch.write("org_users.json", "{}")
    let problems = try reader(scratch).snapshot().problems
    #expect(
      problems.first?.description
        == "org_users.json is empty, but the history knows \(members) members; orgman doctor --fix restores them"
    )
  }

  @Test func `a store that may write restores the files when it is opened, as when it is open`() throws {
    let scratch = try scratch()
    let whole = try [scratch.read("organizations.json"), scratch.read("org_users.json")]
    for names in [["organizations.json"], ["org_users.json"], ["organizations.json", "org_users.json"]] {
      for name in names { try scratch.write(name, "{}") }
      let snapshot = try FileStore(path: scratch.path).snapshot()
      #expect(snapshot.problems == [])
      #expect(try [scratch.read("organizations.json"), scratch.read("org_users.json")] == whole)
    }
  }

  @Test func `data that never had records, or no longer have any, are not called wiped`() throws {
    let fresh = try Scratch(organizations: "{}", users: "{}")
    #expect(try reader(fresh).snapshot().problems == [])
    // The only organization was created and undone: the history knows that there is none.
    let manager = try fresh.manager()
    try manager.createOrganization(name: "Gone")
    let entry = try #require(try manager.undoable(by: nil))
    try manager.commit(entry.inverse)
    #expect(try reader(fresh).snapshot().problems == [])
    #expect(try fresh.manager().snapshot().contents.organizationCount == 0)
    // And a file that can't be read isn't empty.
    let scratch = try scratch()
    try FileManager.default.removeItem(atPath: scratch.path + "/organizations.json")
    #expect(mkfifo(scratch.path + "/organizations.json", 0o600) == 0)
    #expect(try reader(scratch).snapshot().problems.contains { $0.isWiped } == false)
  }

  @Test func `the generation is that of the history, whoever asks`() throws {
    let scratch = try Scratch.reference()
    #expect(try scratch.manager().newestGeneration() == nil)
    for number in 1...4 {
      let manager = try scratch.manager()
      try manager.createOrganization(name: "New \(number)")
      #expect(try manager.newestGeneration() == UInt64(number))
    }
    #expect(try reader(scratch).newestGeneration() == 4)
    #expect(try reader(scratch).history().first?.generation == 4)
    // A line that a crash cut off was never a generation.
    let segments = "\(scratch.path)/.orgman/journal"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: segments).max())
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(segments)/\(name)"))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{\"sha256\":\"0".utf8))
    try file.close()
    #expect(try reader(scratch).newestGeneration() == 4)
  }
}
