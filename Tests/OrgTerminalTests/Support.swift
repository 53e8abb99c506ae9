import Glibc
import OrgCore

@testable import OrgTerminal
@testable import OrgViewModel

enum Sample {
  /// Widths are those of the locale.
  static func adoptLocale() { setlocale(LC_CTYPE, "C.UTF-8") }

  static let time = Timestamp("2026-11-22 21:51:10") ?? Timestamp(microseconds: 0)

  static let organizations = [
    Organization(
      id: "org_41fca4d6-a659-4198-a016-f2c5f25d861a", name: "Acme Corp", createdAt: time,
      lagoCustomerID: "lago_cust_abc123", stripeCustomerID: "cus_NffrFeUfNV2Hib"),
    Organization(id: "org_2", name: "Globex", createdAt: time, planTier: "enterprise"),
    Organization(id: "org_3", name: "Initech", createdAt: time, planTier: "starter", status: .suspended),
    Organization(id: "org_4", name: "Umbrella", createdAt: time, planTier: "professional", status: .deleted),
    Organization(id: "org_5", name: "株式会社みらい", createdAt: time, planTier: "enterprise"),
    Organization(id: "org_6", name: "Zoë \u{1F469}\u{200D}\u{1F4BB} Ltd", createdAt: time),
    Organization(id: "org_7", name: "evil \u{1B}[2J\u{202E}name\nnext", createdAt: time),
  ]

  static let members = [("alice", Role.owner), ("bob", .member), ("carol", .billingAdmin), ("dave", .owner)]
    .map {
      OrgUser(organizationID: organizations[0].id, userID: $0.0, role: $0.1, joinedAt: time)
    }
}

extension Sample {
  /// What happened, newest first: an edit undone, something from outside, many changes, a repair.
  static let history: [HistoryEntry] = {
    func entry(
      _ generation: UInt64, _ kind: HistoryEntry.Kind, _ actor: String, _ changes: [RecordedChange],
      reverted: [UInt64] = [], note: String? = nil
    ) -> HistoryEntry {
      let start = Timestamp("2026-11-22 09:00:00")?.microseconds ?? 0
      return HistoryEntry(
        generation: generation, time: Timestamp(microseconds: start + Int64(generation) * 600_000_000),
        kind: kind,
        actor: Actor(
          uid: 0, user: actor, login: actor == "root" ? "alice" : nil,
          claimedSSHClient: actor == "root" ? "192.0.2.7" : nil, host: "web1"),
        changes: changes, reverted: reverted, note: note)
    }
    func change(_ change: Change, _ organization: Int = 0) -> RecordedChange {
      RecordedChange(change, organizationName: organizations[organization].name)
    }
    let acme = organizations[0].id
    let role = Change.setRole(user: "bob", organization: acme, from: .owner, to: .member)
    return [
      entry(
        6, .foreign, "billingd",
        [change(.setField(.planTier, organization: "org_2", from: "starter", to: "enterprise"), 1)],
        reverted: [2]),
      entry(
        5, .undo(of: 4), "root",
        [change(.setRole(user: "bob", organization: acme, from: .member, to: .owner))]
      ),
      entry(4, .edit, "bob", [change(role)]),
      entry(3, .repair, "bob", [], note: "organizations.json was cut off; nothing is lost"),
      entry(
        2, .edit, "root",
        [
          change(.setField(.planTier, organization: "org_2", from: "enterprise", to: "starter"), 1),
          change(.setField(.name, organization: "org_7", from: "Nice", to: organizations[6].name), 6),
          change(.addMember(OrgUser(organizationID: acme, userID: "dave", role: .owner, joinedAt: time))),
        ]),
      entry(1, .edit, "root", [change(.createOrganization(organizations[4]), 4)]),
    ]
  }()
}

extension Sample {
  /// What was found about billing.
  static let billing: BillingReport = {
    func finding(
      _ code: String, _ severity: BillingFinding.Severity, _ organization: Int?, _ text: String,
      to id: String? = nil
    ) -> BillingFinding {
      let organization = organization.map { organizations[$0] }
      return BillingFinding(
        code: code, rank: 1, severity: severity, service: "Stripe", organization: organization,
        fields: [.stripeCustomerID], customer: organization?.stripeCustomerID ?? "cus_1", text: text,
        repair: id.flatMap { id in
          organization.map {
            .setField(.stripeCustomerID, organization: $0.id, from: $0.stripeCustomerID, to: id)
          }
        })
    }
    return BillingReport(
      findings: [
        finding(
          "stripe-missing", .wrong, 0, "Stripe has no customer cus_NffrFeUfNV2Hib.", to: "cus_new"),
        finding(
          "metadata-names-other", .wrong, 6,
          "The metadata of the customer cus_1 name another organization, \"\\u{1B}[2Jorg_41fca4d6-a659-4198\"."
        ),
        finding("orphan-customer", .wrong, nil, "No organization has the customer cus_1."),
        finding(
          "lago-id-is-email", .note, 4, "The customer's id at Lago is an e-mail address, which may change."),
        finding(
          "unknown", .unknown, nil,
          "Lago didn't answer in time. 3 organizations couldn't be compared with it."),
      ], summary: "4 findings in 7 organizations; 1 more that couldn't be found out. 1 request to Stripe.")
  }()
}

