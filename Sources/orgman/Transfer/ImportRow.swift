import OrgCore

/// A record of a file that is imported, before anything in it is checked: an organization or a member.
struct ImportRow {
  /// What a record may say, by the names of the data files.
  enum Field: Int, CaseIterable {
    case id, name, createdAt, plan, lago, stripe, status, organization, user, role, joinedAt

    var key: String {
      switch self {
      case .id: "id"
      case .name: "name"
      case .createdAt: "created_at"
      case .plan: "plan_tier"
      case .lago: "lago_customer_id"
      case .stripe: "stripe_customer_id"
      case .status: "status"
      case .organization: "org_id"
      case .user: "user_id"
      case .role: "role"
      case .joinedAt: "joined_at"
      }
    }

    static let byKey = Dictionary(uniqueKeysWithValues: allCases.map { ($0.key, $0) })
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
  private var values: [Value?] = Array(repeating: nil, count: Field.allCases.count)

  init(line: Int) {
    self.line = line
  }

  /// A value; `nil` where the record doesn't speak of it.
  subscript(field: Field) -> Value? {
    get { values[field.rawValue] }
    set { values[field.rawValue] = newValue }
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
