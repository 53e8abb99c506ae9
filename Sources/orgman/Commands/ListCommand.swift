import ArgumentParser
import OrgCore
import OrgFileStore
import OrgViewModel

/// `orgman list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the organizations that match a query, or all.",
    discussion: """
      All terms of the query must match. A word, or "two words" in double quotes, is looked for in names, ids and \
      billing ids, whatever the case; ~acr looks for these characters in this order. Fields: plan:starter, \
      status:active, role:owner, user:bob (with role: beside it, the role of that user), members:>10, owners:0, \
      created:<2026-01-01 (with >, >=, <, <=, = or nothing), \(fieldTerms). An exclamation mark in front of \
      a term negates it: !status:deleted leaves out deleted organizations, which the screen hides. If nothing matches, names and plans that are nearly so are suggested.

      A shell takes quotes, <, > and ! for itself, so put the query in single quotes.

      Prints a table on a terminal, as wide as that is, and lines with tabs elsewhere: \
      \(Column.organization.map(\.key).joined(separator: ", ")) and the count of members. Control characters are \
      escaped there; --json and --csv have every value exactly.
      """)

  /// For example, `stripe:x, lago:x, no:stripe, no:lago, duplicate:name, duplicate:stripe and duplicate:lago`.
  private static var fieldTerms: String {
    let words = OrganizationField.optional.reversed().map(\.descriptor.word)
    let terms =
      words.map { "\($0):x" } + words.map { "no:\($0)" } + ["duplicate:name"]
      + words.map { "duplicate:\($0)" }
    return terms.alternatives.replacing(" or ", with: " and ")
  }

  @Argument(help: "The terms of the query.")
  var query: [String] = []

  @Option(
    help: ArgumentHelp(
      "List what a view shows that was saved under this name, without deleted organizations if the screen hides them; a query, --sort and --columns beside it come on top.",
      valueName: "name"))
  var view: String?

  @Option(
    help: ArgumentHelp(
      "Sort by \(ListOrder.Column.allCases.map(\.rawValue).alternatives); the largest and the newest first, and the other way round with a - in front, as in --sort=-members. Without it, the order of the data.",
      valueName: "column"), completion: .list(ListOrder.Column.allCases.map(\.rawValue)),
    transform: ListCommand.order)
  var sort: ListOrder?

  @Option(parsing: .unconditional, help: "Print at most so many.", transform: number(from: 1))
  var limit: Int?

  @Flag(help: "Print how many there are, and nothing else.")
  var count = false

  @Option(
    help: ArgumentHelp(
      "Print these columns, in this order, with commas between: \(ListCommand.columns.map(\.word).joined(separator: ", ")).",
      valueName: "columns"))
  var columns: String?

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func validate() throws {
    _ = try chosenColumns()
    if count, columns != nil || sort != nil || limit != nil || listing.csv {
      throw ValidationError("--count prints a number alone; leave --columns, --sort, --limit and --csv out.")
    }
  }

  func run() throws {
    let saved = try savedView()
    let text = ((saved.map { [$0.filter] } ?? []) + query).joined(separator: " ")
    // What can't be read whichever roles there are is refused before the data are read.
    if (try? Query(text, roles: Role.allCases)) == nil {
      _ = try Query(argument: text, roles: Rules.files.roles)
    }
    try exitingWithStatus {
      try options.read(listing.damage) { reader in
        let named = try Query(argument: text, roles: reader.summary.roles)
        let typed =
          named.users.isEmpty ? named : named.knowing(try UserNames.terms([], users: named.users, in: reader))
        // A view shows what it does on the screen.
        let parsed = saved == nil || preferences.showsDeleted ? typed : typed.hidingDeleted
        let output = StandardOutput()
        let found = try count ? printCount(parsed, reader, output) : printRows(parsed, reader, output)
        if found == 0 { try suggest(parsed, reader) }
      }
    }
  }

  private var preferences: Preferences { ConfigurationFile.load().configuration.preferences }

  private func printCount(
    _ query: Query, _ reader: any StoreReader, _ output: StandardOutput
  ) throws(OrgError) -> Int {
    let found = try reader.listing(query, ListOrder(), after: nil).count
    try output.write("\(found)\n")
    try output.flush()
    return found
  }

  private func printRows(
    _ query: Query, _ reader: any StoreReader, _ output: StandardOutput
  ) throws -> Int {
    let chosen = try chosenColumns() ?? viewColumns() ?? Array(Self.columns.indices)
    var list = try Listing(
      chosen.map { Self.columns[$0].column }, as: listing.format(options, on: output), on: output,
      isChosen: columns != nil)
    var found = 0
    func add(_ row: OrganizationRow) throws(OrgError) {
      found += 1
      let cells = row.organization.cells(row.defaults) + [.number(row.memberCount)]
      try list.add(chosen.map { cells[$0] })
    }
    let ofView = try savedView()?.sort.flatMap { preferences.order.named($0) }
    if let sort = sort ?? ofView {
      let order = sort.with(preferences.planTiers)
      try reader.listing(query, order, after: nil).forEachRow(upTo: limit ?? .max, add)
    } else {
      try forEachRow(matching: query, in: reader, add)
    }
    try list.finish()
    return found
  }

  /// Hands over rows in the order of the data, as many as are asked for.
  private func forEachRow(
    matching query: Query, in reader: any StoreReader, _ body: (OrganizationRow) throws(OrgError) -> Void
  ) throws(OrgError) {
    var left = limit ?? .max
    var last: String?
    while left > 0 {
      let size = min(left, 1000)
      let page = try reader.organizations(matching: query, after: last, limit: size)
      for row in page { try body(row) }
      guard page.count == size else { return }
      left -= page.count
      last = page.last?.organization.id
    }
  }

  private func suggest(_ query: Query, _ reader: any StoreReader) throws(OrgError) {
    let tiers = preferences.planTiers
    guard let suggestion = try QuerySuggestion(for: query, in: reader, planTiers: tiers) else { return }
    FileHandle.standardError("orgman: \(suggestion.sentence)\n")
  }

  // MARK: Columns

  /// The columns with what they are called in options: as in queries and in the configuration.
  static let columns: [(word: String, column: Column)] =
    OrganizationKey.all.map { key in
      let column = Column(key)
      return switch key {
      case .id: ("id", column)
      case .createdAt: ("created", column)
      case .field(let field): (field.descriptor.word, column)
      }
    } + [("members", Column("members", "Members", isRight: true))]

  /// The places of the columns that are asked for; `nil` for those that are printed otherwise.
  private func chosenColumns() throws -> [Int]? {
    guard let columns else { return nil }
    return try columns.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let name = String(part).nameKey
      guard let place = Self.columns.firstIndex(where: { $0.word == name || $0.column.key == name }) else {
        let near = Self.columns.map(\.word).near(name)
        throw ValidationError(
          "There is no column \(name.quoted)"
            + (near.isEmpty
              ? "; use \(Self.columns.map(\.word).alternatives)." : ". Did you mean \(near.alternatives)?"))
      }
      return place
    }
  }

  /// The view that `--view` names.
  private func savedView() throws -> SavedView? {
    guard let view else { return nil }
    let views = preferences.allViews
    guard let found = views.first(where: { $0.name == view }) else {
      let near = views.map(\.name).near(view)
      throw ValidationError(
        "There is no view \(view.quoted)"
          + (near.isEmpty
            ? views.isEmpty ? "; none is saved yet." : "; there are \(views.map(\.name.quoted).alternatives)."
            : ". Did you mean \(near.map(\.quoted).alternatives)?"))
    }
    guard found.list == .organizations else {
      throw ValidationError(
        "The view \(view.quoted) is one of the \(found.list.rawValue); orgman list has organizations.")
    }
    return found
  }

  /// The columns of the view, with id and name; `nil` for those that are printed otherwise.
  private func viewColumns() throws -> [Int]? {
    guard let columns = try savedView()?.columns else { return nil }
    let words = ["id", "name"] + columns.map(\.name)
    return words.compactMap { word in Self.columns.firstIndex { $0.word == word } }
  }

  /// What `--sort` names.
  private static func order(_ text: String) throws -> ListOrder {
    let name = text.drop { $0 == "-" }
    guard text.count - name.count <= 1, let column = ListOrder.Column(rawValue: name.lowercased()) else {
      throw ValidationError("use \(ListOrder.Column.allCases.map(\.rawValue).alternatives)")
    }
    return ListOrder(column, isDescending: column.isDescendingAtFirst != text.hasPrefix("-"))
  }
}

extension OrganizationListing {
  /// Hands over rows as they are sorted, a page at a time.
  ///
  /// - Parameter limit: how many at most.
  func forEachRow(
    upTo limit: Int = .max, _ body: (OrganizationRow) throws(OrgError) -> Void
  ) throws(OrgError) {
    let (end, size) = (min(limit, count), 1000)
    for start in stride(from: 0, to: end, by: size) {
      let rows = start..<min(end, start + size)
      try fetch(rows)
      for row in rows { if let row = self.row(at: row) { try body(row) } }
    }
  }
}

extension ListOrder {
  /// The same order with the plans that are known.
  fileprivate func with(_ planTiers: [String]) -> ListOrder {
    var order = self
    order.planTiers = planTiers
    return order
  }
}
