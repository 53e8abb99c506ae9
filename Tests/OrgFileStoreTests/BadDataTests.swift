import Foundation
import OrgCore
import Testing

@testable import OrgFileStore

/// Data that can't be trusted are shown as far as they can be read, named, and never written over.
@Suite struct BadDataTests {
  let good = Fixture.organization("org_0", name: "\"Good\"")
  let last = Fixture.organization("org_2", name: "\"Last\"")

  /// The problems of a file of organizations, and the names that can be read in spite of them.
  func look(_ text: String) -> (problems: [FileProblem], names: [String]) {
    let table = OrganizationTable(Array(text.utf8))
    return (table.problems, (0..<table.count).map { table[$0].name })
  }

  @Test(arguments: [
    (Fixture.organization(status: "\"gone\""), "there is no status \"gone\"", "\"gone\""),
    (Fixture.organization(status: "null"), "\"status\" is no string", "null,"),
    (Fixture.organization(name: "\"\""), "the name is empty", "\"\""),
    (
      Fixture.organization(name: "\"\(String(repeating: "é", count: 201))\""),
      "the name has 201 characters, 200 are allowed", "\"é"
    ),
    (Fixture.organization(name: "\"\\ud800x\""), "a surrogate is unpaired", "\\ud800"),
    (Fixture.organization(name: "\"a\u{1}b\""), "a string has an unescaped control character", "\u{1}"),
    (Fixture.organization(name: "3"), "\"name\" is no string", "3"),
    (Fixture.organization("acme"), "an organization's id must start with \"org_\"", "\"acme\""),
    (
      Fixture.organization().replacingOccurrences(of: "2026-11-22 21", with: "2026-11-22 25"),
      "\"2026-11-22 25:51:10.076830\" is no date and time", "\"2026-11-22 25"
    ),
    (
      Fixture.organization().replacingOccurrences(of: "\"cus_1\"", with: "7"),
      "\"stripe_customer_id\" is neither a string nor null", "7,"
    ),
    (
      Fixture.organization().replacingOccurrences(of: "\"name\"", with: "\"title\""),
      "the record has no \"name\"", "{\n    \"id\": \"org_1\""
    ),
    ("  \"org_1\": []", "there is \"[\" where \"{\" was expected", "[]"),
  ])
  func `a bad record is left out and named by file, byte and key; the rest is shown`(
    record: String, reason: String, place: String
  ) throws {
    let text = Fixture.file(good, record, last)
    let (problems, names) = look(text)
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    #expect(names == ["Good", "Last"])
    #expect(problem.file == "organizations.json")
    #expect(problem.reason == reason)
    let recordStart = try #require(text.range(of: record))
    let start = try #require(text.range(of: place, range: recordStart.lowerBound..<text.endIndex))
    let offset = text.utf8.distance(from: text.startIndex, to: start.lowerBound)
    #expect(problem.offset == offset || place == "null,")
    #expect(problem.key.hasPrefix("org_") || problem.key == "acme")
  }

  @Test func `a file cut off anywhere is named, and what stands before the cut is shown`() {
    let text = Array(Fixture.organizations.utf8)
    for length in 0..<text.count {
      let table = OrganizationTable(Array(text[..<length]))
      #expect(table.problems.count == 1, "\(length)")
      #expect(table.count == 10 || length < text.count - 2)
    }
    let users = Array(Fixture.users.utf8)
    let organizations = OrganizationTable(text)
    for length in 0..<users.count {
      let table = MemberTable(Array(users[..<length]), of: organizations)
      #expect(!table.problems.isEmpty, "\(length)")
    }
  }

