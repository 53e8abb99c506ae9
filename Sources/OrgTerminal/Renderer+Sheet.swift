import OrgCore
import OrgViewModel

// What the screens beside that of the organizations have in common: rows under a heading, and what stands there
// while there are none.
extension Renderer {
  /// What the header calls a screen.
  func name(of screen: Location.Screen, _ model: AppModel) -> String {
    func name(_ id: String) -> String {
      (model.organizationList.snapshot.organization(id: id)?.name ?? id).escapedForDisplay
    }
    return switch screen {
    case .organizations: "Organizations"
    case .users: "Users"
    case .history(.all): "History"
    case .history(.organization(let id)): "History of \(name(id))"
    case .history(.member(let user, let id)): "History of \(user.escapedForDisplay) in \(name(id))"
    case .history(.user(let user)): "History of \(user.escapedForDisplay)"
    case .overview: "Overview"
    case .person(let user): "User \(user.escapedForDisplay)"
    }
  }

  func sheet(_ sheet: Sheet, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    switch sheet.content {
    case nil: put([[Span(" Reading…", theme.quiet)]], layout, &frame)
    case .history(let rows): history(rows, sheet, model, layout, &frame)
    case .overview(let rows): overview(rows, sheet, model, layout, &frame)
    case .users(let rows): users(rows, sheet, model, layout, &frame)
    case .person(let rows): person(rows, sheet, model, layout, &frame)
    }
  }

  /// Puts lines where the body is.
  func put(_ lines: [[Span]], _ layout: Layout, _ frame: inout Frame) {
    for (row, line) in zip(layout.body, lines) { frame.lines[row] = line }
  }

  /// The rows of a screen under their heading, as many lines as the body has, and the cursor on the selected one.
  ///
  /// - Parameters:
  ///   - hasSigns: whether a row draws the sign for the selection itself.
  ///   - row: draws a row behind that sign, in a style that shows the selection.
  func rows(
    _ sheet: Sheet, heading: (inout LineBuilder) -> Void, width: Int, hasFocus: Bool, empty: [String],
    hasSigns: Bool = false,
    _ layout: Layout, _ frame: inout Frame, row: (Int, Style, inout LineBuilder) -> Void
  ) -> [[Span]] {
    var head = line(width)
    head.add(" ", theme.heading)
    heading(&head)
    head.fill(theme.heading)
    var lines = [head.spans]
    let visible = sheet.visible(layout.body.count - 1)
    for index in visible {
      let isSelected = sheet.isSelected(index)
      let style = isSelected ? (hasFocus ? theme.selected : theme.selectedElsewhere) : theme.text
      var line = line(width)
      if !hasSigns { line.add(isSelected ? "▸" : " ", style) }
      row(index, style, &line)
      lines.append(line.spans)
    }
    if visible.isEmpty {
      lines += empty.map { [Span(" "), Span(typesetter.fit($0, width - 2), theme.quiet)] }
    }
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if hasFocus, frame.cursor == nil {
      let place = min(max(0, sheet.selectedRow - visible.lowerBound), layout.body.count - 2)
      frame.cursor = Position(column: 0, row: layout.body.lowerBound + 1 + place)
    }
    return lines
  }

  /// What stands where there are no rows.
  func empty(_ model: AppModel, _ sentence: String) -> [String] {
    model.filterText.isEmpty
      ? [sentence] : ["Nothing matches \(model.filterText.quoted)."] + key(.back, "clears the filter.", model)
  }
}
