/// Reads the text of a query term by term.
struct QueryParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private let roles: [Role]

  private static let fields = "plan, status, role, user, members, owners, created and no"

  init(_ text: String, roles: [Role]) {
    scalars = Array(text.unicodeScalars)
    self.roles = roles
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  /// The next term, `nil` at the end.
  mutating func next() throws(QueryError) -> Query.Term? {
    while let scalar = current, scalar.properties.isWhitespace { position += 1 }
    guard current != nil else { return nil }
    let start = position
    let isNegated = take("!")
    if isNegated, isAtEndOfTerm {
      throw QueryError(
        offset: start, message: "! must be followed by what must not match, as in !status:deleted.")
    }
    return Query.Term(condition: try condition(), isNegated: isNegated)
  }

  private var isAtEndOfTerm: Bool { current.map(\.properties.isWhitespace) ?? true }

  private mutating func condition() throws(QueryError) -> Query.Condition {
    let start = position
    if take("~") {
      let text = try value()
      guard !text.isEmpty else {
        throw QueryError(
          offset: start, message: "~ must be followed by characters to look for in this order, as in ~acr.")
      }
      return .fuzzy(text)
    }
    if current != "\"", let field = takeField() { return try condition(on: field, at: start) }
    let text = try value()
    guard !text.isEmpty else {
      throw QueryError(offset: start, message: "There is nothing to look for between the quotes.")
    }
    return .text(text)
  }

  /// Takes letters with a colon behind.
  private mutating func takeField() -> String? {
    let name = scalars[position...].prefix {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0)
    }
    guard !name.isEmpty, name.endIndex < scalars.count, scalars[name.endIndex] == ":" else { return nil }
    position = name.endIndex + 1
    var result = String.UnicodeScalarView()
    result.append(contentsOf: name)
    return String(result).lowercased()
  }

  private mutating func condition(on field: String, at start: Int) throws(QueryError) -> Query.Condition {
    let place = position
    func failure(_ message: String) -> QueryError { QueryError(offset: place, message: message) }
    switch field {
    case "plan", "user":
      let text = try value()
      guard !text.isEmpty else { throw failure("\(field): must be followed by a value, as in \(field):x.") }
      return field == "plan" ? .plan(text) : .user(text)
    case "status":
      let text = try value()
      guard let status = Organization.Status(rawValue: text.lowercased()) else {
        throw failure(
          "There is no status \(text.quoted); use \(Organization.Status.allCases.map(\.rawValue).alternatives)."
        )
      }
      return .status(status)
    case "role":
      let text = try value()
      guard let role = Role(typed: text), roles.contains(role) else {
        throw failure("There is no role \(text.quoted); use \(roles.map(\.title).alternatives).")
      }
      return .role(role)
    case "no":
      let text = try value()
      guard let field = OrganizationField.optional.first(where: { $0.descriptor.word == text.lowercased() })
      else {
        let words = OrganizationField.optional.reversed().map { "no:\($0.descriptor.word)" }
        throw failure("There is no billing id \(text.quoted); use \(words.alternatives).")
      }
      return .none(field)
    case "members", "owners":
      let sign = takeSign()
      let text = try value()
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
        throw failure(
          "\(field): takes a number, as in \(field):3 or \(field):>10, not \(text.quoted).")
      }
      let comparison = Query.Comparison(sign: sign, number: number)
      return field == "members" ? .members(comparison) : .owners(comparison)
    case "created":
      let sign = takeSign()
      let text = try value()
      guard text.utf8.count == 10, let day = Timestamp(text)?.dayNumber else {
        throw failure("created: takes a day, as in created:<2026-01-01, not \(text.quoted).")
      }
      return .created(Query.Comparison(sign: sign, number: day))
    default:
      throw QueryError(
        offset: start,
        message: "There is no field \(field.quoted); there are \(Self.fields). "
          + "To look for the text itself, put it in double quotes.")
    }
  }

  private mutating func takeSign() -> Query.Comparison.Sign {
    for sign in Query.Comparison.Sign.allCases
    where scalars[position...].starts(with: sign.rawValue.unicodeScalars) {
      position += sign.rawValue.unicodeScalars.count
      return sign
    }
    return .equal
  }

  /// Text up to white space, or in double quotes.
  private mutating func value() throws(QueryError) -> String {
    var result = String.UnicodeScalarView()
    let start = position
    guard take("\"") else {
      while let scalar = current, !scalar.properties.isWhitespace {
        result.append(scalar)
        position += 1
      }
      return String(result)
    }
    while let scalar = current {
      position += 1
      if scalar == "\"" {
        guard isAtEndOfTerm else {
          throw QueryError(offset: position, message: "A closing quote must be followed by a space.")
        }
        return String(result)
      }
      if scalar == "\\", let escaped = current, escaped == "\"" || escaped == "\\" {
        result.append(escaped)
        position += 1
      } else {
        result.append(scalar)
      }
    }
    throw QueryError(offset: start, message: "The quote isn't closed.")
  }
}
