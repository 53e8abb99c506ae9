import Foundation
import OrgCore
import SystemPackage
import Testing

@testable import OrgFileStore

/// Removing the oldest part of the history.
@Suite struct RetentionTests {
  /// A history of several short segments, with its index.
  private func history(
    _ retention: Retention = .forever
  ) throws -> (scratch: Scratch, store: FileStore) {
    let scratch = try Scratch.reference()
    let store = try FileStore(path: scratch.path, retention: retention)
    store.parts.committed.withLock { $0.segmentLimit = 3000 }
    for number in 0..<30 { _ = try store.commit(Sample.create("\(number)")) }
    JournalIndexer(store.directory)?.rebuild()
    return (scratch, store)
  }

  private func segments(_ scratch: Scratch) throws -> [String] {
    let stateDirectory = try StateDirectory(try DataDirectory(path: scratch.path))
    return try Journal.segments(stateDirectory.journal, stateDirectory.calls)
  }

  /// As it is done by hand.
  private func remove(_ segment: String, _ scratch: Scratch) throws {
    let stateDirectory = try StateDirectory(try DataDirectory(path: scratch.path))
    try Segment.remove(segment, in: stateDirectory.journal, stateDirectory.calls)
  }

  private func copies(_ scratch: Scratch) throws -> [UInt64] {
    let stateDirectory = try StateDirectory(try DataDirectory(path: scratch.path))
    return try stateDirectory.checkpointGenerations()
  }

  private func beginning(_ segment: String, _ store: FileStore) throws -> JournalRecord {
    let stateDirectory = try StateDirectory(store.directory)
    return try #require(try Journal.beginning(of: segment, stateDirectory.journal, stateDirectory.calls))
      .record
  }

  /// What is said of the journal and its index.
  private func complaints(_ store: FileStore) throws -> [String] {
    try store.examine().map(\.text).filter { $0.contains("journal") || $0.contains("history") }
  }

  @Test func `what is older than a time goes by whole segments, and everything since stays`() throws {
    let (scratch, store) = try history()
    let other = try scratch.store()
    _ = try other.maintain()
    let before = try store.history()
    let names = try segments(scratch)
    try #require(names.count > 6)
    let kept = try beginning(names[3], store)
    let time = try #require(Timestamp(kept.time))
    let plan = try store.prune(before: time, isTrial: true)
    #expect(try segments(scratch) == names)
    #expect(plan.segments == 3 && plan.generations == 1...kept.generation && plan.beginning == time)
    #expect(try store.prune(before: time) == plan)
    #expect(try segments(scratch) == Array(names[3...]))
    #expect(try copies(scratch).first == kept.generation)
    #expect(try store.history() == before.filter { $0.generation > kept.generation })
    #expect(try store.historyStart() == kept.generation + 1)
    #expect(try complaints(store) == [])
    #expect(JournalIndexer(store.directory)?.isBehind(0) == false)
    // The oldest state that is left, the one before it, and one in between.
    let trial = try store.restore(to: .generation(kept.generation), isTrial: true)
    #expect(trial.changes.count == 2 * (30 - Int(kept.generation)))
    #expect(code { try store.restore(to: .generation(kept.generation - 1), isTrial: true) } == .dataNotFound)
    #expect(try store.restore(to: .generation(20), isTrial: true).changes.count == 20)
    #expect(try store.prune(before: time).isEmpty)
    // Both stores go on.
    _ = try other.commit(Sample.plan)
    _ = try store.commit(Sample.role)
    try scratch.recovered()
  }

  @Test func `what a crash left of segments that were on their way out goes with the next maintenance`()
    throws
  {
    let (scratch, store) = try history()
    let names = try segments(scratch)
    let kept = try beginning(names[4], store)
    let copy = try Scratch()
    try FileManager.default.removeItem(atPath: copy.path)
    try FileManager.default.copyItem(atPath: scratch.path, toPath: copy.path)
    try store.prune(before: try #require(Timestamp(kept.time)))
    // The copies and the anchor were written, and one segment of four had gone.
    for name in ["journal/anchor"]
      + (try FileManager.default.contentsOfDirectory(
        atPath: scratch.path + "/.orgman/checkpoints"
      ).map { "checkpoints/\($0)" })
    {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/.orgman/\(name)"))
      try copy.write(".orgman/\(name)", Array(bytes))
    }
    try remove(names[0], copy)
    let opened = try copy.store()
    #expect(try complaints(opened).filter { $0.contains("damaged") } == [])
    try opened.repair([.maintain])
    #expect(try segments(copy) == Array(names[4...]))
    #expect(try copies(copy).first == kept.generation)
    try copy.recovered()
  }

  @Test func `segments that nobody pruned are missed`() throws {
    let (scratch, store) = try history()
    let names = try segments(scratch)
    try remove(names[0], scratch)
    #expect(try complaints(store).contains { $0.contains("what came before its first line is missing") })
    let (pruned, other) = try history()
    let kept = try segments(pruned)
    try other.prune(before: try #require(Timestamp(beginning(kept[2], other).time)))
    try remove(kept[2], pruned)
    #expect(try complaints(other).contains { $0.contains("the segments before it are missing") })
  }

  @Test func `quarantined files that are older go, and younger ones stay`() throws {
    let (scratch, store) = try history()
    for name in ["1-old.organizations.json", "2-new.organizations.json"] {
      try scratch.write(".orgman/quarantine/\(name)", "{")
    }
    try scratch.age(".orgman/quarantine/1-old.organizations.json", seconds: -100_000)
    let pruning = try store.prune(
      before: Timestamp(microseconds: Timestamp.now().microseconds - 3_600_000_000))
    #expect(pruning.quarantined == 1 && pruning.segments == 0 && pruning.bytes == 1)
    #expect(pruning.displaced == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/quarantine")
        == ["2-new.organizations.json"])
    #expect(try #require(store.sizes()).quarantine == 1)
  }

  private var soon: Timestamp { Timestamp(microseconds: Timestamp.now().microseconds + 3_600_000_000) }

  private func displaced(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/displaced").sorted()
  }

  @Test func `displaced files that are older go, unless another program has them open or wrote to them`()
    throws
  {
    let (scratch, store) = try history()
    let names = try displaced(scratch)
    try #require(names.count > 1)
    let hour = Timestamp(microseconds: Timestamp.now().microseconds - 3_600_000_000)
    #expect(try store.prune(before: hour).displaced == 0)
    let open = try #require(
      FileHandle(forUpdatingAtPath: "\(scratch.path)/.orgman/displaced/\(names[0])"))
    #expect(try store.prune(before: soon).displaced > 0)
    #expect(try displaced(scratch) == [names[0]])
    try open.close()
    #expect(try store.prune(before: soon).displaced == 1)
    #expect(try displaced(scratch) == [])
    // What was written there and can't be merged yet stays.
    _ = try store.commit(Sample.create("later"))
    let name = try #require(try displaced(scratch).first)
    try scratch.write(".orgman/displaced/\(name)", "{")
    let stateDirectory = try StateDirectory(store.directory)
    #expect(try !stateDirectory.displaced(before: soon).contains { $0.name == name })
    _ = try store.commit(Sample.plan)
    try scratch.recovered()
  }

