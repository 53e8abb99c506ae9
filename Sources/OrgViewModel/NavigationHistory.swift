/// The screens that a person came through, for the way back and forward. They are kept without their rows.
struct NavigationHistory: Sendable {
  private var back: [any Screen] = []
  private var forward: [any Screen] = []
  /// Where the person was before, whichever way they came from there.
  private(set) var last: (any Screen)?
  /// How each of the screens with a shortcut was left, by its identity.
  private(set) var left: [String: any Screen] = [:]
  private static let limit = 100

  /// Notes that a person leaves a screen for a new one.
  mutating func leave(_ screen: any Screen) {
    note(screen)
    back.append(screen.folded())
    if back.count > Self.limit { back.removeFirst() }
    forward = []
  }

  /// The screen before, for a person who leaves one.
  mutating func goBack(from screen: any Screen) -> (any Screen)? {
    guard let target = back.popLast() else { return nil }
    note(screen)
    forward.append(screen.folded())
    return target
  }

  /// The screen that a person went back from, for one who leaves another.
  mutating func goForward(from screen: any Screen) -> (any Screen)? {
    guard let target = forward.popLast() else { return nil }
    note(screen)
    back.append(screen.folded())
    return target
  }

  private mutating func note(_ screen: any Screen) {
    let folded = screen.folded()
    last = folded
    if type(of: screen).shortcut?.screen().identity == screen.identity { left[screen.identity] = folded }
  }
}
