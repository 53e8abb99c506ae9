import OrgCore
import OrgViewModel

/// The header and the lines at the bottom: the status, a prompt or question, and the hints.
extension Renderer {
  func header(_ model: AppModel, _ layout: Layout) -> [Span] {
    let data = model.workspace.data.listing.summary
    let isBroken = !data.problems.isEmpty
    let liveness = model.workspace.surroundings.liveness
    let isReadOnly = model.workspace.settings.readOnlyReason != nil
    let damage = data.problems.first.map { $0.kind == .incomplete ? "incomplete" : "damaged" }
    var state =
      damage ?? (isReadOnly ? "read-only" : liveness.words(model.workspace.settings.preferences.timeZone))
    if layout.size.columns >= 80, !isBroken {
      if isReadOnly, !model.workspace.settings.readOnlySummary.isEmpty {
        state += ": \(model.workspace.settings.readOnlySummary)"
      } else if !isReadOnly {
        if !model.workspace.surroundings.hasLeases { state += ", no leases" }
        if let warning = model.workspace.settings.connectionWarning { state += ", \(warning)" }
      }
      if let warning = model.workspace.surroundings.replicaWarning { state += ", \(warning)" }
    }
    // After an external change has been read, it is compared and, if necessary, repaired.
    if !model.workspace.isReading, let progress = model.workspace.surroundings.reading {
      state = progress.percent < 100 ? "reading \(progress.percent)%" : "merging"
    }
    func count(_ number: Int, _ word: String, _ estimate: DataSummary.Estimates) -> String {
      "\(data.estimates.contains(estimate) ? "~" : "")\(number.grouped) \(word)\(number == 1 ? "" : "s")"
    }
    var counts = data.hasOrganizations ? "  " + count(data.organizationCount, "org", .organizations) : ""
    if model.screen is OrganizationsScreen, let hidden = model.workspace.data.hiddenCount, hidden > 0 {
      counts += ", \(hidden.grouped) hidden"
    }
    if model.workspace.isReading {
      let what = data.hasOrganizations ? "reading members" : "reading"
      let progress = model.workspace.surroundings.reading.map { " \($0.percent)%" } ?? ""
      if layout.size.columns >= 60 || !data.hasOrganizations { counts += "  \(what)\(progress)" }
    } else if layout.size.columns >= 60 {
      counts += "  " + count(data.memberCount, "member", .members)
    }
    var line = line(layout.size.columns)
    if layout.size.columns >= 60 {
      line.add(" orgman", theme.title)
      line.add(" ")
    }
    line.add(" ")
    let right = "\(counts)   \(state) ".count
    let name = model.screen.title(model.workspace)
    let nameWidth = max(0, layout.size.columns - line.used - right)
    line.add(name, width: min(typesetter.set(name).width, nameWidth), theme.title)
    let title = nameAbove(model, layout) ?? title
    let room = layout.size.columns - line.used - right - 2
    let titleWidth = room > 2 ? min(room, typesetter.set(title).width) : 0
    line.fill(leaving: right + titleWidth)
    line.add(title, width: titleWidth, theme.quiet)
    line.add("\(counts)   ")
    line.add(
      state,
      isBroken || liveness.isStale ? theme.bad : isReadOnly ? theme.warning : theme.good)
    return line.spans
  }

  /// The name of the organization in a narrow detail pane, if it has scrolled off the screen.
  private func nameAbove(_ model: AppModel, _ layout: Layout) -> String? {
    guard !layout.isWide, let screen = model.screen as? OrganizationsScreen, screen.pane == .detail,
      screen.visibleLines.lowerBound > 0
    else { return nil }
    return screen.selectedOrganization?.name
  }

  func bottom(_ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    frame.lines[layout.filterRow] = filter(model, layout, &frame)
    switch model.workspace.overlay {
    case let menu as any Menu: choose(menu.question(model.workspace), model, layout, &frame)
    case let question as any YesNoQuestion:
      ask(question.text(model.workspace), isYes: question.isYes, layout, &frame)
    default:
      guard let message = sentence(model) else {
        // Whom the selected id belongs to, where there is no column for names.
        let isFree = model.workspace.overlay == nil || model.workspace.overlay is FilterPrompt
        if isFree, !frame.hasNames, let text = model.namedSelection {
          say(text, in: 1, theme.quiet, hint: nil, layout, &frame)
        }
        return
      }
      // A long message may cover other lines, but not the row with the cursor.
      let room = layout.statusRow - (frame.cursor?.row ?? 0)
      let hints = [
        message.canBeUndone ? key(.undo, "undoes", model) : [],
        message.listsRefusals ? key(.showRefusals, "lists what couldn't be done", model) : [],
      ].flatMap { $0 }
      say(
        message.text, in: max(1, min(4, room)), message.kind == .refusal ? theme.bad : theme.note,
        hint: hints.isEmpty ? nil : hints.joined(separator: ", "), layout, &frame)
    }
  }

