import OrgCore
import OrgViewModel

/// Makes a frame of the model: a pure function of what it is given. Looks at what is on the screen and at
/// nothing else, so that its cost doesn't grow with the data.
struct Renderer {
  let typesetter: Typesetter
  let theme: Theme
  let keymap: Keymap
  /// Where the data are, for the header.
  let title: String

  /// Lines of the help page.
  var helpLines: [(keys: String, text: String)] {
    keymap.sections.flatMap { section in
      [("", ""), ("", section.title)]
        + section.bindings.filter { !$0.description.isEmpty }.map {
          ($0.keys.map(\.description).joined(separator: " "), $0.description)
        }
    }
  }

  func frame(_ model: AppModel, size: Size) -> Frame {
    var frame = Frame(size: size)
    let layout = Layout(size: size)
    guard !layout.isTooSmall else {
      let text =
        "orgman needs \(Layout.smallest.columns)x\(Layout.smallest.rows); this is \(size.columns)x\(size.rows)."
      for (row, line) in typesetter.wrap(text, size.columns).prefix(size.rows).enumerated() {
        frame.lines[row] = [Span(line)]
      }
      frame.cursor = Position(column: 0, row: 0)
      return frame
    }
    frame.lines[0] = header(model, layout)
    switch model.mode {
    case .help(let top, _): help(top, layout, &frame)
    case .palette(let palette):
      self.palette(palette, model, layout, &frame)
      bottom(model, layout, &frame)
    default:
      body(model, layout, &frame)
      bottom(model, layout, &frame)
    }
    frame.lines[layout.hintRow] = hints(model, layout)
    return frame
  }

  func line(_ width: Int) -> LineBuilder { LineBuilder(typesetter, width: width) }

  /// A sentence that says what the key for an action does here; none where it has none.
  func key(_ action: Action, _ what: String, _ model: AppModel) -> [String] {
    keymap.keys(for: action, in: model.context).first.map { ["\($0) \(what)"] } ?? []
  }

  // MARK: Body

  private func body(_ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    if let sheet = model.sheet { return self.sheet(sheet, model, layout, &frame) }
    let form: Form? = if case .form(let form) = model.mode { form } else { nil }
    if layout.isWide {
      let left = list(model, layout.listWidth, layout, &frame)
      let right =
        form.map { self.form($0, layout, column: layout.listWidth + 1, &frame) }
        ?? detail(model, layout, &frame)
      put(left, beside: right, layout, &frame)
    } else {
      let lines =
        form.map { self.form($0, layout, column: 0, &frame) }
        ?? (model.pane == .list
          ? list(model, layout.listWidth, layout, &frame) : detail(model, layout, &frame))
      for (index, row) in layout.body.enumerated() { frame.lines[row] = lines[index] }
    }
  }

  /// Puts two panes side by side, with a line between them.
  func put(_ left: [[Span]], beside right: [[Span]], _ layout: Layout, _ frame: inout Frame) {
    for (index, row) in layout.body.enumerated() {
      let rest = left[index].reduce(0) { $0 + typesetter.set($1.text).width }
      let gap = Span(String(repeating: " ", count: max(0, layout.listWidth - rest)))
      frame.lines[row] = left[index] + [gap, Span(typesetter.set("│").text, theme.quiet)] + right[index]
    }
  }

  private func list(_ model: AppModel, _ width: Int, _ layout: Layout, _ frame: inout Frame) -> [[Span]] {
    let (nameWidth, columns) = columns(model, width)
    var lines = [heading(model, width)]
    let hasForm = if case .form = model.mode { true } else { false }
    let hasFocus = model.pane == .list && !hasForm
    for row in model.visibleRows {
      let item = model.listRow(row)
      let organization = item.organization
      let base = item.isSelected ? (hasFocus ? theme.selected : theme.selectedElsewhere) : theme.text
      var line = line(width)
      name(
        organization.name, nameWidth,
        signs(isSelected: item.isSelected, isMarked: item.isMarked, hasChanged: item.hasChanged),
        item.hasChanged ? theme.changed(base) : base, base, &line)
      for (place, column) in columns.enumerated() {
        // The bar ends here: what isn't drawn again when the selection moves needn't be sent over the line.
        add(column, of: item, place == 0 && column.kind != .status ? base : theme.text, to: &line)
      }
      lines.append(line.spans)
    }
    if model.visibleRows.isEmpty {
      let offer = model.editingObstacle == nil ? key(.add, "adds one.", model) : []
      let text =
        !model.organizationList.snapshot.contents.hasOrganizations
        ? ["Reading the organizations."] + key(.close, "cancels.", model)
        : model.query.isEmpty
          ? ["No organizations yet."] + offer
          : ["Nothing matches \(model.query.quoted)."] + key(.back, "clears the filter.", model)
      lines += text.map { [Span(" "), Span(typesetter.fit($0, width - 2), theme.quiet)] }
    }
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if hasFocus, frame.cursor == nil {
      frame.cursor = Position(
        column: 0,
        row: layout.body.lowerBound + 1
          + min(max(0, model.selectedRow - model.visibleRows.lowerBound), layout.body.count - 2))
    }
    return lines
  }