  @Test func `with a time to keep the history, a new segment removes what is older, a few segments at once`()
    throws
  {
    let (scratch, _) = try history()
    let names = try segments(scratch)
    try #require(names.count > 9)
    // As if all that had been some days ago.
    try date(scratch, days: 10)
    let keeping = try FileStore(path: scratch.path, retention: .last(1, .weeks))
    let kept = try FileStore(path: scratch.path, retention: .last(2, .weeks))
    for store in [keeping, kept] { store.parts.committed.withLock { $0.segmentLimit = 3000 } }
    // An ordinary change removes nothing, nor does a new segment of a store that keeps more.
    _ = try keeping.commit(Sample.plan)
    #expect(try segments(scratch) == names)
    var number = 100
    func roll(_ store: FileStore) throws {
      let count = try #require(try segments(scratch).last)
      while try segments(scratch).last == count {
        number += 1
        _ = try store.commit(Sample.create("\(number)"))
      }
    }
    try roll(kept)
    #expect(try segments(scratch).starts(with: names))
    try roll(keeping)
    let rest = try segments(scratch)
    #expect(rest.first == names[8], "no more than eight at once")
    let start = try #require(try keeping.historyStart())
    #expect(try copies(scratch).first == start - 1)
    #expect(try complaints(keeping) == [])
    try roll(keeping)
    // The last segment that began before that time tells of what came after it.
    #expect(try segments(scratch).first == names.last)
    #expect(try complaints(keeping) == [])
    // All stores go on.
    _ = try kept.commit(Sample.role)
    _ = try keeping.commit(Sample.create("end"))
    #expect(try keeping.maintain().snapshot.problems == [])
    try scratch.recovered()
  }

  @Test func `with a time to keep the history, quarantined files that are older go with a new segment`()
    throws
  {
    let (scratch, store) = try history(.last(1, .days))
    for name in ["1-old.organizations.json", "2-new.organizations.json"] {
      try scratch.write(".orgman/quarantine/\(name)", "{")
    }
    try scratch.age(".orgman/quarantine/1-old.organizations.json", seconds: -100_000)
    let names = try segments(scratch)
    for number in 0..<10 { _ = try store.commit(Sample.create("x\(number)")) }
    #expect(try segments(scratch).starts(with: names) && segments(scratch).count > names.count)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/quarantine")
        == ["2-new.organizations.json"])
  }

  @Test func `what was begun to be removed is found, and maintenance finishes it`() throws {
    let (scratch, store) = try history()
    let names = try segments(scratch)
    let stateDirectory = try StateDirectory(store.directory)
    let bytes = try stateDirectory.read(names[0] + Segment.compressedSuffix, in: stateDirectory.journal)
    try store.prune(before: try #require(Timestamp(beginning(names[2], store).time)))
    try scratch.write(".orgman/journal/\(names[0])" + Segment.compressedSuffix, bytes)
    let finding = try #require(try store.examine().first { $0.text.contains(names[0]) })
    #expect(finding.severity == .note && finding.remedy == .maintain)
    try store.repair([.maintain])
    #expect(try segments(scratch).first == names[2])
    #expect(try store.examine().allSatisfy { $0.remedy != .maintain })
  }

  /// Writes the journal as it would be had all that happened some days earlier.
  private func date(_ scratch: Scratch, days: Int64) throws {
    let stateDirectory = try StateDirectory(try DataDirectory(path: scratch.path))
    var previous = ""
    for segment in try segments(scratch) {
      var text: [UInt8] = []
      for line in try #require(try Journal.parsed(segment, stateDirectory.journal, stateDirectory.calls))
        .lines
      {
        var record = line.record
        record.previous = previous
        let time = try #require(Timestamp(record.time))
        record.time = Timestamp(microseconds: time.microseconds - days * 86_400_000_000).description
        let encoded = try Journal.encode(record)
        text += encoded.bytes
        previous = encoded.hash
      }
      try scratch.write(".orgman/journal/\(segment)", text)
    }
    JournalIndexer(stateDirectory.directory)?.rebuild()
  }
}
