import Foundation
import OrgCore
import SystemPackage
import Testing

@testable import OrgFileStore

/// Segments of the journal that are compressed.
@Suite struct CompressionTests {
  /// A history of several short segments, of which none is compressed yet.
  private func history(_ scratch: Scratch, _ count: Int = 24) throws -> FileStore {
    let store = try scratch.store()
    store.parts.committed.withLock { $0.segmentLimit = 3000 }
    for number in 0..<count { _ = try store.commit(Sample.create("\(number)")) }
    let stateDirectory = try StateDirectory(store.directory)
    for segment in try Journal.segments(stateDirectory.journal, stateDirectory.calls) {
      let text = try text(segment, store)
      try Segment.remove(segment, in: stateDirectory.journal, stateDirectory.calls)
      try stateDirectory.write(text, as: segment, in: stateDirectory.journal)
    }
    JournalIndexer(store.directory)?.rebuild()
    return store
  }

  private func segments(_ store: FileStore) throws -> [String] {
    let stateDirectory = try StateDirectory(store.directory)
    return try Journal.segments(stateDirectory.journal, stateDirectory.calls)
  }

  private func text(_ segment: String, _ store: FileStore) throws -> [UInt8] {
    let stateDirectory = try StateDirectory(store.directory)
    let file = try Segment(segment, stateDirectory.journal, stateDirectory.calls)
    return try file.read(0..<file.size, stateDirectory.calls)
  }

  private func files(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/journal").sorted()
  }

  private func compress(_ store: FileStore) throws { try StateDirectory(store.directory).compressSegments() }

  private func copy(_ scratch: Scratch) throws -> Scratch {
    let copy = try Scratch()
    try FileManager.default.removeItem(atPath: copy.path)
    try FileManager.default.copyItem(atPath: scratch.path, toPath: copy.path)
    return copy
  }

  /// All that is told of the history, by the index and without it.
  private func told(_ store: FileStore) throws -> [[HistoryEntry]] {
    var filter = HistoryFilter()
    filter.organization = "org_3"
    return [
      try store.history(), try store.history(matching: filter, from: nil, limit: 100).entries,
      try store.history(from: nil, limit: 7).entries,
      [1, 5, 11].compactMap { try? store.historyEntry(generation: $0) },
      [try store.undoable(by: getuid())].compactMap(\.self),
    ]
  }

  private func findings(_ store: FileStore) throws -> [String] {
    // The permissions of a test's directory are another matter.
    try store.examine().filter { $0.severity != .note && !$0.text.contains("outside the group") }.map(\.text)
  }

