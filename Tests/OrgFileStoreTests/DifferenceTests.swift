import Foundation
import OrgCore
import TerminalTesting
import Testing

@testable import OrgFileStore

/// What differs between two states: as addresses, as changes, and as splices of the bytes.
@Suite struct DifferenceTests {
  let base = FileContents(Fixture.organizations, Fixture.users)

  @Test func `what stays the same is no address`() {
    #expect(base.addresses(differingFrom: base) == [])
    let spaced = FileContents(
      Fixture.organizations.replacingOccurrences(of: "\": ", with: "\" :  "),
      Fixture.users.replacingOccurrences(of: "\n", with: "\r\n"))
    #expect(spaced.problems == [])
    #expect(spaced.addresses(differingFrom: base) == [])
  }

  @Test func `every value that a program can set is a address of its own`() throws {
    let id = base.organization(at: 0).id
    let other = base.organization(at: 1).id
    let member = try #require(base.someMember)
    var changed = base
    changed = try changed.making(.setField(.planTier, organization: id, from: nil, to: "gold"))
    changed = try changed.making(
      .setField(.status, organization: other, from: nil, to: changed.organization(at: 1).status.other))
    changed = try changed.making(
      .setRole(
        user: member.userID, organization: member.organizationID, from: member.role, to: member.role.next))
    changed = try changed.making(.addMember(.sample("new", in: id)))
    #expect(
      changed.addresses(differingFrom: base) == [
        .field(id, .planTier), .field(other, .status), .member(member.organizationID, user: member.userID),
        .member(id, user: "new"),
      ])
  }

  @Test func `new organizations and lists are addresses, and so are those that are gone, be they empty`()
    throws
  {
    let id = "org_new"
    let created = try base.making(.createOrganization(.sample(id, "New")))
    #expect(created.addresses(differingFrom: base) == [.organization(id), .list(id)])
    #expect(base.addresses(differingFrom: created) == [.organization(id), .list(id)])
    let listless = FileContents(String(decoding: created.organizations.bytes, as: UTF8.self), Fixture.users)
    #expect(listless.addresses(differingFrom: created) == [.list(id)])
    #expect(created.addresses(differingFrom: listless) == [.list(id)])
  }

  @Test func `the changes of the addresses that differ lead from one state to the other`() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      var there = base
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        there = try there.making(there.randomChange(&random, "r"))
      }
      var replayed = base
      for change in there.changes(in: there.addresses(differingFrom: base), on: base) {
        replayed = try replayed.making(change.change)
      }
      #expect(replayed.addresses(differingFrom: there) == [])
    }
  }

  @Test func `splices turn the old bytes into the new ones, whatever was edited`() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var there = base
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        there = try there.making(there.randomChange(&random, "r"))
      }
      expectSplices(from: base, to: there)
      expectSplices(from: there, to: base)
    }
  }

  @Test func `splices hold for reordered, reformatted and other texts`() throws {
    var random = SeededGenerator(seed: 9)
    let texts = [
      Fixture.organizations, "{}", "{ }", "", "null", "{\"org_a\": 1}\n",
      Fixture.organizations.replacingOccurrences(of: "  ", with: "\t"),
      try python(Fixture.organizations, "json.dumps(data)"),
      try python(Fixture.organizations, "json.dumps(data, indent=1, sort_keys=True)"),
      try python(Fixture.organizations, "json.dumps(dict(reversed(data.items())), indent=2)"),
      try python(Fixture.organizations, "json.dumps(data, indent=2, ensure_ascii=False)"),
    ]
    let members = [
      Fixture.users, "{}", "[]",
      try python(Fixture.users, "json.dumps(dict(reversed(data.items())), indent=2)"),
      try python(Fixture.users, "json.dumps({k: v[::-1] for k, v in data.items()}, indent=2)"),
    ]
    let states = texts.flatMap { text in members.map { FileContents(text, $0) } }
    for _ in 0..<300 {
      let from = try #require(states.randomElement(using: &random))
      expectSplices(from: from, to: try #require(states.randomElement(using: &random)))
    }
  }

  @Test func `a splice cuts no character apart, for the journal keeps text`() throws {
    let old = FileContents(Fixture.file(Fixture.organization(name: "\"Caf\u{E9} \u{1F600}\"")), "{}")
    for name in ["Caf\u{E8} \u{1F600}", "Caf\u{E9} \u{1F601}", "Caf\u{E9}\u{E9}", "\u{169} \u{1F600}"] {
      let new = FileContents(Fixture.file(Fixture.organization(name: "\"\(name)\"")), "{}")
      expectSplices(from: old, to: new)
    }
  }

  @Test func `an edit of one record is one splice near it, and not the rest of the file`() throws {
    let id = base.organization(at: 5).id
    let there = try base.making(.setField(.planTier, organization: id, from: nil, to: "x"))
    let splices = there.splices(from: base)
    #expect(splices.members.isEmpty && splices.organizations.all.count == 1)
    #expect(splices.organizations.all.allSatisfy { $0.range.count < 40 && $0.replacement.count < 40 })
  }

  /// Expects that splices, as the journal keeps them, turn one state into another.
  private func expectSplices(from old: FileContents, to new: FileContents) {
    let (organizations, members) = new.splices(from: old)
    for (splices, before, after) in [
      (organizations, old.organizations.bytes, new.organizations.bytes),
      (members, old.members.bytes, new.members.bytes),
    ] {
      #expect(splices.applied(to: before) == after)
      let kept = splices.all.map { JournalRecord.JournalByteEdit($0, in: before) }
      let again = BytePatch(kept.map { ByteEdit($0.at..<$0.at + $0.before.utf8.count, Array($0.after.utf8)) })
      #expect(again.applied(to: before) == after)
    }
  }

  /// A text as Python writes it back, in the way of an expression on `data`.
  private func python(_ text: String, _ expression: String) throws -> String {
    let process = Process()
    let output = Pipe()
    let file = NSTemporaryDirectory() + "orgman-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-X", "utf8", "-c",
      "import json, sys; data = json.load(open(sys.argv[1])); print(\(expression), end='')", file,
    ]
    process.standardOutput = output
    try process.start()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}

