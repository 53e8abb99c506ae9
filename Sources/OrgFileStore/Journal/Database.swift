import CSQLite

/// The result code of a failed SQLite call.
struct DatabaseError: Error {
  let code: Int32
}

/// An SQLite database, closed at the end of its lifetime.
final class Database {
  enum Access {
    case reading, writing
  }

  /// A value bound to a statement parameter.
  enum Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case number(Int64)
    case text(String)

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(_ value: some BinaryInteger) { self = .number(Int64(truncatingIfNeeded: value)) }
  }

  /// A row of a result. Valid only until the next row is read.
  struct Row {
    fileprivate let statement: OpaquePointer

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func text(_ column: Int32) -> String {
      guard let text = sqlite3_column_text(statement, column) else { return "" }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }
  }

  private let handle: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]

  /// Opens an existing database; a zero-length file is an empty database.
  init(path: String, _ access: Access) throws(DatabaseError) {
    var opened: OpaquePointer?
    let flags = (access == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw DatabaseError(code: code)
    }
    handle = opened
    csqlite_distrust(handle)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// Sets how long to wait for other connections, in milliseconds.
  func setPatience(_ milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

  /// Runs statements without a result.
  func execute(_ sql: String) throws(DatabaseError) {
    try check(sqlite3_exec(handle, sql, nil, nil, nil))
  }

  /// Starts a write transaction and returns SQLite's result code.
  func begin() -> Int32 { sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil) }

  /// Runs a statement, which is kept prepared for later calls.
  func run(_ sql: String, _ values: Value...) throws(DatabaseError) {
    try rows(sql, values) { _ in true }
  }

  /// The first row of a result, converted by the body.
  func first<Result>(_ sql: String, _ values: Value..., body: (Row) -> Result) throws(DatabaseError)
    -> Result?
  {
    var result: Result?
    try rows(sql, values) { row in
      result = body(row)
      return false
    }
    return result
  }

  /// Passes the rows of a result to the body until it returns false.
  func rows(_ sql: String, _ values: [Value], _ body: (Row) -> Bool) throws(DatabaseError) {
    let statement = try prepare(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .number(let number): try check(sqlite3_bind_int64(statement, place, number))
      case .text(var text):
        try check(
          text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
              csqlite_bind_text(statement, place, $0.baseAddress, Int32(clamping: $0.count))
            }
          })
      }
    }
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw DatabaseError(code: code) }
      if !body(Row(statement: statement)) { return }
    }
  }

  private func prepare(_ sql: String) throws(DatabaseError) -> OpaquePointer {
    if let known = statements[sql] { return known }
    var made: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    try check(sqlite3_prepare_v3(handle, sql, -1, flags, &made, nil))
    guard let made else { throw DatabaseError(code: SQLITE_MISUSE) }
    statements[sql] = made
    return made
  }

  private func check(_ code: Int32) throws(DatabaseError) {
    guard code == SQLITE_OK else { throw DatabaseError(code: code) }
  }
}
