import OrgViewModel

extension Renderer {
  /// Draws the page with the keys over the body, and what is looked for in it below.
  func help(_ help: Help, _ layout: Layout, _ frame: inout Frame) {
    let width = layout.size.columns
    var heading = line(width)
    heading.add(" Keys", theme.title)
    heading.add("  \(help.origin.title)", theme.quiet)
    frame.lines[layout.body.lowerBound] = heading.spans
    for (row, item) in zip(layout.body.dropFirst(), help.lines.dropFirst(help.top)) {
      var line = line(width)
      switch item {
      case .blank: break
      case .heading(let title): line.add(" \(title)", theme.title)
      case .keys(let keys, let text):
        line.add("  ")
        line.add(keys, width: Help.keyWidth(width), theme.key)
        line.add(text)
      }
      frame.lines[row] = line.spans
    }
    if help.lines.isEmpty {
      let text = " No key does that. Look in the palette: it has every command."
      frame.lines[layout.body.lowerBound + 1] = [Span(typesetter.fit(text, width), theme.quiet)]
    }
    if help.isTyping {
      var line = line(width)
      type(help.search, after: "/", leaving: 1, layout, &line, &frame)
      frame.lines[layout.filterRow] = line.spans
    } else {
      if !help.search.text.isEmpty {
        frame.lines[layout.filterRow] = [Span(typesetter.fit(" /\(help.search.text)", width), theme.question)]
      }
      frame.cursor = Position(column: 0, row: layout.body.lowerBound)
    }
  }
}
