import Dispatch
import Glibc
import OrgCore
import OrgFileStore
import Testing

// The code of the articles, to be compiled and run: `DocumentationTests` compares it with them, line by line.

// MARK: BuildingAService

func openOrganizations(in directory: String) throws(OrgError) -> FileStore {
  do throws(OrgError) {
    return try FileStore(path: directory)
  } catch {
    guard error.code == .dataNotFound else { throw error }
    try FileStore.create(at: directory)
    return try FileStore(path: directory)
  }
}

func mayUse(_ user: String, _ organization: String, in store: FileStore) throws(OrgError) -> Bool {
  let reader = try store.reader()
  guard let found = try reader.organization(id: organization), found.status == .active else { return false }
  return try reader.role(of: user, in: organization) != nil
}

func upgrade(_ organization: String, to plan: String, in store: FileStore) throws(OrgError) -> String {
  let manager = OrgManager(store: store)
  do throws(OrgError) {
    return try manager.updatePlan(of: organization, to: plan) ? "done" : "no such organization"
  } catch {
    switch error.code {
    case .invalidValue: return error.message
    default: throw error
    }
  }
}

func promote(
  _ user: String, in organization: String, seeing role: Role, store: FileStore
) throws(OrgError) -> String {
  let change = Change.setRole(user: user, organization: organization, from: role, to: .owner)
  do throws(OrgError) {
    let commit = try store.commit(ChangeSet([change]))
    return commit.changes.isEmpty ? "no changes needed" : "done"
  } catch {
    guard error.code == .conflict, let conflict = error.conflicts.first else { throw error }
    return "is \(conflict.theirs ?? "nobody") by now"
  }
}

func commitSoon(_ set: ChangeSet, to store: FileStore, note: (String) -> Void) throws(OrgError) -> Commit {
  try store.commit(set) { holder in
    note("\(holder)")  // held by orgman, pid 4121 (root), since 21:51:10 UTC, 0.2 s
    return holder.waitedMilliseconds < 2000
  }
}

struct Organizations: Sendable {
  let store: FileStore
  private let queue = DispatchQueue(label: "organizations", attributes: .concurrent)

  init(store: FileStore) { self.store = store }

  func call<Value: Sendable>(
    _ body: @escaping @Sendable (OrgManager) throws(OrgError) -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body(OrgManager(store: store)) }) }
    }
  }
}

func follow(_ store: FileStore, each: (any StoreReader, Set<String>) -> Bool) throws(OrgError) {
  let watcher = store.watcher()
  var last = try store.reader()
  while true {
    var descriptor = pollfd(fd: watcher.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, -1) > 0, watcher.drain() else { continue }
    let next = try store.maintain().reader
    let changed = try next.changedOrganizations(since: last) ?? []
    last = next
    if !changed.isEmpty, !each(next, changed) { return }
  }
}

func testStore() throws(OrgError) -> OrgManager {
  let manager = OrgManager(store: InMemoryStore())
  let acme = try manager.createOrganization(name: "Acme Corp")
  try manager.addUser("ann", to: acme, role: .owner)
  return manager
}

// MARK: ChangesAndConflicts

func decide(_ acme: String, _ manager: OrgManager, report: (String) -> Void) {
  let upgrade = ChangeSet([
    .setField(.planTier, organization: acme, from: "starter", to: "professional"),
    .setRole(user: "bob", organization: acme, from: .member, to: .owner),
  ])
  do throws(OrgError) {
    try manager.commit(upgrade)
  } catch {
    for conflict in error.conflicts {
      report("\(conflict.field) is \(conflict.theirs ?? "none") now, no longer \(conflict.base ?? "none")")
    }
  }
}

// MARK: The front pages

func begin(_ store: some OrgStore) throws(OrgError) -> OrgManager {
  let manager = OrgManager(store: store)
  let acme = try manager.createOrganization(name: "Acme Corp", planTier: "starter")
  try manager.addUser("ann", to: acme, role: .owner)
  return manager
}

/// Compiled only, as what follows.
func beginOnMachine() throws(OrgError) {
  let manager = OrgManager(store: try FileStore(path: "/var/lib/orgman"))
  let acme = try manager.createOrganization(name: "Acme Corp", planTier: "starter")
  try manager.addUser("ann", to: acme, role: .owner)
}

/// It is the way to open the data of the machine.
func openUsual() throws(OrgError) -> OrgManager {
  let store = try FileStore(path: "/var/lib/orgman")
  let manager = OrgManager(store: store)
  return manager
}

// MARK: QuickReference

