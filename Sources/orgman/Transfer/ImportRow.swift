import OrgCore

/// A record of a file that is imported, before anything in it is checked: an organization or a member.
struct ImportRow {
  /// What a record may say, by the names of the data files: the keys of an organization, then those of a member.
  struct Field: Hashable {
    /// Its place among all.
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

    /// Whether it is one of a member.
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

  /// A value, and where it is. No text is null.
  struct Value {
    var text: String?
    var line: Int
  }

  /// Where the record begins.
  var line: Int
  /// Whether it is a member's.
  var isMember = false
  private var values: [Value?] = Array(repeating: nil, count: Field.names.count)

  init(line: Int) {
    self.line = line
  }

  /// A value; `nil` where the record doesn't speak of it.
  subscript(field: Field) -> Value? {
    get { values[field.place] }
    set { values[field.place] = newValue }
  }
}

/// What is wrong with a record; the others can be imported.
struct RowError: Error {
  let line: Int
  /// To follow the line and a colon; text of the file is escaped.
  let message: String
}

/// The forms that can be imported and exported.
enum TransferFormat: String, CaseIterable {
  case csv, json, jsonl

  /// By the end of a file's name.
  init?(path: String) {
    let suffix = path.split(separator: "/").last?.split(separator: ".").dropFirst().last ?? ""
    switch suffix.lowercased() {
    case "csv": self = .csv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    default: return nil
    }
  }
}

/// Reads the records of a file one after the other.
protocol RowReader {
  /// The next record, `nil` at the end.
  ///
  /// - Throws: `RowError` for one that can be passed over, `OrgError` where nothing after it can be read.
  mutating func next() throws -> ImportRow?
}

/// Most that one value of a file may have: more than anybody's name or id.
let longestValue = 1 << 20
