import Foundation
import OrgCore
import Testing

@testable import OrgFileStore

/// Records that the service loads don't keep others from being edited, whatever is odd about them.
@Suite struct RecordProblemTests {
  /// The keys of an organization, or of a member, that have a default.
  private static let defaulted = ["created_at", "plan_tier", "status"]

  /// A record without some of its keys.
  private static func leaving(_ keys: [String], out record: String) -> String {
    var lines = record.split(separator: "\n").map(String.init)
    lines.removeAll { line in keys.contains { line.contains("\"\($0)\":") } }
    let last = lines.count - 2
    if lines[last].hasSuffix(",") { lines[last].removeLast() }
    return lines.joined(separator: "\n")
  }

  private static func subsets(_ keys: [String]) -> [[String]] {
    (1..<1 << keys.count).map { bits in keys.indices.filter { bits & 1 << $0 != 0 }.map { keys[$0] } }
  }

  private static let users = Fixture.file(
    "  \"org_1\": [\n\(Fixture.member("ann", "owner")),\n\(Fixture.member("bob"))\n  ]", "  \"org_2\": []")

  private func scratch(_ record: String) throws -> Scratch {
    try Scratch(
      organizations: Fixture.file(record, Fixture.organization("org_2", name: "\"B\"")), users: Self.users)
  }

  // MARK: Defaults