// MARK: States and changes for tests

extension FileContents {
  /// The state behind a change, whatever value it expects.
  func making(_ change: Change) throws -> FileContents {
    let snapshot = Snapshot(generation: 0, contents: self)
    var change = change
    switch change {
    case .setField(let field, let id, _, let to):
      change = .setField(field, organization: id, from: snapshot.organization(id: id)?[field], to: to)
    case .setRole(let user, let id, let from, let to):
      change = .setRole(user: user, organization: id, from: snapshot.role(of: user, in: id) ?? from, to: to)
    default: break
    }
    let preview = Preview(of: ChangeSet([change], allowsOwnerless: true), on: snapshot)
    try preview.check()
    let result = try applying(preview.edit).contents
    #expect(result.problems == [])
    return result
  }

  /// A member of some organization.
  var someMember: OrgUser? {
    (0..<organizationCount).first { memberCount(at: $0) > 0 }.map { member(0, at: $0) }
  }

  /// A change that makes sense here; what it adds is named after the prefix.
  func randomChange(_ random: inout SeededGenerator, _ prefix: String) throws -> Change {
    let index = Int.random(in: 0..<organizationCount, using: &random)
    let organization = organization(at: index)
    let mark = "\(prefix)\(UInt32.random(in: 0...UInt32.max, using: &random))"
    let member =
      memberCount(at: index) == 0
      ? nil : member(Int.random(in: 0..<memberCount(at: index), using: &random), at: index)
    switch (Int.random(in: 0..<8, using: &random), member) {
    case (0, _): return .createOrganization(.sample("org_\(mark)", "Org \(mark)"))
    case (1, _):
      return .setField(
        .lagoCustomerID, organization: organization.id, from: nil,
        to: organization.lagoCustomerID == nil ? mark : nil)
    case (2, _):
      return .setField(.status, organization: organization.id, from: nil, to: organization.status.other)
    case (3, _): return .setField(.planTier, organization: organization.id, from: nil, to: mark)
    case (4, let member?):
      return .setRole(
        user: member.userID, organization: organization.id, from: member.role, to: member.role.next)
    case (5, let member?):
      return .removeMember(user: member.userID, organization: organization.id, role: member.role)
    default: return .addMember(.sample(mark, in: organization.id))
    }
  }
}

extension Organization {
  static func sample(_ id: String, _ name: String) -> Organization {
    Organization(id: id, name: name, createdAt: Timestamp(microseconds: 1_700_000_000_000_000))
  }
}

extension OrgUser {
  static func sample(_ user: String, in organization: String) -> OrgUser {
    OrgUser(
      organizationID: organization, userID: user, role: .member,
      joinedAt: Timestamp(microseconds: 1_700_000_000_000_000))
  }
}

extension Role {
  var next: Role {
    let roles = Rules.files.roles
    return roles[(place + 1) % roles.count]
  }
}

extension Organization.Status {
  var other: String { (self == .active ? Self.suspended : .active).rawValue }
}
