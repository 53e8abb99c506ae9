import OrgCore

/// The organizations of a snapshot that match a query, in an order. Everything is worked out when it is made; what it shows
/// it decodes when it is asked.
final class SnapshotListing: OrganizationListing {
  let snapshot: Snapshot
  let summary: DataSummary
  let query: Query
  let order: ListOrder
  private let search: SearchIndex
  /// All organizations, sorted.
  private let sorted: Sorted
  /// Those that match, by their indices.
  private let rows: [Int32]

  /// All organizations in an order.
  private struct Sorted: Sendable {
    let indices: [Int32]
    /// The rank of each organization, by its index.
    let ranks: [Int32]
  }

  /// Arranges a snapshot. What an earlier listing knows of the same snapshot is used again.
  init(_ snapshot: Snapshot, _ query: Query, _ order: ListOrder, after earlier: SnapshotListing?) {
    self.snapshot = snapshot
    summary = snapshot.summary
    (self.query, self.order) = (query, order)
    let isOfSame =
      earlier?.snapshot.generation == snapshot.generation
      && earlier?.summary.hasOrganizations == summary.hasOrganizations
    if let earlier, isOfSame {
      search = earlier.search
    } else {
      search = SearchIndex(snapshot, after: earlier?.search)
    }
    let same = isOfSame && earlier?.order == order ? earlier : nil
    if let same {
      sorted = same.sorted
    } else {
      let indices = search.indices(in: order)
      let isByName = order.column == .name && !order.isDescending
      sorted = Sorted(indices: indices, ranks: isByName ? search.ranks : indices.ranks)
    }
    // Of what didn't match, nothing will match a word with one more letter.
    let candidates = same.flatMap { query.isNarrower(than: $0.query) ? $0.rows : nil } ?? sorted.indices
    rows = search.filter(candidates, query)
  }

  var count: Int { rows.count }

  func id(at row: Int) -> String { snapshot.contents.id(at: Int(rows[row])) }

  func position(of id: String) -> Int? {
    guard let index = snapshot.contents.index(ofOrganization: id), index < sorted.ranks.count else {
      return nil
    }
    let rank = sorted.ranks[index]
    if rows.count == sorted.indices.count { return Int(rank) }
    var range = 0..<rows.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      let other = sorted.ranks[Int(rows[middle])]
      if other == rank { return middle }
      range = other < rank ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  func row(at row: Int) -> OrganizationRow? { snapshot.row(at: Int(rows[row])) }

  func contains(_ id: String) -> Bool { snapshot.contents.index(ofOrganization: id) != nil }

  func detail(of id: String) -> (any OrganizationDetail)? {
    snapshot.contents.index(ofOrganization: id).map { SnapshotDetail(snapshot: snapshot, index: $0) }
  }

  func organizationID(named name: String) -> String? {
    search.organization(named: name).map(snapshot.contents.id(at:))
  }

  func row(matching query: Query, from row: Int, isForward: Bool) -> Int? {
    for step in stride(from: 1, through: count, by: 1) {
      let place = (isForward ? row + step : row - step + count) % count
      if search.matches(query, at: Int(rows[place])) { return place }
    }
    return nil
  }
}

/// One organization of a snapshot.
private struct SnapshotDetail: OrganizationDetail {
  let snapshot: Snapshot
  let index: Int

  var organization: Organization { snapshot.contents.organization(at: index) }
  var defaults: DefaultedFields { snapshot.contents.defaultedFields(at: index) }
  var memberCount: Int { snapshot.contents.memberCount(at: index) }
  var roleCounts: RoleCounts { snapshot.contents.roleCounts(at: index) }
  func member(at place: Int) -> MemberRow? { snapshot.contents.row(ofMember: place, at: index) }
  func place(of user: String) -> Int? { snapshot.contents.memberIndex(ofUser: user, at: index) }
}
