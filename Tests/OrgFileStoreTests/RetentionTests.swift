import Foundation
import OrgCore
import SystemPackage
import Testing

@testable import OrgFileStore

/// Removing the oldest part of the history.
@Suite struct RetentionTests {
  /// A history of several short segments, with its index.
  private func history() throws -> (scratch: Scratch, store: FileStore) {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    store.memory.withLock { $0.segmentLimit = 3000 }
    for number in 0..<30 { _ = try store.commit(Sample.create("\(number)")) }
    JournalIndexer(store.directory)?.rebuild()
    return (scratch, store)
  }

  private func segments(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/journal")
      .filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  private func copies(_ scratch: Scratch) throws -> [UInt64] {
    let vault = try Vault(try DataDirectory(path: scratch.path))
    return try vault.checkpointGenerations()
  }

  private func beginning(_ segment: String, _ store: FileStore) throws -> JournalRecord {
    let vault = try Vault(store.directory)
    return try #require(try Journal.beginning(of: segment, vault.journal, vault.calls)).record
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
    try FileManager.default.removeItem(atPath: "\(copy.path)/.orgman/journal/\(names[0])")
    let opened = try copy.store()
    #expect(try complaints(opened).filter { $0.contains("damaged") } == [])
    try opened.mend([.maintain])
    #expect(try segments(copy) == Array(names[4...]))
    #expect(try copies(copy).first == kept.generation)
    try copy.recovered()
  }

  @Test func `segments that nobody pruned are missed`() throws {
    let (scratch, store) = try history()
    let names = try segments(scratch)
    try FileManager.default.removeItem(atPath: "\(scratch.path)/.orgman/journal/\(names[0])")
    #expect(try complaints(store).contains { $0.contains("what came before its first line is missing") })
    let (pruned, other) = try history()
    let kept = try segments(pruned)
    try other.prune(before: try #require(Timestamp(beginning(kept[2], other).time)))
    try FileManager.default.removeItem(atPath: "\(pruned.path)/.orgman/journal/\(kept[2])")
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
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/quarantine")
        == ["2-new.organizations.json"])
    #expect(try #require(store.sizes()).quarantine == 1)
  }
}