  /// The message above the hints. Of a form's messages, only those that aren't about a field are shown here.
  private func sentence(_ model: AppModel) -> StatusLine.Message? {
    let message = model.workspace.status.message
    if let palette = model.workspace.overlay as? Palette {
      return palette.selected.flatMap { model.obstacle(to: $0.choice) }
        .map { StatusLine.Message(text: $0, kind: .refusal) } ?? message
    }
    guard let form = model.workspace.overlay as? Form else { return model.status }
    if let problem = form.problem, problem.field == nil {
      return StatusLine.Message(text: problem.text, kind: .refusal)
    }
    return message ?? form.externalChangeNotice.map { StatusLine.Message(text: $0, kind: .refusal) }
      ?? model.status
  }

  /// Writes a text above the hints, in as many lines as it needs and is allowed to have.
  ///
  /// - Parameter hint: added after the text if there is room.
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

  /// Starts the prompt line with a question. A long question begins on the lines above.
  private func prompt(_ text: String, answers: Int, _ layout: Layout, _ frame: inout Frame) -> LineBuilder {
    let width = layout.size.columns - 2
    var lines = typesetter.wrap(text, width)
    if typesetter.set(lines.last ?? "").width + answers > width { lines.append("") }
    // The end tells what the question is, so shorten it in the middle, where a name may be very long.
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

  /// Asks the user to choose one of a few answers, which are shown as hints. Answers that don't fit there are
  /// listed after the question.
  private func choose(_ text: String, _ model: AppModel, _ layout: Layout, _ frame: inout Frame) {
    let answers = hiddenAnswers(model, layout)
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
    if let palette = model.workspace.cover as? Palette {
      type(palette.input, after: ":", leaving: 1, layout, &line, &frame)
      return line.spans
    }
    if let prompt = model.workspace.overlay as? NamePrompt {
      type(prompt.field, after: prompt.label, leaving: 1, layout, &line, &frame)
      return line.spans
    }
    let screen = model.screen
    let prompt = model.workspace.overlay as? FilterPrompt
    let marked =
      screen.markCount == 0
      ? "" : "  \(screen.markCount.grouped) marked\(screen.isMarkingRange ? " and going on" : "") "
    let shown = (screen.isEstimated ? "~" : "") + screen.shownCount.grouped + (screen.goesOn ? "+" : "")
    let total =
      (screen.isTotalEstimated ? "~" : "") + screen.totalCount.grouped + (screen.totalGoesOn ? "+" : "")
    let isFiltered = prompt != nil || !screen.filter.isEmpty
    let position = screen.position.map { "\(($0 + 1).grouped)/" } ?? ""
    let count =
      marked
      + (isFiltered
        ? "  \(position)\(shown) of \(total) " : screen.position == nil ? "" : "  \(position)\(shown) ")
    if let prompt {
      type(prompt.field, after: "/", leaving: count.count, layout, &line, &frame)
    } else {
      guard !count.isEmpty else { return [] }
      guard isFiltered else {
        // A column of one digit takes a byte less to go to, for each move.
        line.add(String(count.dropFirst()))
        return line.spans
      }
      line.add(" /\(screen.filter)", width: layout.size.columns - count.count, theme.question)
    }
    // At the end of the line, where it is looked for.
    line.fill(leaving: count.count)
    // Plain, so that a move needs no other style to be sent than that of the rows.
    line.add(count)
    return line.spans
  }

  /// Draws an input field after a sign that tells its purpose.
  func type(
    _ field: TextField, after sign: String, leaving rest: Int, _ layout: Layout, _ line: inout LineBuilder,
    _ frame: inout Frame
  ) {
    let signWidth = min(typesetter.set(sign).width, max(1, layout.size.columns / 2))
    let width = layout.size.columns - rest - 1 - signWidth
    let window = typesetter.window(field.text, cursor: field.cursor, width)
    line.add(" ", theme.question)
    line.add(sign, width: signWidth, theme.question)
    frame.cursor = Position(column: 1 + signWidth + window.cursor, row: layout.filterRow)
    line.add(window.text, width: width)
  }
}

extension Liveness {
  /// `live`, `polling 5 s`, or `stale since 21:51:10 UTC`
  fileprivate func words(_ zone: DisplayZone) -> String {
    switch self {
    case .live: "live"
    case .polling(let seconds): "polling \(seconds) s"
    case .stale(let since, _): "stale since \(zone.clockText(since))"
    }
  }

  fileprivate var isStale: Bool { if case .stale = self { true } else { false } }
}
