import OrgCore
import OrgViewModel

// The list of organizations, and the selected one in detail. The edit pane replaces the detail pane.
extension OrganizationsScreen: DrawableScreen {
  func draw(_ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    let form = model.workspace.form
    if layout.isWide {
      let left = drawnList(renderer, model, layout, &frame)
      let right =
        form.map { renderer.form($0, layout, column: layout.listWidth + 1, &frame) }
        ?? drawnDetail(renderer, model, layout, &frame)
      renderer.put(left, beside: right, layout, &frame)
    } else {
      let lines =
        form.map { renderer.form($0, layout, column: 0, &frame) }
        ?? (pane == .list
          ? drawnList(renderer, model, layout, &frame) : drawnDetail(renderer, model, layout, &frame))
      renderer.put(lines, layout, &frame)
    }
  }

  private func drawnList(
    _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) -> [[Span]] {
    let theme = renderer.theme
    let width = layout.listWidth
    let (nameWidth, columns) = renderer.columns(model, width)
    var lines = [renderer.heading(model, width)]
    let hasFocus = pane == .list && model.workspace.form == nil
    for row in visibleRows {
      let item = listRow(row, model.workspace.flash)
      let base = item.isSelected ? (hasFocus ? theme.selected : theme.selectedElsewhere) : theme.text
      var line = renderer.line(width)
      renderer.name(
        item.content?.organization.name ?? "…", nameWidth,
        renderer.signs(isSelected: item.isSelected, isMarked: item.isMarked, hasChanged: item.hasChanged),
        item.hasChanged ? theme.changed(base) : base, base, &line)
      for column in columns { renderer.add(column, of: item, base, to: &line) }
      if item.isSelected { line.fill(base) }
      lines.append(line.spans)
    }
    if visibleRows.isEmpty {
      let offer = model.workspace.editingObstacle == nil ? renderer.key(.add, "adds one.", model) : []
      let text =
        !data.listing.summary.hasOrganizations
        ? ["Reading the organizations."] + renderer.key(.close, "cancels.", model)
        : listFilter.isEmpty
          ? ["No organizations yet."] + offer
          : ["Nothing matches \(listFilter.quoted)."] + renderer.key(.back, "clears the filter.", model)
      lines += text.map { [Span(" "), Span(renderer.typesetter.fit($0, width - 2), theme.quiet)] }
    }
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if hasFocus, frame.cursor == nil {
      frame.cursor = Position(
        column: 0,
        row: layout.body.lowerBound + 1
          + min(max(0, selectedRow - visibleRows.lowerBound), layout.body.count - 2))
    }
    return lines
  }

  private func drawnDetail(
    _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) -> [[Span]] {
    let width = layout.detailWidth
    let hasFocus = pane == .detail
    let visible = visibleLines
    let drawn = detailLines(visible, model.workspace.flash, in: model.workspace.settings.preferences.timeZone)
    let names = model.workspace.names
    let columns = MemberColumns(drawn, renderer, width, hasNames: names != nil)
    frame.hasNames = columns.name > 0
    var lines = drawn.map { line($0, columns, names, hasFocus: hasFocus, renderer, width) }
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if hasFocus, frame.cursor == nil {
      let row = min(max(0, selectedLine - visible.lowerBound), layout.body.count - 1)
      frame.cursor = Position(column: layout.size.columns - width, row: layout.body.lowerBound + row)
    }
    return lines
  }

