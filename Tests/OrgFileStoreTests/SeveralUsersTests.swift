import Foundation
import Glibc
import OrgCore
import Synchronization
import SystemPackage
import TerminalTesting
import Testing

@testable import OrgFileStore

/// A group of admins and a service on one directory, each as a user of its own. Has to run as root.
@Suite(.sideBySide) struct SeveralUsersTests {
  private static let everybody: [User] = [.alice, .bob, .service]

  @Test(arguments: ["022", "027", "077"])
  func `admins of a group, root and sudo change the data in turn with the service, and nobody loses access`(
    umask: String
  ) throws {
    let data = try SharedDirectory()
    var expected: [String: String] = [:]
    var served: [String] = []
    for round in 0..<2 {
      for user: User? in [.alice, .service, .bob, .root, nil, .alice] {
        let name = "\(user.map { "\($0)" } ?? "sudo") \(round) \(expected.count)"
        let output =
          try user.map { try data.edit(as: $0, name, umask: umask) } ?? data.editBySudo(name, umask: umask)
        #expect(output.status == 0, "\(name): \(output.error)")
        expected[name] = "\(name) 1"
        for other in Self.everybody { try data.expectAccess(other, "after \(name)") }
        served += try data.serve("S\(expected.count)", changes: 2, seed: round, umask: umask)
      }
    }
    let store = try FileStore(path: data.path)
    _ = try store.maintain()
    let plans = try data.plans()
    #expect(expected.allSatisfy { plans[$0.key] == $0.value })
    #expect(Set(plans.keys).isSuperset(of: served))
    let findings = try store.examine()
    #expect(findings.filter { $0.severity != .note } == [])
  }

