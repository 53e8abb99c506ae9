import OrgCore
import OrgViewModel

// All users that are members of at least one organization.
extension UsersScreen: DrawableRowsScreen {
  func draw(
    _ rows: UserRows, _ renderer: Renderer, _ model: AppModel, _ layout: Layout, _ frame: inout Frame
  ) {
    let theme = renderer.theme
    let width = layout.rowWidth
    let isShort = width < 60
    let ids = list.visible(layout.body.count - 1).map { rows.user(at: $0)?.id ?? "" }
    let longest = ids.map { renderer.typesetter.set($0).width }.max() ?? 0
    var titles = [(isShort ? "Orgs" : "Organizations", nil)] + rows.roles.map { ($0.title, $0) }
    func widths() -> [Int] {
      titles.map { title, role in
        let column = UserColumn.allCases.first { $0.role == role && $0 != .user }
        let sign = column == rows.order.column ? 2 : 0
        return isShort ? title.count + sign + 1 : max(9, title.count + sign + 1)
      }
    }
    // Ids come first; the column that is sorted by stays.
    while titles.count > 1, width - 3 - widths().reduce(0, +) < longest,
      let last = titles.lastIndex(where: { $0.1 != rows.order.column.role })
    {
      titles.remove(at: last)
    }
    let columns = widths()
    let room = width - 2 - columns.reduce(0, +)
    let names = model.workspace.names
    let (name, person) = renderer.widths(names == nil ? nil : longest + 2, max(60, longest + 2), in: room)
    frame.hasNames = person > 0
    let shortened = renderer.typesetter.shorten(ids, to: name - 2)
    let first = list.visible(layout.body.count - 1).lowerBound
    let lines = renderer.rows(
      list,
      heading: {
        $0.add(rows.order.title("User", .user), width: name, theme.heading)
        if person > 0 { $0.add("Name", width: person, theme.heading) }
        for ((title, role), width) in zip(titles, columns) {
          let column = UserColumn.allCases.first { $0.role == role && $0 != .user } ?? .organizations
          $0.add(rows.order.title(title, column), width: width, theme.heading, isRight: true)
        }
      }, width: width, hasFocus: true,
      empty: awaitsDirectory(model.workspace)
        ? ["It isn't known yet what the directory of users says."] : renderer.empty(model, "No users yet."),
      layout, &frame
    ) { index, style, line in
      guard let user = rows.user(at: index) else { return line.add("…", style) }
      let isSelected = list.isSelected(index)
      line.add(shortened[index - first], width: name - 2, style)
      line.add(isSelected && list.isMarked(index) ? "•" : " ", style)
      line.add(" ", style)
      if let names, person > 0 { renderer.add(names[user.id], width: person, isSelected, style, &line) }
      for ((_, role), width) in zip(titles, columns) {
        let count = role.map { user.roles[$0] } ?? user.organizationCount
        line.add(
          count.grouped, width: width, count == 0 && !isSelected ? theme.quiet : style, isRight: true)
      }
    }
    renderer.put(lines, layout, &frame)
  }
}
