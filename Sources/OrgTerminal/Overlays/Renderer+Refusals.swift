import OrgViewModel

extension Renderer {
  /// Draws the page with all that can't be changed over the body.
  func refusals(_ page: RefusalPage, _ layout: Layout, _ frame: inout Frame) {
    let width = layout.size.columns
    let sentences = page.refusals.sentences
    var heading = line(width)
    heading.add(" Can't be changed", theme.title)
    heading.add("  \((page.top + 1).grouped)/\(sentences.count.grouped)  \(page.refusals.title)", theme.quiet)
    frame.lines[layout.body.lowerBound] = heading.spans
    var row = layout.body.lowerBound + 1
    for sentence in sentences.dropFirst(page.top) {
      for text in typesetter.wrap(sentence, width - 3) {
        guard row < layout.body.upperBound else { break }
        frame.lines[row] = [Span("  " + text)]
        row += 1
      }
      if row >= layout.body.upperBound { break }
    }
    frame.cursor = Position(column: 0, row: layout.body.lowerBound + 1)
  }
}
