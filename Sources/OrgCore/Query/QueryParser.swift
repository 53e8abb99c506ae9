/// One condition of a query, or that it doesn't hold.
public struct QueryTerm<Condition: Sendable & Hashable>: Sendable, Hashable {
  /// What must hold.
  public let condition: Condition
  /// Whether it must not hold instead.
  public let isNegated: Bool

  /// For tests and stores: a term.
  public init(_ condition: Condition, isNegated: Bool = false) {
    (self.condition, self.isNegated) = (condition, isNegated)
  }
}

/// What a kind of list can be filtered by. All lists share one language, and each has its own fields: `role:` and `joined:`
/// are fields of members, `plan:` is one of organizations.
public protocol ListQuery: Sendable, Hashable {
  /// What a term asks for.
  associatedtype Condition: Sendable, Hashable
  /// The terms in the order of the text. All must hold.
  var terms: [QueryTerm<Condition>] { get }
  /// Takes terms that were read.
  init(terms: [QueryTerm<Condition>])
  /// What words and fields mean in this list.
  ///
  /// - Parameter roles: the roles that a query may name: those of the data.
  static func vocabulary(_ roles: [Role]) -> QueryVocabulary<Condition>
}

extension ListQuery {
  /// The query that everything matches.
  public init() { self.init(terms: []) }

  /// Reads a query; a text of white space alone matches everything.
  ///
  /// - Parameters:
  ///   - text: the query.
  ///   - roles: the roles that it may name: those of the data.
  /// - Throws: `QueryError` with the place and what is wrong there.
  public init(_ text: String, roles: [Role] = Rules.files.roles) throws(QueryError) {
    self.init(terms: try Self.vocabulary(roles).terms(of: text))
  }

  /// Whether everything matches.
  public var isEmpty: Bool { terms.isEmpty }
}

/// What words and fields mean in one kind of list.
public struct QueryVocabulary<Condition: Sendable & Hashable>: Sendable {
  /// What a word asks for, or a text in quotes.
  let text: @Sendable (String) -> Condition
  /// What a word that isn't in quotes asks for, where it means something of its own.
  let word: @Sendable (String) -> Condition?
  /// What characters after `~` ask for.
  let fuzzy: @Sendable (String) -> Condition
  /// The fields in the order in which errors and help name them.
  let fields: [QueryField<Condition>]

  package init(
    text: @escaping @Sendable (String) -> Condition,
    word: @escaping @Sendable (String) -> Condition? = { _ in nil },
    fuzzy: @escaping @Sendable (String) -> Condition,
    _ fields: [QueryField<Condition>]
  ) {
    (self.text, self.word, self.fuzzy, self.fields) = (text, word, fuzzy, fields)
  }

  /// The names of the fields.
  public var fieldNames: [String] { fields.map(\.name) }

  /// Reads a query term by term.
  func terms(of text: String) throws(QueryError) -> [QueryTerm<Condition>] {
    var text = QueryText(text)
    var terms: [QueryTerm<Condition>] = []
    while true {
      text.skipWhitespace()
      if text.isAtEnd { return terms }
      let start = text.position
      let isNegated = text.take("!")
      if isNegated, text.isAtEndOfTerm {
        throw text.error("! must be followed by what must not match, as in !status:deleted.", at: start)
      }
      terms.append(QueryTerm(try condition(&text), isNegated: isNegated))
    }
  }

  private func condition(_ text: inout QueryText) throws(QueryError) -> Condition {
    let start = text.position
    if text.take("~") {
      let characters = try text.value()
      guard !characters.isEmpty else {
        throw text.error(
          "~ must be followed by characters to look for in this order, as in ~acr.", at: start)
      }
      return fuzzy(characters)
    }
    if !text.isAtQuote, let key = text.takeKey() {
      guard let field = fields.first(where: { $0.name == key }) else {
        throw text.error(
          "There is no field \(key.quoted) in this list, which has \(fieldNames.enumeration); "
            + "to look for the text itself, put it in double quotes.", at: start)
      }
      return try field.read(&text)
    }
    let isQuoted = text.isAtQuote
    let word = try text.value()
    guard !word.isEmpty else {
      throw text.error("There is nothing to look for between the quotes.", at: start)
    }
    return (isQuoted ? nil : self.word(word)) ?? self.text(word)
  }
}

extension [String] {
  /// `plan, status and role`
  fileprivate var enumeration: String {
    guard count > 1, let last else { return first ?? "none" }
    return dropLast().joined(separator: ", ") + " and " + last
  }
}
