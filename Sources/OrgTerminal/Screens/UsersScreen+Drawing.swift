import OrgCore
import OrgViewModel

// All users that are members of at least one organization.
extension UsersScreen: DrawableRowsScreen {
  func draw(
    _ rows: UserRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    let theme = renderer.theme
    let width = layout.size.columns
    let isShort = width < 60
    let titles = [isShort ? "Orgs" : "Organizations"] + rows.roles.map(\.title)
    let columns = titles.map { isShort ? $0.count + 1 : max(9, $0.count + 1) }
    let name = min(60, width - 2 - columns.reduce(0, +))
    let lines = renderer.rows(
      list,
      heading: {
        $0.add("User ▲", width: name, theme.heading)
        for (title, width) in zip(titles, columns) {
          $0.add(title, width: width, theme.heading, isRight: true)
        }
      }, width: width, hasFocus: true, empty: renderer.empty(model, "No users yet."), layout, &frame
    ) { index, style, line in
      guard let user = rows.user(at: index) else { return line.add("…", style) }
      line.add(user.id, width: name - 1, style)
      line.add(" ", style)
      let counts = [user.organizationCount] + rows.roles.map { user.roles[$0] }
      for (count, width) in zip(counts, columns) {
        line.add(count.grouped, width: width, count == 0 ? theme.quiet : theme.text, isRight: true)
      }
    }
    renderer.put(lines, layout, &frame)
  }
}
