import Foundation
import OrgCore
import TerminalTesting
import Testing

@testable import OrgFileStore

/// Each operation changes exactly the bytes that it should.
@Suite struct EditTests {
  let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"
  let empty = "org_41fca4d6-a659-4198-a016-f2c5f25d861a"

  @Test func `the files of the service are read without a problem, and opening changes nothing`() throws {
    let scratch = try Scratch.reference()
    let snapshot = try scratch.manager().snapshot()
    #expect(snapshot.problems.isEmpty)
    #expect(snapshot.contents.organizationCount == 10)
    #expect(snapshot.organizations.map(\.name).contains("Ünïted \"Quotes\" \\ Slash"))
    #expect(snapshot.organizations.map(\.name).contains("🚀 Rocket Labs"))
    #expect(try scratch.read("organizations.json") == Fixture.organizations)
    #expect(try scratch.read("org_users.json") == Fixture.users)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 2)
  }

  /// Runs one edit and tells what became of both files.
  func edit(_ body: (OrgManager) throws -> Void) throws -> (organizations: String, users: String) {
    let scratch = try Scratch.reference()
    try body(scratch.manager())
    return (try scratch.read("organizations.json"), try scratch.read("org_users.json"))
  }

  @Test func `a field's value alone is replaced`() throws {
    let result = try edit { _ = try $0.rename(globex, to: "Zoë \u{1F680}\u{7F}\n") }
    #expect(
      result.organizations
        == Fixture.organizations.replacingOccurrences(
          of: "\"Globex\"", with: #""Zo\u00eb \ud83d\ude80\u007f""#))
    #expect(result.users == Fixture.users)
  }

  @Test func `plan, status and billing ids`() throws {
    let record = try #require(
      Fixture.organizations.range(of: #"(?s)  "org_8c9dd973.*?\}"#, options: .regularExpression))
    let expected = Fixture.organizations[record]
      .replacingOccurrences(of: "\"enterprise\"", with: "\"gold\"")
      .replacingOccurrences(of: "\"lago_cust_globex\"", with: "null")
      .replacingOccurrences(of: "\"stripe_customer_id\": null", with: "\"stripe_customer_id\": \"cus_9\"")
      .replacingOccurrences(of: "\"active\"", with: "\"deleted\"")
    let result = try edit {
      try $0.updatePlan(of: globex, to: "gold")
      try $0.updateBillingIDs(of: globex, lago: "", stripe: "cus_9")
      try $0.updateStatus(of: globex, to: .deleted)
    }
    #expect(result.organizations == Fixture.organizations.replacingCharacters(in: record, with: expected))
  }

  @Test func `a role alone is replaced`() throws {
    let result = try edit { _ = try $0.updateRole(of: "user_007", in: globex, to: .billingAdmin) }
    let expected = Fixture.users.replacingOccurrences(
      of: "\"user_007\",\n      \"role\": \"owner\",\n      \"joined_at\": \"2026-11-22 21:51:10.083041\"",
      with:
        "\"user_007\",\n      \"role\": \"billing_admin\",\n      \"joined_at\": \"2026-11-22 21:51:10.083041\""
    )
    #expect(result.users == expected && expected != Fixture.users)
    #expect(result.organizations == Fixture.organizations)
  }

  @Test func `a new organization stands last, with an empty member list`() throws {
    var id = ""
    let result = try edit { id = try $0.createOrganization(name: "New \"One\"", planTier: "starter") }
    let created = try #require(result.organizations.firstMatch(of: /"created_at": "([^"]*)",[^}]*}\n}$/)).1
    #expect(
      result.organizations == Fixture.organizations.dropLast(2) + """
        ,
          "\(id)": {
            "id": "\(id)",
            "name": "New \\"One\\"",
            "created_at": "\(created)",
            "plan_tier": "starter",
            "lago_customer_id": null,
            "stripe_customer_id": null,
            "status": "active"
          }
        }
        """)
    #expect(result.users == Fixture.users.dropLast(2) + ",\n  \"\(id)\": []\n}")
  }

  @Test func `members come to the end of a list, and go with their comma`() throws {
    let users = Fixture.file(
      "  \"org_1\": [\n\(Fixture.member("a")),\n\(Fixture.member("b", "owner")),\n\(Fixture.member("c"))\n  ]"
    )
    let cases: [([String], String)] = [
      (["a"], "  \"org_1\": [\n\(Fixture.member("b", "owner")),\n\(Fixture.member("c"))\n  ]"),
      (["c"], "  \"org_1\": [\n\(Fixture.member("a")),\n\(Fixture.member("b", "owner"))\n  ]"),
      (["b"], "  \"org_1\": [\n\(Fixture.member("a")),\n\(Fixture.member("c"))\n  ]"),
      (["a", "b"], "  \"org_1\": [\n\(Fixture.member("c"))\n  ]"),
      (["b", "c"], "  \"org_1\": [\n\(Fixture.member("a"))\n  ]"),
      (["a", "b", "c"], "  \"org_1\": []"),
    ]
    for (gone, list) in cases {
      let scratch = try Scratch(organizations: Fixture.file(Fixture.organization()), users: users)
      let manager = try scratch.manager()
      let changes = gone.map {
        Change.removeMember(user: $0, organization: "org_1", role: $0 == "b" ? .owner : .member)
      }
      try manager.commit(ChangeSet(changes, allowsOwnerless: true))
      #expect(try scratch.read("org_users.json") == Fixture.file(list), "\(gone)")
      for user in gone { try manager.addUser(user, to: "org_1", role: user == "b" ? .owner : .member) }
      let ids = try manager.users(of: "org_1").map(\.userID)
      #expect(ids == ["a", "b", "c"].filter { !gone.contains($0) } + gone)
    }
  }

  @Test func `the first member of an empty list, and of none at all`() throws {
    for before in ["  \"org_1\": []", "  \"org_1\": [\n  ]", nil] {
      let scratch = try Scratch(
        organizations: Fixture.file(Fixture.organization()), users: before.map { Fixture.file($0) } ?? "{}")
      let member = OrgUser(
        organizationID: "org_1", userID: "é", role: .owner,
        joinedAt: try #require(Timestamp("2026-11-22 21:51:10")))
      try scratch.manager().commit(ChangeSet([.addMember(member)]))
      #expect(
        try scratch.read("org_users.json")
          == Fixture.file("  \"org_1\": [\n\(Fixture.member("\\u00e9", "owner"))\n  ]"))
    }
  }

  @Test func `the first organization of an empty file`() throws {
    for text in ["{}", "{ }", "{\n}\n"] {
      let scratch = try Scratch(organizations: text, users: text)
      let id = try scratch.manager().createOrganization(name: "A")
      #expect(try scratch.read("organizations.json").hasPrefix("{\n  \"\(id)\": {\n    \"id\": "))
      #expect(
        try scratch.read("org_users.json") == "{\n  \"\(id)\": []\n}" + (text.hasSuffix("\n") ? "\n" : ""))
    }
  }

