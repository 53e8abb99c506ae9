import OrgCore
import OrgViewModel

/// The edit pane.
extension Renderer {
  func form(_ form: Form, _ layout: Layout, column: Int, _ frame: inout Frame) -> [[Span]] {
    let width = layout.isWide ? layout.detailWidth : layout.size.columns
    var lines: [[Span]] = []
    var title = line(width)
    title.add(" ")
    title.add(form.title, theme.title)
    if form.isSaving { title.add("  saving…", theme.quiet) }
    lines.append(title.spans)
    lines.append([])
    var cursor = Position(column: column, row: 0)
    /// The last line that belongs to the focused field.
    var focusEnd = 0
    func explain(_ text: String, _ style: Style) {
      for text in typesetter.wrap(text, width - 12) {
        var line = line(width)
        line.add("", width: 11)
        line.add(text, style)
        lines.append(line.spans)
      }
    }
    for (index, field) in form.fields.enumerated() {
      let hasFocus = index == form.focus
      var line = line(width)
      line.add(hasFocus ? "▸" : " ", theme.title)
      line.add(field.title, width: 10, hasFocus ? theme.title : theme.quiet)
      if hasFocus { cursor = Position(column: column + line.used, row: lines.count) }
      if let conflict = field.conflict {
        line.add("theirs or mine?", hasFocus ? theme.question : theme.text)
        lines.append(line.spans)
        for (label, value) in [("was", conflict.base), ("theirs", conflict.theirs), ("mine", field.value)] {
          var line = self.line(width)
          line.add("", width: 11)
          line.add(label, width: 8, theme.quiet)
          line.add(value ?? "none", width: width - 20, value == nil ? theme.quiet : theme.text)
          lines.append(line.spans)
        }
        if hasFocus { focusEnd = lines.count - 1 }
        continue
      }
      if !field.isChoice {
        let window = typesetter.window(
          field.input.text, cursor: hasFocus ? field.input.cursor : 0, width - 12)
        line.add(window.text, width: width - 12, theme.field)
        if hasFocus { cursor.column += window.cursor }
      } else {
        line.add("‹ ", theme.quiet)
        line.add(field.input.text, hasFocus ? theme.selected : theme.text)
        line.add(" ›", theme.quiet)
        if hasFocus { cursor.column += 2 }
      }
      lines.append(line.spans)
      if let problem = form.problem(at: index) {
        explain("! " + problem, theme.bad)
      } else if let news = field.news {
        explain(news, theme.note)
      } else if hasFocus, !form.hint(at: index).isEmpty, form.candidates.isEmpty {
        explain(form.hint(at: index), theme.quiet)
      }
      if hasFocus, !form.candidates.isEmpty {
        lines += offered(form, width)
        focusEnd = lines.count - 1
      }
    }
    // If a form is taller than the screen, show the part with the cursor.
    let middle = max(cursor.row - layout.body.count / 2, focusEnd + 1 - layout.body.count)
    let top = max(0, min(middle, cursor.row, lines.count - layout.body.count))
    lines = Array(lines[top...].prefix(layout.body.count))
    lines += Array(repeating: [], count: max(0, layout.body.count - lines.count))
    if frame.cursor == nil {
      frame.cursor = Position(
        column: min(cursor.column, layout.size.columns - 1), row: layout.body.lowerBound + cursor.row - top)
    }
    return lines
  }

  /// The users who are offered, a line each.
  private func offered(_ form: Form, _ width: Int) -> [[Span]] {
    let users = form.candidates
    let details = users.map { user in user.detail.map { "  \($0)" } ?? "" }
    let room = width - 12
    let longest = details.map { typesetter.set($0).width }.max() ?? 0
    // An id is what is granted on: a long name gives way to it. Two ids that are shortened still differ.
    let ids = typesetter.shorten(users.map(\.id), to: max(1, room - longest, room * 2 / 5))
    return users.indices.map { index in
      let isChosen = index == form.chosenCandidate
      var line = line(width)
      line.add("", width: 9)
      line.add(isChosen ? "▸ " : "  ", theme.title)
      line.add(ids[index], isChosen ? theme.selected : theme.text)
      line.add(details[index], theme.quiet)
      return line.spans
    }
  }
}
