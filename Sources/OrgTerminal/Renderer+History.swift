import OrgCore
import OrgViewModel

// The history: who changed what when, and one generation in detail.
extension Renderer {
  func history(
    _ history: HistoryRows, _ sheet: Sheet, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    if layout.isWide {
      let left = historyList(history, sheet, model, layout, &frame)
      put(left, beside: entry(sheet, model, layout, &frame), layout, &frame)
    } else if sheet.place.pane == .list {
      put(historyList(history, sheet, model, layout, &frame), layout, &frame)
    } else {
      put(entry(sheet, model, layout, &frame), layout, &frame)
    }
  }

  private func entry(_ sheet: Sheet, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) -> [[Span]] {
    let width = layout.detailWidth
    let lines = model.visibleEntryLines
    if sheet.place.pane == .detail, frame.cursor == nil {
      let row = lines.firstIndex { if case .change(_, isSelected: true) = $0 { true } else { false } } ?? 0
      frame.cursor = Position(column: layout.size.columns - width, row: layout.body.lowerBound + row)
    }
    let drawn = lines.map { self.line($0, width) }
    return drawn + Array(repeating: [], count: max(0, layout.body.count - drawn.count))
  }

  private func line(_ line: EntryLine, _ width: Int) -> [Span] {
    var builder = self.line(width)
    switch line {
    case .blank: return []
    case .title(let generation, let kind):
      builder.add(" Generation \(generation)", theme.title)
      builder.fill(leaving: typesetter.set(kind).width + 1)
      builder.add(kind)
    case .field(let label, let value):
      builder.add(" ")
      builder.add(label, width: 9, theme.quiet)
      builder.add(value)
    case .changes(let count): builder.add(" Changes \(count.grouped)", theme.title)
    case .change(let subject, let isSelected):
      let style = isSelected ? theme.selected : theme.text
      builder.add(isSelected ? "▸" : " ", style)
      builder.add(subject, style)
      if isSelected { builder.fill(leaving: 1, style) }
    case .value(let label, let value):
      builder.add("   ")
      builder.add(label, width: 8, theme.quiet)
      builder.add(value ?? "none", value == nil ? theme.quiet : theme.text)
    }
    return builder.spans
  }

  private func historyList(
    _ history: HistoryRows, _ sheet: Sheet, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) -> [[Span]] {
    let width = layout.listWidth
    let isShort = width < 60
    let (time, actor) = (isShort ? 12 : 17, isShort ? 8 : 13)
    var lines = rows(
      sheet,
      heading: {
        $0.add("Time UTC", width: time, theme.heading)
        $0.add("Who", width: actor, theme.heading)
        $0.add("What", theme.heading)
      }, width: width, hasFocus: sheet.place.pane == .list,
      empty: history.isComplete ? empty(model, "Nothing has happened yet.") : [], layout, &frame
    ) { index, style, line in
      let row = history.rows[index]
      let text = row.entry.time.minuteText
      line.add(isShort ? String(text.dropFirst(5)) : text, width: time, style)
      line.add(row.actor, width: actor - 1, style)
      // The bar ends here: what isn't drawn again when the selection moves needn't be sent over the line.
      line.add(" ")
      line.add(row.text, row.fate == .stands ? theme.text : theme.quiet)
    }
    let last = sheet.visible(layout.body.count - 1).count + 1
    if !history.isComplete, last < lines.count {
      lines[last] = [Span(" Reading on…", theme.quiet)]
    }
    return lines
  }
}