  @Test(arguments: Self.subsets(Self.defaulted))
  func `an organization that lacks keys has the service's defaults, and is edited around them`(
    keys: [String]
  ) throws {
    let record = Self.leaving(keys, out: Fixture.organization())
    let scratch = try scratch(record)
    try expectLoads(scratch)
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    let snapshot = try manager.snapshot()
    #expect(snapshot.problems == [] && snapshot.recordProblems == [])
    let organization = try #require(snapshot.organization(id: "org_1"))
    #expect((organization.createdAt == .unknown) == keys.contains("created_at"))
    #expect(organization.planTier == (keys.contains("plan_tier") ? "founders_friend" : "starter"))
    #expect(organization.status == .active)
    let fields: [(String, DefaultedFields)] = [
      ("created_at", .createdAt), ("plan_tier", .planTier), ("status", .status),
    ]
    let expected = fields.filter { keys.contains($0.0) }.reduce(into: DefaultedFields()) { $0.insert($1.1) }
    #expect(snapshot.contents.defaultedFields(at: 0) == expected)
    #expect(snapshot.contents.defaultedFields(at: 1) == [])

    // Another record.
    try manager.updatePlan(of: "org_2", to: "enterprise")
    #expect(
      try scratch.read("organizations.json")
        == Fixture.file(
          record,
          Fixture.organization("org_2", name: "\"B\"").replacingOccurrences(of: "starter", with: "enterprise")
        ))
    // Another field of it.
    try manager.rename("org_1", to: "Acme 2")
    #expect(
      try scratch.read("organizations.json").contains(record.replacingOccurrences(of: "Acme", with: "Acme 2"))
    )
    // The missing fields themselves.
    try manager.updatePlan(of: "org_1", to: "professional")
    try manager.updateStatus(of: "org_1", to: .suspended)
    try expectLoads(scratch)
    let fresh = try FileStore(path: scratch.path).snapshot()
    #expect(fresh.organization(id: "org_1")?.planTier == "professional")
    #expect(fresh.organization(id: "org_1")?.status == .suspended)
    #expect(fresh.contents.defaultedFields(at: 0) == expected.intersection(.createdAt))
    #expect(try store.snapshot().organizations.map(\.self) == fresh.organizations.map(\.self))
    try expectExplained(store)
  }

  @Test(arguments: Self.subsets(["role", "joined_at"]))
  func `a member that lacks keys has the service's defaults, and is edited around them`(
    keys: [String]
  ) throws {
    let member = Self.leaving(keys, out: Fixture.member("cat"))
    let users = Fixture.file("  \"org_1\": [\n\(member),\n\(Fixture.member("dan"))\n  ]")
    let scratch = try Scratch(organizations: Fixture.file(Fixture.organization()), users: users)
    try expectLoads(scratch)
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    let snapshot = try manager.snapshot()
    #expect(snapshot.problems == [] && snapshot.recordProblems == [])
    let present = try #require(snapshot.member("cat", of: "org_1"))
    #expect(present.role == .member && (present.joinedAt == .unknown) == keys.contains("joined_at"))
    let defaults = snapshot.contents.row(ofMember: 0, at: 0).defaults
    #expect(defaults.contains(.role) == keys.contains("role"))
    #expect(defaults.contains(.joinedAt) == keys.contains("joined_at"))

    try manager.updateRole(of: "dan", in: "org_1", to: .owner)
    let other = Fixture.member("dan", "owner")
    #expect(try scratch.read("org_users.json") == Fixture.file("  \"org_1\": [\n\(member),\n\(other)\n  ]"))
    try manager.updateRole(of: "cat", in: "org_1", to: .billingAdmin)
    try expectLoads(scratch)
    #expect(try FileStore(path: scratch.path).snapshot().role(of: "cat", in: "org_1") == .billingAdmin)
    try manager.removeUser("cat", from: "org_1")
    try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
    try expectLoads(scratch)
    let back = try #require(try FileStore(path: scratch.path).snapshot().member("cat", of: "org_1"))
    #expect(back.role == .billingAdmin && back.joinedAt == present.joinedAt)
    #expect(try !scratch.read("org_users.json").contains("unknown"))
    try expectExplained(store)
  }

  @Test func `an unknown time is never written, and a history keeps it`() throws {
    let organization = Organization(id: "org_1", name: "A", createdAt: .unknown)
    #expect(!String(decoding: JSONText.entry(organization), as: UTF8.self).contains("created_at"))
    let member = OrgUser(organizationID: "org_1", userID: "u", role: .owner, joinedAt: .unknown)
    #expect(!String(decoding: JSONText.element(member), as: UTF8.self).contains("joined_at"))
    for change in [
      Change.createOrganization(organization), .removeOrganization(organization), .addMember(member),
    ] {
      let recorded = RecordedChange(change, organizationName: "A")
      #expect(ChangeRecord(recorded).recorded()?.change == change)
    }
    #expect(Timestamp("unknown") == nil && Timestamp.unknown < Timestamp("0001-01-01")!)
  }

  // MARK: Records that only orgman dislikes

  /// What is odd about a record, where the service loads it.
  private static let oddities: [(old: String, new: String, reason: String)] = [
    (
      "\"status\": \"active\"", "\"status\": \"deleted\",\n    \"status\": \"active\"",
      "the key \"status\" appears twice"
    ),
    (
      "\"status\": \"active\"", "\"status\": \"gone\", \"status\": \"active\"",
      "the key \"status\" appears twice"
    ),
    ("\"name\": \"Acme\"", "\"n\\u0061me\": \"X\", \"name\": \"Acme\"", "the key \"name\" appears twice"),
    ("\"status\"", "\"x\": \"\\ud800\", \"status\"", "a surrogate is unpaired"),
    ("\"status\"", "\"\\ud800\": 1, \"status\"", "a surrogate is unpaired"),
    (
      "\"status\"",
      "\"x\": \(String(repeating: "[", count: 600))\(String(repeating: "]", count: 600)), \"status\"",
      "values nest deeper than 500 levels"
    ),
    (
      "\"2026-11-22 21:51:10.076830\"", "1764081234",
      "\"created_at\" is a number, which some programs load as the time 2025-11-25 14:33:54"
    ),
    (
      "2026-11-22 21:51:10.076830", "20261122T215110",
      "\"20261122T215110\" is a form of the time 2026-11-22 21:51:10 that not all programs load"
    ),
    (
      "2026-11-22 21:51:10.076830", "2026-11-22 21:51:10+02",
      "\"2026-11-22 21:51:10+02\" is a form of the time 2026-11-22 19:51:10 that not all programs load"
    ),
  ]

  @Test(arguments: Self.oddities)
  func `an odd record blocks edits of itself alone, and doctor repairs it`(
    old: String, new: String, reason: String
  ) throws {
    let record = Fixture.organization().replacingOccurrences(of: old, with: new)
    let scratch = try scratch(record)
    if !new.contains("\\ud800"), !new.contains("1764081234") { try expectLoads(scratch) }
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    let snapshot = try manager.snapshot()
    #expect(snapshot.problems == [])
    let problem = try #require(snapshot.recordProblems.first)
    #expect(problem.reason == reason && problem.scope == .organization("org_1"))
    #expect(snapshot.contents.problem(at: 0) == problem && snapshot.contents.problem(at: 1) == nil)
    #expect(snapshot.organization(id: "org_1")?.name == "Acme")
    #expect(snapshot.organization(id: "org_1")?.status == .active)

    let before = try scratch.read("organizations.json")
    let error = #expect(throws: OrgError.self) { try manager.updateStatus(of: "org_1", to: .suspended) }
    #expect(error?.code == .damagedData)
    #expect(error?.message.contains("organizations.json, byte \(problem.offset), org_1: \(reason)") == true)
    #expect(error?.message.contains("orgman doctor --fix") == true)
    #expect(try scratch.read("organizations.json") == before)

    try manager.updatePlan(of: "org_2", to: "enterprise")
    try manager.addUser("new", to: "org_1")
    let created = try manager.createOrganization(name: "New")
    #expect(try scratch.read("organizations.json").contains(record))
    #expect(try store.snapshot().recordProblems == FileStore(path: scratch.path).snapshot().recordProblems)
    #expect(code { try manager.updatePlan(of: "org_1", to: "enterprise") } == .damagedData)

    let repairs = try store.examine().filter { $0.severity == .warning && $0.text.contains("org_1") }
    guard !reason.contains("nest") else {
      #expect(repairs.first?.remedy == nil)
      return
    }
    try store.repair(Set(repairs.compactMap(\.remedy)))
    let repaired = try FileStore(path: scratch.path).snapshot()
    #expect(repaired.recordProblems == [] && repaired.organization(id: created) != nil)
    #expect(repaired.organization(id: "org_1") == snapshot.organization(id: "org_1"))
    #expect(try store.examine().allSatisfy { !repairs.map(\.text).contains($0.text) })
    try expectLoads(scratch)
    try manager.updateStatus(of: "org_1", to: .suspended)
    try expectExplained(store)
  }

  @Test func `an odd member blocks edits of itself alone`() throws {
    let odd = Fixture.member("odd", "owner").replacingOccurrences(
      of: "\"role\": \"owner\"", with: "\"role\": \"member\", \"role\": \"owner\"")
    let users = Fixture.file(
      "  \"org_1\": [\n\(Fixture.member("ann", "owner")),\n\(odd),\n\(Fixture.member("bob"))\n  ]")
    let scratch = try Scratch(organizations: Fixture.file(Fixture.organization()), users: users)
    try expectLoads(scratch)
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    #expect(
      try manager.snapshot().recordProblems.map(\.scope) == [.member(user: "odd", organization: "org_1")])
    #expect(try manager.role(of: "odd", in: "org_1") == .owner)
    #expect(code { try manager.updateRole(of: "odd", in: "org_1", to: .member) } == .damagedData)
    #expect(code { try manager.removeUser("odd", from: "org_1") } == .damagedData)
    try manager.updateRole(of: "bob", in: "org_1", to: .billingAdmin)
    try manager.addUser("cat", to: "org_1", role: .owner)
    try manager.removeUser("ann", from: "org_1")
    try manager.updatePlan(of: "org_1", to: "enterprise")
    #expect(try scratch.read("org_users.json").contains(odd))
    #expect(code { try manager.updateRole(of: "odd", in: "org_1", to: .member) } == .damagedData)
    #expect(try store.snapshot().recordProblems == FileStore(path: scratch.path).snapshot().recordProblems)
    try store.repair(Set(try store.examine().compactMap(\.remedy)))
    try manager.updateRole(of: "odd", in: "org_1", to: .billingAdmin)
    try expectLoads(scratch)
    try expectExplained(store)
  }

  @Test(arguments: [false, true])
  func `an organization or a list that appears twice is what the last one says, and is blocked alone`(
    isEdited: Bool
  ) throws {
    let first = Fixture.organization(name: "\"First\"")
    let second = Fixture.organization(name: "\"Second\"")
    let scratch = try Scratch(
      organizations: Fixture.file(first, Fixture.organization("org_2", name: "\"B\""), second, first, second),
      users: Fixture.file(
        "  \"org_1\": [\n\(Fixture.member("old"))\n  ]", "  \"org_2\": []",
        "  \"org_1\": [\n\(Fixture.member("ann"))\n  ]"))
    try expectLoads(scratch)
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    let snapshot = try manager.snapshot()
    #expect(snapshot.problems == [] && snapshot.recordProblems.count == 4)
    #expect(snapshot.organizations.map(\.name).sorted() == ["B", "Second"])
    #expect(snapshot.members(of: "org_1").map(\.userID) == ["ann"])
    #expect(code { try manager.rename("org_1", to: "X") } == .damagedData)
    #expect(code { try manager.addUser("x", to: "org_1") } == .damagedData)
    #expect(code { try manager.removeUser("ann", from: "org_1") } == .damagedData)
    if isEdited {
      let before = try scratch.read("organizations.json")
      try manager.rename("org_2", to: "C")
      #expect(
        try scratch.read("organizations.json") == before.replacingOccurrences(of: "\"B\"", with: "\"C\""))
      try manager.addUser("x", to: "org_2")
      let id = try manager.createOrganization(name: "New")
      #expect(code { try manager.rename("org_1", to: "X") } == .damagedData)
      // Taking an organization out leaves the others where they are, counted or not.
      let middle = try scratch.read("organizations.json")
      try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
      #expect(try manager.organization(id: id) == nil)
      #expect(
        try scratch.read("organizations.json") == before.replacingOccurrences(of: "\"B\"", with: "\"C\""))
      #expect(middle.count > before.count)
      #expect(try store.snapshot().recordProblems == FileStore(path: scratch.path).snapshot().recordProblems)
    }
    try store.repair(Set(try store.examine().compactMap(\.remedy)))
    #expect(try manager.snapshot().recordProblems == [])
    try manager.rename("org_1", to: "X")
    try manager.addUser("y", to: "org_1")
    #expect(try manager.snapshot().members(of: "org_1").map(\.userID) == ["ann", "y"])
    #expect(try scratch.read("organizations.json").components(separatedBy: "\"org_1\": {").count == 2)
    try expectLoads(scratch)
    try expectExplained(store)
  }

  @Test(arguments: [
    ("20261122", "2026-11-22 00:00:00"), ("2026-W48-3", "2026-11-25 00:00:00"),
    ("2026-W01", "2025-12-29 00:00:00"),
    ("2026W483T1005", "2026-11-25 10:05:00"), ("2026-11-22_21:51", "2026-11-22 21:51:00"),
    ("2026-11-22 21", "2026-11-22 21:00:00"), ("2026-11-22 21:51:10,5", "2026-11-22 21:51:10.500000"),
    ("2026-11-22T21:51:10.1234567891", "2026-11-22 21:51:10.123456"),
    ("2026-11-22 21:51:10 +02:00", "2026-11-22 19:51:10"),
    ("2026-11-22 21:51:10+02:00:30", "2026-11-22 19:51:10"),
    ("1764081234.5", "2025-11-25 14:33:54.500000"), ("1764081234000", "2025-11-25 14:33:54"),
    ("-5", "1969-12-31 23:59:55"),
  ])
  func `times in rare forms are read as Python reads them`(text: String, time: String) {
    #expect(RareTime.time(text)?.description == time)
    #expect(!RareTime.isRead(text))
  }

  @Test(arguments: [
    "", "now", "2026-11-22Z", "2026-02-29", "0000-01-01", "24:00", "2026-11-22T24:00", "1e99", "9e30",
  ])
  func `a text that isn't a time isn't one in a rare form, either`(text: String) {
    #expect(RareTime.time(text) == nil)
  }
}

