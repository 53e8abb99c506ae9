import Foundation
import Glibc
import OrgCore
import Synchronization
import Testing

@testable import OrgFileStore

@Suite struct FileStoreTests {
  @Test func `what another program writes is seen, and edits go on top of it`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    let generation = try manager.snapshot().generation
    try scratch.write(
      "organizations.json", Fixture.organizations.replacingOccurrences(of: "Globex", with: "Foreign"))
    let snapshot = try manager.snapshot()
    #expect(snapshot.organizations.contains { $0.name == "Foreign" })
    #expect(snapshot.generation == generation + 1)
    #expect(try manager.snapshot().generation == snapshot.generation)
    try manager.createOrganization(name: "Mine")
    #expect(try scratch.read("organizations.json").contains("Foreign"))
  }

  @Test func `a rewrite of the same size within a tick of the clock is seen`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    for round in 0..<50 {
      let name = "Glob\(10 + round)"
      try scratch.write(
        "organizations.json", Fixture.organizations.replacingOccurrences(of: "Globex", with: name))
      #expect(try manager.snapshot().organizations.contains { $0.name == name })
    }
  }

  @Test func `of many members the organizations can be had ahead, and are not read twice`() throws {
    let scratch = try Scratch.reference()
    #expect(try scratch.store().parts.files.organizationsAhead() == nil)
    let users = String(Fixture.users.dropLast()) + String(repeating: " ", count: 3 << 20) + "}"
    try scratch.write("org_users.json", users)
    let store = try scratch.store()
    let early = try #require(store.parts.files.organizationsAhead())
    #expect(!early.contents.hasMembers)
    #expect(early.generation == 0 && early.problems == [])
    let whole = try store.snapshot()
    #expect(whole.contents.hasMembers && whole.contents.memberCount > 0 && whole.generation == 1)
    #expect(whole.organizations.elementsEqual(early.organizations))
    #expect(store.parts.files.organizationsAhead() == nil)
    // What was written in between is what is shown.
    let other = try scratch.store()
    _ = other.parts.files.organizationsAhead()
    try scratch.write(
      "organizations.json", Fixture.organizations.replacingOccurrences(of: "Acme", with: "Acne"))
    #expect(try other.snapshot().organizations.contains { $0.name == "Acne Corp" })
  }

  @Test func `a file that another program renames into place at the last moment is merged`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let hasCome = Mutex(false)
    let text = try scratch.read("organizations.json").replacingOccurrences(of: "Acme Corp", with: "Acne Corp")
    let path = scratch.path
    let store = try FileStore(path: path) { call in
      guard "\(call)" == "renameat2",
        hasCome.withLock({ come in
          defer { come = true }
          return !come
        })
      else { return }
      // Its file is older than the rename, as a file is that takes a while to write.
      let time = Date(timeIntervalSinceNow: -1)
      try? Data(text.utf8).write(to: URL(fileURLWithPath: path + "/theirs"))
      try? FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path + "/theirs")
      rename(path + "/theirs", path + "/organizations.json")
    }
    _ = try store.commit(Sample.create("new"))
    _ = try scratch.store().maintain()
    let names = try scratch.store().snapshot().organizations.map(\.name)
    #expect(hasCome.withLock { $0 } && names.contains("Acne Corp") && names.contains("new"))
  }

  @Test func `a write without a difference is no new generation`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    let generation = try manager.snapshot().generation
    try scratch.write("organizations.json", Fixture.organizations)
    #expect(try manager.snapshot().generation == generation)
    let commit = try manager.commit(ChangeSet([]))
    #expect(commit.changes.isEmpty && commit.snapshot.generation == generation)
  }

  @Test func `mode and owner stay, and orgman's own directory is private`() throws {
    let scratch = try Scratch.reference()
    #expect(chmod(scratch.path + "/organizations.json", 0o640) == 0)
    if geteuid() == 0 { #expect(chown(scratch.path + "/organizations.json", 1234, 4321) == 0) }
    try scratch.manager().createOrganization(name: "New")
    var status = stat()
    #expect(stat(scratch.path + "/organizations.json", &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o640)
    if geteuid() == 0 { #expect(status.st_uid == 1234 && status.st_gid == 4321) }
    #expect(stat(scratch.path + "/.orgman", &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o700)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman").sorted() == [
        "checkpoints", "displaced", "journal", "lock", "published", "quarantine",
      ])
  }

  @Test func `read-only stores refuse with the reason`() throws {
    let scratch = try Scratch.reference()
    let manager = OrgManager(store: try FileStore(path: scratch.path, isReadOnly: true))
    #expect(code { try manager.createOrganization(name: "New") } == .readOnly)
    #expect(try manager.organizations().count == 10)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 2)
  }

  @Test func `whoever waits for the lock is told who holds it, and can give up`() throws {
    let scratch = try Scratch.reference()
    let directory = try DataDirectory(path: scratch.path)
    let manager = try scratch.manager()
    let seen = Mutex<Contention?>(nil)
    try FileLock(directory: directory).withLock(waiting: { _ in false }) { (_) throws(OrgError) in
      let error = code {
        try manager.commit(ChangeSet([])) { holder in
          seen.withLock { $0 = holder }
          return false
        }
      }
      #expect(error == .cancelled)
      let hasty = FileLock(directory: directory, patience: 30)
      #expect(code { try hasty.withLock(waiting: { _ in true }) { (_) throws(OrgError) in } } == .locked)
    }
    let holder = try #require(seen.withLock { $0 })
    #expect(holder.origin == .process(getpid()) && holder.waitedMilliseconds >= 100)
    #expect(holder.description.contains("pid \(getpid())"))
    try manager.createOrganization(name: "After")
  }

  @Test func `a lock file that was removed while held doesn't let two in`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    try manager.createOrganization(name: "One")
    #expect(unlink(scratch.path + "/.orgman/lock") == 0)
    try manager.createOrganization(name: "Two")
    #expect(try manager.organizations().count == 12)
  }

  @Test func `threads and stores that edit at once lose nothing`() throws {
    let scratch = try Scratch.reference()
    let shared = try scratch.manager()
    let failures = Mutex<[String]>([])
    onThreads(4) { worker in
      do {
        let manager = worker % 2 == 0 ? shared : try scratch.manager()
        for step in 0..<25 { try manager.createOrganization(name: "W\(worker) \(step)") }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(try shared.organizations().count == 10 + 100)
    #expect(try scratch.manager().snapshot().problems.isEmpty)
  }

  @Test func `the watcher tells of writes to the data, and of nothing else`() throws {
    let scratch = try Scratch.reference()
    let watcher = try FileStore(path: scratch.path).watcher()
    #expect(!watcher.drain())
    try scratch.write("other.json", "{}")
    #expect(!watcher.drain())
    try scratch.write("org_users.json", Fixture.users)
    #expect(watcher.drain())
    #expect(!watcher.drain())
    try scratch.manager().createOrganization(name: "New")
    #expect(watcher.drain())
    try FileManager.default.removeItem(atPath: scratch.path + "/org_users.json")
    #expect(watcher.drain())
  }

  @Test func `a file that is being written is waited for`() throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    let writer = try #require(FileHandle(forUpdatingAtPath: scratch.path + "/org_users.json"))
    #expect(flock(writer.fileDescriptor, LOCK_EX) == 0)
    try writer.truncate(atOffset: 0)
    let thread = Thread {
      // A slow writer: half a file, a pause, the rest.
      let half = Fixture.users.utf8.count / 2
      writer.write(Data(Array(Fixture.users.utf8)[..<half]))
      usleep(100_000)
      writer.write(Data(Array(Fixture.users.utf8)[half...]))
      flock(writer.fileDescriptor, LOCK_UN)
    }
    thread.start()
    #expect(try manager.snapshot().problems.isEmpty)
    #expect(try manager.snapshot().contents.memberCount > 0)
  }
}