  @Test func `any byte changed to any other never crashes`() {
    var random = SeededGenerator(seed: 3)
    let text = Array(Fixture.organizations.utf8)
    let users = Array(Fixture.users.utf8)
    for _ in 0..<3000 {
      var changed = text
      var changedUsers = users
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        changedUsers[Int.random(in: users.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let table = OrganizationTable(changed)
      _ = FileContents(organizations: table, members: MemberTable(changedUsers, of: table)).everything
    }
  }

  @Test(arguments: [
    ("", "the file is empty"), ("null", "there is \"n\" where \"{\" was expected"),
    ("[]", "there is \"[\" where \"{\" was expected"),
    ("\u{FEFF}{}", "a byte order mark precedes the text"),
    ("{}{}", "2 bytes follow the end of the data"),
    ("{} \n x", "1 bytes follow the end of the data"),
    ("\0\0\0\0", "there is \"\\0\" where \"{\" was expected"),
    ("{\"org_1\"", "the file ends where \":\" was expected"),
    ("{,}", "there is \",\" where a string was expected"), ("{\"a\": 1,}", ""), ("hello", ""),
  ])
  func `a file of another shape is never taken for an empty one`(text: String, reason: String) {
    let problems = look(text).problems
    #expect(!problems.isEmpty)
    if !reason.isEmpty { #expect(problems.first?.reason == reason) }
  }

  @Test func `text that is not UTF-8 is named at its byte, and shown around it`() throws {
    var text = Array(Fixture.file(good, Fixture.organization(name: "\"A?B\""), last).utf8)
    let place = try #require(text.firstIndex(of: UInt8(ascii: "?")))
    text[place] = 0xFF
    let table = OrganizationTable(text)
    #expect(table.problems.map(\.offset) == [place])
    #expect(table.problems.first?.key == "org_1")
    #expect(table.count == 3 && table[1].name == "A\u{FFFD}B")
  }

  @Test func `deep nesting and huge values neither crash nor hang`() {
    let deep = String(repeating: "[", count: 100_000)
    let (problems, names) = look(
      Fixture.file(good, Fixture.organization().replacingOccurrences(of: "\"cus_1\"", with: deep), last))
    #expect(problems.first?.reason == "values nest deeper than 900 levels" && names.first == "Good")
    let big = String(repeating: "x", count: 100_000_000)
    let huge = look(Fixture.file(good, Fixture.organization(name: "\"\(big)\""), last))
    #expect(huge.problems.first?.reason == "the name has 100000000 characters, 200 are allowed")
    #expect(huge.names == ["Good", "Last"])
  }

  @Test func `bad members are named, and the others shown`() throws {
    let users = Fixture.file(
      "  \"org_1\": [\n\(Fixture.member("a")),\n\(Fixture.member("b", "admin")),\n\(Fixture.member("c"))\n  ]",
      "  \"org_1\": []", "  \"org_2\": {}", "  \"org_x\": [\n\(Fixture.member("s", of: "org_x"))\n  ]")
    let contents = FileContents(
      Fixture.file(Fixture.organization(), Fixture.organization("org_2", name: "\"B\"")), users)
    #expect(
      contents.problems.map(\.reason) == [
        "there is no role \"admin\"", "the member list is no list",
      ])
    #expect(contents.problems.map(\.key) == ["org_1", "org_2"])
    #expect(
      contents.recordProblems.map(\.reason) == [
        "the member list appears twice; the service uses the last one"
      ])
    #expect(contents.recordProblems.map(\.scope) == [.members(organization: "org_1")])
    #expect(contents.members.orphanedMembers == ["org_x": 1])
  }

  @Test(
    arguments: ["organizations.json", "org_users.json"], ["", "{\"org_", "nonsense", "{}trailing", "null"])
  func `nothing is written while a file is damaged`(name: String, text: String) throws {
    let scratch = try Scratch.reference()
    let manager = try scratch.manager()
    try scratch.write(name, text)
    #expect(code { try manager.createOrganization(name: "New") } == .damagedData)
    #expect(code { try manager.commit(ChangeSet([])) } == .damagedData)
    #expect(try scratch.read(name) == text)
    #expect(try !manager.snapshot().problems.isEmpty)
    // Mended by whoever broke it, it is editable again.
    try scratch.write(name, name == "org_users.json" ? Fixture.users : Fixture.organizations)
    #expect(code { try manager.createOrganization(name: "New") } == nil)
  }

  @Test func `a missing file, a link, a directory and a pipe are named, and don't hang`() throws {
    let scratch = try Scratch.reference()
    let path = scratch.path + "/org_users.json"
    func reason() throws -> String? {
      try FileStore(path: scratch.path).snapshot().problems.first?.reason
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(try reason() == "the file is missing")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "organizations.json")
    #expect(try reason() == "it is a symbolic link")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(try reason() == "it is no plain file")
    try FileManager.default.removeItem(atPath: path)
    #expect(mkfifo(path, 0o600) == 0)
    #expect(try reason() == "it is no plain file")
    #expect(code { try scratch.manager().createOrganization(name: "New") } == .damagedData)
  }

  @Test func `a directory that is missing, or has no data, is said to be so`() throws {
    let scratch = try Scratch()
    #expect(code { try FileStore(path: scratch.path) } == .dataNotFound)
    #expect(code { try FileStore(path: scratch.path + "/none") } == .dataNotFound)
    try scratch.write("plain", "")
    #expect(code { try FileStore(path: scratch.path + "/plain") } == .dataNotFound)
    try FileStore.create(at: scratch.path + "/new")
    let manager = OrgManager(store: try FileStore(path: scratch.path + "/new"))
    try manager.createOrganization(name: "First")
    #expect(try manager.organizations().count == 1)
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.path + "/new/organizations.json")[
      .posixPermissions]
    #expect(mode as? Int == 0o600)
    // What is there stays.
    try FileStore.create(at: scratch.path + "/new")
    #expect(try manager.organizations().count == 1)
  }
}
