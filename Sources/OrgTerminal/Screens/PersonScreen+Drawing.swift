import OrgCore
import OrgViewModel

// One user's organizations, with the user's role in each.
extension PersonScreen: DrawableRowsScreen {
  func draw(
    _ rows: PersonRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    let theme = renderer.theme
    let width = layout.size.columns
    let since = width < 60 ? 0 : 12
    let plan = width < 90 ? 0 : 17
    let name = min(60, max(1, width - 1 - 14 - since - plan - 10))
    let lines = renderer.rows(
      list,
      heading: {
        $0.add("Organization ▲", width: name, theme.heading)
        $0.add("Role", width: 14, theme.heading)
        $0.add("Since", width: since, theme.heading)
        $0.add("Plan", width: plan, theme.heading)
        $0.add("Status", width: 10, theme.heading)
      }, width: width, hasFocus: true,
      empty: renderer.empty(model, "\(user.escapedForDisplay) is a member of no organization."),
      hasSigns: true, layout, &frame
    ) { index, style, line in
      guard let row = rows.row(at: index) else { return line.add("…", style) }
      renderer.name(
        row.organization.name, name,
        renderer.signs(
          isSelected: list.isSelected(index), isMarked: list.isMarked(index), hasChanged: false), style,
        style, &line
      )
      line.add(row.defaults.shown(row.member.role.title, .role), width: 14, style)
      // End the bar here, as in the list of organizations.
      line.add(row.member.joinedAt.dayText, width: since)
      line.add(row.defaults.shown(row.organization.planTier, .planTier), width: max(0, plan - 1))
      line.add("", width: min(1, plan))
      let status = row.organization.status
      line.add(row.defaults.shown(status.rawValue, .status), width: 10, theme.status(status))
    }
    renderer.put(lines, layout, &frame)
  }
}
