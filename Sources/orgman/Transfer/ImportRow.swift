import OrgCore

/// A record of an imported file, before validation: an organization or a member.
struct ImportRow {
  /// A field of a record, named as in the data files: the keys of an organization, followed by those of a member.
  struct Field: Hashable {
    /// Its index among all fields.
    let place: Int

    static let names = Column.organization.map(\.key) + Column.member.map(\.key)
    static let byKey = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, Field(place: $0)) })

    static let id = Field(.id)
    static let createdAt = Field(.createdAt)
    static let name = Field(.field(.name))
    static let status = Field(.field(.status))
    static let organization = Field(member: "org_id")
    static let user = Field(member: "user_id")
    static let role = Field(member: "role")
    static let joinedAt = Field(member: "joined_at")

    /// Whether it is a field of a member.
    var isOfMember: Bool { place >= Column.organization.count }

    private init(place: Int) {
      self.place = place
    }

    init(_ key: OrganizationKey) {
      place = key.place
    }

    private init(member key: String) {
      place = Column.organization.count + (Column.member.firstIndex { $0.key == key } ?? 0)
    }
  }

  /// A value and its line. A `nil` text stands for null.
  struct Value {
    var text: String?
    var line: Int
  }

  /// The line at which the record begins.
  var line: Int
  /// Whether it is a member.
  var isMember = false
  private var values: [Value?] = Array(repeating: nil, count: Field.names.count)

  init(line: Int) {
    self.line = line
  }

  /// The value of a field; `nil` if the record doesn't have it.
  subscript(field: Field) -> Value? {
    get { values[field.place] }
    set { values[field.place] = newValue }
  }
}

/// An error in a record; other records can still be imported.
struct RowError: Error {
  let line: Int
  /// A message to follow the line number and a colon. Text from the file is escaped.
  let message: String
}

/// The formats for import and export.
enum TransferFormat: String, CaseIterable {
  case csv, json, jsonl

  /// Determines the format from the extension of a file name.
  init?(path: String) {
    switch Self.suffix(of: path).lowercased() {
    case "csv": self = .csv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    default: return nil
    }
  }

  /// The extension of a file name; empty if it has none.
  static func suffix(of path: String) -> Substring {
    path.split(separator: "/").last?.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
      ?? ""
  }
}

/// Reads the records of a file one by one.
protocol RowReader {
  /// The next record; `nil` at the end.
  ///
  /// - Throws: `RowError` if this record can be skipped, `OrgError` if nothing after it can be read.
  mutating func next() throws -> ImportRow?
}

/// The maximum length of a value in a file: more than any name or ID.
let longestValue = 1 << 20
