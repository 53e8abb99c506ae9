import Foundation
import OrgCore
import TerminalTesting
import Testing

@testable import OrgFileStore

/// What the service can't load is repaired with consent; what follows from damage isn't told beside it.
@Suite(.sideBySide) struct RepairTests {
  /// What makes the service see nothing: text that is replaced, by what, in which file.
  struct Damage: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var file = "organizations.json"
    /// What the value is without a history.
    var repaired: String
    var testDescription: String { "\(old) -> \(new.prefix(40))" }

    init(_ old: String, _ new: String, _ repaired: String, in file: String = "organizations.json") {
      (self.old, self.new, self.repaired, self.file) = (old, new, repaired, file)
    }
  }

  private static let damages: [Damage] = {
    let users = "org_users.json"
    return [
      Damage("\"suspended\"", "\"gone\"", "\"status\": \"active\""),
      Damage("\"suspended\"", "null", "\"status\": \"active\""),
      Damage("\"suspended\"", "7", "\"status\": \"active\""),
      Damage("\"2026-11-20 10:00:00\"", "null", "\"created_at\": \"2026-11-22 21:51:10\""),
      Damage("\"2026-11-20 10:00:00\"", "\"yesterday\"", "\"created_at\": \"2026-11-22 21:51:10\""),
      Damage("\"Acme\"", "\"\"", "\"name\": \"org_1\""),
      Damage(
        "\"Acme\"", "\"\(String(repeating: "x", count: 201))\"", String(repeating: "x", count: 200) + "\""),
      Damage("\"Acme\"", "\"A\\ud800\"", "\"name\": \"A\\ufffd\""),
      Damage("\"Acme\"", "\"A\tB\"", "\"name\": \"A\\tB\""), Damage("\"Acme\"", "5", "\"name\": \"org_1\""),
      Damage("\"name\": \"Acme\"", "\"title\": \"Acme\"", "\"name\": \"org_1\""),
      Damage("\"starter\"", "null", "\"plan_tier\": \"founders_friend\""),
      Damage("\"cus_1\"", "7", "\"stripe_customer_id\": \"7\""),
      Damage("\"cus_1\"", "[7]", "\"stripe_customer_id\": null"),
      Damage("\"id\": \"org_1\"", "\"id\": \"1\"", "\"id\": \"org_1\""),
      Damage("\"id\": \"org_1\"", "\"key\": \"org_1\"", "\"id\": \"org_1\""),
      Damage("\"lago", "\"note\": \"a\u{1}b\", \"lago", "\"note\": \"a\\u0001b\""),
      Damage("{\n  \"org_1\"", "{\n  \"version\": 2,\n  \"org_1\"", "{\n  \"org_1\""),
      Damage("\"owner\"", "\"admin\"", "\"role\": \"member\"", in: users),
      Damage("\"owner\"", "null", "\"role\": \"member\"", in: users),
      Damage("\"2026-11-22 21:51:10\"", "null", "\"joined_at\": \"2026-11-20 10:00:00\"", in: users),
      Damage("\"user_id\": \"ann\"", "\"user_id\": 5", "\"user_id\": \"5\"", in: users),
      Damage("\"org_id\": \"org_1\"", "\"org_id\": \"1\"", "\"org_id\": \"org_1\"", in: users),
      Damage("\"org_2\": []", "\"org_2\": {}", "\"org_2\": []", in: users),
    ]
  }()

  private func scratch() throws -> Scratch {
    let record = Fixture.organization(status: "\"suspended\"").replacingOccurrences(
      of: "2026-11-22 21:51:10.076830", with: "2026-11-20 10:00:00")
    return try Scratch(
      organizations: Fixture.file(record, Fixture.organization("org_2", name: "\"B\"")),
      users: Fixture.file("  \"org_1\": [\n\(Fixture.member("ann", "owner"))\n  ]", "  \"org_2\": []"))
  }

  private func damage(_ scratch: Scratch, _ damage: Damage) throws -> String {
    let text = try scratch.read(damage.file)
    let place = try #require(text.range(of: damage.old))
    let broken = text.replacingCharacters(in: place, with: damage.new)
    try scratch.write(damage.file, broken)
    return broken
  }

  /// What doctor would do, told and then done.
  private func fix(_ store: FileStore) throws -> [Finding] {
    let findings = try store.examine().filter { $0.severity != .note && $0.remedy != nil }
    try store.repair(Set(findings.compactMap(\.remedy)))
    let rest = try store.examine()
    #expect(rest.allSatisfy { $0.severity != .error }, "\(rest)")
    #expect(rest.allSatisfy { left in !findings.contains { $0.remedy == left.remedy } })
    return findings
  }

  @Test(arguments: damages, [false, true])
  func `what makes the service see nothing blocks all edits, and doctor repairs it, saying how`(
    damage: Damage, hasHistory: Bool
  ) throws {
    let scratch = try scratch()
    let store = try FileStore(path: scratch.path)
    let manager = OrgManager(store: store)
    if hasHistory { try manager.updatePlan(of: "org_2", to: "enterprise") }
    let whole = try scratch.read(damage.file)
    let broken = try self.damage(scratch, damage)
    let error = #expect(throws: OrgError.self) { try manager.updatePlan(of: "org_2", to: "professional") }
    #expect(error?.code == .damagedData && error?.message.contains("orgman doctor --fix") == true)
    #expect(try scratch.read(damage.file) == broken)

    let findings = try fix(store)
    #expect(findings.first?.severity == .error && findings.first?.text.hasPrefix(damage.file) == true)
    #expect(!findings.contains { $0.remedy == .maintain })
    try expectLoads(scratch)
    let repaired = try scratch.read(damage.file)
    // What the history has is better than any default.
    let isKnown =
      hasHistory && !damage.old.contains("id\"")
      && !["lago", "org_1\""].contains { damage.old.hasSuffix($0) }
    if isKnown {
      #expect(repaired == whole || damage.new.contains("title") && repaired.contains("\"name\": \"Acme\""))
    } else {
      #expect(repaired.contains(damage.repaired), "\(repaired)")
    }
    let kept = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/.orgman/quarantine")
    #expect(try kept.contains { try scratch.read(".orgman/quarantine/\($0)") == broken })
    let entry = try #require(try store.history().first)
    #expect(entry.kind == .repair && entry.note != nil)
    try manager.updatePlan(of: "org_2", to: "professional")
    try expectExplained(store)
  }

  @Test func `several flaws of several records are repaired at once`() throws {
    let scratch = try scratch()
    for damage in Self.damages where ["7", "[7]", "5", "null", "{}"].contains(damage.new) {
      if try scratch.read(damage.file).contains(damage.old) { _ = try self.damage(scratch, damage) }
    }
    let store = try FileStore(path: scratch.path)
    #expect(try fix(store).count > 5)
    try expectLoads(scratch)
    try OrgManager(store: store).createOrganization(name: "After")
    try expectExplained(store)
  }

  @Test(arguments: [false, true])
  func `what can't be repaired isn't said to be, unless the history has the record`(hasHistory: Bool) throws {
    let scratch = try scratch()
    let store = try FileStore(path: scratch.path)
    if hasHistory { try OrgManager(store: store).updatePlan(of: "org_2", to: "enterprise") }
    let number = String(repeating: "1", count: 4301)
    _ = try damage(scratch, Damage("\"status\"", "\"n\": \(number), \"status\"", ""))
    #expect(throws: (any Error).self) { try JSONDecoder().decode(Int.self, from: Data(number.utf8)) }
    let findings = try store.examine().filter { $0.severity == .error }
    #expect(findings.count == 1 && findings[0].text.contains("a number has more than 4300 digits"))
    #expect((findings[0].remedy != nil) == hasHistory)
    if hasHistory {
      _ = try fix(store)
      try expectLoads(scratch)
    } else {
      #expect(try store.examine().allSatisfy { $0.remedy == nil || $0.text.contains("outside the group") })
      #expect(findings[0].text.contains("by hand"))
    }
  }

  @Test func `a repair that was agreed to isn't made where the value is another by now`() throws {
    let scratch = try scratch()
    let store = try FileStore(path: scratch.path)
    _ = try damage(scratch, Damage("\"suspended\"", "\"gone\"", ""))
    let agreed = Set(try store.examine().compactMap(\.remedy))
    _ = try damage(scratch, Damage("\"gone\"", "\"banned\"", ""))
    let broken = try scratch.read("organizations.json")
    try store.repair(agreed)
    #expect(try scratch.read("organizations.json") == broken)
  }

  @Test func `defaults are written with consent, with the best that is known of times`() throws {
    let scratch = try Scratch(
      organizations: Fixture.file(
        "  \"org_1\": {\"id\": \"org_1\", \"name\": \"A\"}", Fixture.organization("org_2")),
      users: Fixture.file(
        "  \"org_1\": [{\"org_id\": \"org_1\", \"user_id\": \"u\", \"joined_at\": \"2026-01-02 03:04:05\"}]",
        "  \"org_2\": [{\"org_id\": \"org_2\", \"user_id\": \"v\"}]"))
    let store = try FileStore(path: scratch.path)
    let findings = try store.examine().filter {
      if case .writeDefaults = $0.remedy { true } else { false }
    }
    #expect(findings.count == 5 && findings.allSatisfy { $0.severity == .note })
    try store.repair(Set(findings.compactMap(\.remedy)))
    let snapshot = try store.snapshot()
    #expect(snapshot.organization(id: "org_1")?.createdAt.description == "2026-01-02 03:04:05")
    #expect(snapshot.member("v", of: "org_2")?.joinedAt.description == "2026-11-22 21:51:10.076830")
    for index in 0..<2 {
      #expect(snapshot.contents.defaultedFields(at: index) == [])
      #expect(snapshot.contents.row(ofMember: 0, at: index).defaults == [])
    }
    #expect(try store.examine().allSatisfy { finding in !findings.contains { $0.remedy == finding.remedy } })
    try expectLoads(scratch)
    try expectExplained(store)
  }

  @Test(arguments: ["organizations.json", "org_users.json"], [false, true])
  func `of a torn or emptied file, doctor tells that alone, first, and repairs it from the history`(
    file: String, hasHistory: Bool
  ) throws {
    for isTorn in [true, false] {
      let scratch = try Scratch.reference()
      let store = try FileStore(path: scratch.path)
      if hasHistory { try OrgManager(store: store).createOrganization(name: "Ours") }
      let whole = try scratch.read(file)
      try scratch.write(file, isTorn ? String(whole.prefix(700)) : "{}")
      let findings = try store.examine()
      // Without a history nobody can tell that members were there.
      guard isTorn || hasHistory || file == "organizations.json" else { continue }
      #expect(findings.first?.severity == .error && findings.first?.text.hasPrefix("\(file), byte ") == true)
      #expect(findings.filter { $0.severity == .error }.count == 1)
      for sign in ["that there isn't", "no member list", "no owner", "differ from generation"] {
        #expect(!findings.contains { $0.text.contains(sign) }, "\(findings)")
      }
      #expect(findings.first?.remedy == (hasHistory ? .recover : nil))
      guard hasHistory else { continue }
      try store.repair([.recover])
      #expect(try scratch.read(file) == whole)
      #expect(try store.examine().allSatisfy { $0.severity != .error })
    }
  }
}
