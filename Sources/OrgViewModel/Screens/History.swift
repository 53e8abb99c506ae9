import OrgCore

/// What happened, newest first, as far as it has been read: the rows of the history.
public struct HistoryRows: SheetRows {
  /// A generation, ready to be drawn.
  public struct Row: Sendable {
    /// What happened.
    public let entry: HistoryEntry
    /// What became of it since.
    public let fate: Fate
    /// Which of its changes is named in the list: the first that was looked for.
    let headline: Int

    /// What it did, in a few words; text of the data is escaped.
    public var text: String {
      var text =
        switch fate {
        case .stands: ""
        case .undone: "undone: "
        case .takenBack: "taken back: "
        }
      text += entry.kind.prefix
      if headline < entry.changes.count {
        if entry.changes.count > 1 { text += "\(entry.changes.count.grouped) changes: " }
        text += entry.changes[headline].summary
      } else {
        text += entry.note?.escapedForDisplay ?? "the form of the files alone"
      }
      return text
    }

    /// Who did it, in a few words.
    public var actor: String { entry.kind == .foreign ? "outside" : entry.actor.description }
  }

  /// What became of a generation.
  public enum Fate: Sendable, Hashable {
    /// It stands, as far as the history says.
    case stands
    /// A later generation undid it.
    case undone(by: UInt64)
    /// Another program took it back.
    case takenBack(by: UInt64)
  }

  /// The rows.
  public let rows: [Row]
  /// Whether the history ends with the last of what was read.
  public let isComplete: Bool
  let total: Int

  /// Finds the rows of a subject that have all words of a query.
  ///
  /// - Parameters:
  ///   - entries: what was read, newest first.
  ///   - isComplete: whether there is nothing before them.
  public init(_ entries: [HistoryEntry], isComplete: Bool, subject: HistorySubject, query: String) {
    let filter = subject.filter
    let words = query.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    var fates: [UInt64: Fate] = [:]
    var rows: [Row] = []
    var total = 0
    for entry in entries {
      switch entry.kind {
      // What happened last to a generation counts, and that comes first.
      case .undo(let generation) where fates[generation] == nil:
        fates[generation] = .undone(by: entry.generation)
      case .redo(let generation) where fates[generation] == nil: fates[generation] = .stands
      default: break
      }
      for generation in entry.reverted where fates[generation] == nil {
        fates[generation] = .takenBack(by: entry.generation)
      }
      guard filter.includes(entry) else { continue }
      total += 1
      guard let headline = Self.match(entry, filter, words) else { continue }
      rows.append(Row(entry: entry, fate: fates[entry.generation] ?? .stands, headline: headline))
    }
    self.rows = rows
    self.isComplete = isComplete
    self.total = total
  }

  /// The first change that has what is looked for; `nil` if the entry hasn't.
  private static func match(_ entry: HistoryEntry, _ filter: HistoryFilter, _ words: [String]) -> Int? {
    let first = entry.changes.firstIndex { filter.includes($0.change) } ?? 0
    let head = entry.searchText
    let rest = words.filter { !head.contains($0) }
    guard !rest.isEmpty else { return first }
    return entry.changes.indices.first { index in
      guard filter.includes(entry.changes[index].change) else { return false }
      let text = entry.changes[index].searchText
      return rest.allSatisfy(text.contains)
    }
  }

  var count: Int { rows.count }

  func id(at row: Int) -> String? { String(rows[row].entry.generation) }

  func row(of id: String) -> Int? {
    guard let generation = UInt64(id) else { return nil }
    // Generations fall from row to row.
    let place = rows.firstPlace { $0.entry.generation <= generation }
    return place < rows.count && rows[place].entry.generation == generation ? place : nil
  }
}

/// A line of a generation in detail, ready to be drawn.
public enum EntryLine: Sendable {
  /// The number of the generation, and how it came about.
  case title(UInt64, String)
  /// A label and a value.
  case field(String, String)
  /// Nothing.
  case blank
  /// How many changes there are.
  case changes(Int)
  /// What was changed, and where.
  case change(String, isSelected: Bool)
  /// What was there before, or after; `nil` for nothing.
  case value(String, String?)
}

// One generation in detail: a head, and three lines a change.
extension HistoryRows.Row {
  fileprivate static let linesPerChange = 3

