import CLinux
import Glibc
import OrgCore
import OrgFileStore

/// The format in which records are printed.
enum OutputFormat {
  /// Columns under titles, for users.
  case table
  /// One line per record, with tabs between the values.
  case text
  case csv
  case json
}

/// A value of a record.
enum Cell {
  case text(String?)
  case number(Int)
  /// The service's default, for a record without a value.
  case defaulted(String)

  /// An unknown time has no text.
  static func time(_ time: Timestamp) -> Cell { .text(time == .unknown ? nil : time.description) }

  var text: String? {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .defaulted(let text): text
    }
  }

  /// The text for users, which marks defaults.
  var shownText: String? {
    if case .defaulted(let text) = self { "(\(text))" } else { text }
  }
}

/// A column of records.
struct Column {
  /// The name in JSON and CSV. It is the same as in the data files, if it exists there.
  let key: String
  /// The title in a table; `nil` if the column isn't shown there.
  let title: String?

  init(_ key: String, _ title: String?) {
    self.key = key
    self.title = title
  }

  /// The columns of an organization.
  static let organization = OrganizationKey.all.map { Column($0.name, $0.heading) }

  /// The four columns of a member.
  static let member = [
    Column("org_id", nil), Column("user_id", "User"), Column("role", "Role"), Column("joined_at", "Joined"),
  ]
}

extension Organization {
  var cells: [Cell] { cells([]) }

  /// - Parameter defaults: the fields that are missing in its record.
  func cells(_ defaults: DefaultedFields) -> [Cell] {
    OrganizationKey.all.map { key in
      guard let bit = key.defaulted, key != .createdAt, defaults.contains(bit) else {
        return .text(text(key))
      }
      return .defaulted(text(key) ?? "")
    }
  }
}

extension OrgUser {
  var cells: [Cell] { cells([]) }

  /// - Parameter defaults: the fields that are missing in its record.
  func cells(_ defaults: DefaultedFields) -> [Cell] {
    [
      .text(organizationID), .text(userID),
      defaults.contains(.role) ? .defaulted(role.rawValue) : .text(role.rawValue), .time(joinedAt),
    ]
  }
}

/// Prints records one by one as they are found. Only a table waits for all of them to determine the column widths.
struct Listing {
  private let output: StandardOutput
  private let format: OutputFormat
  private let columns: [Column]
  private var count = 0
  private var rows: [[String]] = []

  init(_ columns: [Column], as format: OutputFormat, on output: StandardOutput) throws(OrgError) {
    self.columns = columns
    self.format = format
    self.output = output
    if format == .csv { try output.write(columns.map(\.key).joined(separator: ",") + "\r\n") }
  }

  /// Prints one record.
  mutating func add(_ cells: [Cell]) throws(OrgError) {
    defer { count += 1 }
    switch format {
    case .table:
      rows.append(
        zip(columns, cells).filter { $0.0.title != nil }.map { $1.shownText?.escapedForDisplay ?? "" })
    case .text:
      try output.write { bytes in
        for (index, cell) in cells.enumerated() {
          if index > 0 { bytes.append(UInt8(ascii: "\t")) }
          Encoded.append(display: cell.text ?? "", to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
      }
    case .csv:
      let isTerminal = output.isTerminal
      try output.write { bytes in
        for (index, cell) in cells.enumerated() {
          if index > 0 { bytes.append(UInt8(ascii: ",")) }
          Encoded.append(csv: isTerminal ? cell.text?.escapedForDisplay : cell.text, to: &bytes)
        }
        bytes += "\r\n".utf8
      }
    case .json:
      let start = count == 0 ? "[\n" : ",\n"
      try output.write { bytes in
        bytes += start.utf8
        JSONOutput.append(columns, cells, to: &bytes)
      }
    }
  }

  /// Ends the list, and writes the rest of the output.
  mutating func finish() throws(OrgError) {
    switch format {
    case .table: try printTable()
    case .json: try output.write(count == 0 ? "[]\n" : "\n]\n")
    case .text, .csv: break
    }
    try output.flush()
  }

  private func printTable() throws(OrgError) {
    guard !rows.isEmpty else { return }
    let titles = columns.compactMap(\.title)
    // Don't let a few very long values push the other columns out of sight.
    let widths = titles.indices.map { column in
      rows.reduce(titles[column].displayWidth) { max($0, min(40, $1[column].displayWidth)) }
    }
    for row in [titles] + rows {
      var line = ""
      for (column, text) in row.enumerated() {
        line += text
        guard column < row.count - 1 else { break }
        line += String(repeating: " ", count: max(0, widths[column] - text.displayWidth) + 2)
      }
      try output.write(line + "\n")
    }
  }
}

/// Records as JSON objects, with the keys in the order of the data files.
enum JSONOutput {
  private static func append(_ text: String?, to bytes: inout [UInt8]) {
    JSONText.append(text, to: &bytes, short: .whiteSpace)
  }

  static func append(_ columns: [Column], _ cells: [Cell], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    appendFields(columns, cells, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
  }

  private static func appendFields(_ columns: [Column], _ cells: [Cell], to bytes: inout [UInt8]) {
    for (index, (column, cell)) in zip(columns, cells).enumerated() {
      bytes += (index == 0 ? "\"" : ", \"").utf8
      bytes += column.key.utf8
      bytes += "\": ".utf8
      switch cell {
      case .number(let number): bytes += String(number).utf8
      case .text(let text): append(text, to: &bytes)
      case .defaulted(let text): append(text, to: &bytes)
      }
    }
  }

  /// An organization with its members under `users`.
  static func append(
    _ organization: Organization, _ members: some Sequence<OrgUser>, to bytes: inout [UInt8]
  ) {
    bytes.append(UInt8(ascii: "{"))
    appendFields(Column.organization, organization.cells, to: &bytes)
    bytes += ", \"users\": [".utf8
    var isFirst = true
    for member in members {
      if !isFirst { bytes += ", ".utf8 }
      isFirst = false
      // Write each field directly, because there are many members.
      bytes += "{\"org_id\": ".utf8
      append(member.organizationID, to: &bytes)
      bytes += ", \"user_id\": ".utf8
      append(member.userID, to: &bytes)
      bytes += ", \"role\": \"".utf8
      bytes += member.role.rawValue.utf8
      bytes += "\", \"joined_at\": ".utf8
      append(member.joinedAt == .unknown ? nil : member.joinedAt.description, to: &bytes)
      bytes.append(UInt8(ascii: "}"))
    }
    bytes += "]}".utf8
  }
}

extension String {
  /// The width of the text in terminal cells; the text must be escaped.
  var displayWidth: Int {
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    _ = Self.locale
    return unicodeScalars.reduce(0) { $0 + max(0, Int(clinux_wcwidth($1.value))) }
  }

  /// `wcwidth` depends on the locale.
  private static let locale: Void = { _ = setlocale(LC_CTYPE, "C.UTF-8") }()
}
