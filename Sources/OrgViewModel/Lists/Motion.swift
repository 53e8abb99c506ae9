/// A move through rows or lines.
package enum Motion: Sendable, Hashable, CaseIterable {
  case down, up, first, last, pageDown, pageUp, halfPageDown, halfPageUp

  var action: Action {
    switch self {
    case .down: .moveDown
    case .up: .moveUp
    case .first: .moveToFirst
    case .last: .moveToLast
    case .pageDown: .pageDown
    case .pageUp: .pageUp
    case .halfPageDown: .halfPageDown
    case .halfPageUp: .halfPageUp
    }
  }

  /// The keys, separated by spaces.
  var keys: String {
    switch self {
    case .down: "j Down"
    case .up: "k Up"
    case .first: "g Home"
    case .last: "G End"
    case .pageDown: "^F PgDn"
    case .pageUp: "^B PgUp"
    case .halfPageDown: "^D"
    case .halfPageUp: "^U"
    }
  }

  /// The key for it where text is typed; `nil` where there is none.
  var keyInPrompts: String? {
    switch self {
    case .down: "Down"
    case .up: "Up"
    case .pageDown: "PgDn"
    case .pageUp: "PgUp"
    case .first, .last, .halfPageDown, .halfPageUp: nil
    }
  }

  /// What the help page says.
  var help: String {
    switch self {
    case .down: "the next row"
    case .up: "the previous row"
    case .first: "the first row"
    case .last: "the last row"
    case .pageDown: "a page down"
    case .pageUp: "a page up"
    case .halfPageDown: "half a page down"
    case .halfPageUp: "half a page up"
    }
  }
}

extension Action {
  package static let halfPageDown = Action("half-page-down", "Half a page down")
  package static let halfPageUp = Action("half-page-up", "Half a page up")
}