/// A model on a screen of some size, with the list's effects carried out at once and the others left out.
struct Screen {
  var model: AppModel
  var size: Size
  var history = Sample.history
  let renderer: Renderer
  private(set) var data: MemoryReader
  private var revision: UInt64 = 1

  init(
    _ columns: Int, _ rows: Int, organizations: [Organization] = Sample.organizations,
    members: [OrgUser] = Sample.members, problems: [DataProblem] = [], readOnly: String? = nil,
    readOnlySummary: String = "", isUTF8: Bool = true, title: String = "/srv/ops/data",
    preferences: Preferences = Preferences()
  ) {
    Sample.adoptLocale()
    size = Size(columns: columns, rows: rows)
    renderer = Renderer(
      typesetter: Typesetter(isUTF8: isUTF8), theme: Theme(hasColors: true), keymap: .standard, title: title)
    data = MemoryReader(
      organizations: organizations, members: members, revision: Revision(1), problems: problems)
    model = AppModel(
      OrganizationList(data, for: ListRequest()),
      viewport: Layout(size: size).viewport(),
      settings: Settings(
        preferences: preferences, readOnlyReason: readOnly, readOnlySummary: readOnlySummary,
        environment: Environment(newID: { _ in "org_new" }, now: { Sample.time })))
  }

  mutating func press(_ actions: Action...) {
    for action in actions {
      for effect in model.update(action) { carryOut(effect) }
    }
  }

  private mutating func carryOut(_ effect: Effect) {
    switch effect {
    case .runtime(.arrange(let request)):
      _ = model.receive(OrganizationList(data, for: request, after: model.workspace.data))
    case .runtime(.preview(let bulkEditPlan)):
      model.receive(bulkEditPlan.preview(on: data), for: bulkEditPlan)
    case .runtime(.find(let request)): model.receive(request.find())
    case .runtime(.complete(let lookup)):
      model.receive((try? lookup.candidates(in: data)) ?? [], for: lookup)
    case .runtime(.show(let request)):
      let source = Source(reader: data, entries: history)
      try? request.load(source, request)
      for rows in source.posted { _ = model.receive(rows, for: request) }
    default: break
    }
  }

  /// The screen of the organizations, which is shown.
  var organizations: OrganizationsScreen {
    model.screen as? OrganizationsScreen ?? OrganizationsScreen(.unread, model.workspace.viewport)
  }

  mutating func resize(_ columns: Int, _ rows: Int) {
    size = Size(columns: columns, rows: rows)
    model.receive(Layout(size: size).viewport())
  }

  /// What others wrote meanwhile.
  mutating func others(_ edit: (inout [Organization], inout [OrgUser]) -> Void) {
    let old = model.workspace.data
    let rows = data.organizations(matching: Query(), after: nil, limit: .max)
    var organizations = rows.map(\.organization)
    var members = rows.flatMap { data.members(of: $0.organization.id, in: 0..<$0.memberCount).map(\.member) }
    edit(&organizations, &members)
    revision += 1
    data = MemoryReader(organizations: organizations, members: members, revision: Revision(revision))
    _ = model.receive(OrganizationList(data, for: old.request, after: old))
  }

  var frame: Frame { renderer.frame(model, size: size) }

  /// The frame as plain lines, without the spaces at their ends.
  var text: String {
    frame.lines.map { line in
      var text = line.map(\.text).joined()[...]
      while text.last == " " { text.removeLast() }
      return String(text)
    }.joined(separator: "\n")
  }
}

/// Makes rows at once, from a snapshot and a history.
private final class Source: ScreenSource {
  let reader: (any StoreReader)?
  private let entries: [HistoryEntry]
  private(set) var posted: [any ListRows] = []

  init(reader: any StoreReader, entries: [HistoryEntry]) {
    (self.reader, self.entries) = (reader, entries)
  }

  var isWanted: Bool { true }

  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    HistoryPage(entries: entries, next: nil)
  }

  func cached<Value: Sendable>(
    _ key: String, _ update: (Value?) throws(OrgError) -> Value
  ) throws(OrgError) -> Value { try update(nil) }

  func keep(_ key: String) {}
  func post(_ rows: any ListRows) { posted.append(rows) }
}

extension OrganizationList {
  /// Arranges data in memory, which can always be read.
  init(_ data: MemoryReader, for request: ListRequest, after previous: OrganizationList? = nil) {
    let reader: any StoreReader = data
    guard let list = try? OrganizationList(reader, for: request, after: previous) else {
      preconditionFailure("data in memory can't be arranged")
    }
    self = list
  }
}
