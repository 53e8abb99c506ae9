import OrgCore

/// Reads CSV according to RFC 4180 with column names in the first line: the formats of `orgman export`,
/// `list --csv`, and `members --csv`.
struct CSVReader: RowReader {
  private let source: ByteSource
  private let records: CSVRecords
  private var columns: [Column] = []

  private enum Column {
    case field(ImportRow.Field)
    /// Contains `organization` or `member`.
    case record
    /// Printed by other commands, but not imported.
    case ignored
  }

  init(_ source: ByteSource) throws {
    self.source = source
    records = try CSVRecords(source)
    guard let names = try records.next() else {
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
      guard let values = try records.next() else { return nil }
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
}
