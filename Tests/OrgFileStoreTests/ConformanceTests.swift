import OrgCore
import OrgStoreTesting
import Testing

@testable import OrgFileStore

@Suite struct ConformanceTests {
  @Test(arguments: StoreBehavior.all(for: [.canBeReopened, .canBeHeldUp]))
  func `the file store does what every store does`(behavior: StoreBehavior) throws {
    let scratch = try Scratch()
    try FileStore.create(at: scratch.path)
    try behavior.check(
      StoreUnderTest(
        holdUp: { body in
          let lock = FileLock(directory: try DataDirectory(path: scratch.path))
          let result = try lock.withLock(waiting: { _ in true }) { (_) throws(OrgError) in
            Result { try body() }
          }
          try result.get()
        },
        open: { try FileStore(path: scratch.path) }))
  }

  @Test func `undo takes back step by step, redo does it again, to the byte, over restarts`() throws {
    let scratch = try Scratch.reference()
    let remove = ChangeSet(
      [.removeMember(user: "owner", organization: "org_z", role: .owner)], allowsOwnerless: true)
    var states = [try scratch.files()]
    for set in [Sample.create("z"), Sample.plan, Sample.role, remove] {
      try scratch.manager().commit(set)
      states.append(try scratch.files())
    }
    var undone = 0
    while let entry = try scratch.manager().undoable(by: nil) {
      var set = entry.inverse
      set.allowsOwnerless = true
      try scratch.manager().commit(set)
      undone += 1
      #expect(try scratch.files() == states[states.count - 1 - undone], "undo \(undone)")
    }
    #expect(undone == 4)
    while let entry = try scratch.manager().redoable(by: nil) {
      var set = entry.inverse
      set.allowsOwnerless = true
      try scratch.manager().commit(set)
      undone -= 1
      #expect(try scratch.files() == states[states.count - 1 - undone], "redo \(undone)")
    }
    #expect(undone == 0)
    #expect(try scratch.manager().undoable(by: 4_000_000_000) == nil)
  }
}
