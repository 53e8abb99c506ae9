import OrgViewModel

extension Renderer {
  /// Draws the command palette over the body: the commands that match the text, with their keys. A command that isn't
  /// available has a mark before it and the reason after it.
  func palette(_ palette: Palette, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    let width = layout.size.columns
    var heading = LineBuilder(typesetter, width: width)
    heading.add(" Commands", theme.title)
    let rest = palette.items.count - palette.possibleCount
    heading.add(
      "  \(palette.possibleCount)" + (rest == 0 ? "" : " now, \(rest) not now"), theme.quiet)
    frame.lines[layout.body.lowerBound] = heading.spans
    let rows = layout.body.dropFirst()
    for (row, index) in zip(rows, palette.visible(rows.count)) {
      let item = palette.items[index]
      frame.lines[row] = line(
        item, isSelected: index == palette.selectedRow, keys: keys(item, model),
        obstacle: model.obstacle(to: item.choice), width)
    }
    if palette.items.isEmpty {
      frame.lines[layout.body.lowerBound + 1] = [
        Span(typesetter.fit(" No command fits that.", width), theme.quiet)
      ]
    }
  }

  private func keys(_ item: Palette.Item, _ model: AppModel) -> String {
    guard case .action(let action) = item.choice else { return "" }
    return keymap.keys(for: action, in: model.screen.context).map(\.description).joined(separator: " ")
  }

  private func line(
    _ item: Palette.Item, isSelected: Bool, keys: String, obstacle: String?, _ width: Int
  ) -> [Span] {
    var line = LineBuilder(typesetter, width: width)
    let style = isSelected ? theme.selected : obstacle == nil ? theme.text : theme.quiet
    let keyWidth = min(16, width / 4)
    let nameWidth = width >= 80 ? 24 : 0
    line.add(isSelected ? "▸" : " ", style)
    let room = width - keyWidth - 4
    if let obstacle {
      line.add("! \(item.title): \(obstacle)", width: room + 2, style)
    } else {
      line.add("  ", style)
      line.add(item.title, width: room - nameWidth - 1, style)
      line.add(" ", style)
      line.add(item.name, width: nameWidth, isSelected ? style : theme.quiet)
    }
    line.add(" ", style)
    line.add(keys, width: keyWidth, theme.key)
    return line.spans
  }
}
