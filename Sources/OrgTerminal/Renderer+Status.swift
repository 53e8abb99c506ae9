import OrgCore
import OrgViewModel

/// The header, and the lines at the bottom: the status, a prompt or a question, and the hints.
extension Renderer {
  func header(_ model: AppModel, _ layout: Layout) -> [Span] {
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

  func bottom(_ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
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

  func hints(_ model: AppModel, _ layout: Layout) -> [Span] {
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
}
