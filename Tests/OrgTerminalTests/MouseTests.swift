import OrgViewModel
import Testing

@testable import OrgTerminal

@Suite struct MouseTests {
  private func screen(_ columns: Int, _ rows: Int) -> Screen { Screen(columns, rows) }

  private func press(_ column: Int, _ row: Int) -> Key {
    .mouse(MouseEvent(kind: .press, position: Position(column: column, row: row)))
  }

  private func run(_ screen: inout Screen, _ keys: [Key]) -> [Action] {
    let (renderer, size) = (screen.renderer, screen.size)
    var reader = KeyReader(keymap: .standard) { renderer.action(at: $0, $1, size: size) }
    reader.waiting = ArraySlice(keys)
    var actions: [Action] = []
    while let action = reader.next(screen.model) {
      actions.append(action)
      screen.press(action)
    }
    return actions
  }

  @Test func `a press selects what stands there, in both panes`() {
    var screen = screen(120, 32)
    _ = run(&screen, [press(5, 4)])
    #expect(
      screen.organizations.selectedOrganization?.name == "Globex" || screen.organizations.selectedRow == 2)
    #expect(screen.frame.cursor?.row == 4)
    _ = run(&screen, [press(5, 2), press(80, 11)])
    #expect(screen.model.screen.pane == .detail)
    #expect(screen.frame.cursor == Position(column: 72, row: 11))
    _ = run(&screen, [press(3, 2)])
    #expect(screen.model.screen.pane == .list)
  }

  @Test func `a press where nothing stands, or on something else, does nothing`() {
    var screen = screen(120, 32)
    let before = screen.frame
    for (column, row) in [(5, 0), (5, 20), (5, 29), (5, 31), (80, 28), (5, 500), (500, 500)] {
      _ = run(&screen, [press(column, row)])
      #expect(screen.frame == before, "\(column), \(row)")
    }
    for mode in [Action.palette, .help, .edit, .filter] {
      screen = self.screen(120, 32)
      screen.press(mode)
      let before = screen.frame
      _ = run(&screen, [press(5, 4)])
      #expect(screen.frame == before, "\(mode)")
    }
  }

  @Test func `a press on the heading sorts by that column, and again the other way round`() {
    var screen = screen(120, 32)
    #expect(run(&screen, [press(38, 1)]) == [.sortBy(.plan)])
    #expect(screen.text.contains("Plan ▲"))
    _ = run(&screen, [press(38, 1)])
    #expect(screen.text.contains("Plan ▼"))
    #expect(run(&screen, [press(66, 1)]) == [.sortBy(.members)])
    #expect(run(&screen, [press(0, 1)]) == [.sortBy(.name)])
    #expect(run(&screen, [press(80, 1)]) == [.point(.detail, line: 0)])
  }

  @Test func `in a narrow terminal a press is about the pane that is shown`() {
    var screen = screen(80, 24)
    _ = run(&screen, [press(70, 4)])
    #expect(screen.model.screen.pane == .list && screen.organizations.selectedRow == 2)
    screen.press(.moveToFirst, .open)
    _ = run(&screen, [press(2, 11)])
    #expect(screen.model.screen.pane == .detail && screen.frame.cursor?.row == 11)
  }

  @Test func `the wheel moves three rows where it can do no harm`() {
    let down = Key.mouse(MouseEvent(kind: .wheelDown, position: Position(column: 0, row: 0)))
    let up = Key.mouse(MouseEvent(kind: .wheelUp, position: Position(column: 0, row: 0)))
    var screen = screen(80, 24)
    #expect(run(&screen, [down, down, up]).count == 9)
    #expect(screen.organizations.selectedRow == 3)
    screen.press(.palette)
    #expect(run(&screen, [down]) == [.moveDown, .moveDown, .moveDown])
    screen.press(.back, .remove)
    #expect(run(&screen, [down, up]) == [])
    screen.press(.back, .edit)
    #expect(run(&screen, [down, up]) == [])
  }

  @Test func `within a paste the mouse is no text`() {
    var screen = screen(80, 24)
    screen.press(.filter)
    let actions = run(&screen, [.pasteBegin, "a", press(5, 4), "b", .pasteEnd])
    #expect(actions == [.paste("ab")])
  }
}
