import Foundation
import OrgCore
import OrgFileStore
import TerminalTesting
import Testing

@testable import orgman_examples

@Suite struct ExampleTests {
  @Test func `there are ten examples, each with a name of its own`() {
    #expect(Example.all.count == 10)
    #expect(Set(Example.all.map(\.name)).count == 10)
  }

  @Test(arguments: Example.all.map(\.name))
  func `an example prints what it did, and leaves what it says behind`(name: String) throws {
    let example = try #require(Example.all.first { $0.name == name })
    let directory = try TemporaryDirectory()
    try FileStore.create(at: directory.path)
    var lines: [String] = []
    try example.run(directory.path) { lines.append($0) }
    #expect(lines.joined(separator: "\n") == Self.printed[name])
    #expect(try Self.left(in: directory.path) == Self.data[name])
  }

  @Test func `the program runs one example or all, and leaves no directory behind`() throws {
    let program = try builtProduct("orgman-examples")
    let place = try TemporaryDirectory()
    let environment = plainEnvironment.merging(["TMPDIR": place.path]) { $1 }
    let one = try run(program, ["billing"], environment: environment)
    #expect(one.status == .exited(0))
    #expect(one.stdout == "# Billing ids\n\(Self.printed["billing"] ?? "")\n\n")
    let all = try run(program, environment: environment)
    #expect(all.status == .exited(0))
    #expect(
      all.stdout
        == Example.all.map { "# \($0.summary)\n\(Self.printed[$0.name] ?? "")\n\n" }.joined())
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [])
    let list = try run(program, ["--list"], environment: environment)
    #expect(list.stdout.split(separator: "\n").count == 10)
    let unknown = try run(program, ["nothing"], environment: environment)
    #expect(unknown.status == .exited(64))
    #expect(unknown.stderr.contains("There is no example \"nothing\""))
  }

  @Test func `every error code that a caller can meet is met`() throws {
    // The codes can't be listed, but their source can.
    let source = try Repository.text("Sources/OrgCore/OrgError.swift")
    let codes = source.matches(of: /static let \w+ = Code\(rawValue: "(\w+)"\)/).map { String($0.1) }
    #expect(codes.count == 16)
    let printed = try #require(Self.printed["errors"])
    for code in codes { #expect(printed.contains(": \(code), answer "), "\(code)") }
  }

  @Test func `every operation is shown in an example`() throws {
    let folder = "Sources/orgman-examples"
    let sources = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appending(path: folder).path
    ).map { try Repository.text("\(folder)/\($0)") }.joined()
    for call in [
      "createOrganization(name:", "organization(id:", "updatePlan(of:", "updateStatus(of:",
      "updateBillingIDs(of:", "organizations()", "organizations(matching:", "organizations(onPlan:",
      "addUser(",
      "removeUser(", "updateRole(of:", "organizations(ofUser:", "users(of:", "role(of:", "rename(", "commit(",
      "history()", "undoable(by:",
    ] {
      #expect(sources.contains("manager.\(call)"), "\(call)")
    }
  }

  /// What is in a data directory, without ids and times that differ from run to run.
  private static func left(in directory: String) throws -> String {
    let reader = try FileStore(path: directory, isReadOnly: true).reader()
    return try reader.organizations().map { organization in
      let fields = [
        organization.name, organization.planTier, organization.status.rawValue,
        organization.lagoCustomerID ?? "-", organization.stripeCustomerID ?? "-",
      ]
      let members = try reader.members(of: organization.id).map { "\($0.userID)=\($0.role.rawValue)" }
      return (fields + members).joined(separator: " | ")
    }.joined(separator: "\n")
  }

  private static let printed = [
    "create": """
    Both ids begin with org_: true.
    Acme Corp is active, on founders_friend.
    Globex is active, on enterprise.
    A second ACME corp is refused: nameTaken.
    There are 2 organizations.
    """,
    "users": """
    ann is owner of Acme Corp.
    The organization org_none was not found.
    bob is in Acme Corp already, as member.
    3 more were added in one commit.
    - ann: owner
    - bob: member
    - carol: member
    - dave: member
    - erin: member
    """,
    "roles": """
    carol is billing_admin now.
    ann is the last owner of Acme Corp; make someone else an owner first.
    bob took over. Owners: 1, billing admins: 1, members: 1.
    Without an owner, Acme Corp has 2 users.
    """,
    "billing": """
    Lago: none, Stripe: none
    Lago: lago_cust_1001, Stripe: cus_5f3a
    Lago: lago_cust_1001, Stripe: cus_77b0
    Lago: none, Stripe: cus_77b0
    """,
    "plans": """
    Acme Corp is on starter.
    Acme Corp is on professional.
    Acme Corp is on enterprise.
    Plan of Globex: starter → professional
    Plan of Initech: starter → professional
    starter: 0
    professional: 2
    enterprise_plus: 1
    """,
    "memberships": """
    ann: owner of Acme Corp
    ann: member of Globex
    ann: billing_admin of Initech
    ann may use Acme Corp and Initech.
    ann in Hooli: no member.
    A user whom nobody knows has 0 organizations.
    """,
    "search": """
    acme: Acme Corp, Acme Labs
    ACMÉ: Société Acmé
    enterprise: Acme Corp, Globex
    without an owner: Acme Corp, Globex, Société Acmé
    not yet billed: Acme Corp, Globex
    """,
    "life": """
    Acme Corp is deleted, and still has 1 user.
    1. Created Acme on founders_friend
    2. Added ann to Acme as owner
    3. Renamed Acme → Acme Corp
    4. Plan of Acme Corp: founders_friend → starter
    5. Status of Acme Corp: active → suspended
    6. Status of Acme Corp: suspended → active
    7. Status of Acme Corp: active → deleted
    After an undo it is active.
    """,
    "errors": """
    An empty name: invalidName, answer 422
    A name twice: nameTaken, answer 409
    A blank user: invalidIdentifier, answer 422
    A blank plan: invalidValue, answer 422
    An unknown role: invalidValue, answer 422
    A member twice: alreadyMember, answer 409
    The last owner: lastOwner, answer 409
    An organization that isn't there: organizationNotFound, answer 404
    A user who isn't there: memberNotFound, answer 404
    A value that somebody changed: conflict, answer 409
      plan_tier is founders_friend, not starter
    No data: dataNotFound, answer 500
    A reader that writes: readOnly, answer 403
    A directory below a file: system, answer 500
    A directory that all may write in: unsafeDirectory, answer 500
    A lock that isn't waited for: cancelled, answer 503
    A lock that isn't given back: locked, answer 503
    Damaged data: damagedData, answer 500
      organizations.json: there is no status "asleep"
    """,
    "workflow": """
    Plan of Acme Globex is professional now, no longer starter, so it was not set to enterprise.
    So gus is owner still.
    4 changes were made, to 1 organization.
    Acme Holding, on enterprise: ann
    Acme Labs, on enterprise: ann
    Acme Globex, on enterprise: joe, ann
    """,
  ]

  private static let data = [
    "create": """
    Acme Corp | founders_friend | active | - | -
    Globex | enterprise | active | - | -
    """,
    "users": """
    Acme Corp | founders_friend | active | - | - | ann=owner | bob=member | carol=member | dave=member | erin=member
    """,
    "roles": """
    Acme Corp | founders_friend | active | - | - | ann=member | carol=billing_admin
    """,
    "billing": """
    Acme Corp | founders_friend | active | - | cus_77b0
    """,
    "plans": """
    Acme Corp | enterprise_plus | active | - | -
    Globex | professional | active | - | -
    Initech | professional | active | - | -
    """,
    "memberships": """
    Acme Corp | founders_friend | active | - | - | ann=owner
    Globex | founders_friend | suspended | - | - | ann=member
    Initech | founders_friend | active | - | - | ann=billing_admin
    Hooli | founders_friend | active | - | - | bob=owner
    """,
    "search": """
    Acme Corp | enterprise | active | - | -
    Acme Labs | starter | active | - | - | ann=owner
    Globex | enterprise | active | - | -
    Société Acmé | starter | active | - | -
    """,
    "life": """
    Acme Corp | starter | active | - | - | ann=owner
    """,
    // What the service couldn't load isn't shown.
    "errors": "",
    "workflow": """
    Acme Holding | enterprise | active | - | - | ann=owner
    Acme Labs | enterprise | active | - | - | ann=owner
    Acme Globex | enterprise | active | - | - | joe=member | ann=owner
    """,
  ]
}

/// The sources that the tests compare themselves with.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
