import Foundation
import OrgCore
import Testing

@testable import OrgFileStore

/// Backups, and putting the data back.
@Suite struct RestoreTests {
  /// Two organizations with members in an order that isn't that of their ids.
  private func scratch(members count: Int = 400) throws -> Scratch {
    let list = (0..<count).map { Fixture.member("user_\($0 * 7 % 400)", $0 == 0 ? "owner" : "member") }
    return try Scratch(
      organizations: Fixture.file(
        Fixture.organization(), Fixture.organization("org_2", name: "\"Globex\"")),
      users: Fixture.file("  \"org_1\": [\n" + list.joined(separator: ",\n") + "\n  ]", "  \"org_2\": []"))
  }

  private func contents(_ scratch: Scratch) throws -> [String] {
    try [scratch.read("organizations.json"), scratch.read("org_users.json")]
  }

  private func backup(_ organizations: String, _ users: String) -> Backup {
    Backup(organizations: Array(organizations.utf8), members: Array(users.utf8))
  }

  // MARK: What goes and comes

  @Test func `members whose list a backup lacks are among the changes, and undo brings the bytes back`()
    throws
  {
    let scratch = try scratch()
    let before = try contents(scratch)
    let store = try FileStore(path: scratch.path)
    let text = Fixture.file(
      Fixture.organization(), Fixture.organization("org_2", name: "\"Globex\""),
      Fixture.organization("org_3", name: "\"Initech\""))
    let lacking = RestorePoint.backup(backup(text, "{}"))
    let plan = try store.restore(to: lacking, isTrial: true)
    #expect(plan.changes.count == 401)
    #expect(plan.changes.count { $0.change.userID != nil } == 400)
    #expect(
      plan.notes == ["3 organizations are left without a member list: Acme, Globex, Initech."])
    #expect(try contents(scratch) == before)
    #expect(try store.restore(to: lacking).changes == plan.changes)
    #expect(try contents(scratch) == [text, "{}"])
    let entry = try #require(try store.history().first)
    #expect(entry.kind == .restore && entry.changes == plan.changes)
    // By processes that know nothing of the one before.
    func manager() throws -> OrgManager { OrgManager(store: try FileStore(path: scratch.path)) }
    let undo = try #require(try manager().undoable(by: nil)).inverse
    #expect(try manager().commit(undo).changes.count == 401)
    #expect(try contents(scratch) == before)
    // Redone and undone any number of times.
    for _ in 0..<2 {
      try manager().commit(try #require(try manager().redoable(by: nil)).inverse)
      #expect(try contents(scratch) == [text, "{}"])
      try manager().commit(try #require(try manager().undoable(by: nil)).inverse)
      #expect(try contents(scratch) == before)
    }
    #expect(try store.examine().allSatisfy { $0.severity != .error && !$0.text.contains("explain") })
  }

  @Test func `organizations that a backup lacks go with their members, and what stays of them is said`()
    throws
  {
    let scratch = try scratch()
    let before = try contents(scratch)
    let store = try FileStore(path: scratch.path)
    let plan = try store.restore(to: .backup(backup("{}", before[1])), isTrial: true)
    #expect(plan.changes.count { $0.change.userID != nil } == 400)
    #expect(plan.changes.count == 402)
    #expect(
      plan.notes.first
        == "org_users.json keeps the list with 400 members of Acme (org_1), without the organization.")
    try store.restore(to: .backup(backup("{}", before[1])))
    #expect(try contents(scratch) == ["{}", before[1]])
    // The way back says that they come, though their list is there.
    let back = try store.restore(to: .backup(backup(before[0], before[1])), isTrial: true)
    #expect(back.changes.count == 402)
    let manager = OrgManager(store: store)
    try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
    #expect(try contents(scratch) == before)
  }

  @Test func `names that change hands, order, unknown fields and last owners come back with an undo`() throws
  {
    let scratch = try scratch(members: 3)
    let before = try contents(scratch)
    let store = try FileStore(path: scratch.path)
    let swapped = Fixture.file(
      Fixture.organization("org_2", name: "\"Acme\"").replacing("null", with: "null,\n    \"x\": [1]"),
      Fixture.organization("org_1", name: "\"Globex\""))
    let users = Fixture.file(
      "  \"org_2\": [\n" + Fixture.member("z", of: "org_2") + "\n  ]", "  \"org_1\": []")
    try store.restore(to: .backup(backup(swapped, users)))
    let manager = OrgManager(store: store)
    try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
    #expect(try contents(scratch) == before)
  }

  @Test func `behind other changes, undo of a restore takes its changes back and leaves the others`() throws {
    let scratch = try scratch(members: 3)
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    let text = try contents(scratch)[0]
    try store.restore(to: .backup(backup(text, "{}")))
    try manager.updatePlan(of: "org_2", to: "gold")
    let entry = try #require(try store.history().first { $0.kind == .restore })
    try manager.commit(entry.inverse)
    #expect(try manager.users(of: "org_1").map(\.userID).sorted() == ["user_0", "user_14", "user_7"])
    #expect(try manager.organization(id: "org_2")?.planTier == "gold")
  }

