import OrgCore
import OrgViewModel

/// A screen that can be drawn. All screens conform to this protocol, which covers what is specific to each of them.
protocol DrawableScreen: Screen {
  /// Draws the body.
  func draw(_ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame)
}

/// A screen with one list of rows, drawn once the rows are available. A form takes their place.
protocol DrawableRowsScreen: DrawableScreen, RowsScreen {
  /// Draws the body with the rows.
  func draw(
    _ rows: Rows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame)
}

extension DrawableRowsScreen {
  func draw(_ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    if let form = model.workspace.form {
      renderer.put(renderer.form(form, layout, column: 0, &frame), layout, &frame)
    } else if let rows = list.rows {
      draw(rows, renderer, model, layout, &frame)
    } else {
      renderer.put([[Span(" Reading…", renderer.theme.quiet)]], layout, &frame)
    }
  }
}

// Rows under a heading, and what is shown if there are none.
extension Renderer {
  /// Draws lines in the body.
  func put(_ lines: [[Span]], _ layout: Layout, _ frame: inout Frame) {
    for (row, line) in zip(layout.body, lines) { frame.lines[row] = line }
  }

  /// Draws the rows of a screen under their heading, as many lines as the body has, with the
  /// cursor on the selected row.
  ///
  /// - Parameters:
  ///   - hasSigns: whether the row draws the selection sign itself.
  ///   - rest: lines at the end that are left to others.
  ///   - row: draws a row after that sign, in a style that shows the selection.
  func rows<Rows: ListRows>(
    _ list: RowList<Rows>, heading: (inout LineBuilder) -> Void, width: Int, hasFocus: Bool, empty: [String],
    hasSigns: Bool = false, leaving rest: Int = 0,
    _ layout: Layout, _ frame: inout Frame, row: (Int, Style, inout LineBuilder) -> Void
  ) -> [[Span]] {
    var head = line(width)
    head.add(" ", theme.heading)
    heading(&head)
    head.fill(theme.heading)
    var lines = [head.spans]
    let visible = list.visible(layout.body.count - 1 - rest)
    for index in visible {
      let isSelected = list.isSelected(index)
      let style = isSelected ? (hasFocus ? theme.selected : theme.selectedElsewhere) : theme.text
      var line = line(width)
      if !hasSigns { line.add(isSelected ? "▸" : list.isMarked(index) ? "•" : " ", style) }
      row(index, style, &line)
      if isSelected { line.fill(style) }
      lines.append(line.spans)
    }
    if visible.isEmpty {
      lines += empty.map { [Span(" "), Span(typesetter.fit($0, width - 2), theme.quiet)] }
    }
    lines += Array(repeating: [], count: max(0, layout.body.count - rest - lines.count))
    if hasFocus, frame.cursor == nil {
      let place = min(max(0, list.selectedRow - visible.lowerBound), layout.body.count - 2)
      frame.cursor = Position(column: 0, row: layout.body.lowerBound + 1 + place)
    }
    return lines
  }

  /// The text that is shown if there are no rows.
  func empty(_ model: AppModel, _ sentence: String) -> [String] {
    model.screen.filter.isEmpty
      ? [sentence]
      : ["Nothing matches \(model.screen.filter.quoted)."] + key(.back, "clears the filter.", model)
  }
}
