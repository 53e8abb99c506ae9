import OrgCore

/// A screen with rows that can be marked.
protocol MarkingScreen: Screen {
  /// So many rows, in words.
  static func words(_ count: Int) -> String
  /// Why nothing can be marked; `nil` where something can.
  func markObstacle() -> String?
  /// Marks what is selected, or unmarks it, and goes on to the next.
  mutating func mark(_ workspace: inout Workspace)
  /// Begins a range, or ends it.
  mutating func markRange()
  /// Marks all that the filter shows.
  mutating func markAll(_ workspace: inout Workspace)
  /// Unmarks all.
  mutating func unmarkAll(_ workspace: inout Workspace)
}

extension MarkingScreen {
  /// So many rows can be marked at once.
  static var markLimit: Int { 100_000 }

  static func words(_ count: Int) -> String { "\(count.grouped) row\(count == 1 ? "" : "s")" }

  /// What marks rows.
  static func markingCommands() -> [Command<Self>] {
    [
      Command(
        .mark, "Space", .marking, "mark or unmark, and go on to the next", hint: "mark",
        marked: "mark",
        unless: { screen, _ in screen.markObstacle() }
      ) { $0.mark(&$1) },
      Command(
        .markRange, "v", .marking, "mark what you move over; again ends it, Esc takes it back",
        unless: { screen, _ in screen.markObstacle() }
      ) { screen, _ in screen.markRange() },
      Command(.markAll, "*", .marking, "mark all that the filter shows") {
        $0.markAll(&$1)
      },
      Command(.unmarkAll, "U", .marking, "unmark all", marked: "unmark") { $0.unmarkAll(&$1) },
    ]
  }

  /// The command that changes the role of a member, or of all that are marked.
  static func roleCommand(
    in contexts: [Context], hint: String? = nil,
    unless obstacle: @escaping @Sendable (Self, Workspace) -> String?,
    run: @escaping @Sendable (inout Self, inout Workspace) -> Void
  ) -> Command<Self> {
    Command(
      .changeRole, "r", in: contexts, .changing, RoleMenu.help(), hint: hint, marked: hint, unless: obstacle,
      run: run)
  }
}

extension MarkingScreen where Self: RowsScreen {
  func markObstacle() -> String? { list.selectedID == nil ? StatusLine.nothingIsSelected : nil }

  mutating func mark(_ workspace: inout Workspace) {
    guard let id = list.selectedID else { return }
    list.state.toggle(id)
    move(.down, &workspace)
  }

  mutating func markRange() {
    guard list.state.range == nil, let id = list.selectedID else { return list.state.range = nil }
    list.state.beginRange(at: id)
    extendRange()
  }

  mutating func markAll(_ workspace: inout Workspace) {
    guard let rows = list.rows else { return }
    list.state.range = nil
    if rows.isEstimated { return workspace.status.refuse("The rows are still being read.") }
    guard rows.count <= Self.markLimit else {
      return workspace.status.refuse(
        "\(Self.words(rows.count)) are more than the \(Self.markLimit.grouped) that can be marked: filter first."
      )
    }
    let serial = workspace.requests.next()
    list.search.awaited = serial
    workspace.ask(
      .find(MatchSearch(serial) { () throws(OrgError) in Found(ids: try rows.allIDs()) }))
  }

  mutating func unmarkAll(_ workspace: inout Workspace) {
    let count = list.state.marks.count
    (list.state.range, list.state.marks) = (nil, [])
    workspace.status.note(count == 0 ? "Nothing is marked." : "Unmarked \(count.grouped).")
  }
}
