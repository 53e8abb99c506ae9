import Foundation
import OrgCore
import Synchronization
import Testing

@testable import OrgFileStore

@Suite struct JournalIndexTests {
  func indexPath(_ scratch: Scratch) -> String { scratch.path + "/.orgman/index.sqlite" }

  func hasIndex(_ scratch: Scratch) -> Bool { FileManager.default.fileExists(atPath: indexPath(scratch)) }

  /// Counts what is read.
  final class ReadCount: Sendable {
    private let bytes = Mutex(0)

    var value: Int { bytes.withLock { $0 } }
    func add(_ count: Int) { bytes.withLock { $0 += count } }
  }

  /// How many bytes of a directory are read until a body has what it asks for.
  func bytesRead(_ scratch: Scratch, _ body: (FileStore) throws -> Void) throws -> Int {
    let count = ReadCount()
    let store = try FileStore(path: scratch.path, calls: SystemCalls(onRead: { count.add($0) }))
    try body(store)
    return count.value
  }

  @Test func `an edit, an undo and a look at the history read no more after many generations`() throws {
    let empty = try Scratch.reference()
    _ = try empty.store().commit(Sample.role)
    let long = try Scratch.reference()
    var writing = JournalWriting()
    writing.filler = String(repeating: "x", count: 500)
    writing.uid = { $0 == 3 ? 7 : 0 }
    try writing.add(2...8000, to: long)
    _ = try long.store().undoable(by: 7)
    #expect(hasIndex(long))
    let filter = HistoryFilter(organization: Sample.globex)
    func edit(_ store: FileStore) throws {
      let plan = try store.snapshot().organization(id: Sample.globex)?.planTier
      let change = Change.setField(
        .planTier, organization: Sample.globex, from: plan, to: "\(plan ?? "")x")
      _ = try store.commit(ChangeSet([change]))
    }
    let steps: [(name: String, more: Int, body: (FileStore) throws -> Void)] = [
      ("edit", 64 << 10, edit),
      ("newest", 64 << 10, { _ = try $0.newestGeneration() }),
      ("undo", 128 << 10, { _ = try $0.undoable(by: nil) }),
      ("redo", 128 << 10, { _ = try $0.redoable(by: 4711) }),
      ("page", 256 << 10, { _ = try $0.history(from: nil, limit: 50) }),
      ("organization", 256 << 10, { _ = try $0.history(matching: filter, from: nil, limit: 50) }),
      ("generation", 128 << 10, { _ = try $0.historyEntry(generation: 1) }),
      ("whose change was long ago", 128 << 10, { _ = try $0.undoable(by: 7) }),
    ]
    for step in steps {
      let (short, far) = (try bytesRead(empty, step.body), try bytesRead(long, step.body))
      #expect(far <= short + step.more, "\(step.name): \(short) and \(far) bytes")
      print("\(step.name): \(short) bytes of an empty history, \(far) of a long one")
    }
    let old = try #require(try long.store().undoable(by: 7))
    #expect(old.generation == 3)
  }

