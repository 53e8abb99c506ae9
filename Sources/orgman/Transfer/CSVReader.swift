import OrgCore

/// Reads CSV according to RFC 4180 with column names in the first line: the formats of `orgman export`,
/// `list --csv`, and `members --csv`.
struct CSVReader: RowReader {
  private let source: ByteSource
  private var columns: [Column] = []
  private static let mostColumns = 64

  private enum Column {
    case field(ImportRow.Field)
    /// Contains `organization` or `member`.
    case record
    /// Printed by other commands, but not imported.
    case ignored
  }

  init(_ source: ByteSource) throws {
    self.source = source
    // Skip the byte order mark that some spreadsheets write.
    for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
      guard try source.peek() == byte else { break }
      _ = try source.next()
    }
    guard let names = try record() else {
      throw OrgError(.invalidValue, "\(source.name) is empty; the first line names the columns.")
    }
    var seen: Set<String> = []
    for bytes in names {
      let name = String(decoding: bytes, as: UTF8.self)
      guard seen.insert(name).inserted else {
        throw OrgError(.invalidValue, "\(source.name), line 1: the column \(name.quoted) appears twice.")
      }
      if let field = ImportRow.Field.byKey[name] {
        columns.append(.field(field))
      } else if name == "record" {
        columns.append(.record)
      } else if name == "members" {
        columns.append(.ignored)
      } else {
        let known = ImportRow.Field.names.joined(separator: ", ")
        throw OrgError(
          .invalidValue,
          "\(source.name), line 1: there is no column \(String(name.prefix(80)).quoted); there are record, \(known)."
        )
      }
    }
  }

  mutating func next() throws -> ImportRow? {
    while true {
      let line = source.line
      guard let values = try record() else { return nil }
      // Skip an empty line.
      if values.count == 1, values[0].isEmpty, columns.count > 1 { continue }
      guard values.count == columns.count else {
        throw RowError(
          line: line,
          message:
            "\(values.count) value\(values.count == 1 ? "" : "s"), where the first line names \(columns.count)"
        )
      }
      return try row(values, line: line)
    }
  }

  private func row(_ values: [[UInt8]], line: Int) throws -> ImportRow {
    var row = ImportRow(line: line)
    var kind: String?
    for (column, bytes) in zip(columns, values) {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RowError(line: line, message: "this is no UTF-8")
      }
      switch column {
      case .record: kind = text
      case .ignored: break
      case .field(let field): row[field] = ImportRow.Value(text: text.isEmpty ? nil : text, line: line)
      }
    }
    switch kind {
    case nil: row.isMember = row[.user]?.text != nil
    case "organization": row.isMember = false
    case "member": row.isMember = true
    case let kind?:
      throw RowError(
        line: line, message: "unknown record \(String(kind.prefix(80)).quoted); use organization or member")
    }
    if !row.isMember, row[.id] == nil { row[.id] = row[.organization] }
    if row.isMember, row[.organization] == nil { row[.organization] = row[.id] }
    // An empty value leaves a required field unchanged.
    for field in Self.needed where row[field]?.text == nil { row[field] = nil }
    return row
  }

  /// All fields except the optional fields of organizations.
  private static let needed = {
    let optional = OrganizationField.optional.map { ImportRow.Field(.field($0)) }
    return ImportRow.Field.byKey.values.filter { !optional.contains($0) }
  }()

  /// The values of one record; `nil` at the end.
  private func record() throws -> [[UInt8]]? {
    guard try source.peek() != nil else { return nil }
    let start = source.line
    func failure(_ message: String) -> OrgError {
      OrgError(.invalidValue, "\(source.name), line \(start): \(message)")
    }
    var values: [[UInt8]] = []
    values.reserveCapacity(columns.count)
    while true {
      var value: [UInt8] = []
      if try source.peek() == Self.quote {
        _ = try source.next()
        while true {
          try source.take(until: { $0 == Self.quote }, into: &value)
          guard value.count <= longestValue else { throw failure("a value has more than 1 MiB.") }
          guard let byte = try source.peek() else { throw failure("a quote isn't closed.") }
          guard byte == Self.quote else { continue }
          _ = try source.next()
          guard try source.peek() == Self.quote else { break }
          _ = try source.next()
          value.append(Self.quote)
        }
        if let byte = try source.peek(), byte != Self.comma, byte != Self.newline, byte != Self.carriageReturn
        {
          throw failure("a closing quote must be followed by a comma or the end of the line.")
        }
      }
      var isLast = false
      while true {
        try source.take(
          until: { $0 == Self.comma || $0 == Self.newline || $0 == Self.carriageReturn }, into: &value)
        guard value.count <= longestValue else { throw failure("a value has more than 1 MiB.") }
        switch try source.next() {
        case Self.comma: break
        case nil, Self.newline: isLast = true
        case Self.carriageReturn:
          guard try source.peek() == Self.newline else {
            value.append(Self.carriageReturn)
            continue
          }
          _ = try source.next()
          isLast = true
        case let byte?:
          // This is the end of the piece, but not of the value.
          value.append(byte)
          continue
        }
        break
      }
      guard values.count < Self.mostColumns else { throw failure("more than \(Self.mostColumns) values.") }
      values.append(value)
      if isLast { return values }
    }
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
}
