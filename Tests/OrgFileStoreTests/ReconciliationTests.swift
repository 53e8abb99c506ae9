import Foundation
import OrgCore
import Testing

@testable import OrgFileStore

/// What is made of what another program wrote, judged by the values alone.
@Suite struct ReconciliationTests {
  let base = FileContents(Fixture.organizations, Fixture.users)

  /// States, each behind the change before it, and what the journal has of them.
  struct Branch {
    private(set) var states: [FileContents]
    private(set) var steps: [Reconciliation.Step] = []

    init(_ base: FileContents) { states = [base] }

    var last: FileContents { states[states.count - 1] }

    mutating func make(
      _ change: Change, origin: Reconciliation.Step.Origin = .own, at time: Int64 = 0
    ) throws {
      let before = last
      states.append(try before.making(change))
      let changes = last.changes(in: last.cells(differingFrom: before), on: before)
      steps.append(
        Reconciliation.Step(
          generation: UInt64(states.count - 1), time: Timestamp(microseconds: time), origin: origin
        ) { changes })
    }

    var history: [Reconciliation.Step] { steps.reversed() }
  }

  var first: String { base.organization(at: 0).id }
  var second: String { base.organization(at: 1).id }
  func setPlan(_ id: String, _ plan: String) -> Change {
    .setField(.planTier, organization: id, from: nil, to: plan)
  }

  @Test func `a change of the other program is taken in as it wrote it, bytes and all`() throws {
    let text = Fixture.organizations.replacingOccurrences(of: "  \"", with: "\t\"")
    let found = try FileContents(text, Fixture.users).making(setPlan(first, "theirs"))
    let result = Reconciliation(current: base, found: found, history: [])
    #expect(result.contents.organizations.bytes == found.organizations.bytes)
    #expect(result.changes.map(\.change.organizationID) == [first])
    #expect(result.quarantined == [] && result.reverted == [] && result.note == nil && !result.isRepair)
  }

