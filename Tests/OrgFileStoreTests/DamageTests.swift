import Foundation
import Glibc
import OrgCore
import TerminalTesting
import Testing

@testable import OrgFileStore

/// Files that other programs broke are put back with what they added, and every byte of theirs is kept.
@Suite(.sideBySide) struct DamageTests {
  /// What happens to a file.
  enum Damage: String, CaseIterable {
    case wiped, emptied, wipedAndAddedTo, null, list, mark, markedAndWiped, hole, tail, cut, notText
    case removed, removedAndRecreated, replaced

    /// The bytes that are left; `nil` for none.
    func bytes(of file: String, _ original: [UInt8]) -> [UInt8]? {
      let middle = original.count / 2
      switch self {
      case .wiped, .replaced: return Array("{}".utf8)
      case .emptied: return []
      case .wipedAndAddedTo, .removedAndRecreated: return Self.addition(to: file)
      case .null: return Array("null".utf8)
      case .list: return Array("[]".utf8)
      case .mark: return [0xEF, 0xBB, 0xBF] + original
      case .markedAndWiped: return [0xEF, 0xBB, 0xBF] + Array("{}".utf8)
      case .hole:
        return original.enumerated().map { (middle..<middle + 300).contains($0.offset) ? 0 : $0.element }
      case .tail: return original + original.suffix(100)
      case .cut: return Array(original.prefix(middle))
      case .notText: return original.enumerated().map { $0.offset % 1000 == 600 ? 0xFF : $0.element }
      case .removed: return nil
      }
    }

    var adds: Bool { self == .wipedAndAddedTo || self == .removedAndRecreated }

    static let added = Organization.sample("org_added", "Added")
    static func addition(to file: String) -> [UInt8] {
      let entry =
        file == "organizations.json"
        ? JSONText.entry(added)
        : JSONText.entry(organization: added.id, members: [OrgUser.sample("somebody", in: added.id)])
      return Array("{\n  ".utf8) + entry + Array("\n}".utf8)
    }
  }

  @Test(arguments: Damage.allCases, [true, false])
  func `a damaged file is back at once under a store that watches it`(
    damage: Damage, hasJournal: Bool
  ) throws {
    for file in ["organizations.json", "org_users.json"] {
      let scratch = try Scratch.reference()
      let store = try FileStore(path: scratch.path)
      if hasJournal { try OrgManager(store: store).createOrganization(name: "Ours") }
      let before = try store.snapshot().contents
      let watcher = store.watcher()
      #expect(!watcher.drain() || hasJournal)

      let original = before.bytes(of: file)
      let damaged = damage.bytes(of: file, original)
      let path = "\(scratch.path)/\(file)"
      if damage == .removed || damage == .removedAndRecreated { #expect(unlink(path) == 0) }
      if damage == .replaced {
        // As `sed -i` and editors do.
        try scratch.write("other", damaged ?? [])
        #expect(rename("\(scratch.path)/other", path) == 0)
      } else if let damaged {
        try scratch.write(file, damaged)
      }

      let contents = try restored(store, watcher) { $0.organizationCount >= before.organizationCount }
      #expect(contents.problems == [])
      let gone = before.addresses(differingFrom: contents).filter {
        contents[$0] != before[$0] && before[$0] != nil
      }
      #expect(gone == [])
      if damage.adds {
        #expect(contents[.organization("org_added")] != nil || file == "org_users.json")
        let kept = try String(decoding: kept(in: scratch), as: UTF8.self)
        #expect(file == "organizations.json" || kept.contains("somebody"))
      } else {
        #expect(contents.bytes(of: file) == original)
      }
      let live = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(Array(live) == contents.bytes(of: file))
      if let damaged, !damaged.isEmpty {
        #expect(try quarantine(in: scratch).contains { $0 == damaged }, "the damaged bytes are put aside")
      }
      try expectExplained(store)
      let entry = try #require(store.history().first { $0.kind == .repair })
      #expect(entry.actor.uid == getuid() && entry.note != nil)
      // And one can go on.
      try OrgManager(store: store).createOrganization(name: "After")
    }
  }

  @Test func `both files wiped at once, and added to, are back with the addition`() throws {
    let scratch = try Scratch.reference()
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    let id = try manager.createOrganization(name: "Ours")
    try manager.addUser("our-user", to: id)
    let before = try store.snapshot().contents
    let watcher = store.watcher()
    for file in ["organizations.json", "org_users.json"] {
      try scratch.write(file, Damage.addition(to: file))
    }
    let contents = try restored(store, watcher) { $0.organizationCount > before.organizationCount }
    #expect(contents[.organization("org_added")] != nil)
    #expect(contents[.member("org_added", user: "somebody")] == "member")
    #expect(contents[.member(id, user: "our-user")] == "member")
    #expect(before.addresses(differingFrom: contents) == [.organization("org_added"), .list("org_added")])
    try expectExplained(store)
  }

  @Test(arguments: ["organizations.json", "org_users.json"])
  func `a file cut off at any byte is restored to the last byte`(file: String) throws {
    let scratch = try Scratch.reference()
    let store = try FileStore(path: scratch.path)
    try OrgManager(store: store).createOrganization(name: "Ours")
    let original = try store.snapshot().contents.bytes(of: file)
    let stride = ForeignWriterTests.scale > 1 ? 1 : max(1, original.count / 40)
    for length in Swift.stride(from: 0, to: original.count, by: stride) {
      try scratch.write(file, Array(original.prefix(length)))
      try age(file, in: scratch)
      let contents = try store.snapshot().contents
      #expect(contents.bytes(of: file) == original, "cut off behind \(length) bytes")
      let live = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(file)"))
      #expect(Array(live) == original)
    }
    try expectExplained(store)
  }

  @Test func `a store that begins with a damaged file restores it from the history`() throws {
    let scratch = try Scratch.reference()
    try scratch.manager().createOrganization(name: "Ours")
    let original = try scratch.read("organizations.json")
    for damage in [Damage.wiped, .cut, .removed] {
      if let bytes = damage.bytes(of: "organizations.json", Array(original.utf8)) {
        try scratch.write("organizations.json", bytes)
        try age("organizations.json", in: scratch)
      } else {
        #expect(unlink(scratch.path + "/organizations.json") == 0)
      }
      try FileStore(path: scratch.path).maintain()
      #expect(try scratch.read("organizations.json") == original)
    }
    try scratch.write("organizations.json", "{}")
    try scratch.manager().createOrganization(name: "More")
    #expect(try scratch.manager().organizations().count == 12)
  }

  @Test(arguments: ["directory", "link", "pipe"])
  func `something in the place of a file that isn't a file is named, and left alone`(kind: String) throws {
    let scratch = try Scratch.reference()
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    try manager.createOrganization(name: "Ours")
    let original = try scratch.read("org_users.json")
    let path = scratch.path + "/org_users.json"
    #expect(unlink(path) == 0)
    switch kind {
    case "directory": #expect(mkdir(path, 0o700) == 0)
    case "link": #expect(symlink("/etc/hostname", path) == 0)
    default: #expect(mkfifo(path, 0o600) == 0)
    }
    #expect(try store.snapshot().problems.first?.file == "org_users.json")
    #expect(code { try manager.createOrganization(name: "New") } == .damagedData)
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG)
    #expect(kind == "directory" ? rmdir(path) == 0 : unlink(path) == 0)
    try store.maintain()
    #expect(try scratch.read("org_users.json") == original)
    try expectExplained(store)
  }

