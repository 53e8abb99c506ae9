import OrgCore

/// What a review in CSV says of the roles.
struct EarlierReview {
  /// An organization with its members.
  struct Organization {
    var name: String
    /// What the data called the role of each user.
    var roles: [String: String] = [:]

    /// Removes a user; the role that the user had, `nil` for none.
    mutating func take(_ user: String) -> String? {
      roles.removeValue(forKey: user) ?? roles.removeValue(forKey: user.guarded)
    }
  }

  private(set) var organizations: [String: Organization] = [:]

  /// Reads a review.
  ///
  /// - Throws: `invalidValue` with the line that can't be read; what `ByteSource` throws.
  init(path: String) throws(OrgError) {
    let source = try ByteSource(path: path)
    let records = try CSVRecords(source)
    func failure(_ line: Int, _ message: String) -> OrgError {
      OrgError(.invalidValue, "\(source.name), line \(line): \(message)")
    }
    let names = try (records.next() ?? []).map { String(decoding: $0, as: UTF8.self) }
    func place(_ name: String) throws(OrgError) -> Int {
      guard let place = names.firstIndex(of: name) else {
        throw failure(1, "there is no column \(name); name a file that orgman review --csv wrote.")
      }
      return place
    }
    let (id, user, role) = (try place("org_id"), try place("user_id"), try place("role"))
    let name = names.firstIndex(of: "org_name")
    while true {
      let line = source.line
      guard let values = try records.next() else { return }
      // Skip an empty line.
      if values.count == 1, values[0].isEmpty { continue }
      guard values.count == names.count else {
        throw failure(
          line,
          "\(values.count) value\(values.count == 1 ? "" : "s"), where the first line names \(names.count).")
      }
      func text(_ place: Int) throws(OrgError) -> String {
        guard let text = String(validating: values[place], as: UTF8.self) else {
          throw failure(line, "this is not UTF-8.")
        }
        return text
      }
      // Those who had been removed by then have none.
      guard !values[role].isEmpty else { continue }
      let organization = try text(id)
      let title = try name.map { (place) throws(OrgError) in try text(place) } ?? organization
      organizations[organization, default: Organization(name: title)].roles[try text(user)] = try text(role)
    }
  }

  /// Removes an organization, which may have been written for a spreadsheet; `nil` if it has none.
  mutating func take(_ id: String) -> Organization? {
    organizations.removeValue(forKey: id) ?? organizations.removeValue(forKey: id.guarded)
  }
}

extension String {
  /// The text as it is written for a spreadsheet, with an apostrophe before a formula.
  var guarded: String { isFormula ? "'" + self : self }
  /// The text that is written like this for a spreadsheet.
  var withoutGuard: String {
    let rest = String(dropFirst())
    return hasPrefix("'") && rest.isFormula ? rest : self
  }
}