  @Test
  func `admins of a group and root change the data at once with the service, and nothing of theirs is lost`()
    async throws
  {
    let data = try SharedDirectory()
    let users = [User.alice, .bob, .root, .service]
    // So that there is something for each to begin with.
    #expect(try data.edit(as: .alice, "first").status == 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (user, umask) in zip(users, ["077", "022", "027", "077"]) {
        group.addTask {
          let output = try data.edit(as: user, "\(user)", plans: 6, umask: umask)
          #expect(output.status == 0, "\(user): \(output.error)")
        }
      }
      group.addTask { _ = try data.serve("S", changes: 6, seed: 1, umask: "077") }
      try await group.waitForAll()
    }
    _ = try FileStore(path: data.path).maintain()
    let plans = try data.plans()
    for user in users { #expect(plans["\(user)"] == "\(user) 5") }
    for user in Self.everybody { try data.expectAccess(user, "in the end") }
  }

  @Test
  func
    `root gives files back to their owner; an admin of the group owns them, and the owner before is named`()
    throws
  {
    let data = try SharedDirectory()
    #expect(try data.edit(as: .root, "by root").status == 0)
    #expect(try data.status("organizations.json").st_uid == User.service.rawValue)
    #expect(try data.edit(as: .alice, "by alice").status == 0)
    let status = try data.status("organizations.json")
    #expect(
      status.st_uid == User.alice.rawValue && status.st_gid == User.group && status.st_mode & 0o7777 == 0o660)
    let list = try #require(try FileStore(path: data.path).directory.metadata(of: "organizations.json")).list
    // Nobody knows of an account of the service, so it isn't known to be in the group.
    #expect(list.entries.filter { $0.tag == .user }.map(\.id) == [User.service.rawValue])
    #expect(try data.edit(as: .root, "by root again").status == 0)
    #expect(try data.status("organizations.json").st_uid == User.alice.rawValue)
  }

  @Test func `access control lists and extended attributes stay, and lists are enough to share a directory`()
    throws
  {
    let data = try SharedDirectory(mode: 0o700, fileMode: 0o600, group: User.service.rawValue)
    let named = "u:1001:rwX,u:1002:rwX"
    try SharedDirectory.run("/usr/bin/setfacl", ["-R", "-m", named, data.path])
    try SharedDirectory.run("/usr/bin/setfacl", ["-d", "-m", named, data.path])
    let file = data.path + "/organizations.json"
    for (name, value) in [("user.note", "kept"), ("security.note", "of root")] {
      try runPython("import os; os.setxattr(path, '\(name)', b'\(value)')", file)
    }
    func expectAttribute(_ name: String) throws {
      try runPython("import os; os.getxattr(path, '\(name)')", file)
    }
    #expect(try data.edit(as: .root, "by root").status == 0)
    try expectAttribute("user.note")
    try expectAttribute("security.note")
    for user in [User.alice, .service, .bob, .alice] {
      let output = try data.edit(as: user, "\(user) \(Int.random(in: 0...Int.max))", umask: "077")
      #expect(output.status == 0, "\(output.error)")
      for other in Self.everybody { try data.expectAccess(other, "after \(user)") }
    }
    try expectAttribute("user.note")
    #expect(try FileStore(path: data.path).examine().filter { $0.severity != .note } == [])
  }

  @Test func `what default lists give to new files doesn't take the group's access to orgman's own away`()
    throws
  {
    let data = try SharedDirectory()
    try SharedDirectory.run("/usr/bin/setfacl", ["-d", "-m", "u:1003:r,g::r", data.path])
    for user in [User.alice, .bob, .service] {
      #expect(try data.edit(as: user, "\(user)", umask: "077").status == 0)
      for other in Self.everybody { try data.expectAccess(other, "after \(user)") }
    }
    try data.expectNoAccess(.eve)
  }

  @Test func `a directory without setgid gives its group to what orgman makes`() throws {
    let data = try SharedDirectory(mode: 0o770)
    for user in Self.everybody {
      #expect(try data.edit(as: user, "\(user)", umask: "077").status == 0)
      for other in Self.everybody { try data.expectAccess(other, "after \(user)") }
    }
  }

  // MARK: Refusals

  struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var user = User.alice
    var options: [String] = []
    var prepare: @Sendable (SharedDirectory) throws -> Void
    /// What the error says.
    let says: String
    /// What root does then; `nil` where nothing is to be done.
    var remedy: (@Sendable (SharedDirectory) throws -> Void)?
  }

  static let refusals: [Refusal] = [
    Refusal(
      testDescription: "a file that the group may not write",
      prepare: { chmod($0.path + "/organizations.json", 0o640) }, says: "chmod ug+rw",
      remedy: { try SharedDirectory.run("/bin/chmod", ["ug+rw", $0.path + "/organizations.json"]) }),
    Refusal(
      testDescription: "a file of another group", prepare: { chown($0.path + "/org_users.json", 1000, 1000) },
      says: "chgrp 2000",
      remedy: { try SharedDirectory.run("/bin/chgrp", ["2000", $0.path + "/org_users.json"]) }),
    Refusal(
      testDescription: "a sticky directory", prepare: { chmod($0.path, 0o3770) }, says: "chmod -t",
      remedy: { try SharedDirectory.run("/bin/chmod", ["-t", $0.path]) }),
    Refusal(
      testDescription: "a history from before the directory was shared",
      prepare: { data in
        chmod(data.path, 0o700)
        let earlier = try data.edit(as: .service, "before")
        #expect(earlier.status == 0)
        chmod(data.path, 0o2770)
      }, says: "doctor --fix", remedy: { try Self.repair($0) }),
    Refusal(
      testDescription: "a lock file of somebody's alone",
      prepare: { data in
        let earlier = try data.edit(as: .bob, "before")
        #expect(earlier.status == 0)
        chmod(data.path + "/.orgman/lock", 0o600)
      }, says: "doctor --fix", remedy: { try Self.repair($0) }),
    Refusal(
      testDescription: "a journal of another group",
      prepare: { data in
        let earlier = try data.edit(as: .bob, "before")
        #expect(earlier.status == 0)
        let journal = data.path + "/.orgman/journal"
        for name in try FileManager.default.contentsOfDirectory(atPath: journal) {
          chown("\(journal)/\(name)", 1002, 1002)
        }
      }, says: "doctor --fix", remedy: { try Self.repair($0) }),
    Refusal(
      testDescription: "an immutable file", user: .root,
      prepare: { try SharedDirectory.run("/usr/bin/chattr", ["+i", $0.path + "/org_users.json"]) },
      says: "chattr -i",
      remedy: { try SharedDirectory.run("/usr/bin/chattr", ["-i", $0.path + "/org_users.json"]) }),
    Refusal(
      testDescription: "a file that can only be appended to", user: .root,
      prepare: { try SharedDirectory.run("/usr/bin/chattr", ["+a", $0.path + "/organizations.json"]) },
      says: "chattr -a",
      remedy: { try SharedDirectory.run("/usr/bin/chattr", ["-a", $0.path + "/organizations.json"]) }),
    Refusal(
      testDescription: "an immutable directory", user: .root,
      prepare: { try SharedDirectory.run("/usr/bin/chattr", ["+i", $0.path]) }, says: "chattr -i",
      remedy: { try SharedDirectory.run("/usr/bin/chattr", ["-i", $0.path]) }),
    Refusal(
      testDescription: "somebody outside the group", user: .eve, prepare: { chmod($0.path, 0o2775) },
      says: "join the group 2000"),
    Refusal(
      testDescription: "root who may not give files away, in a directory of one user", user: .root,
      options: ["--bounding-set=-chown"], prepare: { chmod($0.path, 0o700) }, says: "run orgman as"),
    Refusal(
      testDescription: "root without any capability, in a file that it may only read", user: .root,
      options: ["--bounding-set=-all"],
      prepare: { data in
        chown(data.path, 0, 0)
        chmod(data.path + "/organizations.json", 0o644)
        chmod(data.path + "/org_users.json", 0o644)
      }, says: "may not write it"),
  ]

  private static func repair(_ data: SharedDirectory) throws {
    let store = try FileStore(path: data.path)
    try store.repair(Set(store.examine().compactMap(\.remedy)))
  }

  @Test(arguments: refusals)
  func
    `what would take access away or can't be replaced is refused before anything is written, and the remedy works`(
      _ refusal: Refusal
    ) throws
  {
    let data = try SharedDirectory()
    try refusal.prepare(data)
    let names = ["organizations.json", "org_users.json"]
    let before = try names.map { try data.status($0) }
    let journal = try? FileStore(path: data.path, isReadOnly: true).history().count
    let refused = try data.edit(as: refusal.user, "refused", options: refusal.options)
    #expect(refused.status != 0)
    #expect(refused.error.contains("Nothing can be changed: "), "\(refused.error)")
    #expect(refused.error.contains(refusal.says), "\(refused.error)")
    let after = try names.map { try data.status($0) }
    #expect(before.map(\.st_ino) == after.map(\.st_ino))
    #expect(try FileStore(path: data.path, isReadOnly: true).history().count == journal)
    guard let remedy = refusal.remedy else { return }
    try remedy(data)
    let edited = try data.edit(as: refusal.user, "edited", options: refusal.options)
    #expect(edited.status == 0, "\(edited.error)")
    for user in Self.everybody { try data.expectAccess(user, "in the end") }
  }

  @Test func `root who may not give files away works in a shared directory, and the group keeps access`()
    throws
  {
    let data = try SharedDirectory()
    #expect(try data.edit(as: .alice, "alice").status == 0)
    for capability in ["-chown", "-fowner", "-lease", "-chown,-fowner,-fsetid,-lease"] {
      let output = try data.edit(as: .root, "root \(capability)", options: ["--bounding-set=\(capability)"])
      #expect(output.status == 0, "\(capability): \(output.error)")
      for user in Self.everybody { try data.expectAccess(user, "after root \(capability)") }
      #expect(try data.edit(as: .bob, "bob \(capability)").status == 0)
    }
  }

  @Test func `where no list can name the owner before, nobody takes its file over`() throws {
    var metadata = FileMetadata(stat())
    (metadata.owner, metadata.group, metadata.mode) = (User.service.rawValue, User.group, 0o660)
    metadata.list = AccessControlList(mode: 0o660)
    let process = Credentials(
      user: User.alice.rawValue, groups: [User.group], mayChangeOwner: false, mayActAsOwner: false)
    let made = (owner: User.alice.rawValue, group: User.group)
    let new = try metadata.replacement(by: process, isWritable: true, having: made)
    #expect(new.owner == User.alice.rawValue)
    #expect(new.list.grants(6, user: User.service.rawValue, groups: [], owningGroup: User.group))
    metadata.canHaveList = false
    #expect(throws: FileMetadata.Refusal.owner) {
      try metadata.replacement(by: process, isWritable: true, having: made)
    }
  }

  // MARK: Before and after the line of the journal

  @Test(arguments: ["+i", "+a"])
  func `a file that can't be replaced any more is found before the commit`(flag: String) throws {
    let data = try SharedDirectory()
    _ = try FileStore(path: data.path).commit(Sample.plan)
    let isDone = Atomic(false)
    let file = data.path + "/org_users.json"
    let store = try FileStore(
      path: data.path,
      beforeEachCall: { name in
        guard "\(name)" == "fsync", !isDone.exchange(true, ordering: .relaxed) else { return }
        _ = try? SharedDirectory.run("/usr/bin/chattr", [flag, file])
      })
    let before = try ["organizations.json", "org_users.json"].map { try data.status($0).st_ino }
    #expect(code { try store.commit(Sample.create("new")) } == .readOnly)
    let wasReached = isDone.load(ordering: .relaxed)
    #expect(wasReached)
    #expect(try store.history().map(\.generation) == [1])
    let after = try ["organizations.json", "org_users.json"].map { try data.status($0).st_ino }
    #expect(after == before)
    try SharedDirectory.run("/usr/bin/chattr", ["-ia", file])
    _ = try store.commit(Sample.create("new"))
    #expect(try store.history().map(\.generation) == [2, 1])
  }

  @Test
  func
    `where the second file can't be exchanged, the first is as before, and the next program replaces both`()
    throws
  {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let files = try scratch.files()
    let exchanges = Atomic(0)
    let store = try FileStore(
      path: scratch.path,
      calls: SystemCalls(fault: { name in
        guard "\(name)" == "renameat2" else { return nil }
        return exchanges.add(1, ordering: .relaxed).newValue == 2 ? .fail(.ioError) : nil
      }))
    do {
      _ = try store.commit(Sample.create("new"))
      Issue.record("it was committed")
    } catch {
      #expect(error.code == .system && error.message.contains("saved in the journal"), "\(error)")
    }
    #expect(try scratch.files() == files)
    // The same store and another.
    let next = try scratch.store()
    #expect(try next.snapshot().organization(id: "org_new") != nil)
    #expect(try next.snapshot().members(of: "org_new").count == 1)
    _ = try store.commit(Sample.role)
    try scratch.recovered()
  }
}

extension SharedDirectory {
  /// Checks that a user can use nothing of orgman's own.
  fileprivate func expectNoAccess(_ user: User) throws {
    let output = try run(as: user, "/bin/ls", path + "/.orgman")
    #expect(output.status != 0)
  }
}
