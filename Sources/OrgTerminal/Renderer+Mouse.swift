import OrgViewModel

extension Renderer {
  /// The action for a mouse press; `nil` if there is none at that position.
  func action(at position: Position, _ model: AppModel, size: Size) -> Action? {
    let layout = Layout(size: size)
    guard model.workspace.overlay == nil, !layout.isTooSmall, layout.body.contains(position.row) else {
      return nil
    }
    let line = position.row - layout.body.lowerBound
    let pane: Pane =
      !layout.isWide
      ? model.screen.pane : position.column < layout.listWidth ? .list : .detail
    if pane == .detail { return .point(.detail, line: line) }
    // The row above the list is the heading.
    if line > 0 { return .point(.list, line: line - 1) }
    return model.screen is OrganizationsScreen
      ? order(at: position.column, model, layout.listWidth).map { .sortBy($0) } : nil
  }
}
