import OrgCore
import OrgViewModel

/// Renders a frame from the model. This is a pure function that only looks at what is visible, so its cost
/// doesn't grow with the data.
struct Renderer {
  let typesetter: Typesetter
  let theme: Theme
  let keymap: Keymap
  /// The location of the data, for the header.
  let title: String

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
    switch model.workspace.cover {
    case let help as Help: self.help(help, layout, &frame)
    case let page as RefusalPage: refusals(page, layout, &frame)
    case let palette as Palette: self.palette(palette, model, layout, &frame)
    default: (model.screen as? any DrawableScreen)?.draw(self, model, layout, &frame)
    }
    if !(model.workspace.overlay is Help || model.workspace.overlay is RefusalPage) {
      bottom(model, layout, &frame)
    }
    frame.lines[layout.hintRow] = hints(model, layout)
    return frame
  }

  func line(_ width: Int) -> LineBuilder { LineBuilder(typesetter, width: width) }

  /// A sentence about the key for an action in this context; empty if there is no key.
  func key(_ action: Action, _ what: String, _ model: AppModel) -> [String] {
    keymap.keys(for: action, in: model.context).first.map { ["\($0) \(what)"] } ?? []
  }

  // MARK: Body

  /// Draws two panes side by side, with a line between them.
  func put(_ left: [[Span]], beside right: [[Span]], _ layout: Layout, _ frame: inout Frame) {
    for (index, row) in layout.body.enumerated() {
      let rest = left[index].reduce(0) { $0 + typesetter.set($1.text).width }
      let gap = Span(String(repeating: " ", count: max(0, layout.listWidth - rest)))
      frame.lines[row] = left[index] + [gap, Span(typesetter.set("│").text, theme.quiet)] + right[index]
    }
  }

  /// The signs that mark a row without relying on color: it is selected, it is marked, or another program changed it.
  func signs(isSelected: Bool, isMarked: Bool, hasChanged: Bool) -> [String] {
    (isSelected ? ["▸"] : []) + (isMarked ? ["•"] : []) + (hasChanged ? ["Δ"] : [])
  }

  /// How wide ids are, and the names beside them: these have the room that is left, if it is enough for a name.
  ///
  /// - Parameters:
  ///   - needed: what ids and what follows them take; `nil` where there are no names.
  ///   - usual: how wide ids are without names.
  func widths(_ needed: Int?, _ usual: Int, in room: Int) -> (id: Int, name: Int) {
    guard let needed else { return (min(usual, room), 0) }
    // Columns stay where they are as long as ids are about as long.
    let id = max(16, (needed + 7) / 8 * 8)
    for id in [id, needed] where room - id >= 12 { return (id, min(40, room - id)) }
    return (min(usual, room), 0)
  }

  /// The name of a user in its column.
  func add(_ user: NamedUser?, width: Int, _ isSelected: Bool, _ style: Style, _ line: inout LineBuilder) {
    line.add(user?.name ?? "", width: width - 1, isSelected || user?.isUsual == true ? style : theme.quiet)
    line.add(" ", style)
  }

  /// A name in its column, after a cell for the first sign. Any other signs follow the name.
  ///
  /// - Parameter isID: whether it is an id, of which the end matters as much as the beginning.
  func name(
    _ name: String, _ width: Int, _ signs: [String], _ look: Style, _ style: Style, isID: Bool = false,
    _ line: inout LineBuilder
  ) {
    line.add(signs.first ?? " ", look)
    let end = line.used + width
    let others = signs.dropFirst().joined()
    let cells = min(typesetter.set(name).width, width - (others.isEmpty ? 1 : others.count + 2))
    line.add(isID ? typesetter.shorten(name, to: cells) : name, width: cells, look)
    if !others.isEmpty { line.add(" \(others)", style) }
    line.add("", width: end - line.used, style)
  }
}
