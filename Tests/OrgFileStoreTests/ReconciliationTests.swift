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
      _ change: Change, origin: Reconciliation.Step.Origin = .own, displaced: UInt64? = nil,
      at time: Int64 = 0
    ) throws {
      let before = last
      states.append(try before.making(change))
      let changes = last.changes(in: last.addresses(differingFrom: before), on: before)
      steps.append(
        Reconciliation.Step(
          generation: UInt64(states.count - 1), time: Timestamp(microseconds: time), origin: origin,
          displaced: displaced
        ) { changes })
    }

    var history: [Reconciliation.Step] { steps.reversed() }
  }

  var first: String { base.organization(at: 0).id }
  var second: String { base.organization(at: 1).id }
  func setPlan(_ id: String, _ plan: String) -> Change {
    .setField(.planTier, organization: id, from: nil, to: plan)
  }

  @Test func `a change of the other program is accepted byte for byte`() throws {
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
    #expect(result.note == "written from a state before generations 1, 2, 3; both are kept")
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

  @Test
  func `an older state that differs in nothing else reverts no change of ours, however idempotent the write`()
    throws
  {
    var branch = Branch(base)
    try branch.make(.addMember(.sample("victim", in: first)), at: 1_000_000)
    func result(_ milliseconds: Int64, unread: Set<String> = []) -> Reconciliation {
      Reconciliation(
        current: branch.last, found: base, history: branch.history, unread: unread,
        written: ["org_users.json": Timestamp(microseconds: milliseconds * 1000)])
    }
    for milliseconds: Int64 in [1033, 6000, 10_500] {
      #expect(result(milliseconds).contents[.member(first, user: "victim")] == "member")
      #expect(result(milliseconds).kept == [1] && result(milliseconds).reverted == [])
    }
    // What it would have done is kept, for people to decide otherwise.
    #expect(
      result(1033).refused.map(\.summary) == ["Removed victim (member) from \(base.organization(at: 0).name)"]
    )
    // Later than any program takes, it may be meant; unless nobody has read the file since.
    #expect(result(20_000).contents[.member(first, user: "victim")] == nil)
    #expect(result(20_000).reverted == [1])
    #expect(result(50_000, unread: ["org_users.json"]).kept == [1])
  }

  @Test func `a change of another program that was found late is protected from what it wrote before`() throws
  {
    var branch = Branch(base)
    let member = try #require(base.someMember)
    let address = FieldAddress.member(member.organizationID, user: member.userID)
    let other: Role = member.role == .owner ? .member : .owner
    try branch.make(
      .setRole(user: member.userID, organization: member.organizationID, from: member.role, to: other),
      origin: .displaced, at: 1_000_000)
    func result(
      _ found: FileContents, at microseconds: Int64 = 1_500_000, unread: Set<String> = []
    ) -> Reconciliation {
      Reconciliation(
        current: branch.last, found: found, history: branch.history, unread: unread,
        written: ["org_users.json": Timestamp(microseconds: microseconds)])
    }
    // It hasn't read the file since, or may not have, or it changes something else as well.
    #expect(result(base, unread: ["org_users.json"]).contents[address] == other.rawValue)
    #expect(result(base).contents[address] == other.rawValue)
    #expect(result(base).kept == [1])
    let mixed = try base.making(.addMember(.sample("new", in: second)))
    #expect(result(mixed).contents[address] == other.rawValue)
    #expect(result(mixed).contents[.member(second, user: "new")] == "member")
    // What it changed again since, it knew, whatever it was before.
    var later = branch
    try later.make(
      .setRole(user: member.userID, organization: member.organizationID, from: other, to: .billingAdmin),
      origin: .foreign, at: 1_200_000)
    let back = Reconciliation(
      current: later.last, found: mixed, history: later.history, unread: ["org_users.json"],
      written: ["org_users.json": Timestamp(microseconds: 1_500_000)])
    #expect(back.contents[address] == member.role.rawValue)
    // Where it knew a later change of ours, it changed its own value back.
    var known = branch
    try known.make(.addMember(.sample("ours", in: second)), at: 1_200_000)
    let knowing = try mixed.making(.addMember(.sample("ours", in: second)))
    let accepted = Reconciliation(
      current: known.last, found: knowing, history: known.history,
      written: ["org_users.json": Timestamp(microseconds: 1_500_000)])
    #expect(accepted.contents[address] == member.role.rawValue)
    // Later than any program takes, it may change its own value back, alone or with others.
    #expect(result(base, at: 20_000_000).contents[address] == member.role.rawValue)
    #expect(result(mixed, at: 20_000_000).contents[address] == member.role.rawValue)
    // A broken file says nothing about when the value was written.
    let text = String(decoding: mixed.members.bytes, as: UTF8.self) + "tail"
    let broken = FileContents(Fixture.organizations, text)
    #expect(result(broken, at: 20_000_000).isRepair)
    #expect(result(broken, at: 20_000_000).contents[address] == other.rawValue)
  }

  @Test(arguments: [
    "nobody", "org_" + String(repeating: "n", count: 300), "org_\u{1B}[2J", "org_\u{202E}x", "",
  ])
  func `whatever the id of a list without an organization, nothing else is lost with it`(id: String) throws {
    let member = OrgUser.sample("theirs", in: second)
    let list = String(decoding: JSONText.entry(organization: id, members: [member]), as: UTF8.self)
    let entry = Array(",\n  \(list)\n}".utf8)
    let text = String(decoding: base.members.bytes.dropLast(2) + entry, as: UTF8.self)
    let found = try FileContents(Fixture.organizations, text).making(.addMember(.sample("new", in: first)))
    let displaced = Reconciliation(
      current: base, found: found, history: [], displaced: .init(file: "org_users.json", generation: 1))
    #expect(displaced.contents[.member(first, user: "new")] == "member")
    #expect(displaced.contents.members.orphanedMembers[id] == 1)
    #expect(displaced.contents.organizations.bytes == base.organizations.bytes)
    let live = Reconciliation(current: base, found: found, history: [])
    #expect(live.contents.members.bytes == found.members.bytes)
  }

  @Test func `a program that knew a later change of ours meant to take an earlier one back`() throws {
    var branch = Branch(base)
    try branch.make(setPlan(first, "ours"), at: 1_000_000)
    var found = try base.making(setPlan(second, "theirs"))
    func plan(_ found: FileContents, at microseconds: Int64 = 20_000_000) -> String? {
      Reconciliation(
        current: branch.last, found: found, history: branch.history,
        written: ["organizations.json": Timestamp(microseconds: microseconds)]
      ).contents[.field(first, .planTier)]
    }
    // It may have read the file before our change and have taken long.
    #expect(plan(found) == "ours")
    try branch.make(.setField(.lagoCustomerID, organization: second, from: nil, to: "later"), at: 2_000_000)
    #expect(plan(found) == "ours")
    // Its file contains what we changed after that.
    found = try found.making(.setField(.lagoCustomerID, organization: second, from: nil, to: "later"))
    #expect(plan(found) == base[.field(first, .planTier)])
    // But nothing is meant that comes sooner than any program could decide.
    #expect(plan(found, at: 3_000_000) == "ours")
  }

  @Test
  func `a stale write that repeats one of two changes that were merged late doesn't revert the other`()
    throws
  {
    // Both were merged late. The next write knew of neither and happened to set one of the two values again.
    var branch = Branch(base)
    try branch.make(setPlan(first, "late"), origin: .displaced, at: 1_000_000)
    try branch.make(setPlan(second, "again"), origin: .displaced, at: 1_010_000)
    let found = try base.making(setPlan(second, "again"))
    let result = Reconciliation(
      current: branch.last, found: found, history: branch.history,
      written: ["organizations.json": Timestamp(microseconds: 1_400_000)])
    #expect(result.contents[.field(first, .planTier)] == "late")
    #expect(result.contents[.field(second, .planTier)] == "again")
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

  @Test func `its branch may contain changes of its own that were ingested before`() throws {
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

  @Test
  func `an organization that another program removes on purpose goes, with its members, and can be undone`()
    throws
  {
    let id = try #require(base.someMember).organizationID
    let without = base.without(id)
    // The two files are written one after the other, in either order.
    let found = [
      FileContents(
        organizations: without.organizations, members: base.members.reread(of: without.organizations)),
      without,
    ]
    for found in found {
      let result = Reconciliation(current: base, found: found, history: [])
      #expect(result.contents.organizations.bytes == without.organizations.bytes)
      #expect(result.contents.members.bytes == without.members.bytes)
      #expect(!result.isRepair && result.refused.isEmpty && result.note == nil)
      let entry = HistoryEntry(
        generation: 1, time: .now(), kind: .foreign, actor: Actor(uid: 0, user: "root", host: ""),
        changes: result.changes)
      let back = try result.contents.applying(
        Preview(of: entry.inverse, on: Snapshot(generation: 1, contents: result.contents)).edit
      ).contents
      #expect(back.addresses(differingFrom: base) == [])
    }
    // Its list alone goes with nobody's will.
    let alone = FileContents(
      organizations: base.organizations, members: without.members.reread(of: base.organizations))
    let result = Reconciliation(current: base, found: alone, history: [])
    #expect(
      result.contents.members.bytes == base.members.bytes
        || result.contents.addresses(differingFrom: base) == [])
    #expect(result.note?.contains("1 lost record put back: the members of") == true)
  }

  @Test func `other changes in a write that removes an organization are kept, whatever the policy`() throws {
    let id = base.organization(at: 0).id
    let other = base.organization(at: 1).id
    let member = try #require(
      (1..<base.organizationCount).lazy.flatMap { base.everyMember(at: $0) }.first { $0.organizationID != id }
    )
    let found = try base.without(id).making(setPlan(other, "theirs"))
      .making(.removeMember(user: member.userID, organization: member.organizationID, role: member.role))
    for policy in ExternalDeletions.allCases {
      let result = Reconciliation(current: base, found: found, history: [], policy: policy)
      #expect(result.contents[.field(other, .planTier)] == "theirs")
      #expect(result.contents[.member(member.organizationID, user: member.userID)] == nil)
      #expect((result.contents[.organization(id)] == nil) == (policy != .ask))
      guard policy == .ask else { continue }
      // The other answer makes it as it was on the disk.
      let set = ChangeSet(result.refused.map(\.change), allowsOwnerless: true)
      let preview = Preview(of: set, on: Snapshot(generation: 1, contents: result.contents))
      #expect(preview.blocked.isEmpty)
      #expect(try result.contents.applying(preview.edit).contents.addresses(differingFrom: found) == [])
    }
  }

  @Test func `everything at once is put back, unless every removal is to be accepted`() throws {
    for policy in ExternalDeletions.allCases {
      let result = Reconciliation(current: base, found: FileContents("{}", "{}"), history: [], policy: policy)
      #expect(result.contents.organizationCount == (policy == .accept ? 0 : base.organizationCount))
    }
  }

  @Test func `an organization that a write lacks together with what came later is an older state`() throws {
    var branch = Branch(base)
    try branch.make(.createOrganization(.sample("org_theirs", "Theirs")), origin: .foreign, at: 1_000_000)
    try branch.make(setPlan(first, "later"), origin: .foreign, at: 2_000_000)
    let found = try base.making(setPlan(second, "older"))
    let stale = Reconciliation(current: branch.last, found: found, history: branch.history)
    #expect(stale.contents[.organization("org_theirs")] != nil)
    #expect(stale.contents[.field(second, .planTier)] == "older")
    let meant = Reconciliation(
      current: branch.last, found: branch.last.without("org_theirs"), history: branch.history)
    #expect(meant.contents[.organization("org_theirs")] == nil)
  }

  @Test func `a list that comes before its organization is kept, whichever file it is merged from`() throws {
    var branch = Branch(base)
    try branch.make(.addMember(.sample("ours", in: first)))
    // The service wrote its new organization to a displaced file, and its empty list to the live one.
    let made = try base.making(.createOrganization(.sample("org_new", "New")))
    let users = FileContents(
      organizations: base.organizations, members: made.members.reread(of: base.organizations))
    let first = Reconciliation(current: branch.last, found: users, history: branch.history).contents
    #expect(first.members.orphanedMembers["org_new"] == 0)
    let second = Reconciliation(
      current: first, found: made, history: branch.history,
      displaced: .init(file: "organizations.json", generation: 1)
    ).contents
    let index = try #require(second.index(ofOrganization: "org_new"))
    #expect(second.members.hasList(at: index) && second.problems == [])
  }

  @Test func `an empty list that is found before its organization stays beside a write that lacks it`() throws
  {
    // The service added an organization to the live file, and its list to a displaced one, which is merged first.
    let made = try base.making(.createOrganization(.sample("org_new", "New")))
    let known = FileContents(
      organizations: base.organizations, members: made.members.reread(of: base.organizations))
    let change = Change.addMember(.sample("theirs", in: first))
    let late = Reconciliation.Step(
      generation: 1, time: Timestamp(microseconds: 1_000_000), origin: .displaced, displaced: 1
    ) { [] }
    // Its next write was made from a state before the merge.
    for organizations in [made.organizations, base.organizations] {
      let found = try base.making(change).beside(organizations)
      let result = Reconciliation(
        current: known, found: found, history: [late],
        written: ["org_users.json": Timestamp(microseconds: 1_100_000)])
      #expect(result.contents[.list("org_new")] == "present")
      #expect(result.contents[.member(first, user: "theirs")] == "member")
      #expect(result.contents.problems == [])
    }
    // Long after, it may have meant to.
    let gone = Reconciliation(
      current: known, found: try base.making(change), history: [late],
      written: ["org_users.json": Timestamp(microseconds: 60_000_000)])
    #expect(gone.contents[.list("org_new")] == nil)
  }

  @Test func `members of an organization that is found later than its list are all kept`() throws {
    // The service's new organization is in a displaced file that isn't merged yet; its list is known.
    let made = try base.making(.createOrganization(.sample("org_new", "New")))
    func members(_ contents: FileContents) -> FileContents {
      FileContents(
        organizations: base.organizations, members: contents.members.reread(of: base.organizations))
    }
    let known = members(made)
    // It adds a member and gives it a role, and both writes go to files that were displaced.
    let added = try made.making(.addMember(.sample("theirs", in: "org_new")))
    let merged = Reconciliation(
      current: known, found: members(added), history: [],
      displaced: .init(file: "org_users.json", generation: 1))
    #expect(merged.contents.members.orphanedMembers["org_new"] == 1)
    #expect(merged.changes.map(\.change) == [.addMember(.sample("theirs", in: "org_new"))])
    let promoted = try added.making(
      .setRole(user: "theirs", organization: "org_new", from: .member, to: .owner))
    let both = Reconciliation(
      current: merged.contents, found: members(promoted), history: [],
      displaced: .init(file: "org_users.json", generation: 2))
    #expect(both.changes.count == 1)
    // What it writes next to the live file, it read before that.
    let late = Reconciliation.Step(
      generation: 1, time: Timestamp(microseconds: 1_000_000), origin: .displaced, displaced: 1
    ) { merged.changes + both.changes }
    let stale = Reconciliation(
      current: both.contents, found: known, history: [late],
      written: ["org_users.json": Timestamp(microseconds: 1_100_000)])
    #expect(stale.contents.members.orphanedMembers["org_new"] == 1)
    // Or even before its list.
    let older = Reconciliation(
      current: both.contents, found: base, history: [late],
      displaced: .init(file: "org_users.json", generation: 1))
    #expect(older.contents.members.orphanedMembers["org_new"] == 1 && older.changes == [])
    // A list that is removed on purpose is gone.
    let gone = Reconciliation(
      current: both.contents, found: base, history: [late],
      written: ["org_users.json": Timestamp(microseconds: 60_000_000)])
    #expect(gone.contents.members.bytes == base.members.bytes)
    // Its organization is found at last.
    let result = Reconciliation(
      current: stale.contents, found: made, history: [],
      displaced: .init(file: "organizations.json", generation: 1))
    #expect(result.contents[.member("org_new", user: "theirs")] == "owner")
    #expect(result.changes.map(\.change) == [.createOrganization(.sample("org_new", "New"))])
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
      #expect(result.contents.addresses(differingFrom: added) == [])
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

  @Test func `a change in a displaced file is applied on top of ours`() throws {
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

  @Test
  func
    `of two displaced files the one that was displaced later has the newer value, whichever is merged first`()
    throws
  {
    func merged(_ plans: [(plan: String, displacedBy: UInt64)]) throws -> String? {
      var branch = Branch(base)
      try branch.make(.addMember(.sample("ours-1", in: second)))
      try branch.make(.addMember(.sample("ours-2", in: second)))
      for (plan, generation) in plans {
        let result = Reconciliation(
          current: branch.last, found: try base.making(setPlan(first, plan)), history: branch.history,
          displaced: .init(file: "organizations.json", generation: generation))
        guard result.contents[.field(first, .planTier)] == plan else { continue }
        try branch.make(setPlan(first, plan), origin: .displaced, displaced: generation)
      }
      return branch.last[.field(first, .planTier)]
    }
    #expect(try merged([("earlier", 1), ("later", 2)]) == "later")
    #expect(try merged([("later", 2), ("earlier", 1)]) == "later")
  }

  @Test func `a displaced file reverts none of the changes that were merged since it was read`() throws {
    var branch = Branch(base)
    try branch.make(.addMember(.sample("ours-1", in: second)))
    try branch.make(.addMember(.sample("ours-2", in: second)))
    try branch.make(setPlan(first, "late-1"), origin: .displaced, displaced: 1)
    try branch.make(setPlan(first, "late-2"), origin: .displaced, displaced: 2)
    for generation: UInt64 in [1, 2] {
      let result = Reconciliation(
        current: branch.last, found: try base.making(setPlan(second, "new")), history: branch.history,
        displaced: .init(file: "organizations.json", generation: generation))
      #expect(result.contents[.field(first, .planTier)] == "late-2")
      #expect(result.contents[.field(second, .planTier)] == "new")
    }
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
      let theirs = found.addresses(differingFrom: branch.states[known])
      let ours = branch.last.addresses(differingFrom: branch.states[known])
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
      let touched = zip(branch.states, branch.states.dropFirst()).flatMap { $1.addresses(differingFrom: $0) }
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
      for address in theirs {
        #expect(contents[address] == found[address], "round \(round): \(address) of theirs")
      }
      for address in ours {
        #expect(contents[address] == branch.last[address], "round \(round): \(address) of ours")
      }
      #expect(contents.problems == [])
    }
  }
}

extension FileContents {
  fileprivate func everyMember(at index: Int) -> [OrgUser] {
    (0..<memberCount(at: index)).map { member($0, at: index) }
  }

  /// Without an organization and its list.
  fileprivate func without(_ id: String) -> FileContents {
    var edit = StoreEdit()
    edit.removed.append(id)
    return (try? applying(edit).contents) ?? self
  }

  /// With one file alone, or with both.
  fileprivate func only(_ file: String) -> FileContents {
    file == "organizations.json"
      ? FileContents(
        organizations: organizations, members: MemberTable(Array("{}".utf8), of: organizations)) : self
  }
}
