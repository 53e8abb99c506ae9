import OrgCore

/// All users, by their ids: the rows of the users.
public struct UserRows: SheetRows {
  private let index: UserIndex
  /// The rows of the index that a filter shows; `nil` for all.
  private let shown: [Int32]?

  /// Finds the users whose ids have all words of a query.
  public init(_ index: UserIndex, query: String) {
    self.index = index
    let words = query.split(whereSeparator: \.isWhitespace).map(String.init)
    shown = words.isEmpty ? nil : index.rows(containing: words)
  }

  var count: Int { shown?.count ?? index.count }
  var total: Int { index.count }

  /// The user in a row.
  public func user(at row: Int) -> UserSummary { index.user(at: shown.map { Int($0[row]) } ?? row) }

  func id(at row: Int) -> String? { user(at: row).id }

  func row(of id: String) -> Int? {
    guard let place = index.row(of: id) else { return nil }
    return shown == nil ? place : shown?.row(of: Int32(place))
  }
}

extension AppModel {
  mutating func browseUsers(_ action: Action) -> [Effect] {
    guard action == .open, let user = sheet?.selectedID else { return [] }
    return visit(.person(user))
  }
}
