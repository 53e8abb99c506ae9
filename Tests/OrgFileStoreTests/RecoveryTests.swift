import Foundation
import Glibc
import OrgCore
import SystemPackage
import Testing

@testable import OrgFileStore

/// What happens to the directory around a store that is open.
@Suite struct RecoveryTests {
  @Test func `a directory that was moved away or replaced is not written to any more`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    _ = try store.commit(Sample.create("before"))
    let moved = scratch.path + "-moved"
    defer { try? FileManager.default.removeItem(atPath: moved) }
    try FileManager.default.moveItem(atPath: scratch.path, toPath: moved)
    #expect(code { try store.commit(Sample.plan) } == .dataNotFound)
    #expect(code { try store.snapshot() } == .dataNotFound)
    try FileManager.default.copyItem(atPath: moved, toPath: scratch.path)
    #expect(code { try store.commit(Sample.plan) } == .dataNotFound)
    #expect(code { try store.maintain() } == .dataNotFound)
    // A copy, journal and all, is as good as the original.
    _ = try scratch.store().commit(Sample.plan)
    try scratch.recovered()
    let untouched = try FileStore(path: moved).snapshot()
    #expect(untouched.organization(id: Sample.globex)?.planTier == "enterprise")
    // The way back is a way back.
    try FileManager.default.removeItem(atPath: scratch.path)
    try FileManager.default.moveItem(atPath: moved, toPath: scratch.path)
    _ = try store.commit(Sample.plan)
    try scratch.recovered()
  }

  @Test func `where writing is refused in mid session, the edit fails and can be made later`() throws {
    let scratch = try Scratch.reference()
    let faults = Faults()
    let store = try scratch.store(faults)
    _ = try store.commit(Sample.create("before"))
    let files = try scratch.files()
    let changing = [
      "write", "ftruncate", "mkdir", "unlink", "rename", "renameat2", "link", "fchmod", "fchown",
    ]
    for error in [Errno.readOnlyFileSystem, .permissionDenied] {
      faults.plan(.all(changing, error))
      #expect(code { try store.commit(Sample.plan) } == .system)
      #expect(try store.snapshot().problems.isEmpty)
      #expect(try scratch.files() == files)
    }
    faults.plan(nil)
    _ = try store.commit(Sample.plan)
    try scratch.recovered()
  }

  @Test func `file times ten years away, before or ahead, change nothing`() throws {
    for shift in [-10, 10] {
      let scratch = try Scratch.reference()
      let store = try scratch.store()
      _ = try store.commit(Sample.create("before"))
      for name in ["organizations.json", "org_users.json", ".orgman/lock"] {
        let date = Date(timeIntervalSinceNow: Double(shift) * 365 * 86_400)
        try FileManager.default.setAttributes(
          [.modificationDate: date], ofItemAtPath: "\(scratch.path)/\(name)")
      }
      _ = try store.commit(Sample.plan)
      _ = try scratch.store().commit(Sample.create("after"))
      try scratch.recovered()
      let generations = try store.history().map(\.generation)
      #expect(generations == [3, 2, 1])
    }
  }

  @Test func `journal times from the future don't change the order`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    _ = try store.commit(Sample.create("before"))
    // A generation of a machine whose clock was ten years ahead.
    let stateDirectory = try StateDirectory(store.directory)
    var journal = Journal(calls: SystemCalls())
    try journal.refresh(stateDirectory.journal, repairing: false)
    var record = try #require(journal.last?.record)
    record.generation = 2
    record.previous = try #require(journal.last?.hash)
    record.time = "2036-11-22 21:51:10"
    record.changes = []
    record.data.splices = nil
    try journal.append(record, to: store.directory, in: stateDirectory.journal)
    _ = try store.commit(Sample.plan)
    _ = try scratch.store().commit(Sample.create("after"))
    #expect(try store.history().map(\.generation) == [4, 3, 2, 1])
    try scratch.recovered()
  }

  @Test func `a directory that everybody may write is refused with the command that mends it`() throws {
    let scratch = try Scratch.reference()
    #expect(chmod(scratch.path, 0o777) == 0)
    do {
      _ = try FileStore(path: scratch.path)
      Issue.record("it was opened")
    } catch {
      #expect(error.code == .unsafeDirectory && error.message.contains("chmod o-w \(scratch.path)"))
    }
    #expect(chmod(scratch.path, 0o755) == 0)
    _ = try scratch.store().commit(Sample.plan)
  }

  @Test func `the directory may be reached through a link, the files may not`() throws {
    let scratch = try Scratch.reference()
    let link = scratch.path + "-link"
    defer { unlink(link) }
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.path)
    let store = try FileStore(path: link)
    _ = try store.commit(Sample.plan)
    let users = try scratch.read("org_users.json")
    let path = scratch.path + "/org_users.json"
    // With a journal, too: what stands there may have been put there by an admin.
    for replace in [
      { try FileManager.default.linkItem(atPath: path, toPath: path + ".hard") },
      {
        try FileManager.default.moveItem(atPath: path, toPath: path + ".real")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".real")
      },
      {
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
      },
    ] {
      try replace()
      #expect(code { try store.commit(Sample.create("new")) } == .damagedData)
      #expect(code { try scratch.store().commit(Sample.create("new")) } == .damagedData)
      for extra in ["", ".hard", ".real"] { unlink(path + extra) }
      try scratch.write("org_users.json", users)
    }
    _ = try store.commit(Sample.create("new"))
    try scratch.recovered()
  }

  @Test func `files and directories of orgman's own are private, or the group's, whatever the umask`() throws
  {
    for mask in ["000", "077"] {
      for (mode, directoryMode, fileMode) in [(0o755, 0o700, 0o600), (0o775, 0o2770, 0o660)] {
        let scratch = try Scratch.reference()
        #expect(chmod(scratch.path, mode_t(mode)) == 0)
        // Of a process of its own, for all threads have the same umask.
        #expect(try !Worker(scratch.path, "W", umask: mask).kill(after: 4).isEmpty)
        // Takes away what the kill left unfinished.
        _ = try scratch.store().maintain()
        let found = try #require(FileManager.default.enumerator(atPath: scratch.path + "/.orgman"))
        for case let name as String in found {
          var status = stat()
          #expect(lstat("\(scratch.path)/.orgman/\(name)", &status) == 0)
          // What was displaced is the data file that it was.
          if name.hasPrefix("displaced/") { continue }
          let expected = status.st_mode & S_IFMT == S_IFDIR ? directoryMode : fileMode
          #expect(Int(status.st_mode & 0o7777) == expected, "\(name) \(String(mode, radix: 8))")
        }
      }
    }
  }
}
