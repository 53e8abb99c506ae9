import OrgCore
import OrgViewModel

// The history: which user changed what and when, and one generation in detail.
extension HistoryScreen: DrawableRowsScreen {
  func draw(
    _ rows: HistoryRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    if layout.isWide, pane == .list, layout.size.columns < Self.roomForBoth {
      renderer.put(drawnList(rows, renderer, model, layout, &frame), layout, &frame)
    } else if layout.isWide {
      let left = drawnList(rows, renderer, model, layout, &frame)
      renderer.put(left, beside: entry(renderer, model.workspace.names, layout, &frame), layout, &frame)
    } else if pane == .list {
      renderer.put(drawnList(rows, renderer, model, layout, &frame), layout, &frame)
    } else {
      renderer.put(entry(renderer, model.workspace.names, layout, &frame), layout, &frame)
    }
  }

  /// From this number of columns on, an entry is shown beside the list before it is opened.
  private static let roomForBoth = 160

  /// How wide the list is.
  private func listWidth(_ layout: Layout) -> Int {
    pane == .list && layout.size.columns < Self.roomForBoth ? layout.size.columns : layout.listWidth
  }

  private func entry(
    _ renderer: Renderer, _ names: NameBook?, _ layout: Layout, _ frame: inout Frame
  ) -> [[Span]] {
    let width = layout.detailWidth
    let lines = visibleEntryLines
    if pane == .detail, frame.cursor == nil {
      let row = lines.firstIndex { if case .change(_, _, isSelected: true) = $0 { true } else { false } } ?? 0
      frame.cursor = Position(column: layout.size.columns - width, row: layout.body.lowerBound + row)
    }
    frame.hasNames = names != nil
    let drawn = lines.map { line($0, names, renderer, width) }
    return drawn + Array(repeating: [], count: max(0, layout.body.count - drawn.count))
  }

  private func line(_ line: EntryLine, _ names: NameBook?, _ renderer: Renderer, _ width: Int) -> [Span] {
    let theme = renderer.theme
    var builder = renderer.line(width)
    switch line {
    case .blank: return []
    case .title(let generation, let kind):
      builder.add(" Generation \(generation)", theme.title)
      builder.fill(leaving: renderer.typesetter.set(kind).width + 1)
      builder.add(kind)
    case .field(let label, let value):
      builder.add(" ")
      builder.add(label, width: 9, theme.quiet)
      builder.add(value)
    case .changes(let count): builder.add(" Changes \(count.grouped)", theme.title)
    case .change(let subject, let user, let isSelected):
      let style = isSelected ? theme.selected : theme.text
      builder.add(isSelected ? "▸" : " ", style)
      builder.add(subject, style)
      if let name = user.flatMap({ names?[$0]?.name }), !name.isEmpty {
        builder.add("  \(name)", isSelected ? style : theme.quiet)
      }
      if isSelected { builder.fill(style) }
    case .value(let label, let value):
      builder.add("   ")
      builder.add(label, width: 8, theme.quiet)
      builder.add(value ?? "none", value == nil ? theme.quiet : theme.text)
    }
    return builder.spans
  }

  private func drawnList(
    _ rows: HistoryRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) -> [[Span]] {
    let theme = renderer.theme
    let width = listWidth(layout)
    let isShort = width < 60
    let isMiddle = width < 80
    let digits = rows.rows.first.map { "\($0.entry.generation)".count } ?? 1
    let generation = isShort ? 0 : max(4, digits + 1)
    let (time, actor) = (isShort ? 12 : 17, isShort ? 8 : isMiddle ? 11 : 17)
    let zone = rows.rows.first.map { rows.zone.name(at: $0.entry.time) } ?? rows.zone.name(at: .unknown)
    var lines = renderer.rows(
      list,
      heading: {
        $0.add(generation == 0 ? "" : "Gen", width: max(0, generation - 1), theme.heading, isRight: true)
        $0.add("", width: min(1, generation), theme.heading)
        $0.add("Time \(zone) \(rows.order.sign)", width: time, theme.heading)
        $0.add("Who", width: actor, theme.heading)
        $0.add("What", theme.heading)
      }, width: width, hasFocus: pane == .list,
      empty: rows.isComplete ? renderer.empty(model, "Nothing has happened yet.") : [], layout, &frame
    ) { index, style, line in
      let row = rows.rows[index]
      let text = rows.zone.minuteText(row.entry.time)
      line.add(
        generation == 0 ? "" : "\(row.entry.generation)", width: max(0, generation - 1), style, isRight: true)
      line.add("", width: min(1, generation), style)
      line.add(isShort ? String(text.dropFirst(5)) : text, width: time, style)
      line.add(row.actor, width: actor - 1, style)
      let isSelected = list.isSelected(index)
      line.add(isSelected && list.isMarked(index) ? "•" : " ", style)
      line.add(row.text, isSelected || row.fate == .holds ? style : theme.quiet)
    }
    let last = list.visible(layout.body.count - 1).count + 1
    if !rows.isComplete, last < lines.count {
      lines[last] = [Span(" Reading on…", theme.quiet)]
    }
    return lines
  }
}
