import OrgCore

/// What a list is filtered and sorted by, and its columns, under a name.
package struct SavedView: Sendable, Hashable {
  /// The lists that can be viewed so.
  package enum List: String, Sendable, Hashable, CaseIterable {
    case organizations, users, history
  }

  /// What it is called.
  package let name: String
  /// Which list it is.
  package let list: List
  /// What is filtered by.
  package let filter: String
  /// What is sorted by, as in the configuration: `members`, or `-members` for the other way round; `nil` for as usual.
  package let sort: String?
  /// The columns after the name; `nil` for those that are configured.
  package let columns: [ListColumn]?

  /// A view with its name.
  package init(
    name: String, list: List = .organizations, filter: String, sort: String? = nil,
    columns: [ListColumn]? = nil
  ) {
    (self.name, self.list, self.filter) = (name, list, filter)
    (self.sort, self.columns) = (sort, columns)
  }

  /// What organizations are sorted by in it.
  package func order(_ usual: ListOrder) -> ListOrder { sort.flatMap { usual.named($0) } ?? usual }
}

extension SortOrder {
  /// The order of a name, with the plans of this one; `nil` for a name that isn't one.
  package func named(_ name: String) -> Self? {
    let isInverse = name.hasPrefix("-")
    guard let column = Column(rawValue: isInverse ? String(name.dropFirst()) : name) else { return nil }
    var order = self
    order.column = column
    order.isDescending = column.isDescendingAtFirst != isInverse
    return order
  }

  /// Its name in the configuration: `members`, or `-members` for the other way round.
  package var setting: String {
    (isDescending == column.isDescendingAtFirst ? "" : "-") + column.rawValue
  }
}

extension Preferences {
  /// The views to begin with: a query that is kept in the old way is one of organizations.
  package var allViews: [SavedView] {
    let old = savedQueries.filter { query in !views.contains { $0.name == query.name } }
    return views + old.map { SavedView(name: $0.name, filter: $0.text) }
  }
}

// Saving and opening.
extension Workspace {
  /// Keeps a view, once its name is known.
  mutating func save(_ view: SavedView) {
    status.note("Saving the view \(view.name.escapedForDisplay)…")
    ask(.saveView(view))
  }

  /// Learns that a view was kept.
  mutating func receive(saved view: SavedView) {
    views.removeAll { $0.name == view.name }
    views.insert(view, at: 0)
    status.message = nil
    let command = view.list == .organizations ? ", or orgman list --view" : ""
    status.note("Saved the view \(view.name.escapedForDisplay). V opens it\(command).")
  }
}

extension Action {
  package static let saveView = Action(
    "save-view", "Save filter, sort and columns as a view",
    synonyms: "bookmark store query favorite keep remember")
  package static let openView = Action(
    "open-view", "Open a saved view", synonyms: "bookmark query favorite load")
}
