/// An organization with its members, for data that a test makes up.
struct Record {
  var id: String
  var name: String
  var plan = "starter"
  var status = "active"
  var lago: String?
  var stripe: String?
  /// User ids with their roles.
  var members: [(String, String)] = []

  init(_ id: String, _ name: String, members: [(String, String)] = []) {
    self.id = "org_" + id
    self.name = name
    self.members = members
  }

  private var organization: String {
    """
      "\(id)": {
        "id": "\(id)",
        "name": \(Self.quoted(name)),
        "created_at": "2026-11-22 21:51:10.076830",
        "plan_tier": \(Self.quoted(plan)),
        "lago_customer_id": \(lago.map(Self.quoted) ?? "null"),
        "stripe_customer_id": \(stripe.map(Self.quoted) ?? "null"),
        "status": "\(status)"
      }
    """
  }

  private var list: String {
    let records = members.map { user, role in
      """
          {
            "org_id": "\(id)",
            "user_id": \(Self.quoted(user)),
            "role": "\(role)",
            "joined_at": "2026-11-22 21:51:10"
          }
      """
    }
    let body = records.isEmpty ? "[]" : "[\n\(records.joined(separator: ",\n"))\n  ]"
    return "  \"\(id)\": \(body)"
  }

  /// A JSON string as Python writes it.
  static func quoted(_ text: String) -> String {
    // Most of what a big file holds.
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
      return "\"\(text)\""
    }
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C: result += "\\" + String(UnicodeScalar(UInt8(unit)))
      case 0x20...0x7E: result += String(UnicodeScalar(UInt8(unit)))
      case 0x08: result += "\\b"
      case 0x09: result += "\\t"
      case 0x0A: result += "\\n"
      case 0x0C: result += "\\f"
      case 0x0D: result += "\\r"
      default: result += "\\u" + String(Int(unit) + 0x10000, radix: 16).dropFirst()
      }
    }
    return result + "\""
  }

  static func files(_ records: [Record]) -> (organizations: String, users: String) {
    guard !records.isEmpty else { return ("{}", "{}") }
    return (
      "{\n" + records.map(\.organization).joined(separator: ",\n") + "\n}",
      "{\n" + records.map(\.list).joined(separator: ",\n") + "\n}"
    )
  }
}