  @Test func `with the index and without it, every question has the same answer`() throws {
    var random = SystemRandomNumberGenerator()
    for round in 0..<(6 * testScale) {
      let scratch = try Scratch.reference()
      var kinds: [UInt64: (JournalRecord.Kind, of: UInt64?)] = [:]
      for generation in UInt64(2)...400 {
        let earlier = UInt64.random(
          in: max(1, generation > 9 ? generation - 8 : 1)..<generation, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: kinds[generation] = (.edit, nil)
        case 4..<7: kinds[generation] = (.undo, earlier)
        case 7..<9: kinds[generation] = (.redo, earlier)
        default: kinds[generation] = (.foreign, nil)
        }
      }
      var writing = JournalWriting(linesPerSegment: 37)
      writing.uid = { UInt32($0 % 3) }
      writing.kind = { [kinds] in kinds[$0] ?? (.edit, nil) }
      try writing.add(2...UInt64(Int.random(in: 60...400, using: &random)), to: scratch)
      let store = try scratch.store()
      try #require(JournalIndexer(store.directory)).update()
      // Some lines behind the index.
      let newest = try #require(try store.newestGeneration())
      if round % 2 == 1 { try writing.add(newest + 1...newest + 20, to: scratch) }
      let other = InMemoryHistory(entries: try store.history())
      for uid in [nil, 0, 1, 2, 9] as [UInt32?] {
        #expect(
          try store.undoable(by: uid) == other.undoable(by: uid), "\(round), \(String(describing: uid))")
        #expect(
          try store.redoable(by: uid) == other.redoable(by: uid), "\(round), \(String(describing: uid))")
      }
      for generation in [0, 1, 2, 50, newest, newest + 1, newest + 100] {
        #expect(
          try store.historyEntry(generation: generation) == other.historyEntry(generation: generation))
      }
      let times = other.entries.map(\.time)
      for filter in [
        HistoryFilter(), HistoryFilter(organization: Sample.globex), HistoryFilter(user: "nobody"),
        HistoryFilter(organization: "org_none"), HistoryFilter(until: times[times.count / 2]),
        HistoryFilter(organization: Sample.globex, since: times[times.count / 2]),
      ] {
        for limit in [1, 7, 1000] {
          var entries: [HistoryEntry] = []
          var page = try store.history(matching: filter, from: nil, limit: limit)
          while let next = page.next {
            #expect(page.entries.count <= limit)
            entries += page.entries
            page = try store.history(matching: filter, from: next, limit: limit)
          }
          #expect(entries + page.entries == other.entries.filter(filter.includes), "\(filter), \(limit)")
        }
      }
    }
  }

  @Test func `who waits for the index of a long history is told how far it is, up to the end`() throws {
    let scratch = try Scratch.reference()
    try JournalWriting(linesPerSegment: 200).add(2...2000, to: scratch)
    let store = try scratch.store()
    let seen = Mutex<[ReadingProgress]>([])
    store.observeIndexing { progress in seen.withLock { $0.append(progress) } }
    _ = try store.history(matching: HistoryFilter(organization: Sample.globex), from: nil, limit: 1)
    let all = seen.withLock { $0 }
    #expect(all.count > 5)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.done <= $1.done && $0.total == $1.total })
    #expect(all.last.map { $0.done == $0.total && $0.total > 0 } == true)
    // The second time there is nothing to wait for.
    _ = try store.history(matching: HistoryFilter(organization: Sample.globex), from: nil, limit: 1)
    #expect(seen.withLock { $0.count } == all.count)
  }

  @Test func `an index that is missing, damaged, of another journal or of another form is made anew`() throws
  {
    let scratch = try Scratch.reference()
    try JournalWriting().add(2...2000, to: scratch)
    let expected = try scratch.store().history().filter {
      $0.changes[0].change.organizationID == Sample.globex
    }
    func check(_ note: String) throws {
      let page = try scratch.store().history(
        matching: HistoryFilter(organization: Sample.globex), from: nil, limit: 10_000)
      #expect(page.entries == expected && page.next == nil, "\(note)")
      #expect(try scratch.store().undoable(by: nil)?.generation == 2000, "\(note)")
    }
    try check("made")
    let whole = try Data(contentsOf: URL(fileURLWithPath: indexPath(scratch)))
    try FileManager.default.removeItem(atPath: indexPath(scratch))
    try check("missing")
    #expect(hasIndex(scratch))
    try Data("no database".utf8).write(to: URL(fileURLWithPath: indexPath(scratch)))
    try check("no database")
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: indexPath(scratch)))
    try check("cut off")
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      var damaged = whole
      for _ in 0..<50 { damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= 1 }
      try damaged.write(to: URL(fileURLWithPath: indexPath(scratch)))
      _ = try scratch.store().undoable(by: nil)
      _ = try scratch.store().history(
        matching: HistoryFilter(organization: Sample.globex), from: nil, limit: 10_000)
    }
    let other = try Scratch.reference()
    try JournalWriting().add(2...1500, to: other)
    _ = try other.store().undoable(by: 4711)
    // What was found to be damaged is gone.
    try? FileManager.default.removeItem(atPath: indexPath(scratch))
    try FileManager.default.copyItem(atPath: indexPath(other), toPath: indexPath(scratch))
    try check("of another journal")
  }

  @Test func `an edit goes on where the index can't be written, and where somebody holds it up`() throws {
    let scratch = try Scratch.reference()
    try JournalWriting().add(2...2000, to: scratch)
    let store = try scratch.store()
    try #require(JournalIndexer(store.directory)).update()
    let stateDirectory = try StateDirectory(store.directory)
    let reader = JournalIndex(in: stateDirectory.space, of: stateDirectory.journal, SystemCalls())
    let writer = try JournalIndex.open(in: stateDirectory.space, .writing, SystemCalls())
    #expect(reader != nil && writer?.begin() == 0)
    for number in 0..<200 { _ = try store.commit(Sample.create("\(number)")) }
    #expect(try scratch.store().undoable(by: nil)?.generation == 2200)
    withExtendedLifetime((reader, writer)) {}
    try FileManager.default.removeItem(atPath: indexPath(scratch))
    try FileManager.default.createDirectory(atPath: indexPath(scratch), withIntermediateDirectories: false)
    for number in 200..<400 { _ = try store.commit(Sample.create("\(number)")) }
    #expect(try scratch.store().undoable(by: nil)?.generation == 2400)
    try scratch.recovered()
  }

  @Test func `edits keep the index near the end, and it has the rights of the directory`() throws {
    let scratch = try Scratch.reference()
    #expect(chmod(scratch.path, 0o2770) == 0)
    let store = try scratch.store()
    for number in 0..<150 { _ = try store.commit(Sample.create("\(number)")) }
    let attributes = try FileManager.default.attributesOfItem(atPath: indexPath(scratch))
    #expect(attributes[.posixPermissions] as? Int == 0o660)
    let indexer = try #require(JournalIndexer(store.directory))
    #expect(!indexer.isBehind(2 * JournalIndex.stride))
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman")
    #expect(!names.contains { $0.hasPrefix("index.sqlite-") || $0.hasSuffix(".part") })
  }

  @Test func `who only reads writes no index`() throws {
    let scratch = try Scratch.reference()
    try JournalWriting().add(2...2000, to: scratch)
    let store = try FileStore(path: scratch.path, isReadOnly: true)
    #expect(try store.undoable(by: nil)?.generation == 2000)
    #expect(
      try store.history(matching: HistoryFilter(organization: Sample.globex), from: nil, limit: 3).entries
        .count
        == 3)
    #expect(!hasIndex(scratch))
  }

  @Test func `the newest line is told from a long one without reading what it changed`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    let changes = (0..<2000).map { number in
      Change.createOrganization(
        Organization(id: "org_\(number)", name: "\"changes\":[{ \\ \(number)", createdAt: Sample.time))
    }
    _ = try store.commit(ChangeSet(changes))
    let stateDirectory = try StateDirectory(store.directory)
    let whole = try #require(try Journal.everything(stateDirectory.journal, SystemCalls()).lines.last?.record)
    let newest = try #require(try Journal.newest(stateDirectory.journal, SystemCalls()))
    #expect(whole.changes.count == 2000 && newest.changes.isEmpty && newest.data.splices?.isEmpty == true)
    #expect(
      newest.generation == 1 && newest.data.files == whole.data.files && newest.actor.who == whole.actor.who)
    #expect(newest.time == whole.time && newest.previous == whole.previous)
    _ = try scratch.store().commit(Sample.plan)
    try scratch.recovered()
  }
}

/// A history that answers as stores do that have no cheaper way.
private struct InMemoryHistory: OrgStore {
  let entries: [HistoryEntry]

  func reader() throws(OrgError) -> any StoreReader { throw OrgError(.system, "There are no data.") }
  func history() -> [HistoryEntry] { entries }
  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    throw OrgError(.readOnly, "Nothing can be changed.")
  }
}
