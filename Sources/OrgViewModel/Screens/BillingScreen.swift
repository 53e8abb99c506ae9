import OrgCore

/// What the latest comparison of billing with the services found, and isn't repaired by now.
package struct BillingScreen: RowsScreen, MarkingScreen {
  package var list = RowList<BillingRows>()
  /// What the findings are sorted by, or will be in a moment.
  package private(set) var order = BillingOrder()
  /// What was found, when the rows were asked for.
  private var report: BillingReport?

  package static let contexts = [Context.billing]

  package static let shortcut: Shortcut? = Shortcut(
    .showBilling, "5", "billing: what doesn't fit Stripe and Lago"
  ) { BillingScreen() }

  package static let commands: [Command<Self>] =
    [
      Command(
        .open, "Enter l Right", .goingAbout, "go to the organization", hint: "go there",
        unless: { screen, _ in
          guard let row = screen.finding else { return StatusLine.nothingIsSelected }
          return row.name == nil ? "This is about no organization; y copies the customer's id." : nil
        }
      ) { screen, workspace in
        guard let row = screen.finding, let organization = row.finding.organization, let name = row.name
        else { return }
        screen.list.state.chosen = screen.list.selectedID
        workspace.go(.organization(organization.id, named: name, row.finding.fields.first.map { .field($0) }))
      },
      historyCommand(),
      Command(
        .verifyBilling, "r", .changing,
        "verify: compare billing with Stripe and Lago, where nothing is changed", hint: "verify",
        unless: { $1.verifyObstacle }
      ) { $1.verifyBilling() },
      Command(
        .repairBilling, "f", .changing, "repair what is selected, or all marked, where it is certain; asks",
        hint: "repair", marked: "repair", unless: { $0.repairObstacle($1) }
      ) { $0.repair(&$1) },
    ] + markingCommands() + findingCommands()
    + sortingCommands({ $0.order }) { $0.sort(by: $1, &$2) }
    + commonCommands(
      filterHelp: "filter as you type: words of the kind, the name, the ids or the problem; !not")

  static func words(_ count: Int) -> String { Words.findings(count) }

  package func title(_ workspace: Workspace) -> String {
    guard let progress = workspace.surroundings.billing.progress else { return "Billing" }
    return "Billing: \(progress)"
  }

  package var historySubject: HistorySubject? { finding?.finding.organization.map { .organization($0.id) } }
  package var orderName: String { order.name }

  /// The finding that keys are about.
  package var finding: BillingRows.Row? { selectedRow.map { $0.rows.row(at: $0.row) } }

  // MARK: Rows

  /// Lines at the end for the whole text of the selected finding.
  package static func detailLines(_ viewport: Viewport) -> Int {
    viewport.listRows >= 10 ? 4 : viewport.listRows >= 5 ? 2 : 0
  }

  package func room(_ viewport: Viewport) -> Int { viewport.listRows - Self.detailLines(viewport) }

  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    guard let reader = source.reader else { return }
    source.post(try BillingRows(report, matching: request.query, by: order, in: reader))
  }

  package mutating func resume(_ workspace: inout Workspace) {
    report = workspace.surroundings.billing.report
    requestRows(&workspace)
  }

  package mutating func billingChanged(_ workspace: inout Workspace) { resume(&workspace) }

  package mutating func rowsCame(wasGone: Bool, _ workspace: inout Workspace) {
    if !wasGone, list.state.selection.isGone, workspace.status.message == nil {
      workspace.status.note(Self.selectionGone)
    }
    // What was repaired is done.
    if let rows = list.rows { list.state.marks = list.state.marks.filter(rows.contains) }
  }

  private mutating func sort(by order: BillingOrder, _ workspace: inout Workspace) {
    self.order = order
    prepareSorting(&workspace)
    requestRows(&workspace)
  }

  package func next(
    matching query: String, from row: Int, isForward: Bool, in rows: BillingRows, of reader: any StoreReader
  ) throws(OrgError) -> Found {
    guard query != filter else { return Found(from: row, isForward: isForward, in: rows) }
    let matches = rows.rows(matching: query)
    return try Found(from: row, isForward: isForward, count: matches.count) { match in
      rows.id(at: matches[match]).map { (matches[match], $0) }
    }
  }

  package mutating func close(_ way: WayBack, _ workspace: inout Workspace) {
    let isPlain = filter.isEmpty && list.state.range == nil
    if way == .back, isPlain, workspace.endVerification() { return }
    closeList(way, &workspace)
  }

  package func values(_ row: Int, of rows: BillingRows) -> [String?] {
    let row = rows.row(at: row)
    let finding = row.finding
    return [
      finding.customer, finding.code, finding.service, finding.organization?.id, row.name, finding.text,
    ]
  }

  package func copied(isRow: Bool, _ workspace: Workspace) -> Result<[String?], CopyRefusal> {
    guard let (row, rows) = selectedRow else {
      return .failure(CopyRefusal(reason: StatusLine.nothingIsSelected))
    }
    let values = values(row, of: rows)
    if isRow { return .success(values) }
    guard let id = values[0] ?? values[3] else {
      return .failure(CopyRefusal(reason: "This is about no customer; Y copies the whole row."))
    }
    return .success([id])
  }

  package func exportSource(_ workspace: Workspace) -> ExportSource? {
    exportSource("billing", ["customer_id", "code", "service", "org_id", "name", "problem"])
  }

  // MARK: Repairing

  private func repairObstacle(_ workspace: Workspace) -> String? {
    if let obstacle = workspace.editingObstacle { return obstacle }
    guard list.state.marks.isEmpty else { return nil }
    guard let row = finding else { return StatusLine.nothingIsSelected }
    if row.isStale { return "The organization has changed since; verify again before you repair it." }
    if row.repair != nil { return nil }
    return row.name == nil
      ? "Nothing in our data makes this right; it has to be done at \(row.finding.service)."
      : "It isn't certain what would be right, so nothing is proposed; Enter goes to the organization."
  }

  private mutating func repair(_ workspace: inout Workspace) {
    guard list.state.marks.isEmpty else { return workspace.requestBulkEdit(.marked(.repair, in: nil)) }
    guard let row = finding, let change = row.repair else { return }
    let title = change.summary(organizationName: row.name ?? "")
    workspace.requestBulkEdit(.set(ChangeSet([change]), title: title, isCounted: false))
  }

  package func source(
    of edit: BulkEdit, in organization: String?
  ) -> (BulkEditPlan.Source, title: String)? {
    guard edit == .repair, let rows = list.rows else { return nil }
    let marks = list.state.marks
    return (.billing(rows, marks), "Repair \(Words.findings(marks.count)) about billing")
  }
}

extension Context {
  package static let billing = Context("billing", "What was found about billing", .screen)
}

extension Action {
  package static let showBilling = Action(
    "show-billing", "Go to billing: what doesn't fit Stripe and Lago",
    synonyms: "stripe lago customers subscriptions invoices payments findings")
  package static let verifyBilling = Action(
    "verify-billing", "Compare billing with Stripe and Lago", synonyms: "check audit stripe lago compare")
  package static let repairBilling = Action(
    "repair-billing", "Repair the finding about billing, or all marked",
    synonyms: "fix correct stripe lago customer id")
}
