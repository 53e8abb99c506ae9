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
    /// So many organizations of which the query finds just these, how many in a hundred that are, and whether a person
    /// should look at them.
    case count(String, Int, percent: Int, query: String, needsAttention: Bool)
    /// So many users whom the query finds, after whom a person should look.
    case users(String, Int, query: String)
    /// An organization, with what puts it here.
    case organization(String, id: String, value: String)
    /// What was found about billing that isn't right, and when.
    case billing(String, needsAttention: Bool)
    /// So many things that there is no room for.
    case more(String)
  }

  /// The lines.
  package let lines: [Line]
  /// How many organizations there are, for shares.
  package let organizationCount: Int
  package let total: Int
  /// How many lines are more than headings and the like.
  let recordCount: Int
  private let places: [String: Int]
  /// For each line, how many before it can be selected.
  private let ranks: [Int]

  /// Plans that have a line of their own.
  private static let planLimit = 12

  /// The lines of an overview.
  ///
  /// - Parameters:
  ///   - query: words that a line must have.
  ///   - planTiers: the plans that are known; none to ask for no others.
  ///   - roles: the roles that the data have.
  ///   - accounts: how many users have accounts in a directory that aren't in use; none where that isn't known.
  ///   - zone: in which times are shown.
  ///   - billing: what was found about billing, and when; `nil` if it wasn't compared with the services.
  package init(
    _ overview: Overview, query: String, planTiers: [String] = [], roles: [Role] = Rules.files.roles,
    accounts: [DirectoryState: Int] = [:], zone: DisplayZone = .utc,
    billing: (rows: BillingRows, time: Timestamp)? = nil
  ) {
    let optional = Array(OrganizationField.optional.reversed())
    var lines: [Line] = []
    func section(_ title: String, _ new: [Line]) {
      guard !new.isEmpty else { return }
      lines += (lines.isEmpty ? [] : [.blank]) + [.heading(title)] + new
    }
    /// Lines with shares of all; those of the lines that together are everything add up to a hundred.
    func counts(_ items: [(String, Int, String)], needsAttention: Bool = false) -> [Line] {
      let percents =
        needsAttention
        ? items.map { Self.percents([$0.1, overview.organizationCount - $0.1])[0] }
        : Self.percents(items.map(\.1))
      return zip(items, percents).map { item, percent in
        .count(item.0, item.1, percent: percent, query: item.2, needsAttention: needsAttention && item.1 > 0)
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
    var planLines = Array(
      counts(byCount.map { ($0.name, $0.count, "plan:\(Self.quoted($0.name))") }).prefix(Self.planLimit))
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
    let shared = overview.sharedBillingIDs.map {
      (
        "with the \($0.field.title) \($0.value)", $0.count,
        "\($0.field.descriptor.word):\(Self.quoted($0.value))"
      )
    }
    // What is known of no price list is likely to be mistyped.
    let strange = overview.plans.values.filter { plan in
      !planTiers.contains { $0.lowercased() == plan.name.lowercased() }
    }
    let unknown =
      planTiers.isEmpty || strange.isEmpty
      ? []
      : [
        (
          "on a plan that isn't configured", strange.reduce(0) { $0 + $1.count },
          planTiers.map { "!plan:\(Self.quoted($0))" }.joined(separator: " ")
        )
      ]
    let others = roles.filter { $0 != .billingAdmin }.map { " !role:\($0.title)" }.joined()
    let suspended = (roles.contains(.billingAdmin) ? overview.members?.suspendedForBilling : nil).map {
      [("suspended, only billing", $0, "status:suspended role:\(Role.billingAdmin.title)\(others)")]
    }
    let similar = overview.similarNameCount.map { [("named almost alike", $0, "duplicate:name")] }
    // The worst first: what nobody can manage, what can't be billed, then what is odd.
    let ownerless = (people ?? []).filter { $0.2 == "owners:0" }
    let former = DirectoryState.allCases.compactMap { state in
      accounts[state].map { OverviewRows.Line.users(state.title, $0, query: "directory:\(state.rawValue)") }
    }
    let ranked =
      shared + unknown + (suspended ?? []) + (similar ?? [])
      + missing
    let rest = (people ?? []).filter { $0.2 != "owners:0" }
    let billingLine =
      billing.map { rows, time -> [Line] in
        let (wrong, unknown) = (rows.count(.wrong), rows.count(.unknown))
        let more = unknown == 0 ? "" : ", \(unknown.grouped) unknown"
        let text = "Billing: \(Words.findings(wrong))\(more), verified \(zone.minuteText(time))"
        return [.billing(text, needsAttention: wrong + unknown > 0)]
      } ?? []
    section(
      "To look after",
      billingLine + counts(ownerless, needsAttention: true) + former
        + counts(ranked + rest, needsAttention: true))
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
    var ranks: [Int] = []
    var rank = 0
    for (place, line) in lines.enumerated() {
      ranks.append(rank)
      guard let id = line.id else { continue }
      places[id] = place
      rank += 1
    }
    (self.places, self.ranks, recordCount) = (places, ranks, rank)
  }

  /// How many in a hundred each part is: whole numbers that add up to a hundred, where the parts with the largest rests
  /// are rounded up.
  static func percents(_ parts: [Int]) -> [Int] {
    let total = parts.reduce(0, +)
    guard total > 0 else { return parts.map { _ in 0 } }
    var percents = parts.map { Int(Double($0) * 100 / Double(total)) }
    let rests = zip(parts, percents).map { Double($0) * 100 / Double(total) - Double($1) }
    let missing = 100 - percents.reduce(0, +)
    for place in parts.indices.sorted(by: { (rests[$1], $0) < (rests[$0], $1) }).prefix(max(0, missing)) {
      percents[place] += 1
    }
    return percents
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

  /// How many lines before one are more than headings and the like.
  func rank(of row: Int) -> Int { row < ranks.count ? ranks[row] : recordCount }
}

extension DirectoryState {
  fileprivate var title: String {
    switch self {
    case .disabled: "users disabled in the directory"
    case .gone: "users not in the directory"
    }
  }
}

extension OverviewRows.Line {
  /// By what it is found again.
  fileprivate var id: String? {
    switch self {
    case .heading, .blank, .more: nil
    case .billing: "billing"
    case .count(_, _, _, let query, _), .users(_, _, let query): "?" + query
    // The same organization may be the largest and the newest.
    case .organization(_, let id, let value): value + " " + id
    }
  }

  /// What a filter looks at.
  fileprivate var text: String? {
    switch self {
    case .heading, .blank, .more: nil
    case .billing(let text, _): text
    // What a query rules out isn't what the line is about.
    case .count(let label, _, percent: _, let query, _):
      label + "\n" + query.split(separator: " ").filter { !$0.hasPrefix("!") }.joined(separator: " ")
    case .users(let label, _, let query): label + "\n" + query
    case .organization(let name, let id, _): name + "\n" + id
    }
  }
}

/// What there is, counted.
package struct OverviewScreen: RowsScreen {
  package var list = RowList<OverviewRows>()
  /// The zone in which times are shown.
  private var zone = DisplayZone.utc
  /// The plans that are known.
  private var planTiers: [String] = []
  private var roles = Rules.files.roles
  /// What is known of billing.
  private var billing = BillingCheck()

  package static let contexts = [Context.overview]

  package static let shortcut: Shortcut? = Shortcut(
    .showOverview, "4", "overview: counts, and what to look after"
  ) { OverviewScreen() }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", .goingAbout, "the organizations or users of that line", hint: "show",
        unless: { screen, _ in screen.selectedRow == nil ? StatusLine.nothingIsSelected : nil }
      ) { $0.open(&$1) }
    ] + commonCommands(filterHelp: filterHelp)

  // Headings aren't counted.
  package var position: Int? {
    list.selectedID == nil ? nil : list.rows?.rank(of: list.selectedRow)
  }
  package var shownCount: Int { list.rows?.recordCount ?? 0 }
  package func title(_ workspace: Workspace) -> String { "Overview" }

  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    guard let reader = source.reader else { return }
    let findings = billing.report == nil ? nil : try BillingRows(billing.report, in: reader)
    let found = findings.flatMap { rows in billing.time.map { (rows, $0) } }
    let overview = try reader.wanted(while: source.wantedness).overview {
      source.post(rows($0, found, request))
    }
    // Whoever was offboarded since the directory was asked is no longer among the users.
    var accounts: [DirectoryState: Int] = [:]
    for (state, users) in request.directory.states {
      let query = UserQuery(terms: [QueryTerm(.directory(state, users))])
      accounts[state] =
        users.isEmpty ? 0 : try reader.users(matching: query, by: UserOrder(), after: nil).count
    }
    source.post(rows(overview, found, request, accounts))
  }

  private func rows(
    _ overview: Overview, _ billing: (BillingRows, Timestamp)?, _ request: ScreenRequest,
    _ accounts: [DirectoryState: Int] = [:]
  ) -> OverviewRows {
    OverviewRows(
      overview, query: request.query, planTiers: planTiers, roles: roles, accounts: accounts, zone: zone,
      billing: billing)
  }

  package mutating func billingChanged(_ workspace: inout Workspace) { resume(&workspace) }

  // What a directory says of all users is asked when the overview is looked at.
  package func nameSearch(_ workspace: Workspace) -> NameSearch {
    NameSearch(
      states: workspace.isReading || !workspace.settings.hasDirectory ? [] : Set(DirectoryState.allCases))
  }

  package mutating func namesCame(_ workspace: inout Workspace) { requestRows(&workspace) }

  package mutating func resume(_ workspace: inout Workspace) {
    zone = workspace.settings.preferences.timeZone
    planTiers = workspace.settings.preferences.planTiers
    roles = workspace.roles
    billing = workspace.surroundings.billing
    requestRows(&workspace)
  }

  private func open(_ workspace: inout Workspace) {
    guard let (row, rows) = selectedRow else { return }
    switch rows.lines[row] {
    case .count(_, _, _, let query, _): workspace.go(.organizations(matching: query))
    case .users(_, _, let query):
      workspace.go(.view(SavedView(name: "", list: .users, filter: query)))
    case .organization(let name, let id, _): workspace.go(.organization(id, named: name, nil))
    case .billing: if let shortcut = BillingScreen.shortcut { workspace.go(.show(shortcut)) }
    case .heading, .blank, .more: break
    }
  }

  package func values(_ row: Int, of rows: OverviewRows) -> [String?] {
    switch rows.lines[row] {
    case .count(let label, let count, _, let query, _): [query, label, String(count)]
    case .users(let label, let count, let query): [query, label, String(count)]
    case .organization(let name, let id, let value): [id, name, value]
    case .billing(let text, _): ["billing", text]
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