  private var head: [EntryLine] {
    var lines: [EntryLine] = [
      .title(entry.generation, entry.kind.title), .field("Time", "\(entry.time.description.prefix(19)) UTC"),
      .field(
        "By", entry.kind == .foreign ? "a program outside orgman" : "\(entry.actor) on \(entry.actor.host)"),
    ]
    if let client = entry.actor.claimedSSHClient { lines.append(.field("From", "\(client)?")) }
    switch fate {
    case .stands: break
    case .undone(let generation): lines.append(.field("Since", "undone by \(generation)"))
    case .takenBack(let generation): lines.append(.field("Since", "taken back by \(generation)"))
    }
    if !entry.reverted.isEmpty {
      lines.append(.field("Undid", entry.reverted.map(String.init).joined(separator: ", ") + ", unknowingly"))
    }
    if let note = entry.note { lines.append(.field("Note", note)) }
    return lines + [.blank, .changes(entry.changes.count)]
  }

  /// How many lines it has.
  var lineCount: Int { head.count + Self.linesPerChange * entry.changes.count }

  /// The change that a line begins; `nil` for one that can't be selected.
  func change(at line: Int) -> Int? {
    let line = line - head.count
    return line >= 0 && line % Self.linesPerChange == 0 ? line / Self.linesPerChange : nil
  }

  /// The line that a change begins at.
  func line(of change: Int) -> Int { head.count + change * Self.linesPerChange }

  func line(_ line: Int, isSelected: Bool) -> EntryLine {
    let head = head
    guard line >= head.count else { return head[line] }
    let (index, part) = (line - head.count).quotientAndRemainder(dividingBy: Self.linesPerChange)
    let change = entry.changes[index]
    switch part {
    case 0: return .change(change.subject, isSelected: isSelected)
    case 1: return .value("before", change.values.before)
    default: return .value("after", change.values.after)
    }
  }
}

extension RecordedChange {
  /// What it is about: `Role of bob in Acme`.
  fileprivate var subject: String {
    switch change {
    case .createOrganization, .removeOrganization: organizationName
    case .setField(let field, _, _, _): "\(field.title) of \(organizationName)"
    case .setRole(let user, _, _, _): "Role of \(user) in \(organizationName)"
    case .addMember, .removeMember: "\(change.userID ?? "") in \(organizationName)"
    }
  }

  /// What was there before and after.
  fileprivate var values: (before: String?, after: String?) {
    func text(_ organization: Organization) -> String {
      "\(organization.name) on \(organization.planTier), \(organization.status.rawValue)"
    }
    return switch change {
    case .createOrganization(let organization): (nil, text(organization))
    case .removeOrganization(let organization): (text(organization), nil)
    case .setField(_, _, let from, let to): (from, to)
    case .setRole(_, _, let from, let to): (from.rawValue, to.rawValue)
    case .addMember(let member): (nil, member.role.rawValue)
    case .removeMember(_, _, let role): (role.rawValue, nil)
    }
  }
}

extension HistorySubject {
  /// The part of the history that is about it.
  public var filter: HistoryFilter {
    switch self {
    case .all: HistoryFilter()
    case .organization(let id): HistoryFilter(organization: id)
    case .member(let user, let id): HistoryFilter(organization: id, user: user)
    case .user(let user): HistoryFilter(user: user)
    }
  }
}

extension HistoryEntry.Kind {
  /// What stands before what was changed: `undid 12: `
  var prefix: String {
    switch self {
    case .edit: ""
    case .undo(let generation): "undid \(generation): "
    case .redo(let generation): "redid \(generation): "
    // Who did it says that already.
    case .foreign: ""
    case .repair: "repaired: "
    case .restore: "restored: "
    case .erase: "erased: "
    }
  }
}

extension HistoryEntry.Kind {
  fileprivate var title: String {
    switch self {
    case .edit: "edit"
    case .undo(let generation): "undo of \(generation)"
    case .redo(let generation): "redo of \(generation)"
    case .foreign: "outside"
    case .repair: "repair"
    case .restore: "restore"
    case .erase: "erasure"
    }
  }
}

extension HistoryEntry {
  /// What a filter looks at, but for the changes.
  fileprivate var searchText: String {
    [
      "\(generation)", time.description, actor.description, actor.host, actor.claimedSSHClient ?? "",
      kind == .foreign ? "outside" : "", kind.prefix, note ?? "",
    ].joined(separator: "\n").lowercased()
  }
}

