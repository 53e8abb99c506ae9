/// A field that a query can name, such as `plan` in `plan:starter`.
public struct QueryField<Condition: Sendable & Hashable>: Sendable {
  /// What comes before the colon, in lower-case letters.
  let name: String
  /// Reads what comes after it.
  let read: @Sendable (inout QueryText) throws(QueryError) -> Condition

  package init(_ name: String, read: @escaping @Sendable (inout QueryText) throws(QueryError) -> Condition) {
    (self.name, self.read) = (name, read)
  }

  /// The same field in a list that has more conditions.
  func map<Other>(_ body: @escaping @Sendable (Condition) -> Other) -> QueryField<Other> {
    QueryField<Other>(name) { [read] text throws(QueryError) in body(try read(&text)) }
  }
}

// The kinds of fields that lists share.
extension QueryField {
  /// A field whose value is any text: `user:bob`.
  package static func text(_ name: String, _ body: @escaping @Sendable (String) -> Condition) -> Self {
    Self(name) { text throws(QueryError) in
      let place = text.position
      let value = try text.value()
      guard !value.isEmpty else {
        throw text.error("\(name): must be followed by a value, as in \(name):x.", at: place)
      }
      return body(value)
    }
  }

  /// A field whose value is one of some words, whatever their case: `status:active`.
  ///
  /// - Parameters:
  ///   - kind: what the words name: `status`.
  ///   - words: those to choose from, as an error names them.
  ///   - body: what a word in lower case asks for; `nil` for one that isn't known.
  package static func word(
    _ name: String, _ kind: String, _ words: [String], _ body: @escaping @Sendable (String) -> Condition?
  ) -> Self {
    Self(name) { text throws(QueryError) in
      let place = text.position
      let value = try text.value()
      guard let condition = body(value.lowercased()) else {
        throw text.error("There is no \(kind) \(value.quoted); use \(words.alternatives).", at: place)
      }
      return condition
    }
  }

  /// A field that compares a number: `members:>10`.
  package static func number(
    _ name: String, _ body: @escaping @Sendable (Query.Comparison) -> Condition
  ) -> Self {
    Self(name) { text throws(QueryError) in
      let place = text.position
      let sign = text.takeSign()
      let value = try text.value()
      guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value) else {
        throw text.error(
          "\(name): takes a number, as in \(name):3 or \(name):>10, not \(value.quoted).", at: place)
      }
      return body(Query.Comparison(sign: sign, number: number))
    }
  }

  /// A field that compares a day in UTC, as the number of days since 1970-01-01: `created:<2026-01-01`.
  package static func day(
    _ name: String, _ body: @escaping @Sendable (Query.Comparison) -> Condition
  ) -> Self {
    Self(name) { text throws(QueryError) in
      let place = text.position
      let sign = text.takeSign()
      let value = try text.value()
      guard value.utf8.count == 10, let day = Timestamp(value)?.dayNumber else {
        throw text.error(
          "\(name): takes a day, as in \(name):<2026-01-01, not \(value.quoted).", at: place)
      }
      return body(Query.Comparison(sign: sign, number: day))
    }
  }

  /// A field whose value is a role.
  package static func role(
    _ name: String = "role", among roles: [Role], _ body: @escaping @Sendable (Role) -> Condition
  ) -> Self {
    .word(name, "role", roles.map(\.title)) { word in
      Role(typed: word).flatMap { roles.contains($0) ? body($0) : nil }
    }
  }

  /// A field whose value is a status.
  package static func status(
    _ name: String = "status", _ body: @escaping @Sendable (Organization.Status) -> Condition
  ) -> Self {
    .word(name, "status", Organization.Status.allCases.map(\.rawValue)) {
      Organization.Status(rawValue: $0).map(body)
    }
  }
}