  @Test func `a difference in form alone is said`() throws {
    let scratch = try scratch(members: 1)
    let before = try contents(scratch)
    let store = try FileStore(path: scratch.path)
    let plan = try store.restore(
      to: .backup(backup(before[0].replacing("  ", with: " "), before[1])), isTrial: true)
    #expect(plan.changes == [])
    #expect(plan.notes == ["The order, the formatting or fields that orgman doesn't know differ."])
  }

  // MARK: Archives

  @Test func `no backup with a flipped bit, cut off or longer by a byte is read`() throws {
    let scratch = try scratch(members: 2)
    let backup = try FileStore(path: scratch.path).backup()
    let bytes = try BackupArchive.bytes(of: backup)
    let read = try BackupArchive(reading: bytes, named: "x")
    #expect(read.hasChecksums)
    #expect(read.backup.organizations == backup.organizations && read.backup.members == backup.members)
    var generator = SystemRandomNumberGenerator()
    for offset in bytes.indices {
      var flipped = bytes
      flipped[offset] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      #expect(code { try BackupArchive(reading: flipped, named: "x") } == .damagedData, "byte \(offset)")
      #expect(code { try BackupArchive(reading: Array(bytes[..<offset]), named: "x") } == .damagedData)
    }
    for tail in [" ", "\n", "{}", "\0"] {
      #expect(code { try BackupArchive(reading: bytes + tail.utf8, named: "x") } == .damagedData)
    }
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "{\"sha256\":\"", "{\"format\":\"orgman backup\",\"version\":1}",
    "{\"format\":\"orgman backup\",\"version\":3}", "{\"format\":\"orgman changes\",\"version\":1}",
    String(repeating: "[", count: 100_000), String(repeating: "{\"x\":", count: 100_000),
  ])
  func `what is no backup is refused`(text: String) {
    #expect(code { try BackupArchive(reading: Array(text.utf8), named: "x") } == .damagedData)
  }

  @Test func `a backup of the first version is read, as one without checksums`() throws {
    let text =
      #"{"format":"orgman backup","org_users.json":"{}","organizations.json":"{ }","time":"t","version":1}"#
    let archive = try BackupArchive(reading: Array(text.utf8), named: "x")
    #expect(!archive.hasChecksums)
    #expect(archive.backup.organizations == Array("{ }".utf8))
  }

  // MARK: Wiped data

  @Test(arguments: ["organizations.json", "org_users.json", "another"])
  func `data that look wiped against the history make no backup`(file: String) throws {
    let scratch = try scratch(members: 3)
    try OrgManager(store: FileStore(path: scratch.path)).updatePlan(of: "org_2", to: "gold")
    #expect(try FileStore(path: scratch.path, isReadOnly: true).backup().members.count > 2)
    if file == "another" {
      try scratch.write("organizations.json", Fixture.file(Fixture.organization("org_9")))
    } else {
      try scratch.write(file, "{}")
    }
    let store = try FileStore(path: scratch.path, isReadOnly: true)
    #expect(code { try store.backup() } == .damagedData)
    let sentence = try #require(try store.loss(of: store.snapshot()))
    #expect(
      sentence
        == (file == "org_users.json"
          ? "org_users.json has none of the 3 members" : "organizations.json has none of the 2 organizations")
        + " of generation 1, the newest of the history. orgman restore --generation 1 puts them back.")
    // What it says works.
    let writable = try FileStore(path: scratch.path)
    try writable.restore(to: .generation(1))
    #expect(try writable.backup().members.count > 2)
  }

  @Test func `what another program changed a little isn't taken for wiped`() throws {
    let scratch = try scratch(members: 3)
    try OrgManager(store: FileStore(path: scratch.path)).updatePlan(of: "org_2", to: "gold")
    try scratch.write("organizations.json", Fixture.file(Fixture.organization()))
    let store = try FileStore(path: scratch.path, isReadOnly: true)
    #expect(try store.loss(of: store.snapshot()) == nil)
  }

  // MARK: Limits

  @Test func `a file that is longer than any of ours isn't read, nor one that holds the lock`() throws {
    let scratch = try scratch(members: 1)
    let directory = try DataDirectory(path: scratch.path)
    let lock = FileLock(directory: directory, patience: 50)
    try lock.withLock(waiting: { _ in true }) { _ in
      #expect(truncate(scratch.path + "/.orgman/lock", 20 << 30) == 0)
      #expect(code { try lock.withLock(waiting: { _ in true }) { _ in } } == .locked)
    }
    let file = try directory.calls.open(".orgman/lock", in: directory.root, O_RDONLY)
    #expect(throws: SystemCallError.self) { try directory.calls.readAll(file, "lock", size: 20 << 30) }
    // As one that grows while it is read.
    #expect(throws: SystemCallError.self) { try directory.calls.readAll(file, "lock", size: 0) }
  }
}
