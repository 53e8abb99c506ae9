import OrgCore

/// A snapshot with the rows of the list worked out: made off the screen's thread, as it costs time that
/// grows with the data, and shown as a whole.
public struct Arrangement: Sendable {
  /// What was asked for.
  public let request: ListRequest
  /// The data.
  public let snapshot: Snapshot
  /// Indices of organizations in the order of the rows.
  public let rows: [Int32]
  /// Organizations that differ from the arrangement before, or are new.
  public let changed: Set<String>
  /// What is wrong with the query; the rows are those of the last good one then.
  public let queryError: QueryError?
  private let query: Query
  private let index: SearchIndex

  /// Arranges a snapshot. What the previous arrangement knows of the same snapshot is used again.
  public init(_ snapshot: Snapshot, for request: ListRequest, after previous: Arrangement? = nil) {
    self.request = request
    self.snapshot = snapshot
    if let previous, previous.snapshot.generation == snapshot.generation {
      index = previous.index
      changed = []
    } else {
      let known = previous.flatMap { $0.snapshot.contents.hasMembers ? $0.snapshot : nil }
      index = SearchIndex(snapshot, after: previous?.index)
      changed = known.map { snapshot.changedOrganizations(since: $0) } ?? []
    }
    do {
      query = try Query(request.query)
      queryError = nil
    } catch {
      query = previous?.query ?? Query()
      queryError = error
    }
    let (query, index) = (query, index)
    rows = query.isEmpty ? index.order : index.order.filter { query.matches(Int($0), in: index) }
  }

  /// The row of an organization, if the filter shows it.
  public func row(of id: String) -> Int? {
    guard let organization = snapshot.contents.index(ofOrganization: id) else { return nil }
    return rows.firstIndex(of: Int32(organization))
  }

  /// The organization of a row.
  public func organization(at row: Int) -> Organization {
    snapshot.contents.organization(at: Int(rows[row]))
  }
}