  @Test func `what it didn't know of stays, beside what it changed in other records and fields`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"))
    try branch.make(.addMember(.sample("ours", in: first)))
    try branch.make(.createOrganization(.sample("org_ours", "Ours")))
    var found = try base.making(.setField(.lagoCustomerID, organization: first, from: nil, to: "theirs"))
    found = try found.making(.addMember(.sample("theirs", in: first)))
    let result = Reconciliation(current: branch.last, found: found, history: branch.history)
    let contents = result.contents
    #expect(contents[.field(first, .planTier)] == "ours")
    #expect(contents[.field(first, .lagoCustomerID)] == "theirs")
    #expect(contents[.member(first, user: "ours")] == "member")
    #expect(contents[.member(first, user: "theirs")] == "member")
    #expect(contents[.organization("org_ours")] != nil)
    #expect(result.kept == [1, 2, 3] && result.reverted == [])
    #expect(result.note == "the other program didn't know of generations 1, 2, 3; both are kept")
    #expect(result.quarantined == [])
  }

  @Test func `the newest change taken back, and nothing else, may be meant: it is accepted and noted`() throws
  {
    var branch = Branch(base)
    try branch.make(setPlan(first, "older"))
    try branch.make(setPlan(second, "newest"))
    let result = Reconciliation(current: branch.last, found: branch.states[1], history: branch.history)
    #expect(result.contents.organizations.bytes == branch.states[1].organizations.bytes)
    #expect(result.reverted == [2])
    // An earlier one can only have been taken back on purpose.
    let found = try branch.last.making(setPlan(first, base.organization(at: 0).planTier))
    let earlier = Reconciliation(current: branch.last, found: found, history: branch.history)
    #expect(earlier.contents.organizations.bytes == found.organizations.bytes)
    #expect(earlier.reverted == [1])
  }

  @Test func `several changes taken back at once are a program that didn't know of them`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "a"))
    try branch.make(setPlan(second, "b"))
    let result = Reconciliation(current: branch.last, found: base, history: branch.history)
    #expect(result.contents.organizations.bytes == branch.last.organizations.bytes)
    #expect(result.kept == [1, 2])
  }

  @Test func `a broken file may have each part from another state: what is older than ours is never taken`()
    throws
  {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours-1"))
    try branch.make(setPlan(second, "ours"))
    try branch.make(setPlan(first, "ours-2"))
    // The first record from before generation 3, the second from behind it, and something new.
    let found = try branch.states[2].making(.createOrganization(.sample("org_new", "New")))
    let text = String(decoding: found.organizations.bytes, as: UTF8.self) + "tail"
    let result = Reconciliation(
      current: branch.last, found: FileContents(text, Fixture.users), history: branch.history)
    #expect(result.contents[.field(first, .planTier)] == "ours-2")
    #expect(result.contents[.field(second, .planTier)] == "ours")
    #expect(result.contents[.organization("org_new")] != nil)
    #expect(result.isRepair && result.kept == [3])
    // The same without a tail, and with the parts the other way round.
    let mixed = try branch.states[3].making(setPlan(second, base.organization(at: 1).planTier))
      .making(.createOrganization(.sample("org_new", "New")))
    let other = Reconciliation(current: branch.last, found: mixed, history: branch.history)
    #expect(other.contents[.field(second, .planTier)] == "ours")
    #expect(other.contents[.organization("org_new")] != nil)
  }

  @Test func `what is taken back at once while others write wasn't meant, though nothing else is changed`()
    throws
  {
    var branch = Branch(base)
    // It wrote this, and it was found late, so that it read the file without it and writes the same again.
    try branch.make(setPlan(second, "theirs"), origin: .displaced, at: 1_000_000)
    try branch.make(setPlan(first, "ours"), at: 1_100_000)
    let found = try base.making(setPlan(second, "theirs"))
    func result(_ milliseconds: Int64) -> Reconciliation {
      Reconciliation(
        current: branch.last, found: found, history: branch.history,
        written: ["organizations.json": Timestamp(microseconds: milliseconds * 1000)])
    }
    #expect(result(1200).contents[.field(first, .planTier)] == "ours")
    #expect(result(1200).kept == [2])
    #expect(result(9000).contents.organizations.bytes == found.organizations.bytes)
    #expect(result(9000).reverted == [2])
  }

  @Test func `what it takes back long after is meant, beside whatever else`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"), at: 1_000_000)
    let found = try base.making(setPlan(second, "theirs"))
    func result(_ seconds: Int64) -> Reconciliation {
      Reconciliation(
        current: branch.last, found: found, history: branch.history,
        written: ["organizations.json": Timestamp(microseconds: seconds * 1_000_000)])
    }
    #expect(result(2).contents[.field(first, .planTier)] == "ours")
    #expect(result(2).reverted == [])
    #expect(result(3600).contents.organizations.bytes == found.organizations.bytes)
    #expect(result(3600).reverted == [1])
  }

  @Test func `its branch may hold changes of its own that were taken in before`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"))
    try branch.make(.addMember(.sample("theirs-1", in: second)), origin: .foreign)
    try branch.make(
      .setField(.stripeCustomerID, organization: second, from: nil, to: "theirs-1"), origin: .foreign)
    try branch.make(.addMember(.sample("ours", in: second)))
    // It goes on from what it wrote itself, without ours.
    var found = try base.making(.addMember(.sample("theirs-1", in: second)))
    found = try found.making(.setField(.stripeCustomerID, organization: second, from: nil, to: "theirs-1"))
    found = try found.making(.setField(.status, organization: second, from: nil, to: "suspended"))
    found = try found.making(.addMember(.sample("theirs-2", in: second)))
    let contents = Reconciliation(current: branch.last, found: found, history: branch.history).contents
    #expect(contents[.field(first, .planTier)] == "ours")
    #expect(contents[.member(second, user: "ours")] != nil)
    #expect(contents[.field(second, .status)] == "suspended")
    #expect(contents[.member(second, user: "theirs-1")] != nil)
    #expect(contents[.member(second, user: "theirs-2")] != nil)
  }

  @Test func `it may put its own value back, and not know of ours`() throws {
    var branch = Branch(base)
    let before = base.organization(at: 1).planTier
    try branch.make(setPlan(second, "theirs"), origin: .foreign)
    try branch.make(setPlan(first, "ours"))
    let found = try base.making(.addMember(.sample("theirs", in: first)))
    #expect(found[.field(second, .planTier)] == before)
    let contents = Reconciliation(current: branch.last, found: found, history: branch.history).contents
    #expect(contents[.field(first, .planTier)] == "ours" || contents[.field(second, .planTier)] == before)
  }

  @Test func `the other program's change that was found late is one that it may not know of either`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"))
    try branch.make(setPlan(second, "late"), origin: .displaced)
    let found = try branch.states[1].making(
      .setField(.status, organization: first, from: nil, to: "suspended"))
    let contents = Reconciliation(current: branch.last, found: found, history: branch.history).contents
    #expect(contents[.field(second, .planTier)] == "late")
    #expect(contents[.field(first, .status)] == "suspended")
  }

  @Test func `organizations and lists that vanish are put back, and what came is kept`() throws {
    let added = try base.making(.createOrganization(.sample("org_new", "New")))
      .making(.addMember(.sample("somebody", in: "org_new")))
    let entry = JSONText.entry(added.organization(at: added.organizationCount - 1))
    let list = JSONText.entry(organization: "org_new", members: [OrgUser.sample("somebody", in: "org_new")])
    func alone(_ entry: [UInt8]) -> String { "{\n  " + String(decoding: entry, as: UTF8.self) + "\n}" }
    for found in [
      FileContents(alone(entry), alone(list)),
      FileContents(alone(entry), String(decoding: added.members.bytes, as: UTF8.self)),
      FileContents(String(decoding: added.organizations.bytes, as: UTF8.self), alone(list)),
    ] {
      let result = Reconciliation(current: base, found: found, history: [])
      #expect(result.contents.cells(differingFrom: added) == [])
      #expect(result.isRepair && !result.quarantined.isEmpty)
      #expect(result.note?.contains("put back") == true)
    }
  }

  @Test func `members added to a list in a wiped file are kept with those that it had`() throws {
    let member = try #require(base.someMember)
    let index = try #require(base.index(ofOrganization: member.organizationID))
    let alone = JSONText.entry(
      organization: member.organizationID, members: [OrgUser.sample("new", in: member.organizationID)])
    let found = FileContents(Fixture.organizations, "{\n  " + String(decoding: alone, as: UTF8.self) + "\n}")
    let result = Reconciliation(current: base, found: found, history: [])
    #expect(result.contents.memberCount(at: index) == base.memberCount(at: index) + 1)
    #expect(result.contents.memberCount == base.memberCount + 1)
    #expect(result.isRepair && result.quarantined == ["org_users.json"])
  }

  @Test func `a wiped file of a single organization is known by nobody being left`() throws {
    let organizations = Fixture.file(Fixture.organization())
    let before = FileContents(
      organizations, Fixture.file("  \"org_1\": [\n\(Fixture.member("a")),\n\(Fixture.member("b"))\n  ]"))
    let found = FileContents(organizations, Fixture.file("  \"org_1\": [\n\(Fixture.member("c"))\n  ]"))
    let result = Reconciliation(current: before, found: found, history: [])
    #expect(result.contents.memberCount == 3 && result.isRepair)
    // One by one they may go.
    let fewer = FileContents(organizations, Fixture.file("  \"org_1\": [\n\(Fixture.member("b"))\n  ]"))
    #expect(Reconciliation(current: before, found: fewer, history: []).contents.memberCount == 1)
  }

  @Test func `what it added for an organization that only its broken file lacks is kept`() throws {
    let users = try base.making(.addMember(.sample("new", in: second)))
    let found = FileContents("{}", String(decoding: users.members.bytes, as: UTF8.self))
    let result = Reconciliation(current: base, found: found, history: [])
    #expect(result.contents.organizations.bytes == base.organizations.bytes)
    #expect(result.contents.members.bytes == users.members.bytes)
  }

  @Test func `it may take a name that somebody took meanwhile: doctor says so, nothing is dropped`() throws {
    var branch = Branch(base)
    try branch.make(.createOrganization(.sample("org_ours", "Same")))
    let found = try base.making(.createOrganization(.sample("org_theirs", "Same")))
    let contents = Reconciliation(current: branch.last, found: found, history: branch.history).contents
    #expect(contents[.organization("org_ours")] != nil && contents[.organization("org_theirs")] != nil)
    #expect(contents.problems == [])
  }

  @Test func `unknown fields that can't be carried over are put aside`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"))
    let text = String(decoding: base.organizations.bytes, as: UTF8.self)
    let place = try #require(text.range(of: "\"id\": \"\(second)\""))
    let found = FileContents(
      text.replacingCharacters(in: place, with: "\"x\": 1, \"id\": \"\(second)\""), Fixture.users)
    let result = Reconciliation(
      current: branch.last,
      found: try found.making(.setField(.status, organization: first, from: nil, to: "suspended")),
      history: branch.history)
    #expect(result.contents[.field(first, .planTier)] == "ours")
    #expect(result.quarantined == ["organizations.json"])
  }

  // MARK: Displaced files

  @Test func `a change in a displaced file is taken in on top of ours`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours-1"))
    try branch.make(setPlan(first, "ours-2"))
    try branch.make(.addMember(.sample("ours", in: first)))
    // It read the base, and wrote when generation 2 had taken the file's place.
    let found = try base.making(.setField(.status, organization: first, from: nil, to: "suspended"))
    let result = Reconciliation(
      current: branch.last, found: found, history: branch.history,
      displaced: .init(file: "organizations.json", generation: 2))
    #expect(result.contents[.field(first, .planTier)] == "ours-2")
    #expect(result.contents[.field(first, .status)] == "suspended")
    #expect(result.contents[.member(first, user: "ours")] != nil)
    #expect(result.changes.count == 1)
  }

  @Test func `what somebody changed behind it isn't overwritten by a change in a displaced file`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(second, "ours"))
    try branch.make(setPlan(first, "later"), origin: .foreign)
    let found = try base.making(setPlan(first, "earlier"))
    let result = Reconciliation(
      current: branch.last, found: found, history: branch.history,
      displaced: .init(file: "organizations.json", generation: 1))
    #expect(result.contents[.field(first, .planTier)] == "later")
    #expect(result.contents[.field(second, .planTier)] == "ours")
    #expect(result.quarantined == ["organizations.json"])
  }

  @Test func `a displaced file that was merely wiped, or written as it was, changes nothing`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"))
    for found in [FileContents("{}", "{}"), base] {
      let result = Reconciliation(
        current: branch.last, found: found, history: branch.history,
        displaced: .init(file: "organizations.json", generation: 1))
      #expect(result.contents.organizations.bytes == branch.last.organizations.bytes)
      #expect(result.changes == [])
    }
  }

  // MARK: Anything

  @Test func `whatever both did, all of ours and all of theirs is there, unless they touched the same`()
    throws
  {
    var random = SeededGenerator(seed: 11)
    for round in 0..<300 {
      var branch = Branch(base)
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        try branch.make(branch.last.randomChange(&random, "ours"))
      }
      // The other program knows of the first few.
      let known = Int.random(in: 0..<branch.states.count, using: &random)
      let isDisplaced = known < branch.states.count - 1 && Bool.random(using: &random)
      var found = branch.states[known]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        found = try found.making(found.randomChange(&random, "theirs"))
      }
      let theirs = found.cells(differingFrom: branch.states[known])
      let ours = branch.last.cells(differingFrom: branch.states[known])
      // It writes the files that it changed, and no others.
      if !theirs.contains(where: { $0.file == "organizations.json" }) {
        found = FileContents(
          organizations: branch.last.organizations,
          members: found.members.reread(of: branch.last.organizations))
      } else if !theirs.contains(where: { $0.file == "org_users.json" }) {
        found = FileContents(
          organizations: found.organizations, members: branch.last.members.reread(of: found.organizations))
      }
      // Whoever changes back what was changed before can't be told from somebody who didn't know of it.
      let touched = zip(branch.states, branch.states.dropFirst()).flatMap { $1.cells(differingFrom: $0) }
      guard !theirs.isEmpty, theirs.isDisjoint(with: touched) else { continue }
      let files = isDisplaced ? ["organizations.json", "org_users.json"] : [""]
      var contents = branch.last
      for file in files {
        // A displaced file's generation is one that the other program didn't know of.
        let generation = UInt64(
          Int.random(in: known + 1...max(known + 1, branch.steps.count), using: &random))
        let result = Reconciliation(
          current: contents, found: found.only(file), history: branch.history,
          displaced: isDisplaced ? .init(file: file, generation: generation) : nil)
        contents = result.contents
        #expect(result.quarantined == [], "round \(round)")
      }
      for cell in theirs {
        #expect(contents[cell] == found[cell], "round \(round): \(cell) of theirs")
      }
      for cell in ours { #expect(contents[cell] == branch.last[cell], "round \(round): \(cell) of ours") }
      #expect(contents.problems == [])
    }
  }
}

extension FileContents {
  /// With one file alone, or with both.
  fileprivate func only(_ file: String) -> FileContents {
    file == "organizations.json"
      ? FileContents(
        organizations: organizations, members: MemberTable(Array("{}".utf8), of: organizations)) : self
  }
}
