import Foundation
import Glibc
import OrgCore
import Testing

@testable import OrgFileStore

/// Numbers from outside that no program of good will writes: times of files, places and generations in the journal, sizes.
@Suite struct HostileNumbersTests {
  // MARK: Times of files

  @Test(arguments: [-62_135_596_800, -1, 10_413_792_000, 15_032_385_535])
  func `files from any century are read and changed`(seconds: Int) throws {
    let scratch = try Scratch.reference()
    func setTimes() {
      for name in ["organizations.json", "org_users.json"] {
        let time = timespec(tv_sec: seconds, tv_nsec: 999_999_999)
        #expect(utimensat(AT_FDCWD, "\(scratch.path)/\(name)", [time, time], 0) == 0)
      }
    }
    setTimes()
    let store = try scratch.store()
    _ = try store.commit(Sample.plan)
    // As an external change, too.
    try scratch.write(
      "organizations.json",
      try scratch.read("organizations.json").replacingOccurrences(of: "Globex", with: "Globey"))
    setTimes()
    #expect(try store.maintain().snapshot.problems == [])
    _ = try store.commit(Sample.role)
    #expect(try scratch.read("organizations.json").contains("Globey"))
    _ = try store.examine()
  }

  @Test(arguments: [Int.min, -62_135_596_801, -1, 0, 253_402_300_800, Int.max])
  func `every time that a file can have is compared, and shown as the nearest date`(seconds: Int) {
    var status = stat()
    status.st_mtim = timespec(tv_sec: seconds, tv_nsec: 999_999_999)
    status.st_ctim = timespec(tv_sec: Int.max, tv_nsec: 999_999_999)
    let identity = FileIdentity(status)
    #expect(identity.modified <= identity.changed)
    #expect(Duration.sinceEpoch - identity.modified < .seconds(Int64.max) + .seconds(Int64.max))
    let time = Timestamp(sinceEpoch: identity.modified)
    #expect(Timestamp(time.description) == time)
  }

  // MARK: The journal

  /// A line as the journal has it, with a hash that is right.
  static func line(_ body: String) -> [UInt8] {
    let rest = Array(body.utf8.dropFirst())
    return Array("{\"sha256\":\"\(sha256(rest))\",".utf8) + rest + [10]
  }

  static func record(
    generation: String = "2", size: String = "2", splices: String = "", previous: String = ""
  ) -> String {
    """
    {"actor":{"host":"h","uid":0,"user":"u"},"changes":[],"files":{"organizations.json":{"sha256":"","size":\(size)}},\
    "format":1,"generation":\(generation),"kind":"edit","previous":"\(previous)",\
    "splices":{"organizations.json":[\(splices)]},"time":"2026-11-22 21:51:10"}
    """
  }

  static let impossible = [
    record(splices: #"{"after":"","at":-5,"before":"x"}"#),
    record(splices: #"{"after":"","at":-9223372036854775808,"before":""}"#),
    record(splices: #"{"after":"","at":9223372036854775807,"before":"x"}"#),
    record(splices: #"{"after":"","at":9223372036854775808,"before":"x"}"#),
    record(splices: #"{"after":"","at":4,"before":"abcd"},{"after":"","at":6,"before":"cd"}"#),
    record(splices: #"{"after":"","at":9,"before":"a"},{"after":"","at":1,"before":"b"}"#),
    record(generation: "18446744073709551615"), record(generation: "9223372036854775808"),
    record(generation: "-1"), record(generation: "18446744073709551616"), record(generation: "1e400"),
    record(size: "-1"),
  ]

  @Test(arguments: impossible)
  func `a line that orgman can't have written is damage`(body: String) throws {
    let parsed = Journal.parse(Self.line(body))
    #expect(parsed.lines.isEmpty)
    #expect(!parsed.damage.isEmpty && parsed.isBlocked)
  }

  @Test(arguments: impossible)
  func `a journal that ends in an impossible line is read, gone on with, and explained`(body: String) throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/journal").first)
    let journal = ".orgman/journal/\(name)"
    let whole = Array(try scratch.read(journal).utf8)
    let last = try #require(Journal.parse(whole).lines.last)
    let next = body.replacingOccurrences(of: #""previous":"""#, with: #""previous":"\#(last.hash)""#)
    try scratch.write(journal, whole + Self.line(next))

    let store = try scratch.store()
    #expect(try store.history().count == 1)
    _ = try store.examine()
    _ = try store.commit(Sample.role)
    #expect(try store.history().map(\.generation) == [2, 1])
    #expect(try scratch.store().restore(to: .generation(1)).changes.count == 1)
  }

  @Test func `behind the highest generation nothing is changed, and a sentence says why`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.plan)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/journal").first)
    let journal = ".orgman/journal/\(name)"
    let whole = Array(try scratch.read(journal).utf8)
    let last = try #require(Journal.parse(whole).lines.last)
    var text = String(decoding: whole[last.range], as: UTF8.self)
    text.removeFirst(#"{"sha256":"","#.count + 64)
    text = text.replacingOccurrences(of: #""generation":1,"#, with: #""generation":9223372036854775807,"#)
    try scratch.write(journal, whole[..<last.range.lowerBound] + Self.line("{" + text))

    let files = try scratch.files()
    let error = #expect(throws: OrgError.self) { try scratch.store().commit(Sample.role) }
    #expect(error?.code == .readOnly)
    #expect(error?.message.contains("generation 9223372036854775807, and none can follow it") == true)
    #expect(try scratch.files() == files)
    #expect(try scratch.store().history().map(\.generation) == [9_223_372_036_854_775_807])
  }

  // MARK: Sizes

  @Test func `a file that is too large is named, not read`() throws {
    let organizations = Array(Fixture.organizations.utf8)
    let members = Array(Fixture.users.utf8)
    let table = OrganizationTable(organizations, largest: organizations.count - 1)
    #expect(table.problems.map(\.reason) == ["it is larger than 4 GB"] && !table.isReadable)
    let whole = OrganizationTable(organizations, largest: organizations.count)
    #expect(whole.problems == [])
    let lists = MemberTable(members, of: whole, largest: members.count - 1)
    #expect(lists.problems.map(\.reason) == ["it is larger than 4 GB"] && !lists.isReadable)
  }

  @Test func `a change that would make a file too large is refused`() throws {
    let contents = FileContents(Fixture.organizations, Fixture.users)
    let preview = Preview(of: Sample.create("more"), on: Snapshot(generation: 0, contents: contents))
    let error = #expect(throws: OrgError.self) {
      _ = try contents.applying(preview.edit, largest: contents.organizations.bytes.count)
    }
    #expect(error?.code == .invalidValue)
    #expect(error?.message.contains("organizations.json would be larger than 4 GB") == true)
  }

  @Test func `a checkpoint, journal or displaced file with a hole of terabytes is no crash`() throws {
    for directory in ["checkpoints", "journal", "displaced"] {
      let scratch = try Scratch.reference()
      _ = try scratch.store().commit(Sample.plan)
      let path = "\(scratch.path)/.orgman/\(directory)"
      for name in try FileManager.default.contentsOfDirectory(atPath: path) {
        #expect(truncate("\(path)/\(name)", 8 << 40) == 0)
      }
      _ = try scratch.store().snapshot()
      _ = try? scratch.store().history()
      _ = try? scratch.store().examine()
      _ = try? scratch.store().restore(to: .generation(0))
      _ = try? scratch.store().commit(Sample.role)
    }
  }
}
