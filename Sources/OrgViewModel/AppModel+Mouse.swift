// What is done with the mouse.
extension AppModel {
  mutating func toggleMouse() -> [Effect] {
    if let obstacle = obstacle(to: .toggleMouse) { return refuse(obstacle) }
    mouse = mouse == .on ? .off : .on
    message = Message(
      text: mouse == .on
        ? "The mouse is on. To copy with it, hold Shift down." : "The mouse is off.", kind: .note)
    return [.terminal(.setMouse(mouse == .on))]
  }

  /// Selects what stands in a line of a pane, if something does.
  mutating func point(_ pane: Pane, _ line: Int) {
    guard line >= 0 else { return }
    if var sheet {
      let row = sheet.visible(viewport.listRows).lowerBound + line
      guard pane == .list, sheet.visible(viewport.listRows).contains(row) else { return }
      sheet.place.pane = .list
      sheet.select(row, downwards: true, rows: viewport.listRows)
      self.sheet = sheet
      return
    }
    switch pane {
    case .list:
      guard visibleRows.contains(list.top + line) else { return }
      self.pane = .list
      selectRow(list.top + line)
    case .detail:
      guard visibleLines.contains(detail.top + line) else { return }
      self.pane = .detail
      selectLine(detail.top + line, downwards: true)
    }
  }
}
