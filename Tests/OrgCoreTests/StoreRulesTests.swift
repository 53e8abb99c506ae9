import OrgCore
import Testing

/// What stores decide: the form of ids, the roles that members can be given, and lengths.
@Suite struct StoreRulesTests {
  private let rules = Rules.files
  private static let time = Timestamp(microseconds: 1_760_000_000_000_000)
  private let acme = Organization(id: "org_acme", name: "Acme", createdAt: time)

  private func member(_ user: String, _ role: Role) -> OrgUser {
    OrgUser(organizationID: "org_acme", userID: user, role: role, joinedAt: Self.time)
  }

  @Test func `a store may have UUIDs as ids, or any text up to a length`() {
    let uuids = Rules(idForm: .uuid)
    for id in ["0b5e94d2-5ff6-4d0c-a8ae-7d1f1d1f9c3e", "00000000-0000-0000-0000-000000000000"] {
      #expect(code { try uuids.checkOrganizationID(id) } == nil)
      for wrong in [String(id.dropLast()), id + "0", " " + id.dropFirst(), "A" + id.dropFirst(), "org_" + id]
      {
        #expect(code { try uuids.checkOrganizationID(wrong) } == .invalidIdentifier, "\(wrong)")
      }
    }
    let texts = Rules(idForm: .text(length: 4))
    for id in ["a", "é 日本"] { #expect(code { try texts.checkOrganizationID(id) } == nil) }
    for id in ["", " ", "abcde"] {
      #expect(code { try texts.checkOrganizationID(id) } == .invalidIdentifier)
    }
  }

  @Test(arguments: [Rules.IDForm.prefixed, .uuid, .text(length: 36), .text(length: 8)])
  func `a new id has the form of the others, and its start is known as one`(form: Rules.IDForm) {
    let rules = Rules(idForm: form)
    let ids = (0..<20).map { _ in rules.newID() }
    #expect(Set(ids).count == 20)
    for id in ids {
      #expect(code { try rules.checkOrganizationID(id) } == nil)
      for length in 4...id.count { #expect(rules.isStartOfID(String(id.prefix(length)))) }
    }
    #expect(!rules.isStartOfID("Ac"))
  }

  @Test func `lengths are the store's`() {
    let rules = Rules(nameLength: 3, userIDLength: 5, planLength: 4)
    #expect(code { try rules.checkedName("abcd") } == .invalidName)
    #expect(code { try rules.checkUserID("abcdef") } == .invalidIdentifier)
    #expect(code { try rules.checked("abcde", for: .planTier) } == .invalidValue)
    #expect(code { try rules.checked("abcd", for: .planTier) } == nil)
  }

  @Test func `roles that can be given are the store's, and those of the files are the first`() throws {
    #expect(rules.roles == [.owner, .member, .billingAdmin])
    #expect(Array(Role.allCases.prefix(3)) == rules.roles)
    let others = Rules(roles: [.owner, .member, .viewer])
    #expect(try others.role("viewer") == .viewer)
    #expect(code { try others.check(.billingAdmin) } == .invalidValue)
    #expect(
      (error { try rules.check(.admin) })?.message
        == "There is no role \"admin\"; use owner, member or billing.")
    #expect(rules.countedRoles { _ in false } == [.owner, .billingAdmin, .member])
    #expect(others.countedRoles { $0 == .admin } == [.owner, .admin, .viewer, .member])
  }

  @Test func `a role that members have and can't be given is shown, and can be changed and removed`() throws {
    let store = InMemoryStore(
      organizations: [acme], members: [member("ann", .admin), member("bob", .admin), member("eve", .owner)])
    let manager = OrgManager(store: store)
    #expect(try manager.reader().summary.otherRoles == [.admin])
    #expect(try manager.reader().summary.roles == [.owner, .member, .billingAdmin, .admin])
    for attempt in [{ _ = try manager.addUser("joe", to: "org_acme", role: .admin) }]
      + [{ _ = try manager.updateRole(of: "eve", in: "org_acme", to: .admin) }]
    {
      let refusal = error(attempt)
      #expect(refusal?.code == .invalidValue)
      #expect(refusal?.message == "There is no role \"admin\"; use owner, member or billing.")
    }
    try manager.updateRole(of: "ann", in: "org_acme", to: .member)
    try manager.removeUser("bob", from: "org_acme")
    #expect(try manager.reader().summary.otherRoles == [])
    #expect(code { try manager.commit(manager.undoing(by: nil).set) } == .invalidValue)
  }

  @Test func `a store that lets members have a role lets them be given it`() throws {
    let rules = Rules(idForm: .uuid, roles: [.owner, .admin, .member, .viewer])
    let manager = OrgManager(store: InMemoryStore(rules: rules))
    let id = try manager.createOrganization(name: "Acme")
    #expect(code { try rules.checkOrganizationID(id) } == nil)
    try manager.addUser("ann", to: id, role: .admin)
    try manager.updateRole(of: "ann", in: id, to: .viewer)
    #expect(try manager.role(of: "ann", in: id) == .viewer)
    #expect(code { try manager.addUser("bob", to: id, role: .billingAdmin) } == .invalidValue)
  }

  @Test func `a document and a query name the roles of the data`() throws {
    let all = Rules(roles: Role.allCases)
    var record = ChangeRecord(
      RecordedChange(.addMember(member("ann", .admin)), organizationName: "Acme", joinedAt: nil))
    #expect(code { try record.change() } == .invalidValue)
    #expect(record.recorded() == nil)
    #expect(try record.change(by: all) == .addMember(member("ann", .admin)))
    // What is expected may be what nobody is given any more.
    record = ChangeRecord(
      RecordedChange(
        .setRole(user: "ann", organization: "org_acme", from: .admin, to: .owner), organizationName: "Acme"))
    #expect(record.recorded()?.change == record.recorded(by: all)?.change)
    record.from = "boss"
    #expect(code { try record.change() } == .invalidValue)
    #expect(throws: QueryError.self) { try Query("role:admin") }
    #expect(try Query("role:admin", roles: Role.allCases) != Query())
  }
}

/// The error that a body throws, if it does.
private func error(_ body: () throws -> some Any) -> OrgError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? OrgError
  }
}
