import OrgCore
import OrgViewModel

// The overview: counts with bars, and organizations that stand out.
extension OverviewScreen: DrawableRowsScreen {
  func draw(
    _ rows: OverviewRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    let theme = renderer.theme
    let width = layout.rowWidth
    let label = min(32, max(20, width / 3))
    let share = width < 60 ? 0 : 7
    // Short where the bytes of a move count.
    let barWidth = min(layout.isWide ? 60 : 10, width - label - share - 10)
    let lines = renderer.rows(
      list,
      heading: {
        $0.add("What", width: label, theme.heading)
        $0.add("Count", width: 7, theme.heading, isRight: true)
        $0.add("Share", width: share, theme.heading, isRight: true)
      }, width: width, hasFocus: true, empty: renderer.empty(model, "No organizations yet."), layout, &frame
    ) { index, style, line in
      switch rows.lines[index] {
      case .blank: break
      case .heading(let title): line.add(title, theme.title)
      case .more(let text): line.add("  " + text, theme.quiet)
      case .billing(let text, let needsAttention): line.add((needsAttention ? "! " : "  ") + text, style)
      case .count(let text, let count, let percent, _, let needsAttention):
        line.add(needsAttention ? "! " : "  ", style)
        line.add(text, width: label - 2, style)
        line.add(count.grouped, width: 7, style, isRight: true)
        line.add("\(percent) %", width: share, style, isRight: true)
        line.add(" ", style)
        // All bars are shares of the same whole.
        let all = max(1, rows.organizationCount)
        let cells = (count * barWidth + all - 1) / all
        line.add(
          String(repeating: "█", count: min(barWidth, cells)),
          list.isSelected(index) ? style : needsAttention ? theme.title : theme.text)
      case .users(let text, let count, _):
        line.add(count > 0 ? "! " : "  ", style)
        line.add(text, width: label - 2, style)
        line.add(count.grouped, width: 7, style, isRight: true)
      case .organization(let name, _, let value):
        line.add("  ", style)
        line.add(name, width: min(line.width - line.used - 18, label + 10), style)
        line.add(" ", style)
        line.add(value, width: 17, style, isRight: true)
      }
    }
    renderer.put(lines, layout, &frame)
  }
}
