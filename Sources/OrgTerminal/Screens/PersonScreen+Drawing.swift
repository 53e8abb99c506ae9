import OrgCore
import OrgViewModel

// One user's organizations, with the user's role in each.
extension PersonScreen: DrawableRowsScreen {
  func draw(
    _ rows: PersonRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    let theme = renderer.theme
    let width = layout.rowWidth
    let since = width < 60 ? 0 : 12
    let plan = width < 90 ? 0 : 17
    let name = min(60, max(1, width - 1 - 14 - since - plan - 10))
    let lines = renderer.rows(
      list,
      heading: {
        for (title, column, width) in [
          ("Organization", MembershipColumn.name, name), ("Role", .role, 14), ("Since", .joined, since),
          ("Plan", .plan, plan), ("Status", .status, 10),
        ] {
          $0.add(rows.order.title(title, column), width: width, theme.heading)
        }
        if rows.order.column == .created { $0.add(rows.order.title("Created", .created), theme.heading) }
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
      line.add(row.member.joinedAt.dayText, width: since, style)
      line.add(row.defaults.shown(row.organization.planTier, .planTier), width: max(0, plan - 1), style)
      line.add("", width: min(1, plan), style)
      let status = row.organization.status
      let shown = row.defaults.shown(status.rawValue, .status)
      line.add(shown, list.isSelected(index) ? style : theme.status(status))
      line.add("", width: 10 - shown.count, style)
      if rows.order.column == .created { line.add(row.organization.createdAt.dayText, style) }
    }
    renderer.put(lines, layout, &frame)
  }
}
