import OrgCore
import OrgViewModel

/// A column in the list of organizations and its width.
struct ListCell {
  let kind: ListColumn
  let width: Int
}

extension Renderer {
  /// The columns that fit after the name, and the remaining width for the name. The widest columns are dropped first.
  func columns(_ model: AppModel, _ width: Int) -> (name: Int, cells: [ListCell]) {
    var cells = model.workspace.columns.map {
      ListCell(kind: $0, width: Self.width(of: $0, width))
    }
    func name() -> Int { width - 1 - cells.reduce(0) { $0 + $1.width } }
    while name() < 21, let widest = cells.indices.max(by: { cells[$0].width < cells[$1].width }) {
      cells.remove(at: widest)
    }
    return (max(1, name()), cells)
  }

  private static func width(of column: ListColumn, _ width: Int) -> Int {
    switch column {
    case .field(.planTier): width < 70 ? 14 : 17
    case .field(.status): 10
    case .members: 8
    case .created: 11
    case .id: 41
    case .field: 20
    }
  }

  /// The line above the list, with a sign that marks the sort column.
  func heading(_ model: AppModel, _ width: Int) -> [Span] {
    let (name, cells) = columns(model, width)
    let order = model.workspace.data.request.order
    let sign = order.isDescending ? "▼" : "▲"
    // The sort column may be hidden.
    let isShown = order.column == .name || cells.contains { $0.kind.order == order.column }
    let first =
      !isShown ? "Name, by \(order.column.rawValue) \(sign)" : order.column == .name ? "Name \(sign)" : "Name"
    var titles = [(text: first, width: name, isRight: false)]
    for cell in cells {
      var title = (text: cell.kind.title, width: cell.width, isRight: false)
      if cell.kind.order == order.column { title.text += " \(sign)" }
      if cell.kind == .members {
        title.isRight = true
        title.text += " "
        // Take the space for the sign from the gap before it.
        let more = max(0, title.text.count - title.width)
        title.width += more
        titles[titles.count - 1].width -= more
      }
      titles.append(title)
    }
    var line = line(width)
    line.add(" ", theme.heading)
    for title in titles { line.add(title.text, width: title.width, theme.heading, isRight: title.isRight) }
    line.fill(theme.heading)
    return line.spans
  }

  /// The sort column for a press on the heading.
  func order(at column: Int, _ model: AppModel, _ width: Int) -> ListOrder.Column? {
    let (name, cells) = columns(model, width)
    var end = 1 + name
    if column < end { return .name }
    for cell in cells {
      end += cell.width
      if column < end { return cell.kind.order }
    }
    return nil
  }

  /// Adds a row's cell in a column.
  func add(_ cell: ListCell, of row: ListRow, _ style: Style, to line: inout LineBuilder) {
    guard let content = row.content else { return line.add("", width: cell.width, style) }
    let (organization, defaults) = (content.organization, content.defaults)
    func text(_ text: String) {
      line.add(text, width: cell.width - 1, style)
      line.add(" ", style)
    }
    switch cell.kind {
    case .field(.planTier): text(defaults.shown(organization.planTier, .planTier))
    case .field(.status):
      let status = defaults.shown(organization.status.rawValue, .status)
      line.add(status, row.isSelected ? style : theme.status(organization.status))
      line.add("", width: cell.width - status.count, style)
    case .members:
      line.add(row.memberCount?.grouped ?? "…", width: cell.width - 1, style, isRight: true)
      line.add(" ", style)
    case .created: text(organization.createdAt.dayText)
    case .id: text(typesetter.shorten(organization.id, to: cell.width - 1))
    case .field(let field): text(typesetter.shorten(organization[field] ?? "", to: cell.width - 1))
    }
  }
}
