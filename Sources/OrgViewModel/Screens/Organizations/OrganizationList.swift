import OrgCore

/// A snapshot with the rows of the list worked out: made off the screen's thread, as it costs time that
/// grows with the data, and shown as a whole.
package struct OrganizationList: Sendable {
  /// What was asked for.
  package let request: ListRequest
  /// The data.
  package let snapshot: Snapshot
  /// Indices of organizations in the order of the rows.
  package let rows: [Int32]
  /// Organizations that differ from those of the list before, or are new.
  package let changed: Set<String>
  /// What is wrong with the query; the rows are those of the last good one then.
  package let queryError: QueryError?
  /// Where the organizations of the snapshot before stand in this one.
  let moves: Moves
  private let query: Query
  /// All organizations, sorted.
  private let order: [Int32]
  private let index: SearchIndex

  /// Nothing: the data haven't been read.
  package static let unread = OrganizationList(.unread, for: ListRequest())

  /// Arranges a snapshot. What the previous list knows of the same snapshot is used again.
  package init(_ snapshot: Snapshot, for request: ListRequest, after previous: OrganizationList? = nil) {
    self.request = request
    self.snapshot = snapshot
    if let previous, previous.snapshot.generation == snapshot.generation,
      previous.snapshot.contents.hasOrganizations == snapshot.contents.hasOrganizations
    {
      index = previous.index
      changed = []
      moves = Moves(from: snapshot.generation, to: snapshot.generation, places: nil)
    } else {
      index = SearchIndex(snapshot, after: previous?.index)
      let difference = previous.map { snapshot.difference(since: $0.snapshot) }
      changed = difference?.changed ?? []
      moves = Moves(
        from: previous?.snapshot.generation ?? snapshot.generation, to: snapshot.generation,
        places: difference?.places)
    }
    do {
      query = try Query(request.query)
      queryError = nil
    } catch {
      query = previous?.query ?? Query()
      queryError = error
    }
    if let previous, previous.index === index, previous.request.order == request.order {
      order = previous.order
    } else {
      order = index.indices(in: request.order)
    }
    // Of what didn't match, nothing will match a word with one more letter.
    var candidates = order
    if let previous, previous.index === index, previous.request.order == request.order,
      query.isNarrower(than: previous.query)
    {
      candidates = previous.rows
    }
    rows = query.filter(candidates, in: index)
  }

  /// The row of an organization, if the filter shows it.
  package func row(of id: String) -> Int? {
    guard let organization = snapshot.contents.index(ofOrganization: id) else { return nil }
    return rows.firstIndex(of: Int32(organization))
  }

  /// The organization that has a name, whatever the case. Looks at a few, however many there are.
  func organization(named name: String) -> Organization? {
    index.organization(named: name).map(snapshot.contents.organization(at:))
  }

  /// Whether a query matches the organization of a row.
  func isMatch(row: Int, _ query: Query) -> Bool { query.matches(Int(rows[row]), in: index) }

  /// The organization of a row.
  package func organization(at row: Int) -> Organization {
    snapshot.contents.organization(at: Int(rows[row]))
  }
}

/// Where the organizations of one snapshot stand in the next.
struct Moves: Sendable {
  /// The generation of the one.
  let from: UInt64
  /// The generation of the other.
  let to: UInt64
  /// By the place in the one, the place in the other, or -1; `nil` where all stand where they stood.
  let places: [Int32]?
}
