import OrgCore

/// Rows of a list, to be written for other programs.
package struct ExportRequest: Sendable {
  /// What is written.
  package enum Format: String, Sendable, Hashable {
    case csv, json, clipboard

    /// It, for people.
    var title: String {
      switch self {
      case .csv: "CSV"
      case .json: "JSON"
      case .clipboard: "text"
      }
    }
  }

  /// Tells it from others.
  package let serial: Int
  /// What is written.
  package let format: Format
  /// The file; `nil` for the clipboard.
  package internal(set) var path: String?
  /// Whether a file that is there is replaced.
  package internal(set) var replaces = false
  /// The names of the columns.
  package let columns: [String]
  /// Those that have numbers.
  package let numbers: Set<String>
  /// Hands the rows over. Takes a while.
  package let forEachRow: RowSupply
}

/// Hands rows over that are exported.
package typealias RowSupply =
  @Sendable (_ access: any ExportAccess, _ body: ([String?]) throws(OrgError) -> Void) throws(OrgError) ->
  Void

/// What is exported beyond the rows that a screen has.
package protocol ExportAccess {
  /// A page of the history.
  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage
}

extension ExportRequest: Hashable {
  /// Whether it is the same request.
  package static func == (left: Self, right: Self) -> Bool {
    left.serial == right.serial && left.path == right.path && left.replaces == right.replaces
  }

  /// By the number of the request.
  package func hash(into hasher: inout Hasher) { hasher.combine(serial) }
}

/// What became of an export.
package enum ExportOutcome: Sendable {
  /// So many rows are in the file.
  case written(Int)
  /// So many rows as a text.
  case text(String, Int)
  /// There is such a file already.
  case exists
}

/// What a screen hands over to be exported.
package struct ExportSource: Sendable {
  /// What the rows are, for the name of a file: `users`
  let subject: String
  /// The names of the columns.
  let columns: [String]
  /// Those that have numbers.
  var numbers: Set<String> = []
  let forEachRow: RowSupply
}

/// The choice of how rows are exported.
package struct ExportMenu: Menu {
  let source: ExportSource

  /// Where keys go in it.
  package static let contexts = [Context.exportChoice]
  /// Where keys go in it.
  package var context: Context { .exportChoice }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [
      Command(.export(.csv), "c", .answering, "as CSV, to a file", hint: "CSV") { $0.choose(.csv, &$1) },
      Command(.export(.json), "j", .answering, "as JSON, to a file", hint: "JSON") { $0.choose(.json, &$1) },
      Command(.export(.clipboard), "y", .answering, "to the clipboard, with tabs", hint: "clipboard") {
        $0.choose(.clipboard, &$1)
      },
    ] + menuCommands

  /// What is asked.
  package func question(_ workspace: Workspace) -> String { "Export the \(source.subject):" }

  private func choose(_ format: ExportRequest.Format, _ workspace: inout Workspace) {
    workspace.dismiss()
    let day = workspace.settings.preferences.timeZone.shown(workspace.settings.environment.now()).dayText
    let request = ExportRequest(
      serial: workspace.requests.next(), format: format,
      path: format == .clipboard ? nil : "\(source.subject)-\(day).\(format.rawValue)",
      columns: source.columns, numbers: source.numbers, forEachRow: source.forEachRow)
    if format == .clipboard {
      workspace.begin(request)
    } else {
      workspace.open(NamePrompt(.export(request)))
    }
  }
}

extension Workspace {
  /// Begins to export.
  mutating func begin(_ request: ExportRequest) {
    requests.export = ExportRun(request)
    if request.path != nil { status.note("Writing…") }
    ask(.export(request))
  }

  /// Learns how many rows were exported, where that takes long enough to notice: other things can be done meanwhile.
  mutating func receive(exporting request: ExportRequest, count: Int) {
    guard requests.export?.serial == request.serial else { return }
    overlays.removeAll { ($0 as? NamePrompt)?.asks(for: request) ?? false }
    let what = request.path.map { "Writing \($0.escapedForDisplay)" } ?? "Copying"
    let text = "\(what): \(Self.rows(count)) so far. ^C cancels."
    if status.message.map({ $0.text == requests.export?.said }) ?? true { status.note(text) }
    requests.export?.said = text
  }

  /// Gives an export up; false if there is none.
  mutating func cancelExport() -> Bool {
    guard let export = requests.export else { return false }
    requests.export = nil
    ask(.cancelExport)
    status.note(export.isFile ? "Cancelled; no file was written." : "Cancelled; nothing was copied.")
    return true
  }

  /// Learns what became of an export.
  mutating func receive(_ request: ExportRequest, _ result: Result<ExportOutcome, OrgError>) {
    guard requests.export?.serial == request.serial else { return }
    requests.export = nil
    let path = (request.path ?? "").escapedForDisplay
    status.message = nil
    switch result {
    case .success(.exists):
      let isAsked = overlays.contains { ($0 as? NamePrompt)?.asks(for: request) ?? false }
      return status.refuse(
        "\(path) already exists; \(isAsked ? "press Enter again" : "export again") to replace it.")
    case .success(.written(let count)):
      status.note("Wrote \(Self.rows(count)) to \(path), for you alone to read.")
    case .success(.text(let text, _)): ask(.copy(text))
    case .failure(let error): return status.refuse(error.message)
    }
    overlays.removeAll { ($0 as? NamePrompt)?.asks(for: request) ?? false }
  }

