import OrgCore

/// What there is, counted: the lines of the overview. Each count is what the organizations show when filtered by
/// the line's query.
package struct OverviewRows: ListRows {
  /// A line of the overview.
  package enum Line: Sendable {
    /// What the lines below are about.
    case heading(String)
    /// Nothing.
    case blank
    /// So many organizations of which the query finds just these, out of the most that a line like it has; and
    /// whether somebody should look at them.
    case count(String, Int, most: Int, query: String, needsAttention: Bool)
    /// An organization, with what puts it here.
    case organization(String, id: String, value: String)
    /// So many things that there is no room for.
    case more(String)
  }

  /// The lines.
  package let lines: [Line]
  /// How many organizations there are, for shares.
  package let organizationCount: Int
  package let total: Int
  private let places: [String: Int]

  /// Plans that have a line of their own.
  private static let planLimit = 12

  /// The lines of an overview.
  ///
  /// - Parameters:
  ///   - query: words that a line must have.
  ///   - zone: in which times are shown.
  package init(_ overview: Overview, query: String, zone: DisplayZone = .utc) {
    let optional = Array(OrganizationField.optional.reversed())
    var lines: [Line] = []
    func section(_ title: String, _ new: [Line]) {
      guard !new.isEmpty else { return }
      lines += (lines.isEmpty ? [] : [.blank]) + [.heading(title)] + new
    }
    func counts(_ items: [(String, Int, String)], needsAttention: Bool = false) -> [Line] {
      let most = items.map(\.1).max() ?? 0
      return items.map {
        .count($0.0, $0.1, most: most, query: $0.2, needsAttention: needsAttention && $0.1 > 0)
      }
    }
    func line(_ organization: Organization, _ value: String) -> Line {
      .organization(organization.name, id: organization.id, value: value)
    }
    section(
      "Status",
      counts(
        Organization.Status.allCases.map {
          ($0.rawValue, overview.statuses[$0] ?? 0, "status:\($0.rawValue)")
        }))
    let byCount = overview.plans.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    var planLines = counts(
      byCount.prefix(Self.planLimit).map { ($0.name, $0.count, "plan:\(Self.quoted($0.name))") })
    if byCount.count > Self.planLimit {
      planLines.append(.more("and \((byCount.count - Self.planLimit).grouped) other plans"))
    }
    section("Plan", planLines)
    let missing =
      optional.map { ("without a \($0.title)", overview.absences[$0] ?? 0, "no:\($0.descriptor.word)") } + [
        (
          optional.count == 2 ? "without either" : "without any of these", overview.withoutOptional,
          optional.map { "no:\($0.descriptor.word)" }.joined(separator: " ")
        )
      ]
    let people = overview.members.map { members in
      [
        ("without an owner", members.ownerless, "owners:0"),
        ("without members", members.memberless, "members:0"),
      ]
    }
    section("To look after", counts((people ?? []) + missing, needsAttention: true))
    section(
      "Largest",
      (overview.members?.largest ?? []).map { organization, count in
        line(organization, "\(count.grouped) member\(count == 1 ? "" : "s")")
      })
    section("Newest", overview.newest.map { line($0, zone.minuteText($0.createdAt)) })

    organizationCount = overview.organizationCount
    total = lines.count { $0.id != nil }
    let words = query.lowercased().split(whereSeparator: \.isWhitespace)
    if !words.isEmpty {
      lines = lines.filter { line in
        guard let text = line.text?.lowercased() else { return false }
        return words.allSatisfy(text.contains)
      }
    }
    self.lines = lines
    var places: [String: Int] = [:]
    for (place, line) in lines.enumerated() { if let id = line.id { places[id] = place } }
    self.places = places
  }

  /// A value as it is written in a query.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    guard !isPlain else { return value }
    return "\"" + value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }

  package var count: Int { lines.count }
  package func id(at row: Int) -> String? { lines[row].id }
  package func row(of id: String) -> Int? { places[id] }
}

extension OverviewRows.Line {
  /// By what it is found again.
  fileprivate var id: String? {
    switch self {
    case .heading, .blank, .more: nil
    case .count(_, _, _, let query, _): "?" + query
    // The same organization may be the largest and the newest.
    case .organization(_, let id, let value): value + " " + id
    }
  }

  /// What a filter looks at.
  fileprivate var text: String? {
    switch self {
    case .heading, .blank, .more: nil
    case .count(let label, _, _, let query, _): label + "\n" + query
    case .organization(let name, let id, _): name + "\n" + id
    }
  }
}

/// What there is, counted.
package struct OverviewScreen: RowsScreen {
  package var list = RowList<OverviewRows>()
  /// The zone in which times are shown.
  private var zone = DisplayZone.utc

  package static let contexts = [Context.overview]

  package static let shortcut: Shortcut? = Shortcut(
    .showOverview, "4", "overview: counts, and what to look after"
  ) { OverviewScreen() }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", .goingAbout, "the organizations of that line", hint: "show",
        unless: { screen, _ in screen.selectedRow == nil ? StatusLine.nothingIsSelected : nil }
      ) { $0.open(&$1) }
    ] + commonCommands(filterHelp: filterHelp)

  /// Lines are no records that are counted.
  package var position: Int? { nil }
  package func title(_ workspace: Workspace) -> String { "Overview" }

  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    guard let reader = source.reader else { return }
    let overview = try reader.wanted(while: source.wantedness).overview {
      source.post(OverviewRows($0, query: request.query, zone: zone))
    }
    source.post(OverviewRows(overview, query: request.query, zone: zone))
  }

  package mutating func resume(_ workspace: inout Workspace) {
    zone = workspace.settings.preferences.timeZone
    requestRows(&workspace)
  }

  private func open(_ workspace: inout Workspace) {
    guard let (row, rows) = selectedRow else { return }
    switch rows.lines[row] {
    case .count(_, _, _, let query, _): workspace.go(.organizations(matching: query))
    case .organization(let name, let id, _): workspace.go(.organization(id, named: name, nil))
    case .heading, .blank, .more: break
    }
  }

  package func values(_ row: Int, of rows: OverviewRows) -> [String?] {
    switch rows.lines[row] {
    case .count(let label, let count, _, let query, _): [query, label, String(count)]
    case .organization(let name, let id, let value): [id, name, value]
    case .heading, .blank, .more: []
    }
  }
}

extension Context {
  package static let overview = Context("overview", "The overview", .screen)
}

extension Action {
  package static let showOverview = Action(
    "show-overview", "Go to the overview: counts by plan and status, what to look after",
    synonyms: "dashboard statistics numbers attention summary")
}
