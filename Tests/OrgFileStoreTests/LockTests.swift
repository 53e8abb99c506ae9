import Foundation
import Glibc
import OrgCore
import Testing

@testable import OrgFileStore

@Suite struct LockTests {
  /// Commits while somebody else holds the lock, and gives up when told of it.
  func holder(_ scratch: Scratch, until isEnough: (Contention) -> Bool = { _ in true }) throws -> Contention?
  {
    var seen: Contention?
    let store = try scratch.store()
    let error = code {
      try store.commit(Sample.create("waiting")) { holder in
        seen = holder
        return !isEnough(holder)
      }
    }
    #expect(error == .cancelled)
    return seen
  }

  @Test func `a holder that was stopped is told apart, by program, pid, user and time, and one can give up`()
    throws
  {
    let scratch = try Scratch.reference()
    // Long after it took the lock, and before its first commit is done.
    let worker = try Worker(scratch.path, "W", stoppingItselfAt: 60)
    try #require(worker.stopped() != nil)
    let holder = try holder(scratch)
    let found = try #require(holder)
    #expect(found.program == "store-worker" && found.user == userName(getuid()))
    #expect(found.since != nil)
    #expect(found.description.contains("store-worker, pid \(worker.pid) (\(found.user)), stopped, since "))
    // Its death frees the lock.
    _ = worker.kill(after: 0)
    _ = try scratch.store().commit(Sample.create("after"))
    try scratch.recovered()
  }

  @Test func `a lock that a child keeps for a dead process is said to be so`() throws {
    let scratch = try Scratch.reference()
    let directory = try DataDirectory(path: scratch.path)
    try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
      // No process has a pid this high.
      try? scratch.write(".orgman/lock", "2147483647\torgman\tnobody\n")
      let holder = try? holder(scratch)
      #expect(holder?.state == .gone && holder?.since == nil)
      #expect(holder?.description.hasPrefix("held by orgman, pid 2147483647 (nobody), gone, 0.") == true)
      try? scratch.write(".orgman/lock", "garbage")
      #expect((try? self.holder(scratch))?.description.hasPrefix("held by another program, 0.") == true)
    }
    _ = try scratch.store().commit(Sample.create("after"))
  }

  @Test func `a lock file that is removed while held is noticed by whoever takes it next`() throws {
    let scratch = try Scratch.reference()
    let directory = try DataDirectory(path: scratch.path)
    try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
      #expect(unlink(scratch.path + "/.orgman/lock") == 0)
    }
    _ = try scratch.store().commit(Sample.create("after"))
    try scratch.recovered()
  }
}
