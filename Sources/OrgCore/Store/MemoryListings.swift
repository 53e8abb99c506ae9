/// The organizations in memory that match a query, in an order.
final class MemoryListing: OrganizationListing {
  let summary: DataSummary
  let query: Query
  let order: ListOrder
  private let reader: MemoryReader
  /// What doesn't depend on the query and the order.
  private let names: Names
  /// All organizations in the order, by their places in the data.
  private let sorted: [Int]
  /// Those that match.
  private let rows: [Int]
  /// The row of each, by its id.
  private let positions: [String: Int]

  /// All organizations by name, whatever the case, then by id.
  private struct Names {
    let order: [Int]
    let ids: [String: String]

    init(_ reader: MemoryReader) {
      let records = reader.records.values
      let keys = records.map { ($0.organization.name.lowercased(), $0.organization.id.lowercased()) }
      order = records.indices.sorted { keys[$0] < keys[$1] }
      ids = Dictionary(
        records.map { ($0.organization.name.nameKey, $0.organization.id) },
        uniquingKeysWith: { first, _ in first })
    }
  }

  init(_ reader: MemoryReader, _ query: Query, _ order: ListOrder, after earlier: MemoryListing?) {
    (self.reader, self.query, self.order, summary) = (reader, query, order, reader.summary)
    let isSame =
      earlier?.summary.revision == summary.revision && earlier?.summary.extent == summary.extent
    let same = isSame ? earlier : nil
    let names = same?.names ?? Names(reader)
    let sorted = same?.order == order ? same?.sorted : nil
    self.names = names
    self.sorted = sorted ?? Self.sorted(reader, names.order, order)
    rows = query.isEmpty ? self.sorted : self.sorted.filter { reader.matches(query, at: $0) }
    let ids = reader.records.keys
    positions = Dictionary(
      rows.enumerated().map { (ids[$1], $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// By the column, then by name.
  private static func sorted(_ reader: MemoryReader, _ byName: [Int], _ order: ListOrder) -> [Int] {
    let records = reader.records.values
    guard order.column != .name else { return order.isDescending ? byName.reversed() : byName }
    let others = Set(records.map { $0.organization.planTier.lowercased() }).subtracting(order.planTiers)
    let plans = Dictionary(
      (order.planTiers + others.sorted()).enumerated().map { ($1, $0) },
      uniquingKeysWith: { first, _ in first })
    var keys: [(value: Int64, place: Int)] = []
    for (place, index) in byName.enumerated() {
      let record = records[index]
      let value: Int64 =
        switch order.column {
        case .name: 0
        case .plan: Int64(plans[record.organization.planTier.lowercased()] ?? 0)
        case .status:
          Organization.Status.allCases.firstIndex(of: record.organization.status).map(Int64.init) ?? 0
        case .members: Int64(record.members.count)
        case .created: record.organization.createdAt.microseconds
        }
      keys.append((order.isDescending ? ~value : value, place))
    }
    keys.sort { $0.value != $1.value ? $0.value < $1.value : $0.place < $1.place }
    return keys.map { byName[$0.place] }
  }

  private func record(at row: Int) -> MemoryReader.Record { reader.records.values[rows[row]] }

  var count: Int { rows.count }
  func id(at row: Int) -> String { reader.records.keys[rows[row]] }
  func position(of id: String) -> Int? { positions[id] }
  func row(at row: Int) -> OrganizationRow? { record(at: row).row }
  func contains(_ id: String) -> Bool { reader.records[id] != nil }
  func detail(of id: String) -> (any OrganizationDetail)? { reader.records[id].map(MemoryDetail.init) }
  func organizationID(named name: String) -> String? { names.ids[name.nameKey] }

  func row(matching query: Query, from row: Int, isForward: Bool) -> Int? {
    for step in stride(from: 1, through: count, by: 1) {
      let place = (isForward ? row + step : row - step + count) % count
      if reader.matches(query, at: rows[place]) { return place }
    }
    return nil
  }
}

/// One organization in memory.
private struct MemoryDetail: OrganizationDetail {
  let record: MemoryReader.Record

  var organization: Organization { record.organization }
  var defaults: DefaultedFields { [] }
  var memberCount: Int { record.members.count }
  var roleCounts: RoleCounts { record.roleCounts }
  func member(at place: Int) -> MemberRow? { MemberRow(record.members[place]) }
  func place(of user: String) -> Int? { record.place(of: user) }
}
