import CPostgres

/// The result of a statement: rows of values, copied out of libpq in one piece.
struct Rows: Sendable {
  /// How many rows there are.
  let count: Int
  /// How many rows the statement inserted, updated, deleted, or returned.
  let affectedCount: Int
  /// What was done, as in `UPDATE 1`; `ROLLBACK` for a commit of a transaction that had failed.
  let tag: String
  private let columns: Int
  private let bytes: [UInt8]
  /// Where each value is in `bytes`; `nil` for NULL.
  private let values: [Range<Int>?]

  /// Copies a result of libpq.
  init(_ result: OpaquePointer) {
    count = Int(PQntuples(result))
    columns = Int(PQnfields(result))
    tag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
    affectedCount = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    var values: [Range<Int>?] = []
    values.reserveCapacity(count * columns)
    var size = 0
    for row in 0..<Int32(count) {
      for column in 0..<Int32(columns) {
        guard PQgetisnull(result, row, column) == 0 else {
          values.append(nil)
          continue
        }
        let length = Int(PQgetlength(result, row, column))
        values.append(size..<size + length)
        size += length
      }
    }
    self.values = values
    let columns = columns
    bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, length in
      for (index, range) in values.enumerated() {
        guard let range, !range.isEmpty,
          let value = PQgetvalue(result, Int32(index / columns), Int32(index % columns)),
          let place = buffer.baseAddress
        else { continue }
        (place + range.lowerBound).update(
          from: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: range.count)
      }
      length = size
    }
  }

  /// Reads a value's bytes; `nil` for NULL and for a row or column that doesn't exist.
  func bytes(_ row: Int, _ column: Int) -> ArraySlice<UInt8>? {
    guard (0..<count).contains(row), (0..<columns).contains(column) else { return nil }
    return values[row * columns + column].map { bytes[$0] }
  }

  /// Reads a value as text; invalid UTF-8, which a database in another encoding may send, is replaced.
  func text(_ row: Int, _ column: Int) -> String? {
    bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Reads a value as a number; `nil` for NULL and for text that isn't one.
  func number(_ row: Int, _ column: Int) -> Int? { text(row, column).flatMap { Int($0) } }

  /// Reads a truth value, which PostgreSQL writes as `t` or `f`.
  func isTrue(_ row: Int, _ column: Int) -> Bool { bytes(row, column)?.first == UInt8(ascii: "t") }

  /// All values as text, row by row.
  var texts: [[String?]] { (0..<count).map { row in (0..<columns).map { text(row, $0) } } }
}