  /// What is said of a row without any colour: that it is selected, that it is marked, that others changed it.
  func signs(isSelected: Bool, isMarked: Bool, hasChanged: Bool) -> [String] {
    (isSelected ? ["▸"] : []) + (isMarked ? ["•"] : []) + (hasChanged ? ["*"] : [])
  }

  /// A name in its column, behind a cell for the first of the signs; others stand behind the name.
  func name(
    _ name: String, _ width: Int, _ signs: [String], _ look: Style, _ style: Style, _ line: inout LineBuilder
  ) {
    line.add(signs.first ?? " ", look)
    let end = line.used + width
    let others = signs.dropFirst().joined()
    let cells = min(typesetter.set(name).width, width - (others.isEmpty ? 1 : others.count + 2))
    line.add(name, width: cells, look)
    if !others.isEmpty { line.add(" \(others)", style) }
    line.add("", width: end - line.used, style)
  }

  private func detail(_ model: AppModel, _ layout: Layout, _ frame: inout Frame) -> [[Span]] {
    let width = layout.detailWidth
    let hasFocus = model.pane == .detail
    var lines = model.visibleLines.map { self.line(model.detailLine($0), hasFocus: hasFocus, width) }
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if hasFocus, frame.cursor == nil {
      let row = min(max(0, model.selectedLine - model.visibleLines.lowerBound), layout.body.count - 1)
      frame.cursor = Position(column: layout.size.columns - width, row: layout.body.lowerBound + row)
    }
    return lines
  }

  private func line(_ line: DetailLine, hasFocus: Bool, _ width: Int) -> [Span] {
    var builder = self.line(width)
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
    case .members(nil): builder.add(" Members …", theme.title)
    case .members(let counts?):
      builder.add(" Members \((counts.owner + counts.billingAdmin + counts.member).grouped)", theme.title)
      let roles =
        "owner \(counts.owner.grouped)  billing \(counts.billingAdmin.grouped)  member \(counts.member.grouped)"
      builder.add(builder.used + roles.count + 4 > width ? "  " : "    ")
      builder.add(roles)
    case .member(let member, let isSelected, let isMarked, let hasChanged, let defaults):
      let style = base(isSelected)
      name(
        member.userID, max(8, width - 1 - 15 - 11),
        signs(isSelected: isSelected && hasFocus, isMarked: isMarked, hasChanged: hasChanged),
        hasChanged ? theme.changed(style) : style, style, &builder)
      builder.add(defaults.shown(member.role.rawValue, .role), width: 15, style)
      builder.add(member.joinedAt.dayText, width: 10, style)
    }
    return builder.spans
  }

  // MARK: Help

  private func help(_ top: Int, _ layout: Layout, _ frame: inout Frame) {
    var heading = line(layout.size.columns)
    heading.add(" Keys", theme.title)
    frame.lines[layout.body.lowerBound] = heading.spans
    let rows = layout.body.dropFirst()
    for (row, item) in zip(rows, helpLines.dropFirst(top)) {
      var line = line(layout.size.columns)
      if item.keys.isEmpty {
        line.add(" \(item.text)", theme.title)
      } else {
        line.add("  ")
        line.add(item.keys, width: 20, theme.key)
        line.add(item.text)
      }
      frame.lines[row] = line.spans
    }
    frame.cursor = Position(column: 0, row: layout.body.lowerBound)
  }
}
