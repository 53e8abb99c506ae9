import OrgCore
import OrgFileStore

/// The format in which records are printed.
enum OutputFormat {
  /// Columns under titles, for users.
  case table
  /// One line per record, with tabs between the values.
  case text
  case csv
  /// CSV in which no value is a formula.
  case spreadsheet
  case json
}

/// A value of a record.
enum Cell {
  case text(String?)
  case number(Int)
  /// The service's default, for a record without a value.
  case defaulted(String)
  /// A role, which is called otherwise by people than in the data.
  case role(Role, isDefaulted: Bool)

  /// An unknown time has no text.
  static func time(_ time: Timestamp) -> Cell { .text(time == .unknown ? nil : time.description) }

  var text: String? {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .defaulted(let text): text
    case .role(let role, _): role.rawValue
    }
  }

  /// The text for users, which marks defaults.
  var shownText: String? {
    switch self {
    case .defaulted(let text): "(\(text))"
    case .role(let role, let isDefaulted): isDefaulted ? "(\(role.title))" : role.title
    default: text
    }
  }
}

/// A column of records.
struct Column {
  /// The name in JSON and CSV. It is the same as in the data files, if it exists there.
  let key: String
  /// The title in a table.
  let title: String
  /// Whether a table shows it where nobody says which columns it has.
  let isListed: Bool
  /// Whether its values are numbers, which end below each other.
  let isRight: Bool
  /// Whether its texts are sentences, which go on in the next line of a table that has no room for them.
  let wraps: Bool

  /// - Parameter title: the title in a table; `nil` if the column isn't shown there.
  init(_ key: String, _ title: String?, isRight: Bool = false, wraps: Bool = false) {
    self.key = key
    self.wraps = wraps
    self.title = title ?? key
    isListed = title != nil
    self.isRight = isRight
  }

  /// The column for a key of an organization.
  init(_ key: OrganizationKey) {
    self.key = key.name
    title =
      switch key {
      case .field(let field): field.descriptor.heading
      case .createdAt: "Created"
      case .id: "Id"
      }
    isListed = key.heading != nil
    (isRight, wraps) = (false, false)
  }

  /// Whether its values are ids, on which rights are granted.
  var isID: Bool { key == "id" || key.hasSuffix("_id") }

  /// The columns of an organization.
  static let organization = OrganizationKey.all.map { Column($0) }

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
      .role(role, isDefaulted: defaults.contains(.role)), .time(joinedAt),
    ]
  }
}

/// Prints records one by one as they are found. Only a table waits for all of them to determine the column widths.
struct Listing {
  private let output: StandardOutput
  private let format: OutputFormat
  private let columns: [Column]
  /// The places of the columns that a table has.
  private let listed: [Int]
  private var count = 0
  private var rows: [[String]] = []

  /// - Parameter isChosen: whether a table has all of the columns, as they were asked for.
  init(
    _ columns: [Column], as format: OutputFormat, on output: StandardOutput, isChosen: Bool = false
  ) throws(OrgError) {
    self.columns = columns
    listed = columns.indices.filter { isChosen || columns[$0].isListed }
    self.format = format
    self.output = output
    if format == .csv || format == .spreadsheet {
      try output.write(columns.map(\.key).joined(separator: ",") + "\r\n")
    }
  }

  /// Prints one record.
  mutating func add(_ cells: [Cell]) throws(OrgError) {
    defer { count += 1 }
    switch format {
    case .table:
      rows.append(listed.map { cells[$0].shownText?.escapedForDisplay ?? "" })
    case .text:
      try output.write { bytes in
        for (index, cell) in cells.enumerated() {
          if index > 0 { bytes.append(UInt8(ascii: "\t")) }
          Encoded.append(display: cell.text ?? "", to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
      }
    case .csv, .spreadsheet:
      let isTerminal = output.isTerminal
      try output.write { bytes in
        for (index, cell) in cells.enumerated() {
          if index > 0 { bytes.append(UInt8(ascii: ",")) }
          var text = isTerminal ? cell.text?.escapedForDisplay : cell.text
          if format == .spreadsheet, let formula = text, formula.isFormula { text = "'" + formula }
          Encoded.append(csv: text, to: &bytes)
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
    case .text, .csv, .spreadsheet: break
    }
    try output.flush()
  }

  private func printTable() throws(OrgError) {
    guard !rows.isEmpty else { return }
    let table = Table(columns: listed.map { columns[$0] }, rows: rows, width: output.columns)
    for line in table.lines { try output.write(line + "\n") }
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
      case .role(let role, _): append(role.rawValue, to: &bytes)
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
  /// Whether a spreadsheet would run it as a formula: also after white space, which some of them skip.
  var isFormula: Bool {
    utf8.first == 0x09 || utf8.first == 0x0D
      || ["=", "+", "-", "@"].contains(unicodeScalars.first { !$0.properties.isWhitespace })
  }
}
