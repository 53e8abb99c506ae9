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
      for (place, column) in columns.enumerated() {
        // End the bar here, so that the rest of the line needn't be sent again when the selection moves.
        renderer.add(
          column, of: item, place == 0 && column.kind != .field(.status) ? base : theme.text, to: &line)
      }
      lines.append(line.spans)
    }
    if visibleRows.isEmpty {
      let offer = model.workspace.editingObstacle == nil ? renderer.key(.add, "adds one.", model) : []
      let text =
        !data.listing.summary.hasOrganizations
        ? ["Reading the organizations."] + renderer.key(.close, "cancels.", model)
        : filter.isEmpty
          ? ["No organizations yet."] + offer
          : ["Nothing matches \(filter.quoted)."] + renderer.key(.back, "clears the filter.", model)
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
    var lines = detailLines(visible, model.workspace.flash).map {
      line($0, hasFocus: hasFocus, renderer, width)
    }
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if hasFocus, frame.cursor == nil {
      let row = min(max(0, selectedLine - visible.lowerBound), layout.body.count - 1)
      frame.cursor = Position(column: layout.size.columns - width, row: layout.body.lowerBound + row)
    }
    return lines
  }

  private func line(
    _ line: DetailLine, hasFocus: Bool, _ renderer: Renderer, _ width: Int
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
      builder.add(status, theme.status(organization.status))
    case .id(let id):
      builder.add(" ")
      builder.add(id, theme.quiet)
    case .field(let label, let value, let isSelected):
      let style = base(isSelected)
      builder.add(mark(isSelected), style)
      builder.add(label, width: 9, isSelected ? style : theme.quiet)
      builder.add(value ?? "none", value == nil && !isSelected ? theme.quiet : style)
      if isSelected && hasFocus { builder.fill(leaving: 1, style) }
    case .members(nil, _): builder.add(" Members …", theme.title)
    case .members(let counts?, let roles):
      builder.add(" Members \(counts.total.grouped)", theme.title)
      let text = roles.map { "\($0.title) \(counts[$0].grouped)" }.joined(separator: "  ")
      builder.add(builder.used + text.count + 4 > width ? "  " : "    ")
      builder.add(text)
    case .unread(let isSelected):
      builder.add(mark(isSelected), base(isSelected))
      builder.add("…", base(isSelected))
    case .member(let member, let isSelected, let isMarked, let hasChanged, let defaults):
      let style = base(isSelected)
      renderer.name(
        member.userID, max(8, width - 1 - 15 - 11),
        renderer.signs(isSelected: isSelected && hasFocus, isMarked: isMarked, hasChanged: hasChanged),
        hasChanged ? theme.changed(style) : style, style, &builder)
      builder.add(defaults.shown(member.role.title, .role), width: 15, style)
      builder.add(member.joinedAt.dayText, width: 10, style)
    }
    return builder.spans
  }
}