  @Test func `compressed segments have the same history, undo, restore and findings of doctor`() throws {
    let scratch = try Scratch.reference()
    let store = try history(scratch)
    let names = try segments(store)
    try #require(names.count > 6)
    #expect(try files(scratch) == names)
    let (before, texts) = (try told(store), try names.map { try text($0, store) })
    let restorations = try (0...24).map { try store.restore(to: .generation($0), isTrial: true).changes }
    let expected = try findings(store)
    let size = try #require(store.sizes()).journal
    try compress(store)
    #expect(
      try files(scratch) == names.dropLast(2).map { $0 + ".zst" } + names.suffix(2), "the newest two stay")
    #expect(try #require(store.sizes()).journal < size / 2)
    for store in [store, try scratch.store()] {
      #expect(try segments(store) == names)
      #expect(try names.map { try text($0, store) } == texts)
      #expect(try told(store) == before)
      #expect(try findings(store) == expected)
      #expect(
        try (0...24).map { try store.restore(to: .generation($0), isTrial: true).changes } == restorations)
    }
    let indexer = try #require(JournalIndexer(store.directory))
    let stateDirectory = try StateDirectory(store.directory)
    #expect(
      JournalIndex(in: stateDirectory.space, of: stateDirectory.journal, stateDirectory.calls) != nil,
      "the index fits as before")
    indexer.discard()
    indexer.rebuild()
    #expect(try told(store) == before)
    // Its frames and the table that follows them are one file of zstd.
    let bytes = try stateDirectory.read(names[0] + Segment.compressedSuffix, in: stateDirectory.journal)
    #expect(FrameTable.text(ofFrame: bytes, length: texts[0].count) == texts[0])
    let undone = try #require(try store.historyEntry(generation: 3))
    _ = try store.commit(undone.inverse)
    try store.restore(to: .generation(7))
    try scratch.recovered()
  }

  @Test func `any part of a long text is read from its frames`() throws {
    let scratch = try Scratch.reference()
    let store = try history(scratch, 1)
    let stateDirectory = try StateDirectory(store.directory)
    var random = SeededGenerator(seed: 1)
    for length in [1, 65_535, 65_536, 65_537, 300_000] {
      let text = (0..<length).map { _ in UInt8.random(in: 97...100, using: &random) }
      let file = try #require(FrameTable.file(of: text))
      try stateDirectory.write(file, as: "1.jsonl.zst", in: stateDirectory.journal)
      let segment = try Segment("1.jsonl", stateDirectory.journal, stateDirectory.calls)
      #expect(segment.size == length && segment.isCompressed && segment.damage == nil)
      #expect(try segment.read(0..<length, stateDirectory.calls) == text)
      #expect(try segment.read(0..<length + 10, stateDirectory.calls) == text)
      #expect(try segment.read(length..<length + 10, stateDirectory.calls) == [])
      for _ in 0..<50 {
        let start = Int.random(in: 0..<length, using: &random)
        let end = Int.random(in: start...length, using: &random)
        #expect(try segment.read(start..<end, stateDirectory.calls) == Array(text[start..<end]))
      }
    }
    #expect(FrameTable.file(of: []) == nil)
  }

  @Test func `segments are compressed as new ones begin, and a store that knew them goes on`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    store.parts.committed.withLock { $0.segmentLimit = 3000 }
    _ = try store.commit(Sample.create("first"))
    let other = try scratch.store()
    _ = try other.maintain()
    for number in 0..<30 { _ = try store.commit(Sample.create("\(number)")) }
    let names = try segments(store)
    #expect(try files(scratch) == names.dropLast(2).map { $0 + ".zst" } + names.suffix(2))
    let news = try other.maintain()
    #expect(news.entries.count == 30 && news.snapshot.contents.organizationCount > 30)
    _ = try other.commit(Sample.plan)
    _ = try store.commit(Sample.role)
    #expect(try findings(store) == [])
    try scratch.recovered()
  }

  @Test func `a flipped bit in a compressed segment is damage of that segment, and the others stay readable`()
    throws
  {
    let scratch = try Scratch.reference()
    let store = try history(scratch)
    try compress(store)
    let names = try segments(store)
    let whole = try store.history()
    let path = ".orgman/journal/\(names[1]).zst"
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(path)")))
    let lost = try #require(
      try Journal.parsed(names[1], StateDirectory(store.directory).journal, store.directory.calls)
    )
    .lines.count
    for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 12))
      + Array(bytes.count - 25..<bytes.count)
    {
      var damaged = bytes
      damaged[place] ^= 1 << (place % 8)
      try scratch.write(path, damaged)
      let opened = try scratch.store()
      #expect(try findings(opened).contains { $0.contains("damaged: \(names[1])") }, "byte \(place)")
      let left = try opened.history()
      #expect(left.count >= whole.count - lost && left.count < whole.count, "byte \(place)")
      _ = try told(opened)
      #expect(
        code { try opened.restore(to: .generation(22), isTrial: true) } == nil)
    }
    for length in [0, 8, 9, bytes.count / 2, bytes.count - 1] {
      try scratch.write(path, Array(bytes[..<length]))
      #expect(
        try findings(try scratch.store()).contains { $0.contains("damaged: \(names[1])") }, "\(length) bytes")
    }
    try scratch.write(path, bytes + [0])
    #expect(try findings(try scratch.store()).contains { $0.contains("damaged: \(names[1])") })
    // Changes go on as ever.
    _ = try scratch.store().commit(Sample.plan)
    try scratch.write(path, bytes)
    #expect(try findings(try scratch.store()) == [])
  }

  @Test func `a table that claims more than there is isn't believed`() throws {
    func table(_ entries: [(UInt32, UInt32)], count: UInt32? = nil, frames: Int = 0) -> [UInt8] {
      func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
      }
      return [UInt8](repeating: 0, count: frames) + bytes(0x184D_2A5E) + bytes(UInt32(entries.count * 8 + 9))
        + entries.flatMap { bytes($0) + bytes($1) } + bytes(count ?? UInt32(entries.count)) + [0]
        + bytes(0x8F92_EAB1)
    }
    func size(_ bytes: [UInt8]) -> Int? { FrameTable(bytes, fileLength: bytes.count)?.size }
    #expect(size(table([(10, 20)], frames: 10)) == 20)
    #expect(size(table([(10, 65_536), (10, 20)], frames: 20)) == 65_556)
    for hostile in [
      [], table([]), table([(10, 20)], frames: 9), table([(10, 20)], frames: 11),
      table([(10, 65_537)], frames: 10), table([(10, 0)], frames: 10), table([(0, 10)]),
      table([(10, 20), (10, 20)], frames: 20), table([(.max, .max)], frames: 10),
      table([(10, 20)], count: .max, frames: 10), table([(10, 20)], count: 0, frames: 10),
      table([(10, 20)], count: 2, frames: 10), table([(70_000, 65_536)], frames: 70_000),
      Array(table([(10, 20)], frames: 10).dropFirst(11)),
    ] {
      #expect(size(hostile) == nil)
    }
    // NUL bytes aren't a frame.
    #expect(FrameTable.text(ofFrame: [UInt8](repeating: 0, count: 10), length: 20) == nil)
  }

  @Test func `a crash at any call while segments are compressed leaves a history that is whole`() throws {
    let scratch = try Scratch.reference()
    let store = try history(scratch, 6)
    let before = try told(store)
    let names = try segments(store)
    try #require(names.count > 2)
    var call = 0
    var isOver = false
    while !isOver {
      call += 1
      let copy = try copy(scratch)
      let faults = Faults()
      let stateDirectory = try StateDirectory(try DataDirectory(path: copy.path, calls: faults.calls))
      faults.plan(.end(call))
      try? stateDirectory.compressSegments()
      isOver = faults.count < call
      let opened = try copy.store()
      #expect(try told(opened) == before, "call \(call)")
      #expect(try segments(opened) == names)
      #expect(try findings(opened) == [])
      try opened.repair([.maintain])
      #expect(
        try files(copy).filter { $0 != "anchor" } == names.dropLast(2).map { $0 + ".zst" } + names.suffix(2))
      #expect(try told(opened) == before)
      try copy.recovered("call \(call)")
    }
    print("crashes while segments are compressed: \(call)")
    #expect(call > 10)
  }

  @Test func `of a segment in both forms the plain one counts, and doctor names the other`() throws {
    let scratch = try Scratch.reference()
    let store = try history(scratch, 9)
    let names = try segments(store)
    let before = try told(store)
    try scratch.write(".orgman/journal/\(names[0]).zst", "what a crash left")
    #expect(try told(store) == before && findings(store) == [])
    let finding = try #require(try store.examine().first { $0.text.contains("\(names[0]).zst") })
    #expect(finding.severity == .note && finding.remedy == .maintain)
    try store.repair([.maintain])
    #expect(try told(store) == before)
    #expect(try store.examine().allSatisfy { $0.remedy != .maintain })
  }

  @Test func `what is damaged isn't compressed, and nothing is added to what is compressed`() throws {
    let scratch = try Scratch.reference()
    let store = try history(scratch, 9)
    let names = try segments(store)
    var text = try text(names[0], store)
    text[text.count / 2] ^= 1
    try scratch.write(".orgman/journal/\(names[0])", text)
    try compress(store)
    #expect(try files(scratch).contains(names[0]) && files(scratch).contains(names[1] + ".zst"))
    // The newest segments were removed by hand.
    let stateDirectory = try StateDirectory(store.directory)
    for name in names.suffix(2) { try stateDirectory.calls.remove(name, in: stateDirectory.journal) }
    let opened = try scratch.store()
    _ = try opened.commit(Sample.plan)
    #expect(try files(scratch).count { $0.hasSuffix(".jsonl") } == 2)
    #expect(try opened.history().first?.changes.count == 1)
  }

  @Test func `what is erased goes from compressed segments, too`() throws {
    let scratch = try Scratch.reference()
    let store = try history(scratch, 12)
    try compress(store)
    #expect(try store.erase(.organization("org_3")).historyCount > 0)
    for segment in try segments(store) {
      #expect(!String(decoding: try text(segment, store), as: UTF8.self).contains("org_3\""))
    }
    #expect(try findings(store) == [])
    try scratch.recovered()
  }
}