func read(_ acme: String, _ manager: OrgManager) throws {
  let all = try manager.organizations()  // deleted ones too
  let one = try manager.organization(id: acme)  // nil if there is none
  let found = try manager.organizations(matching: "acm")  // by a part of the name, whatever the case
  let starters = try manager.organizations(onPlan: "starter")
  let hers = try manager.organizations(ofUser: "ann")
  let users = try manager.users(of: acme)  // empty for an unknown organization
  let role = try manager.role(of: "ann", in: acme)  // nil for somebody who is no member
  for list in [all, [one].compactMap { $0 }, found, starters, hers] { #expect(list.map(\.id) == [acme]) }
  #expect(users.map(\.userID) == ["ann"] && role == .owner)
}

func changeOrganizations(_ manager: OrgManager) throws {
  let id = try manager.createOrganization(name: "Globex")  // on founders_friend
  let other = try manager.createOrganization(name: "Initech", planTier: "starter")
  try manager.rename(id, to: "Globex Corp")  // false if there is no such organization, as for all that follow
  try manager.updatePlan(of: id, to: "professional")
  try manager.updateStatus(of: id, to: .suspended)
  try manager.updateStatus(of: id, to: .deleted)  // the record stays
  try manager.updateBillingIDs(of: id, lago: "lago_1001", stripe: "cus_5f3a")
  try manager.updateBillingIDs(of: id, stripe: "")  // clears one, and leaves the other as it is
  let globex = try #require(try manager.organization(id: id))
  #expect(globex.name == "Globex Corp" && globex.planTier == "professional" && globex.status == .deleted)
  #expect(globex.lagoCustomerID == "lago_1001" && globex.stripeCustomerID == nil)
  #expect(try manager.organization(id: other)?.planTier == "starter")
}

func changeMembers(_ acme: String, _ manager: OrgManager) throws {
  try manager.addUser("bob", to: acme)  // as a member
  try manager.addUser("carol", to: acme, role: .billingAdmin)
  try manager.updateRole(of: "bob", in: acme, to: .owner)
  try manager.removeUser("carol", from: acme)
  try manager.removeUser("bob", from: acme, allowingOwnerless: true)  // even if he is the last owner
  #expect(try manager.users(of: acme).map(\.userID) == ["ann"])
}

func askOneMoment(_ acme: String, _ manager: OrgManager) throws {
  let reader = try manager.reader()
  let names = try reader.organizations().map(\.name)
  let organization = try reader.organization(id: acme)
  let members = try reader.members(of: acme)
  let ann = try reader.member("ann", of: acme)
  let herRole = try reader.role(of: "ann", in: acme)
  let owners = try reader.roleCounts(of: acme).owner
  let joined = try reader.organizations(ofUser: "ann")
  let changed = try reader.changedOrganizations(since: reader)  // ids
  let isWhole = reader.problems.isEmpty  // while it isn't, nothing is written
  #expect(names.contains("Acme Corp") && organization?.id == acme && members == [ann] && herRole == .owner)
  #expect(owners == 1 && joined == [organization] && changed == [] && isWhole)
}

func changeSeveral(_ acme: String, _ manager: OrgManager) throws {
  let change = Change.setField(.planTier, organization: acme, from: "starter", to: "enterprise")
  let set = ChangeSet([change])
  let preview = try Preview(of: set, on: manager.reader())
  let sentences = preview.recorded.map(\.summary)  // "Plan of Acme Corp: starter → enterprise"
  let commit = try manager.commit(set)  // all of it or nothing
  let done = commit.changes  // without what was so already
  let after = commit.reader
  #expect(sentences == ["Plan of Acme Corp: starter → enterprise"] && done == [change])
  #expect(try after.organization(id: acme)?.planTier == "enterprise")
}

func changeWhatIsFound(_ acme: String, _ manager: OrgManager) throws {
  let edit = try manager.edit { reader throws(OrgError) in  // runs again if the data have changed
    ChangeSet(
      try reader.members(of: acme).map {
        .setRole(user: $0.userID, organization: acme, from: $0.role, to: .owner)
      })
  }
  let promoted = edit.commit?.changes
  #expect(promoted == [] && edit.set.changes.count == 1)
}

func lookBack(_ acme: String, _ manager: OrgManager) throws {
  let history = try manager.history()  // newest first
  let latest = try manager.undoable(by: nil)  // anybody's latest edit
  if let latest { try manager.commit(latest.inverse) }
  let undone = try manager.redoable(by: nil)
  if let undone { try manager.commit(undone.inverse) }
  #expect(latest == history.first && undone?.kind == .undo(of: history[0].generation))
  #expect(try manager.organization(id: acme)?.planTier == "enterprise")
}

func checkValues(_ manager: OrgManager) throws {
  let rules = try manager.reader().rules
  let name = try rules.checkedName("  Acme  ")  // "Acme"
  let admin = try rules.role("billing")
  try rules.checkUserID("ann")
  try rules.checkOrganizationID("org_1")
  let plan = try rules.checked("gold", for: .planTier)
  let time = Timestamp("2026-11-22 21:51:10.076830")
  #expect(name == "Acme" && admin == .billingAdmin && plan == "gold" && time?.dayText == "2026-11-22")
}
