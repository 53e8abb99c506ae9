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

/// A model on a screen of some size, with the list's effects carried out at once and the others left out.
struct Screen {
  var model: AppModel
  var size: Size
  let renderer: Renderer

  init(
    _ columns: Int, _ rows: Int, organizations: [Organization] = Sample.organizations,
    members: [OrgUser] = Sample.members, problems: [DataProblem] = [], readOnly: String? = nil,
    isUTF8: Bool = true, title: String = "/srv/ops/data"
  ) {
    Sample.adoptLocale()
    size = Size(columns: columns, rows: rows)
    renderer = Renderer(
      typesetter: Typesetter(isUTF8: isUTF8), theme: Theme(hasColors: true), keymap: .standard, title: title)
    let contents = InMemoryStore(organizations: organizations, members: members).snapshot().contents
    let snapshot = Snapshot(generation: 1, problems: problems, contents: contents)
    model = AppModel(
      Arrangement(snapshot, for: ListRequest()),
      viewport: Layout(size: size).viewport(helpLines: renderer.helpLines.count), readOnlyReason: readOnly,
      stamps: Stamps(newID: { "org_new" }, now: { Sample.time }))
  }

  mutating func press(_ actions: Action...) {
    for action in actions {
      for effect in model.update(action) {
        guard case .arrange(let request) = effect else { continue }
        _ = model.receive(Arrangement(model.arrangement.snapshot, for: request, after: model.arrangement))
      }
    }
  }

  mutating func resize(_ columns: Int, _ rows: Int) {
    size = Size(columns: columns, rows: rows)
    model.receive(Layout(size: size).viewport(helpLines: renderer.helpLines.count))
  }

  /// What others wrote meanwhile.
  mutating func others(_ edit: (inout [Organization], inout [OrgUser]) -> Void) {
    let old = model.arrangement
    var organizations = Array(old.snapshot.organizations)
    var members = organizations.flatMap { old.snapshot.members(of: $0.id) }
    edit(&organizations, &members)
    let contents = InMemoryStore(organizations: organizations, members: members).snapshot().contents
    let snapshot = Snapshot(generation: old.snapshot.generation + 1, contents: contents)
    _ = model.receive(Arrangement(snapshot, for: old.request, after: old))
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
