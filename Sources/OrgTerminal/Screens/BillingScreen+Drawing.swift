import OrgCore
import OrgViewModel

// What was found about billing, and the whole text of the selected finding.
extension BillingScreen: DrawableRowsScreen {
  func draw(
    _ rows: BillingRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    let theme = renderer.theme
    let width = layout.rowWidth
    let kind = width < 60 ? 18 : 29
    let name = min(40, max(10, (width - 4 - kind) / 3))
    let rest = rows.count == 0 ? 0 : Self.detailLines(layout.viewport())
    var lines = renderer.rows(
      list,
      heading: {
        $0.add("  ", theme.heading)
        $0.add(rows.order.title("Kind", .kind), width: kind, theme.heading)
        $0.add(" ", theme.heading)
        $0.add(rows.order.title("Organization", .name), width: name, theme.heading)
        $0.add(" ", theme.heading)
        $0.add(
          rows.order.column == .service ? "Problem, by service \(rows.order.sign)" : "Problem", theme.heading)
      }, width: width, hasFocus: true, empty: empty(rows, renderer, model, width), leaving: rest, layout,
      &frame
    ) { index, style, line in
      let row = rows.row(at: index)
      let isSelected = list.isSelected(index)
      let isUnknown = row.finding.severity == .unknown
      let quiet = isSelected || !(isUnknown || row.isStale) ? style : theme.quiet
      line.add(isSelected && list.isMarked(index) ? "•" : row.sign, quiet)
      line.add(" ", style)
      line.add(row.finding.code, width: kind, quiet)
      line.add(" ", style)
      line.add(
        row.name ?? "at \(row.finding.service)", width: name,
        row.name == nil && !isSelected ? theme.quiet : quiet)
      line.add(" ", style)
      line.add(row.isStale ? "changed since: \(row.finding.text)" : row.finding.text, quiet)
    }
    lines += detail(rest, renderer, width)
    renderer.put(lines, layout, &frame)
  }

  /// The whole text of the selected finding, in so many lines.
  private func detail(_ count: Int, _ renderer: Renderer, _ width: Int) -> [[Span]] {
    guard count > 0, let row = finding else { return Array(repeating: [], count: count) }
    var sentences = [row.finding.text]
    if row.isStale { sentences.append("The organization has changed since.") }
    if let repair = row.repair {
      sentences.append("Repair: \(repair.summary(organizationName: row.name ?? "")).")
    }
    let gap = count > 2 ? 1 : 0
    let room = count - gap
    let whole = renderer.typesetter.wrap(sentences.joined(separator: " "), width - 2)
    var texts = Array(whole.prefix(room))
    if whole.count > room, let last = texts.popLast() {
      texts.append(renderer.typesetter.fit(last + " " + whole[room], width - 2))
    }
    let lines = Array(repeating: [], count: gap) + texts.map { [Span(" "), Span($0, renderer.theme.note)] }
    return lines + Array(repeating: [], count: count - lines.count)
  }

  /// What is shown if there are no rows.
  private func empty(_ rows: BillingRows, _ renderer: Renderer, _ model: AppModel, _ width: Int) -> [String] {
    let check = model.workspace.surroundings.billing
    func wrapped(_ text: String) -> [String] { renderer.typesetter.wrap(text, width - 2) }
    if rows.total > 0 { return renderer.empty(model, "") }
    if let progress = check.progress {
      return ["Verifying billing: \(progress)"] + renderer.key(.cancel, "ends it with what is known.", model)
    }
    if let obstacle = model.workspace.settings.billingObstacle { return wrapped(obstacle) }
    let verify = renderer.key(
      .verifyBilling, "compares billing with the services; nothing is changed there.", model)
    guard let report = check.report, rows.isVerified, let time = check.time else {
      return ["Billing hasn't been verified since orgman was opened."] + verify
    }
    let zone = model.workspace.settings.preferences.timeZone
    return wrapped("Verified \(zone.minuteText(time)): \(report.summary)")
      + renderer.key(.verifyBilling, "verifies again.", model)
  }
}

extension BillingRows.Row {
  /// What tells how bad it is without color: wrong, worth knowing, unknown, or no longer certain.
  fileprivate var sign: String {
    if isStale { return "~" }
    return switch finding.severity {
    case .wrong: "!"
    case .note: "i"
    case .unknown: "?"
    }
  }
}
