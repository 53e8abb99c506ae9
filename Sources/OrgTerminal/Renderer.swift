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

  // MARK: Header and bottom

  private func header(_ model: AppModel, _ layout: Layout) -> [Span] {
    let contents = model.organizationList.snapshot.contents
    let isBroken = !model.organizationList.snapshot.problems.isEmpty
    var state = isBroken ? "damaged" : model.readOnlyReason != nil ? "read-only" : "live"
    if layout.size.columns >= 80, !isBroken {
      if model.readOnlyReason != nil, !model.readOnlySummary.isEmpty {
        state += ": \(model.readOnlySummary)"
      } else if model.readOnlyReason == nil, !model.hasLeases {
        state += ", no leases"
      }
    }
    // What another program wrote is compared, and mended if need be, once it has been read.
    if !model.isReading, let progress = model.reading {
      state = progress.percent < 100 ? "reading \(progress.percent)%" : "taking in"
    }
    func count(_ number: Int, _ word: String) -> String {
      "\(number.grouped) \(word)\(number == 1 ? "" : "s")"
    }
    var counts = contents.hasOrganizations ? "  " + count(contents.organizationCount, "org") : ""
    if model.isReading {
      let what = contents.hasOrganizations ? "reading members" : "reading"
      let progress = model.reading.map { " \($0.percent)%" } ?? ""
      if layout.size.columns >= 60 || !contents.hasOrganizations { counts += "  \(what)\(progress)" }
    } else if layout.size.columns >= 60 {
      counts += "  " + count(contents.memberCount, "member")
    }
    var line = line(layout.size.columns)
    if layout.size.columns >= 60 {
      line.add(" orgman", theme.title)
      line.add(" ")
    }
    line.add(" ")
    let right = "\(counts)   \(state) ".count
    let name = name(of: model.screen, model)
    let nameWidth = max(0, layout.size.columns - line.used - right)
    line.add(name, width: min(typesetter.set(name).width, nameWidth), theme.title)
    // In a narrow detail the name may be above what is on the screen.
    let isNameless =
      model.sheet == nil && !layout.isWide && model.pane == .detail && model.visibleLines.lowerBound > 0
    let title = isNameless ? model.selectedOrganization?.name ?? title : title
    let room = layout.size.columns - line.used - right - 2
    let titleWidth = room > 2 ? min(room, typesetter.set(title).width) : 0
    line.fill(leaving: right + titleWidth)
    line.add(title, width: titleWidth, theme.quiet)
    line.add("\(counts)   ")
    line.add(state, isBroken ? theme.bad : model.readOnlyReason != nil ? theme.warning : theme.good)
    return line.spans
  }

  private func bottom(_ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    frame.lines[layout.filterRow] = filter(model, layout, &frame)
    if let leaving = model.leaving { return ask(leaving.text, isYes: leaving.isYes, layout, &frame) }
    switch model.mode {
    case .chooseRole(let member):
      let name =
        model.organizationList.snapshot.organization(id: member.organizationID)?.name ?? member.organizationID
      choose(
        "Role of \(member.userID.escapedForDisplay) in \(name.escapedForDisplay), now \(member.role.rawValue):",
        model, layout, &frame)
    case .chooseRoles: choose(model.markedRoles, model, layout, &frame)
    case .choosePlan(let organization):
      choose(model.subject(of: .planTier, organization), model, layout, &frame)
    case .chooseStatus(let organization):
      choose(model.subject(of: .status, organization), model, layout, &frame)
    case .chooseOrder: choose("Sort by:", model, layout, &frame)
    case .ask(let question):
      ask(question.text, isYes: question.isYes, layout, &frame)
    case .form(let form) where form.asksToDiscard:
      ask("Throw away what you typed?", isYes: form.discards, layout, &frame)
    default:
      guard let message = sentence(model) else { return }
      // A long sentence is worth more than what it covers, but not more than the row with the cursor.
      let room = layout.statusRow - (frame.cursor?.row ?? 0)
      let undo = message.canBeUndone ? keymap.keys(for: .undo, in: model.context).first : nil
      say(
        message.text, in: max(1, min(4, room)), message.kind == .refusal ? theme.bad : theme.note,
        hint: undo.map { "\($0) undoes" }, layout, &frame)
    }
  }

  /// What the line above the hints says: of what a form has to say, that which is about no field of it.
  private func sentence(_ model: AppModel) -> AppModel.Message? {
    if case .palette(let palette) = model.mode {
      return palette.selected.flatMap { model.obstacle(to: $0) }
        .map { AppModel.Message(text: $0, kind: .refusal) } ?? model.message
    }
    guard case .form(let form) = model.mode else { return model.status }
    if let problem = form.problem, problem.field == nil {
      return AppModel.Message(text: problem.text, kind: .refusal)
    }
    return model.message ?? form.externalChangeNotice.map { AppModel.Message(text: $0, kind: .refusal) }
      ?? model.status
  }

  /// Puts a text above the hints, in as many lines as it needs and may have; returns how many.
  ///
  /// - Parameter hint: follows where there is room for it.
  private func say(
    _ text: String, in room: Int, _ style: Style, hint: String?, _ layout: Layout, _ frame: inout Frame
  ) {
    let width = layout.size.columns - 2
    let whole = typesetter.wrap(text, width)
    var lines = whole.prefix(room)
    if whole.count > room, let last = lines.popLast() {
      lines.append(typesetter.fit(last + " " + whole[room], width))
    }
    for (row, text) in zip((layout.statusRow - lines.count + 1)..., lines) {
      var line = line(layout.size.columns)
      line.add(" ")
      line.add(text, style)
      if let hint, row == layout.statusRow, line.used + 2 + hint.count < layout.size.columns {
        line.add("  ")
        line.add(hint, theme.quiet)
      }
      frame.lines[row] = line.spans
    }
  }

  /// Begins the line in which something is answered with what is asked; a long one begins above it.
  private func prompt(_ text: String, answers: Int, _ layout: Layout, _ frame: inout Frame) -> LineBuilder {
    let width = layout.size.columns - 2
    var lines = typesetter.wrap(text, width)
    if typesetter.set(lines.last ?? "").width + answers > width { lines.append("") }
    // The end says what the question is; a name in the middle may be too long for all of it.
    if lines.count > max(4, min(8, layout.body.count)) {
      lines.replaceSubrange(2..<(lines.count - 2), with: ["…"])
    }
    let last = lines.removeLast()
    for (index, text) in lines.enumerated() {
      var line = line(layout.size.columns)
      line.add(" ")
      line.add(text, theme.question)
      frame.lines[layout.statusRow - lines.count + index] = line.spans
    }
    var line = line(layout.size.columns)
    line.add(" ")
    line.add(last, theme.question)
    return line
  }

  /// Asks for one of a few answers, which stand in the line at the bottom; those that have no room there follow what
  /// is asked.
  private func choose(_ text: String, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    let hints = keymap.hints(in: model.context)
    let rest = hints.dropFirst(fitting(hints, layout.size.columns).count)
    let answers = rest.map { "\($0.keys[0]) \($0.hint ?? "")" }.joined(separator: ", ")
    let line = prompt(answers.isEmpty ? text : "\(text) also \(answers)", answers: 1, layout, &frame)
    frame.cursor = Position(column: line.used + (line.used > 1 ? 1 : 0), row: layout.statusRow)
    frame.lines[layout.statusRow] = line.spans
  }

  private func ask(_ text: String, isYes: Bool, _ layout: Layout, _ frame: inout Frame) {
    var line = prompt(text, answers: 13, layout, &frame)
    if line.used > 1 { line.add("  ") }
    let no = line.used
    line.add(" No ", isYes ? theme.text : theme.selected)
    line.add("  ")
    let yes = line.used
    line.add(" Yes ", isYes ? theme.selected : theme.text)
    frame.cursor = Position(column: (isYes ? yes : no) + 1, row: layout.statusRow)
    frame.lines[layout.statusRow] = line.spans
  }

  private func filter(_ model: AppModel, _ layout: Layout, _ frame: inout Frame) -> [Span] {
    var line = line(layout.size.columns)
    if case .palette(let palette) = model.mode {
      type(palette.input, after: ":", leaving: 1, layout, &line, &frame)
      return line.spans
    }
    let marked =
      model.markCount == 0
      ? "" : "  \(model.markCount.grouped) marked\(model.isMarkingRange ? " and going on" : "") "
    let hasCount = if case .filter = model.mode { true } else { !model.filterText.isEmpty }
    let count =
      (hasCount ? "  \(model.shownCount.grouped) of \(model.totalCount.grouped) " : "") + marked
    if case .filter(let field, _) = model.mode {
      type(field, after: "/", leaving: count.count, layout, &line, &frame)
    } else {
      guard !count.isEmpty else { return [] }
      line.add(
        model.filterText.isEmpty ? "" : " /\(model.filterText)", width: layout.size.columns - count.count,
        theme.question)
    }
    line.add(count, theme.quiet)
    return line.spans
  }

  /// The line in which something is typed, behind a sign that says what.
  private func type(
    _ field: TextField, after sign: String, leaving rest: Int, _ layout: Layout, _ line: inout LineBuilder,
    _ frame: inout Frame
  ) {
    let width = layout.size.columns - rest - 2
    let window = typesetter.window(field.text, cursor: field.cursor, width)
    line.add(" \(sign)", theme.question)
    frame.cursor = Position(column: 2 + window.cursor, row: layout.filterRow)
    line.add(window.text, width: width)
  }

  private func hints(_ model: AppModel, _ layout: Layout) -> [Span] {
    var line = line(layout.size.columns)
    line.add(" ")
    var hints = keymap.hints(in: model.context)
    if model.context.isMenu {
      hints = fitting(hints, layout.size.columns)
    } else {
      // What doesn't fit is left out whole; help and the way out, which stand last, are worth more than the rest.
      while hints.count > 2, width(of: hints) > layout.size.columns { hints.remove(at: hints.count - 3) }
    }
    for hint in hints {
      if line.used > 1 { line.add("  ") }
      line.add(hint.keys[0].description, theme.key)
      line.add(" \(hint.hint ?? "")", theme.quiet)
    }
    return line.spans
  }

  /// As many of the answers of a menu as have room in a line.
  private func fitting(_ hints: [Keymap.Binding], _ columns: Int) -> [Keymap.Binding] {
    var count = hints.count
    while count > 1, width(of: Array(hints[..<count])) > columns { count -= 1 }
    return Array(hints[..<count])
  }

  private func width(of hints: [Keymap.Binding]) -> Int {
    hints.reduce(-1) { $0 + $1.keys[0].description.count + ($1.hint ?? "").count + 3 }
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

  // MARK: Edit pane

  private func form(_ form: Form, _ layout: Layout, column: Int, _ frame: inout Frame) -> [[Span]] {
    let width = layout.isWide ? layout.detailWidth : layout.size.columns
    var lines: [[Span]] = []
    var title = line(width)
    title.add(" ")
    title.add(form.title, theme.title)
    if form.isSaving { title.add("  saving…", theme.quiet) }
    lines.append(title.spans)
    lines.append([])
    var cursor = Position(column: column, row: 0)
    /// The last line of what belongs to the field with the cursor.
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
      if field.choices.isEmpty {
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
      } else if hasFocus, !field.hint.isEmpty {
        explain(field.hint, theme.quiet)
      }
    }
    // Of a form that is taller than the screen, the part with the cursor is shown.
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
