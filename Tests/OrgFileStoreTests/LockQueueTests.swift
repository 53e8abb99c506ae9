import CLinux
import Foundation
import Glibc
import OrgCore
import Synchronization
import Testing

@testable import OrgFileStore

/// Who has waited longest gets the lock next.
@Suite struct LockQueueTests {
  /// Another opening of the lock file.
  private struct Observer: ~Copyable {
    let file: Descriptor

    init(_ scratch: Scratch) throws {
      file = Descriptor(open(scratch.path + "/.orgman/lock", O_RDWR | O_CLOEXEC))
      try #require(file.number >= 0)
    }

    /// How many wait.
    var waiting: Int {
      var count = 0
      var place = clinux_first_locked_byte(file.number, 1, Int64.max)
      while place >= 0 {
        count += 1
        place = clinux_first_locked_byte(file.number, place + 1, Int64.max)
      }
      return count
    }

    func wait(for count: Int) { while waiting != count { sched_yield() } }
  }

  /// Starts a waiter on a thread of its own.
  ///
  /// - Parameter hesitation: how long others may take to notice their turn, in milliseconds: on a busy machine a thread
  ///   doesn't run for longer than the usual time.
  private func wait(
    _ scratch: Scratch, _ group: DispatchGroup, hesitation: Int64 = 30, _ body: @escaping @Sendable () -> Void
  ) {
    group.enter()
    Thread {
      defer { group.leave() }
      do {
        let directory = try DataDirectory(path: scratch.path)
        var lock = FileLock(directory: directory)
        lock.hesitation = hesitation
        try lock.withLock(waiting: { _ in true }) { (_) throws(OrgError) in body() }
      } catch {
        Issue.record("\(error)")
      }
    }.start()
  }

  private func holding(_ scratch: Scratch, _ body: () throws -> Void) throws {
    let directory = try DataDirectory(path: scratch.path)
    var result = Result<Void, any Error>.success(())
    try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
      result = Result { try body() }
    }
    try result.get()
  }

  @Test func `waiters get the lock in the order in which they came`() throws {
    let scratch = try Scratch.reference()
    let order = Mutex<[Int]>([])
    let group = DispatchGroup()
    try holding(scratch) {
      let observer = try Observer(scratch)
      for number in 0..<12 {
        wait(scratch, group, hesitation: 20_000) { order.withLock { $0.append(number) } }
        observer.wait(for: number + 1)
      }
    }
    group.wait()
    #expect(order.withLock { $0 } == Array(0..<12))
  }

  @Test func `a waiter that is killed keeps nobody waiting, and neither does one that is stopped`() throws {
    let scratch = try Scratch.reference()
    let order = Mutex<[String]>([])
    let group = DispatchGroup()
    var workers: [Worker] = []
    try holding(scratch) {
      let observer = try Observer(scratch)
      for number in 0..<2 {
        workers.append(try Worker(scratch.path, "W\(number)", edits: 0))
        observer.wait(for: number + 1)
      }
      kill(workers[1].pid, SIGSTOP)
      _ = workers[0].kill(after: 0)
      observer.wait(for: 1)
      wait(scratch, group) { order.withLock { $0.append("after") } }
      observer.wait(for: 2)
    }
    // It gets its turn, though the stopped one, which came before, has not given up.
    group.wait()
    #expect(order.withLock { $0 } == ["after"])
    #expect(try Observer(scratch).waiting == 1)
    kill(workers[1].pid, SIGCONT)
    _ = workers[1].finish()
    #expect(try scratch.manager().organizations().contains { $0.name == "W1" })
  }

  @Test func `a process that finds others in front of it reads the data when its turn has come`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let store = try scratch.store()
    let group = DispatchGroup()
    try holding(scratch) {
      let observer = try Observer(scratch)
      group.enter()
      Thread {
        defer { group.leave() }
        do {
          try store.takingTurns { () throws(OrgError) in
            _ = try store.snapshot()
            _ = try store.commit(Sample.create("turn"))
          }
        } catch {
          Issue.record("\(error)")
        }
      }.start()
      observer.wait(for: 1)
      #expect(store.parts.files.state.withLock { $0.loaded == nil })
    }
    group.wait()
    #expect(try scratch.manager().organizations().contains { $0.name == "turn" })
  }
}