  @Test func `unknown fields, order and foreign formatting stay`() throws {
    let organizations = """
      {"org_1":{"status":"active","tags":["a",{"b":[1.5e3,NaN,true]}],  "name" : "A\\u0063me","id":"org_1",
      "created_at":"2026-11-22T21:51:10Z","plan_tier":"starter"}  ,"org_\\u0032":{"id":"org_2","name":"B","created_at":"2026-11-22","plan_tier":"x","status":"active"}}\n
      """
    let users =
      #"{"org_1":[{"user_id":"u","x":{},"role":"owner","org_id":"org_1","joined_at":"2026-11-22"}],"org_9":[]}"#
    let scratch = try Scratch(organizations: organizations, users: users)
    let manager = try scratch.manager()
    #expect(try manager.snapshot().problems.isEmpty)
    #expect(try manager.organization(id: "org_2")?.name == "B")
    try manager.rename("org_1", to: "Acme 2")
    try manager.updateBillingIDs(of: "org_1", lago: "l")
    try manager.updateRole(of: "u", in: "org_1", to: .member, allowingOwnerless: true)
    #expect(
      try scratch.read("organizations.json")
        == organizations.replacingOccurrences(of: "\"A\\u0063me\"", with: "\"Acme 2\"")
        .replacingOccurrences(
          of: "\"plan_tier\":\"starter\"}",
          with: "\"plan_tier\":\"starter\",\n    \"lago_customer_id\": \"l\"}"))
    #expect(try scratch.read("org_users.json") == users.replacingOccurrences(of: "owner", with: "member"))
    #expect(try manager.organization(id: "org_1")?.lagoCustomerID == "l")
  }

  @Test func `random edits give what a fresh look at the bytes gives, and what a plain model gives`() throws {
    var random = SeededGenerator(seed: 7)
    let start = FileContents(Fixture.organizations, Fixture.users)
    var contents = start
    let model = InMemoryStore(
      organizations: (0..<start.organizationCount).map { start.organization(at: $0) },
      members: (0..<start.organizationCount).flatMap { index in
        (0..<start.memberCount(at: index)).map { start.member($0, at: index) }
      })
    for step in 0..<400 {
      let set = ChangeSet(
        try (0..<Int.random(in: 1...4, using: &random)).map { _ in
          try randomChange(model.reader(), step, &random)
        },
        allowsOwnerless: true)
      let preview = Preview(of: set, on: Snapshot(generation: 0, contents: contents))
      guard preview.blocked.isEmpty else { continue }
      contents = try contents.applying(preview.edit).contents
      _ = try model.commit(set)
      let fresh = FileContents(
        String(decoding: contents.organizations.bytes, as: UTF8.self),
        String(decoding: contents.members.bytes, as: UTF8.self))
      #expect(fresh.problems.isEmpty && contents.problems.isEmpty)
      #expect(fresh.everything == contents.everything)
      #expect(contents.memberCount == fresh.memberCount)
      try #expect(
        contents.everything.flatMap { $0 }
          == model.reader().organizations().flatMap { organization in
            try ["\(organization)"] + model.reader().members(of: organization.id).map { "\($0)" }
          })
    }
    // What was written is what the service would write of the same data, byte for byte.
    #expect(try pythonForm(contents.organizations.bytes) == contents.organizations.bytes)
    #expect(try pythonForm(contents.members.bytes) == contents.members.bytes)
  }

  func randomChange(
    _ reader: any StoreReader, _ step: Int, _ random: inout SeededGenerator
  ) throws -> Change {
    let organization = try reader.organizations().randomElement(using: &random)
    let id = organization?.id ?? ""
    let user = "user_00\(Int.random(in: 0...9, using: &random))"
    let role = Rules.files.roles.randomElement(using: &random) ?? .member
    switch Int.random(in: 0...9, using: &random) {
    case 0:
      return .createOrganization(
        Organization(
          id: "org_n\(step)", name: "New \(step) é", createdAt: Timestamp(microseconds: Int64(step))))
    case 1:
      return .setField(.name, organization: id, from: organization?.name, to: "Name \(step) \u{1F680}\"\\")
    case 2:
      return .setField(
        .stripeCustomerID, organization: id, from: organization?.stripeCustomerID,
        to: step % 2 == 0 ? nil : "c\(step)")
    case 3...5:
      return .addMember(
        OrgUser(organizationID: id, userID: user, role: role, joinedAt: Timestamp(microseconds: 1)))
    case 6...7:
      return .removeMember(
        user: user, organization: id, role: try reader.role(of: user, in: id) ?? .member)
    default:
      return .setRole(
        user: user, organization: id, from: try reader.role(of: user, in: id) ?? .member, to: role)
    }
  }

  /// The bytes read and written by Python's `json`.
  func pythonForm(_ bytes: [UInt8]) throws -> [UInt8] {
    let scratch = try Scratch()
    try scratch.write("in", bytes)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", "import json,sys; json.dump(json.load(open('in')), open('out', 'w'), indent=2)",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    try process.start()
    process.waitUntilExit()
    return Array(try scratch.read("out").utf8)
  }
}

/// The same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
  }
}
