import OrgCore

/// Ids in an order: a few bytes each, so that a list of many takes up little, and its rows are read when they are looked at.
struct OrderedIDs: Sendable {
  private let ids: OrganizationIDs
  private let numbers: [OrganizationIDs.Number]
  /// The row of each number, or -1.
  private let rows: [Int32]
  /// How many rows there would be without the limit.
  let fullCount: Int

  /// With more rows, a list ends.
  static let limit = 1_000_000

  /// Reads the ids that a statement selects as its first column; the reader has to be that of a moment.
  init(_ statement: SQL, from reader: PostgresReader) throws(OrgError) {
    let ids = OrganizationIDs(areUUIDs: false, count: 0)
    var numbers: [OrganizationIDs.Number] = []
    let size = 10_000
    let page: SQL = "fetch \(size) from orgman_rows"
    var rows = try reader.ask(["declare orgman_rows no scroll cursor for \(statement)", page])[1]
    var count = 0
    while true {
      count += rows.count
      if numbers.count < Self.limit {
        for row in 0..<rows.count {
          if let number = rows.text(row, 0).flatMap({ ids.add($0) }) { numbers.append(number) }
        }
      }
      guard rows.count == size else { break }
      rows = try reader.ask(page)
    }
    _ = try reader.ask("close orgman_rows")
    var places = [Int32](repeating: -1, count: ids.count)
    for (row, number) in numbers.enumerated() { places[Int(number)] = Int32(row) }
    (self.ids, self.numbers, self.rows, fullCount) = (ids, numbers, places, count)
  }

  var count: Int { numbers.count }
  subscript(row: Int) -> String { ids[numbers[row]] }

  func row(of id: String) -> Int? {
    guard let number = ids.number(of: id), Int(number) < rows.count else { return nil }
    let row = rows[Int(number)]
    return row < 0 ? nil : Int(row)
  }
}

/// Rows that were looked at, by their ids, with a limit.
struct RowCache<Row: Sendable>: Sendable {
  private var rows: [String: Row] = [:]
  private static var limit: Int { 10_000 }

  subscript(id: String) -> Row? { rows[id] }

  mutating func add(_ new: [(id: String, row: Row)]) {
    if rows.count + new.count > Self.limit { rows = [:] }
    for (id, row) in new { rows[id] = row }
  }
}