  @Test(arguments: ["organizations.json", "org_users.json"])
  func `a record that breaks a rule is for people to mend`(file: String) throws {
    let scratch = try Scratch.reference()
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    try manager.createOrganization(name: "Ours")
    let original = try scratch.read(file)
    let field = file == "organizations.json" ? "\"status\": \"" : "\"role\": \""
    let place = try #require(original.range(of: field))
    let broken = original.replacingCharacters(in: place, with: field + "un")
    try scratch.write(file, broken)
    try age(file, in: scratch)
    #expect(try store.snapshot().problems.count == 1)
    #expect(code { try manager.createOrganization(name: "New") } == .damagedData)
    try store.maintain()
    #expect(try scratch.read(file) == broken)
    // Not even a change that was found late is put over it.
    #expect(try store.history().allSatisfy { $0.kind == .edit })
    try scratch.write(file, original)
    try manager.createOrganization(name: "New")
    try expectExplained(store)
  }

  @Test func `a change from outside has the owner of the file for its actor, and says what it changed`()
    throws
  {
    let scratch = try Scratch.reference()
    let store = try FileStore(path: scratch.path)
    try OrgManager(store: store).createOrganization(name: "Ours")
    try scratch.write(
      "organizations.json",
      try scratch.read("organizations.json").replacingOccurrences(of: "Globex", with: "Foreign"))
    if geteuid() == 0 { #expect(chown(scratch.path + "/organizations.json", 1234, 1234) == 0) }
    try store.maintain()
    let entries = try store.history().filter { $0.kind != .edit }
    let entry = try #require(entries.first)
    #expect(entries.count == 1 && entry.kind == .foreign && entry.note == nil)
    #expect(entry.actor.uid == (geteuid() == 0 ? 1234 : geteuid()))
    #expect(
      entry.changes.map(\.summary).allSatisfy { $0.hasPrefix("Renamed Globex") && $0.contains("Foreign") })
    #expect(!entry.changes.isEmpty)
    try expectExplained(store)
  }

  // MARK: Helpers

  /// The data as soon as a store that watches has them whole.
  private func restored(
    _ store: FileStore, _ watcher: DirectoryWatcher, until isWhole: (FileContents) -> Bool
  ) throws -> FileContents {
    let start = ContinuousClock.now
    var last: FileContents?
    while ContinuousClock.now - start < .seconds(20) {
      var event = pollfd(fd: watcher.descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&event, 1, 100)
      _ = watcher.drain()
      let snapshot = try store.snapshot()
      last = snapshot.contents
      if let last, snapshot.problems.isEmpty, isWhole(last) { return last }
    }
    return try #require(last)
  }

  /// Makes a file look as if nobody were writing to it.
  private func age(_ file: String, in scratch: Scratch) throws {
    var times = [timeval(tv_sec: 1_700_000_000, tv_usec: 0), timeval(tv_sec: 1_700_000_000, tv_usec: 0)]
    #expect(utimes("\(scratch.path)/\(file)", &times) == 0)
  }

  private func quarantine(in scratch: Scratch) throws -> [[UInt8]] {
    let path = scratch.path + "/.orgman/quarantine"
    return try FileManager.default.contentsOfDirectory(atPath: path).map {
      Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0)))
    }
  }

  private func kept(in scratch: Scratch) throws -> [UInt8] {
    Array(try scratch.read("org_users.json").utf8) + (try quarantine(in: scratch).flatMap { $0 })
  }
}