  private static func rows(_ count: Int) -> String { "\(count.grouped) row\(count == 1 ? "" : "s")" }
}

/// An export that is going on.
struct ExportRun: Sendable {
  let serial: Int
  let isFile: Bool
  /// What was said of it last.
  var said: String?

  init(_ request: ExportRequest) {
    (serial, isFile) = (request.serial, request.path != nil)
    said = isFile ? "Writing…" : nil
  }
}

extension Context {
  package static let exportChoice = Context("export", "The choice of what to export to", .menu)
}

extension Action {
  package static let export = Action(
    "export", "Export the marked rows, or all that the filter shows",
    synonyms: "csv json write download spreadsheet excel dump print")

  static func export(_ format: ExportRequest.Format) -> Action {
    .choice(format.rawValue, "Export to \(format.title)")
  }
}

// What is exported of rows that are made on demand.
extension RowsScreen {
  /// The rows that are marked, or all.
  ///
  /// - Parameter completed: reads all rows where these are the first of them.
  func exportSource(
    _ subject: String, _ columns: [String], numbers: Set<String> = [],
    completed: @escaping @Sendable (Rows) throws(OrgError) -> Rows = { $0 }
  ) -> ExportSource? {
    guard let rows = list.rows, rows.count > 0 else { return nil }
    let (screen, marks) = (self, list.state.marks)
    return ExportSource(subject: subject, columns: columns, numbers: numbers) {
      (_, body: ([String?]) throws(OrgError) -> Void) throws(OrgError) in
      let rows = rows.isEstimated ? try completed(rows) : rows
      for start in stride(from: 0, to: rows.count, by: 1000) {
        let page = start..<min(rows.count, start + 1000)
        try rows.missing(page)?.run()
        for row in page {
          guard let id = rows.id(at: row), marks.isEmpty || marks.contains(id) else { continue }
          let values = screen.values(row, of: rows)
          if !values.isEmpty { try body(values) }
        }
      }
    }
  }
}

extension OrganizationsScreen {
  package func exportSource(_ workspace: Workspace) -> ExportSource? {
    pane == .list ? organizationsSource() : membersSource()
  }

  private func organizationsSource() -> ExportSource? {
    guard data.count > 0 || !list.marks.isEmpty else { return nil }
    let (data, marks) = (data, list.marks)
    let columns = OrganizationKey.all.map(\.name) + ["members"]
    return ExportSource(subject: "organizations", columns: columns, numbers: ["members"]) {
      (_, body: ([String?]) throws(OrgError) -> Void) throws(OrgError) in
      func add(_ row: OrganizationRow) throws(OrgError) {
        try body(OrganizationKey.all.map(row.organization.text) + [String(row.memberCount)])
      }
      func add(_ id: String) throws(OrgError) { if let row = try data.reader.row(of: id) { try add(row) } }
      // The first rows may be there before the others.
      let listing =
        data.listing.isComplete
        ? data.listing : try data.reader.listing(data.listing.query, data.listing.order, after: data.listing)
      var hidden = marks.allIDs().filter { listing.position(of: $0) == nil }
      hidden.sort()
      // A few are looked up; to find many, all rows are read.
      let places =
        marks.count * Self.readAhead < listing.count ? marks.allIDs().compactMap(listing.position) : []
      if marks.isEmpty || places.isEmpty {
        for start in stride(from: 0, to: listing.count, by: 1000) {
          let page = start..<min(listing.count, start + 1000)
          if !listing.isWhole { try listing.fetch(page) }
          for place in page where marks.isEmpty || marks.contains(listing.id(at: place)) {
            // The screen may have made room for others meanwhile, and what is gone has no name.
            guard let row = listing.row(at: place) else { try add(listing.id(at: place)); continue }
            if !row.organization.name.isEmpty { try add(row) } else { try add(row.organization.id) }
          }
        }
      } else {
        for place in places.sorted() { try add(listing.id(at: place)) }
      }
      for id in hidden { try add(id) }
    }
  }

  /// How many rows are read in the time of one by its id.
  private static var readAhead: Int { 20 }

  private func membersSource() -> ExportSource? {
    guard let organization = selectedOrganization else { return nil }
    let (reader, users) = (data.reader, memberMarks[organization.id] ?? [])
    return ExportSource(subject: "members", columns: ["org_id", "user_id", "role", "joined_at"]) {
      (_, body: ([String?]) throws(OrgError) -> Void) throws(OrgError) in
      for member in try reader.members(of: organization.id)
      where users.isEmpty || users.contains(member.userID) {
        let joined = member.joinedAt == .unknown ? nil : member.joinedAt.description
        try body([member.organizationID, member.userID, member.role.rawValue, joined])
      }
    }
  }
}

extension UsersScreen {
  package func exportSource(_ workspace: Workspace) -> ExportSource? {
    let roles = list.rows?.roles ?? []
    let reader = workspace.data.reader
    let numbers = ["organizations"] + roles.map(\.rawValue)
    return exportSource("users", ["user_id"] + numbers, numbers: Set(numbers)) {
      (rows) throws(OrgError) in try rows.completed(in: reader)
    }
  }
}

extension PersonScreen {
  package func exportSource(_ workspace: Workspace) -> ExportSource? {
    exportSource("memberships", ["org_id", "name", "role", "joined_at"])
  }
}

extension OverviewScreen {
  package func exportSource(_ workspace: Workspace) -> ExportSource? {
    exportSource("overview", ["key", "what", "value"])
  }
}