  private func line(
    _ line: DetailLine, _ columns: MemberColumns, _ names: NameBook?, hasFocus: Bool, _ renderer: Renderer,
    _ width: Int
  ) -> [Span] {
    let theme = renderer.theme
    var builder = renderer.line(width)
    func base(_ isSelected: Bool) -> Style {
      isSelected ? (hasFocus ? theme.selected : theme.selectedElsewhere) : theme.text
    }
    func mark(_ isSelected: Bool) -> String { isSelected && hasFocus ? "▸" : " " }
    switch line {
    case .blank: return []
    case .title(let organization, let defaults, let isSelected):
      let status = defaults.shown(organization.status.rawValue, .status)
      let style = isSelected ? base(true) : theme.title
      builder.add(mark(isSelected), style)
      builder.add(organization.name, width: width - status.count - 3, style)
      builder.add(" ", style)
      builder.add(status, isSelected && hasFocus ? style : theme.status(organization.status))
      if isSelected { builder.fill(style) }
    case .id(let id):
      builder.add(" ")
      builder.add(renderer.typesetter.shorten(id, to: width - 1), theme.quiet)
    case .field(let label, let value, let isSelected):
      let style = base(isSelected)
      builder.add(mark(isSelected), style)
      builder.add(label, width: 9, isSelected ? style : theme.quiet)
      builder.add(value ?? "none", value == nil && !isSelected ? theme.quiet : style)
      if isSelected { builder.fill(style) }
    case .members(nil, _): builder.add(" Members …", theme.title)
    case .members(let counts?, let roles):
      let some = memberFilter.isEmpty ? "" : "\(shownMemberCount.grouped) of "
      builder.add(" Members \(some)\(counts.total.grouped)", theme.title)
      if !memberOrder.isUsual {
        builder.add(" by \(memberOrder.column.rawValue) \(memberOrder.sign)", theme.title)
      }
      let text = roles.map { "\($0.title) \(counts[$0].grouped)" }.joined(separator: "  ")
      builder.add(builder.used + text.count + 4 > width ? "  " : "    ")
      builder.add(text)
    case .unread(let isSelected):
      builder.add(mark(isSelected), base(isSelected))
      builder.add("…", base(isSelected))
      if isSelected { builder.fill(base(isSelected)) }
    case .member(let member, let isSelected, let isMarked, let hasChanged, let defaults):
      let style = base(isSelected)
      renderer.name(
        columns.shortened[member.userID] ?? member.userID, columns.user,
        renderer.signs(isSelected: isSelected && hasFocus, isMarked: isMarked, hasChanged: hasChanged),
        hasChanged ? theme.changed(style) : style, style, isID: true, &builder)
      if let names, columns.name > 0 {
        renderer.add(names[member.userID], width: columns.name, isSelected, style, &builder)
      }
      builder.add(defaults.shown(member.role.title, .role), width: columns.role, style)
      builder.add(member.joinedAt.dayText, width: columns.joined, style)
      if isSelected { builder.fill(style) }
    }
    return builder.spans
  }
}

/// The widths of what is shown of members: their ids come first, and give way last.
private struct MemberColumns {
  let user: Int
  /// The user's name.
  let name: Int
  let role: Int
  let joined: Int
  /// Ids for which there is no room, as they are shown.
  let shortened: [String: String]

  init(_ lines: [DetailLine], _ renderer: Renderer, _ width: Int, hasNames: Bool) {
    let typesetter = renderer.typesetter
    var ids: [String] = []
    // Signs after the id take room, too.
    var signs = 0
    for case .member(let member, let isSelected, let isMarked, let hasChanged, _) in lines {
      ids.append(member.userID)
      let count = [isSelected, isMarked, hasChanged].count { $0 }
      signs = max(signs, count > 1 ? count : 0)
    }
    let wanted = 2 + (ids.map { typesetter.set($0).width }.max() ?? 0) + signs
    let choices = [(15, 10), (8, 10), (8, 0)]
    let (role, joined) = choices.first { width - $0.0 - $0.1 >= wanted } ?? (8, 0)
    (self.role, self.joined) = (role, joined)
    let rest = max(8, width - 1 - role - joined)
    (user, name) = renderer.widths(hasNames ? wanted : nil, rest, in: rest)
    let room = user - 1 - (signs > 0 ? signs : 0)
    shortened = Dictionary(
      zip(ids, typesetter.shorten(ids, to: room)), uniquingKeysWith: { first, _ in first })
  }
}
