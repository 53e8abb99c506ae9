import OrgViewModel

extension Renderer {
  /// What a press of the mouse asks for; `nil` where nothing is to be pointed at.
  func action(at position: Position, _ model: AppModel, size: Size) -> Action? {
    let layout = Layout(size: size)
    guard case .browse = model.mode, !layout.isTooSmall, layout.body.contains(position.row) else {
      return nil
    }
    let line = position.row - layout.body.lowerBound
    let pane: AppModel.Pane =
      !layout.isWide
      ? (model.sheet?.place.pane ?? model.pane) : position.column < layout.listWidth ? .list : .detail
    // Above the rows of the list stands the heading.
    return pane == .detail ? .point(.detail, line: line) : line > 0 ? .point(.list, line: line - 1) : nil
  }
}