extension RecordedChange {
  /// What a filter looks at.
  fileprivate var searchText: String {
    let field: String =
      switch change {
      case .setField(let field, _, _, _): field.rawValue
      case .setRole: "role"
      default: ""
      }
    return [summary, organizationName, change.organizationID, change.userID ?? "", field]
      .joined(separator: "\n").lowercased()
  }
}

// What keys do on the screen.
extension AppModel {
  /// The generation that keys are about, if the history is shown and has one.
  public var selectedEntry: HistoryRows.Row? {
    guard let sheet, case .history(let rows) = sheet.content, sheet.selectedID != nil,
      rows.rows.indices.contains(sheet.selectedRow)
    else { return nil }
    return rows.rows[sheet.selectedRow]
  }

  /// The change of it that is selected in the detail.
  var selectedChange: RecordedChange? {
    guard let entry = selectedEntry?.entry, let index = sheet?.detail.id, index < entry.changes.count else {
      return nil
    }
    return entry.changes[index]
  }

  /// The lines of the generation that fit on the screen.
  public var visibleEntryLines: [EntryLine] {
    guard let sheet, let row = selectedEntry else { return [] }
    let selected = sheet.place.pane == .detail ? sheet.detail.row : nil
    let top = min(sheet.detail.top, row.lineCount)
    return (top..<min(row.lineCount, top + viewport.detailRows)).map {
      row.line($0, isSelected: $0 == selected)
    }
  }

  mutating func browseHistory(_ action: Action) -> [Effect] {
    switch action {
    case .undoEntry: return undoEntry()
    case .open:
      guard sheet?.place.pane == .detail else {
        openEntry()
        return []
      }
      return openChange()
    case .nextPane, .previousPane:
      if sheet?.place.pane == .detail {
        sheet?.place.pane = .list
      } else if selectedEntry != nil {
        openEntry()
      }
    default: break
    }
    return []
  }

  /// Moves about in the selected generation; false if the action is no move.
  mutating func moveInEntry(_ action: Action) -> Bool {
    guard let row = selectedEntry, let detail = sheet?.detail,
      let target = detail.target(of: action, rows: viewport.detailRows, count: row.lineCount)
    else { return false }
    select(target, downwards: target >= detail.row, in: row)
    return true
  }

  private mutating func openEntry() {
    guard let row = selectedEntry else { return }
    sheet?.place.pane = .detail
    if sheet?.detail.id == nil { select(row.line(of: row.headline), downwards: true, in: row) }
  }

  private mutating func select(_ line: Int, downwards: Bool, in row: HistoryRows.Row) {
    guard var detail = sheet?.detail else { return }
    let rows = viewport.detailRows
    detail.select(line, downwards: downwards, rows: rows, of: row.lineCount, id: row.change(at:))
    // A change is worth seeing with what was before and after.
    detail.top = min(detail.row, max(detail.top, row.lineCount(through: detail.row) - rows))
    sheet?.detail = detail
  }

  /// Keeps the selection in a generation on its change, and that on the screen, when its lines or the screen changed.
  mutating func keepEntryLine() {
    guard let row = selectedEntry, let change = sheet?.detail.id else { return }
    select(row.line(of: change), downwards: true, in: row)
  }

  private mutating func undoEntry() -> [Effect] {
    guard let entry = selectedEntry?.entry else { return [] }
    if let obstacle = entry.obstacle { return refuse(obstacle) }
    let inverse = entry.inverse
    guard !inverse.changes.isEmpty else {
      return refuse("Generation \(entry.generation) changed no record that could be put back.")
    }
    let what = entry.changes.count == 1 ? " (\(entry.changes[0].summary))" : ""
    return propose(inverse, "Undo generation \(entry.generation)\(what)")
  }

  /// Goes to the organization of the selected change.
  private mutating func openChange() -> [Effect] {
    guard let recorded = selectedChange else { return refuse("This generation changed no record.") }
    let item: DetailItem =
      switch recorded.change {
      case .createOrganization, .removeOrganization: .field(.name)
      case .setField(let field, _, _, _): .field(field)
      case .setRole(let user, _, _, _), .removeMember(let user, _, _): .member(user)
      case .addMember(let member): .member(member.userID)
      }
    return go(to: recorded.change.organizationID, named: recorded.organizationName, item)
  }
}

extension HistoryRows.Row {
  /// How many lines there are up to the end of the change that begins at a line.
  fileprivate func lineCount(through line: Int) -> Int {
    change(at: line) == nil ? line + 1 : min(lineCount, line + Self.linesPerChange)
  }
}
