import OrgCore

/// The users of a snapshot whose ids have all words of a text.
struct SnapshotUsers: UserListing {
  private let index: UserIndex
  /// The rows of the index that the text shows; `nil` for all.
  private let shown: [Int32]?

  init(_ snapshot: Snapshot, matching text: String, after earlier: SnapshotUsers?) {
    if let earlier, earlier.index.snapshot.generation == snapshot.generation {
      index = earlier.index
    } else {
      index = UserIndex(snapshot, after: earlier?.index)
    }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    shown = words.isEmpty ? nil : index.rows(containing: words)
  }

  var revision: Revision { Revision(index.snapshot.generation) }
  var count: Int { shown?.count ?? index.count }
  var total: Int { index.count }

  func user(at row: Int) -> UserSummary? { index.user(at: shown.map { Int($0[row]) } ?? row) }

  func position(of user: String) -> Int? {
    guard let place = index.row(of: user) else { return nil }
    return shown == nil ? place : shown?.position(of: Int32(place))
  }
}
