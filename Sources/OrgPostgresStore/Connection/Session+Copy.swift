import CPostgres
import Glibc

// COPY: many rows in one go.
extension Session {
  /// Sends rows in COPY's text format to the table that a statement names.
  ///
  /// - Returns: how many rows there were.
  func copy(_ bytes: [UInt8], to statement: String, _ wait: inout Wait) throws(PostgresError) -> Int {
    try start(statement, PGRES_COPY_IN, &wait)
    var place = 0
    while place < bytes.count {
      let count = min(1 << 16, bytes.count - place)
      let isTaken = bytes.withUnsafeBytes { all in
        PQputCopyData(
          handle, all.baseAddress?.advanced(by: place).assumingMemoryBound(to: CChar.self), Int32(count))
      }
      switch isTaken {
      case 1: place += count
      // libpq's own memory is full; the server reads on.
      case 0: try flush(&wait)
      default: throw failure(.connection)
      }
    }
    while true {
      let isTaken = PQputCopyEnd(handle, nil)
      if isTaken == 1 { break }
      guard isTaken == 0 else { throw failure(.connection) }
      try flush(&wait)
    }
    try flush(&wait)
    return try rows(&wait).affectedCount
  }

  /// Hands the rows over that a statement sends in COPY's text format, one at a time, each with its line end. If the body
  /// throws, the rest is read and dropped.
  func copyOut<Failure>(
    _ statement: String, _ wait: inout Wait, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(PostgresError) -> Failure? {
    try start(statement, PGRES_COPY_OUT, &wait)
    var stop: Failure?
    while true {
      var row: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(handle, &row, 1)
      if count == -1 { break }
      if count == 0 {
        if try wait.ready(descriptor, POLLIN), PQconsumeInput(handle) == 0 { throw failure(.connection) }
        continue
      }
      guard count > 0, let row else { throw failure(.connection) }
      defer { PQfreemem(row) }
      guard stop == nil else { continue }
      do throws(Failure) { try body(UnsafeRawBufferPointer(start: row, count: Int(count))) } catch {
        stop = error
      }
    }
    _ = try rows(&wait)
    return stop
  }

  /// Sends a COPY statement.
  private func start(
    _ statement: String, _ expected: ExecStatusType, _ wait: inout Wait
  ) throws(PostgresError) {
    guard PQstatus(handle) == CONNECTION_OK else { throw failure(.connection) }
    try send(Statement(statement))
    try flush(&wait)
    guard let result = try result(&wait) else { throw failure(.connection) }
    defer { PQclear(result) }
    guard PQresultStatus(result) != expected else { return }
    let refusal = refusal(result, isCancelled: wait.isCancelled)
    // Ends the statement.
    while let rest = try self.result(&wait) { PQclear(rest) }
    throw refusal
  }
}

extension Connection {
  /// Sends rows in COPY's text format to the table that a statement names; waits for as long as it takes.
  @discardableResult
  func copy(_ bytes: [UInt8], to statement: String) throws(PostgresError) -> Int {
    try inTurn({ _ in true }) { (wait) throws(PostgresError) in
      try session.copy(bytes, to: statement, &wait)
    }
  }

  /// Hands over the rows of a COPY, each with its line end.
  func copyOut<Failure>(
    _ statement: String, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(PostgresError) -> Failure? {
    try inTurn({ _ in true }) { (wait) throws(PostgresError) in
      try session.copyOut(statement, &wait, body)
    }
  }
}

/// Rows in COPY's text format, under construction.
package struct CopyRows: Sendable {
  package private(set) var bytes: [UInt8] = []
  package private(set) var count = 0
  private var isFirst = true

  package init() {}

  package mutating func reserve(_ size: Int) { bytes.reserveCapacity(size) }

  /// Adds a value to the row; `nil` is NULL.
  package mutating func add(_ text: String?) {
    guard var text else { return addNull() }
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// Adds a text as UTF-8.
  package mutating func add(_ text: UnsafeRawBufferPointer) {
    separate()
    var start = 0
    for (place, byte) in text.enumerated() {
      let letter: UInt8
      switch byte {
      case UInt8(ascii: "\\"): letter = byte
      case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
      case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
      case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
      default: continue
      }
      bytes.append(contentsOf: text[start..<place])
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(letter)
      start = place + 1
    }
    bytes.append(contentsOf: text[start...])
  }

  /// Adds a number.
  package mutating func add(_ number: Int?) { add(number.map { String($0) }) }

  /// Adds bytes for a column of the type `bytea`.
  package mutating func addBytes(_ value: ArraySlice<UInt8>?) {
    guard let value else { return addNull() }
    separate()
    bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")]
    let digits = Self.digits
    for byte in value {
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }

  package mutating func addNull() {
    separate()
    bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
  }

  /// Ends the row.
  package mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    isFirst = true
    count += 1
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: "\t")) }
    isFirst = false
  }

  private static let digits = Array("0123456789abcdef".utf8)
}

/// A row in COPY's text format.
struct CopiedRow {
  /// The values; `nil` is NULL.
  private(set) var values: [[UInt8]?] = []

  /// Takes a row apart.
  init(_ line: UnsafeRawBufferPointer) {
    var end = line.count
    if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    var value: [UInt8] = []
    var isNull = false
    var place = 0
    while place < end {
      let byte = line[place]
      place += 1
      if byte == UInt8(ascii: "\t") {
        values.append(isNull ? nil : value)
        (value, isNull) = ([], false)
      } else if byte == UInt8(ascii: "\\"), place < end {
        let letter = line[place]
        place += 1
        switch letter {
        case UInt8(ascii: "N"): isNull = true
        case UInt8(ascii: "n"): value.append(0x0A)
        case UInt8(ascii: "r"): value.append(0x0D)
        case UInt8(ascii: "t"): value.append(0x09)
        case UInt8(ascii: "b"): value.append(0x08)
        case UInt8(ascii: "f"): value.append(0x0C)
        case UInt8(ascii: "v"): value.append(0x0B)
        default: value.append(letter)
        }
      } else {
        value.append(byte)
      }
    }
    values.append(isNull ? nil : value)
  }

  func text(_ column: Int) -> String? {
    column < values.count ? values[column].map { String(decoding: $0, as: UTF8.self) } : nil
  }

  func number(_ column: Int) -> Int? { text(column).flatMap { Int($0) } }

  /// A value of the type `bytea`.
  func bytes(_ column: Int) -> [UInt8]? {
    guard column < values.count, let value = values[column], value.starts(with: Array("\\x".utf8)) else {
      return nil
    }
    func digit(_ byte: UInt8) -> UInt8 { byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10 }
    var result: [UInt8] = []
    result.reserveCapacity(value.count / 2)
    var place = 2
    while place + 1 < value.count {
      result.append(digit(value[place]) << 4 | digit(value[place + 1]))
      place += 2
    }
    return result
  }
}
