import Glibc
import OrgCore
import Testing

@testable import OrgFileStore

/// Reading on two cores, and reading again only what changed, against reading everything from beginning to end.
@Suite struct ReadingTests {
  @Test(arguments: 1...4)
  func `reads the same however it is divided, and whatever was read before`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = FileContents(Fixture.organizations, Fixture.users)
    var reread = 0
    for _ in 0..<80 {
      // Several changes from the same base, some good, some not.
      var organizations = base.organizations.bytes
      var members = base.members.bytes
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        if Bool.random(using: &random) { disturb(&organizations, &random) }
        if Bool.random(using: &random) { disturb(&members, &random) }
      }
      let whole = contents(organizations, members, dividing: .max)
      expectSame(contents(organizations, members, dividing: 0), whole)
      let again = base.reading(organizations: image(organizations), members: image(members))
      expectSame(again, whole)
      let isReadInPart = again.indicesOfChanges(since: base) != nil
      reread += isReadInPart ? 1 : 0
      try expectChanges(from: base, to: again)
    }
    #expect(reread > 10)
  }

  @Test(arguments: 1...3)
  func `goes on from what an edit or another program made`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var contents = FileContents(Fixture.organizations, Fixture.users)
    for step in 0..<40 {
      let before = contents
      for number in 0..<Int.random(in: 1...3, using: &random) {
        contents = try contents.making(contents.randomChange(&random, "\(step).\(number)"))
      }
      let whole = self.contents(contents.organizations.bytes, contents.members.bytes, dividing: .max)
      expectSame(contents, whole)
      try expectChanges(from: before, to: contents)
      // As if another program had written it.
      let again = before.reading(
        organizations: image(contents.organizations.bytes), members: image(contents.members.bytes))
      expectSame(again, whole)
      try expectChanges(from: before, to: again)
      #expect(again.indicesOfChanges(since: before) != nil)
      if Bool.random(using: &random) { contents = again }
    }
  }

  @Test func `what looks like an entry in a string, or in a list, divides nothing`() throws {
    let mark = #"},\#n  \"org_9\": {"#
    let name = String(repeating: mark, count: 40)
    let entries = (0..<9).map { Fixture.organization("org_\($0)", name: "\"\($0) \(name)\"") }
    let text = Array(("{\n" + entries.joined(separator: ",\n") + "\n}").utf8)
    let whole = OrganizationTable(text, dividing: .max)
    let halves = OrganizationTable(text, dividing: 0)
    #expect(halves.count == whole.count)
    #expect(halves.problems == whole.problems)
    #expect(!whole.problems.isEmpty)
    // All lists of lists: the middle is in the midst of one.
    let nested = Array(
      "{\n  \"org_1\": [[\"a\",\n  \"b\", \(Array(repeating: "1,\n  \"x\"", count: 30))]]\n}".utf8)
    let table = OrganizationTable(Array(Fixture.file(Fixture.organization()).utf8))
    #expect(
      MemberTable(nested, of: table, dividing: 0).problems
        == MemberTable(nested, of: table, dividing: .max).problems)
  }

  // MARK: Help

  private func contents(_ organizations: [UInt8], _ members: [UInt8], dividing: Int) -> FileContents {
    let table = OrganizationTable(organizations, dividing: dividing)
    return FileContents(organizations: table, members: MemberTable(members, of: table, dividing: dividing))
  }

  private func image(_ bytes: [UInt8]) -> DataDirectory.Image {
    .bytes(bytes, FileIdentity(stat()))
  }

  private func expectSame(_ contents: FileContents, _ other: FileContents) {
    #expect(contents.problems == other.problems)
    #expect(contents.recordProblems == other.recordProblems)
    #expect(contents.organizations.isBroken == other.organizations.isBroken)
    #expect(contents.members.isBroken == other.members.isBroken)
    #expect(contents.members.orphanedMembers == other.members.orphanedMembers)
    #expect(contents.memberCount == other.memberCount)
    #expect(contents.everything == other.everything)
    for index in 0..<other.organizationCount {
      let id = other.organizations.id(at: index)
      #expect(contents.index(ofOrganization: id) == other.index(ofOrganization: id))
      #expect(contents.members.hasList(at: index) == other.members.hasList(at: index))
    }
    guard contents.problems.isEmpty else { return }
    // What is made of it afterwards is the same as well.
    let new = Change.createOrganization(.sample("org_new", "New"))
    let left = try? contents.making(new)
    let right = try? other.making(new)
    #expect(left?.organizations.bytes == right?.organizations.bytes)
    #expect(left?.members.bytes == right?.members.bytes)
  }

  private func expectChanges(from old: FileContents, to new: FileContents) throws {
    guard let changes = new.indicesOfChanges(since: old) else { return }
    let expected = (0..<new.organizationCount).filter { index in
      guard index < old.organizationCount else { return true }
      return old.organizations.recordBytes(at: index) != new.organizations.recordBytes(at: index)
        || old.members.listBytes(at: index) != new.members.listBytes(at: index)
        || old.members.hasList(at: index) != new.members.hasList(at: index)
    }
    #expect(changes == expected)
    let others = (0..<min(old.organizationCount, new.organizationCount)).filter {
      old.organizations.id(at: $0) != new.organizations.id(at: $0)
    }
    #expect(others == [])
  }

  @Test func `a time in the usual form is one where there is such a day, and nothing else is`() {
    func number(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    func isTime(_ text: [UInt8]) -> Bool {
      text.withUnsafeBytes { CanonicalRecordScanner.isTime($0, 0..<$0.count) }
    }
    for year in [1900, 2000, 2023, 2024, 2100] {
      for month in 0...13 {
        for day in 0...32 {
          let text = "\(year)-\(number(month))-\(number(day)) 23:59:59.000001"
          #expect(isTime(Array(text.utf8)) == (Timestamp(text) != nil), "\(text)")
        }
      }
    }
    for text in ["2024-02-29 10:20:30", "2026-12-31 23:59:59.123456"].map({ Array($0.utf8) }) {
      for offset in text.indices {
        for byte in UInt8.min...UInt8.max {
          var changed = text
          changed[offset] = byte
          let isRead = Timestamp(String(decoding: changed, as: UTF8.self)) != nil
          #expect(!isTime(changed) || isRead && changed.allSatisfy { $0 < 0x80 }, "\(changed)")
          // Years before 100 are looked at elsewhere.
          let isUsual = (0x30...0x39).contains(byte) && !changed.starts(with: Array("00".utf8))
          #expect(!isUsual || isTime(changed) == isRead, "\(changed)")
        }
      }
    }
  }

  /// Changes a text as a program, a person or an accident may.
  private func disturb(_ text: inout [UInt8], _ random: inout SeededGenerator) {
    let place = Int.random(in: 0..<text.count, using: &random)
    let line = text[..<place].lastIndex(of: UInt8(ascii: "\n")) ?? 0
    switch Int.random(in: 0..<9, using: &random) {
    case 0: text[place] = UInt8.random(in: 0x20...0x7E, using: &random)
    case 1: text.remove(at: place)
    case 2: text.insert(contentsOf: Array(" \n".utf8), at: line)
    case 3: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...400, using: &random)))
    case 4: text.insert(contentsOf: Array(text[line..<place]), at: line)
    case 5:
      // A word for another, as an edit does it.
      for (from, to) in [
        ("owner", "member"), ("active", "deleted"), ("cus_", "cus_x"), ("user_", "u\u{1F680}"),
      ] {
        guard let found = text[place...].firstRange(of: Array(from.utf8)) else { continue }
        text.replaceSubrange(found, with: Array(to.utf8))
        break
      }
    case 6:
      // A whole entry, out or twice, where it ends and begins as the service writes it.
      let ends = text.indices.filter { text[$0...].starts(with: Array(",\n  \"org".utf8)) }
      guard ends.count > 2 else { return }
      let end = Int.random(in: 1..<ends.count, using: &random)
      let entry = Array(text[ends[end - 1]..<ends[end]])
      if Bool.random(using: &random) {
        text.removeSubrange(ends[end - 1]..<ends[end])
      } else {
        text.insert(contentsOf: entry, at: ends[end])
      }
    case 7: text[place] = UInt8.random(in: 0...255, using: &random)
    default: text.append(contentsOf: text.suffix(Int.random(in: 1...30, using: &random)))
    }
  }
}