/// Expects that the files load by the rules of the service, as its fixture checks them.
func expectLoads(_ scratch: Scratch, sourceLocation: SourceLocation = #_sourceLocation) throws {
  try runPython(
    """
    import json, datetime
    STATUSES = ["active", "suspended", "deleted"]
    ROLES = ["owner", "member", "billing_admin"]
    now = "2026-01-01"
    time = datetime.datetime.fromisoformat
    for key, record in json.load(open(path + "/organizations.json", encoding="utf-8")).items():
        assert key.startswith("org_") and record["id"].startswith("org_")
        assert 1 <= len(record["name"]) <= 200 and record.get("status", "active") in STATUSES
        assert isinstance(record.get("plan_tier", ""), str)
        for name in ["lago_customer_id", "stripe_customer_id"]:
            assert record.get(name) is None or isinstance(record[name], str)
        time(record.get("created_at", now))
        json.dumps(record, ensure_ascii=False).encode()
    for key, records in json.load(open(path + "/org_users.json", encoding="utf-8")).items():
        assert isinstance(records, list)
        for record in records:
            assert record["org_id"].startswith("org_") and record.get("role", "member") in ROLES
            assert isinstance(record["user_id"], str)
            time(record.get("joined_at", now))
    """, scratch.path, sourceLocation: sourceLocation)
}
