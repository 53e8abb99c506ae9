import Foundation
import OrgCore
import SystemPackage
import TerminalTesting
import Testing

@testable import OrgFileStore

@Suite(.sideBySide) struct JournalTests {
  func segments(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/journal").sorted()
  }

  func bytes(_ scratch: Scratch, _ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/.orgman/journal/\(name)")))
  }

  @Test func `each line names the one before and the format, and a chain that is broken is noticed`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    for set in [Sample.create("a"), Sample.plan, Sample.role] { _ = try store.commit(set) }
    let name = try #require(try segments(scratch).last)
    let parsed = Journal.parse(try bytes(scratch, name))
    #expect(parsed.damage.isEmpty && parsed.lines.count == 4)
    #expect(parsed.lines.map(\.record.generation) == [0, 1, 2, 3])
    #expect(parsed.lines.map(\.record.previous) == [""] + parsed.lines.dropLast().map(\.hash))
    #expect(parsed.lines.allSatisfy { $0.record.format == 1 })
    let lines = try bytes(scratch, name).split(separator: UInt8(ascii: "\n")).map(Array.init)
    let without = Journal.parse(Array(([lines[0]] + lines[2...]).joined(separator: [10])) + [10])
    #expect(
      without.lines.count == 3 && without.damage.map(\.reason) == ["the line doesn't follow the one before"])
  }

  @Test func `where a newer version wrote, the data are shown and nothing is changed`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let files = try scratch.files()
    let name = try #require(try segments(scratch).last)
    let whole = try bytes(scratch, name)
    let body = Array(#""actor":{},"format":3,"generation":2,"kind":"merge"}"#.utf8)
    try scratch.write(
      ".orgman/journal/\(name)", whole + Array("{\"sha256\":\"\(sha256(body))\",".utf8) + body + [10])
    let line = try bytes(scratch, name)
    #expect(throws: OrgError.self) { try scratch.store().commit(Sample.create("new")) }
    #expect(code { try scratch.store().commit(Sample.create("new")) } == .readOnly)
    #expect(code { try scratch.store().maintain() } == .readOnly)
    #expect(try scratch.store().snapshot().problems == [])
    #expect(try scratch.files() == files)
    #expect(try bytes(scratch, name) == line)
  }

  @Test func `the history can be read in pages from its end, over segments and what is damaged`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    store.parts.committed.withLock { $0.segmentLimit = 3000 }
    for number in 0..<30 { _ = try store.commit(Sample.create("\(number)")) }
    let names = try segments(scratch)
    #expect(names.count > 3)
    for isDamaged in [false, true] {
      if isDamaged {
        // The newest two aren't compressed.
        let name = names[names.count - 2]
        var bytes = try bytes(scratch, name)
        bytes[bytes.count / 2] ^= 1
        try scratch.write(".orgman/journal/\(name)", bytes)
      }
      let whole = try store.history()
      #expect(whole.count == (isDamaged ? 29 : 30))
      for limit in [1, 3, 7, 30, 100] {
        var entries: [HistoryEntry] = []
        var page = try store.history(from: nil, limit: limit)
        while let next = page.next {
          entries += page.entries
          page = try store.history(from: next, limit: limit)
        }
        #expect(entries + page.entries == whole, "pages of \(limit)")
      }
    }
  }

  @Test func `a last line that is cut off anywhere is dropped, and nothing else`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    for set in [Sample.create("a"), Sample.plan] { _ = try store.commit(set) }
    let name = try #require(try segments(scratch).last)
    let whole = try bytes(scratch, name)
    let last = try #require(whole.dropLast().lastIndex(of: 10)) + 1
    for length in last...whole.count {
      let parsed = Journal.parse(Array(whole[..<length]))
      #expect(parsed.lines.count == (length == whole.count ? 3 : 2))
      #expect(parsed.unfinished == (length == last || length == whole.count ? nil : last), "\(length)")
    }
    let plan = try scratch.files()
    // The change stays in the files, so it is ingested from there.
    try scratch.write(".orgman/journal/\(name)", Array(whole[..<(whole.count - 20)]))
    #expect(try scratch.recovered() == plan)
    #expect(try scratch.store().history().map(\.generation) == [2, 1])
  }

  @Test func `any byte of any line changed: the store opens, nothing is lost, the segment is kept`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    let sets = [Sample.create("a"), Sample.plan, Sample.role]
    for set in sets { _ = try store.commit(set) }
    let files = try scratch.files()
    let name = try #require(try segments(scratch).last)
    let whole = try bytes(scratch, name)
    var random = SystemRandomNumberGenerator()
    var runs = 0
    var next = 0
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
      // Every byte is parsed; some are opened as a store, too.
      let parsed = Journal.parse(damaged)
      #expect(parsed.lines.count >= sets.count - 1 && !parsed.damage.isEmpty, "byte \(index)")
      guard index == next || index >= whole.count - 2 else { continue }
      next = index + Int.random(in: 1...max(1, 40 / testScale), using: &random)
      runs += 1
      let copy = try Scratch()
      try FileManager.default.removeItem(atPath: copy.path)
      try FileManager.default.copyItem(atPath: scratch.path, toPath: copy.path)
      try copy.write(".orgman/journal/\(name)", damaged)
      // Another program writes, so that the journal is needed.
      if runs % 2 == 0 {
        try copy.write("organizations.json", files[0].replacingOccurrences(of: "Acme", with: "Ac\\u006de"))
      }
      let opened = try copy.store()
      for set in sets { #expect(try opened.commit(set).changes.isEmpty, "byte \(index)") }
      let again = try opened.commit(Sample.create("later"))
      #expect(again.snapshot.contents.organizationCount == 12)
      _ = try copy.store().maintain()
      let snapshot = try copy.store().snapshot()
      #expect(snapshot.organization(id: Sample.globex)?.planTier == "gold", "byte \(index)")
      #expect(snapshot.role(of: "user_007", in: Sample.globex) == .member, "byte \(index)")
      #expect(snapshot.organization(id: "org_a") != nil && snapshot.organization(id: "org_later") != nil)
      #expect(try bytes(copy, name).starts(with: damaged), "byte \(index)")
      let present = try Journal.everything(
        opened.directory.openDirectory("journal", in: opened.directory.openPrivate()), SystemCalls())
      let newest = try #require(present.lines.last?.record.generation)
      let rebuilt = try StateDirectory(opened.directory).rebuild(newest)
      #expect(
        try rebuilt.files.map { String(decoding: $0.bytes, as: UTF8.self) } == copy.files(), "byte \(index)")
    }
    print("damaged journals opened: \(runs) of \(whole.count)")
  }

  @Test
  func `every generation is rebuilt to the byte, over segments, by two stores in turn and another program`()
    throws
  {
    let scratch = try Scratch.reference()
    let stores = [try scratch.store(), try scratch.store()]
    for store in stores { store.parts.committed.withLock { $0.segmentLimit = 8_000 } }
    var states: [UInt64: [String]] = [:]
    for step in 0..<20 {
      var changes = Sample.create("s\(step)").changes
      if step % 3 == 2 {
        let entry = try #require(try stores[0].history().first { !$0.inverse.changes.isEmpty })
        changes += entry.inverse.changes
      }
      if step % 5 == 4 {
        let text = try scratch.read("organizations.json")
        try scratch.write("organizations.json", text.replacingOccurrences(of: "Acme", with: "Acmé\(step)"))
      }
      _ = try stores[step % 2].commit(ChangeSet(changes, allowsOwnerless: true))
      states[try #require(try stores[0].history().first?.generation)] = try scratch.files()
    }
    #expect(try segments(scratch).count > 3)
    let stateDirectory = try StateDirectory(try DataDirectory(path: scratch.path))
    for (generation, files) in states {
      let rebuilt = try stateDirectory.rebuild(generation)
      #expect(
        rebuilt.files.map { String(decoding: $0.bytes, as: UTF8.self) } == files, "generation \(generation)")
    }
    let original = try stateDirectory.rebuild(0)
    #expect(
      original.files.map { String(decoding: $0.bytes, as: UTF8.self) } == [
        Fixture.organizations, Fixture.users,
      ])
    print("generations rebuilt: \(states.count + 1) from \(try segments(scratch).count) segments")
    try scratch.recovered()
  }

  @Test func `segments of one generation sort in the order in which they were begun`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.create("a"))
    // Each time, the newest segment's last line is damaged.
    for round in 0..<3 {
      let name = try #require(try segments(scratch).last)
      var damaged = try bytes(scratch, name)
      damaged[damaged.count - 30] ^= 1
      try scratch.write(".orgman/journal/\(name)", damaged)
      let set = ChangeSet([
        .setField(.name, organization: "org_a", from: round == 0 ? "a" : "a\(round - 1)", to: "a\(round)")
      ])
      _ = try scratch.store().commit(set)
      #expect(try scratch.store().snapshot().organization(id: "org_a")?.name == "a\(round)")
    }
    let files = try scratch.files()
    _ = try scratch.store().maintain()
    #expect(try scratch.files() == files)
  }

  // MARK: Long lines

  /// Names all organizations that there are anew, and a hundred more: far more than is kept in memory of one line.
  func makeLong(_ store: FileStore) throws -> UInt64 {
    let created = (0..<100).map { number in
      Change.createOrganization(
        Organization(id: "org_\(number)", name: "New \(number)", createdAt: Sample.time))
    }
    let plans = try store.snapshot().organizations.map { organization in
      Change.setField(.planTier, organization: organization.id, from: organization.planTier, to: "bulk")
    }
    _ = try store.commit(ChangeSet(created + plans))
    let journal = try #require(store.parts.committed.withLock { $0.journal })
    let last = try #require(journal.recent.last)
    try #require(last.touched?.isEmpty == false && last.record.changes.isEmpty)
    #expect(journal.last?.record.changes.isEmpty == true)
    return last.record.generation
  }

  @Test func `what a long line changed is known to others, and can be undone`() throws {
    let scratch = try Scratch.reference()
    let (store, other) = (try scratch.store(), try scratch.store())
    _ = try store.commit(Sample.role)
    _ = try other.maintain()
    let generation = try makeLong(store)
    let entry = try #require(try other.maintain().entries.first)
    #expect(entry.generation == generation && entry.changes.count == 110)
    #expect(try other.snapshot().contents.organizationCount == 110)
    _ = try other.commit(entry.inverse)
    #expect(try scratch.read("organizations.json") == Fixture.organizations)
  }

  @Test func `what a long line changed is known when another program didn't know of it, or takes it back`()
    throws
  {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    let generation = try makeLong(store)
    _ = try store.maintain()
    // From before the long change, with another of its own.
    try scratch.write(
      "organizations.json", Fixture.organizations.replacingOccurrences(of: "Acme Corp", with: "Renamed"))
    var entry = try #require(try store.maintain().entries.first)
    #expect(
      entry.changes.count == 1 && entry.note?.contains("from a state before generation \(generation)") == true
    )
    #expect(try store.snapshot().contents.organizationCount == 110)
    // One value of it taken back, and nothing else, so late that whoever did it has seen it.
    let text = try scratch.read("organizations.json")
    let range = try #require(text.range(of: "\"bulk\""))
    try scratch.write("organizations.json", text.replacingCharacters(in: range, with: "\"founders_friend\""))
    try scratch.age("organizations.json", seconds: 20)
    entry = try #require(try store.maintain().entries.first)
    #expect(entry.kind == .foreign && entry.changes.count == 1)
    #expect(entry.reverted == [generation])
  }

  @Test func `without the segment of a long line, what is known of the journal begins anew`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    _ = try makeLong(store)
    store.parts.committed.withLock { $0.segmentLimit = 1 }
    _ = try store.commit(Sample.role)
    let directory = scratch.path + "/.orgman/journal"
    let segments = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    try #require(segments.count > 1)
    try FileManager.default.removeItem(atPath: "\(directory)/\(segments[0])")
    let text = try scratch.read("organizations.json").replacingOccurrences(of: "Acme Corp", with: "Renamed")
    try scratch.write("organizations.json", text)
    _ = try store.maintain()
    #expect(try scratch.read("organizations.json") == text)
    _ = try store.commit(
      ChangeSet([.setField(.planTier, organization: "org_1", from: "founders_friend", to: "x")]))
  }

  @Test func `a long line that can't be read when it matters is an error, and nothing is ingested`() throws {
    let scratch = try Scratch.reference()
    let store = try scratch.store()
    _ = try makeLong(store)
    let segment = try #require(
      FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/journal").max())
    let path = "\(scratch.path)/.orgman/journal/\(segment)"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var damaged = whole
    damaged[damaged.count - 100] ^= 1
    try damaged.write(to: URL(fileURLWithPath: path))
    let stale = Fixture.organizations.replacingOccurrences(of: "Acme Corp", with: "Renamed")
    try scratch.write("organizations.json", stale)
    #expect(code { try store.maintain() } == .system)
    #expect(try scratch.read("organizations.json") == stale)
    try whole.write(to: URL(fileURLWithPath: path))
    _ = try store.maintain()
    #expect(try store.snapshot().contents.organizationCount == 110)
    #expect(try scratch.read("organizations.json").contains("Renamed"))
  }
}
