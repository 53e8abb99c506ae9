/// A statement with the values of its parameters, which are always bound and never part of the text.
struct Statement: Hashable, Sendable {
  /// The text, with `$1` and so on for its parameters.
  let sql: String
  /// The parameters in PostgreSQL's text format; `nil` is NULL.
  let parameters: [String?]
  /// Whether the result comes in PostgreSQL's binary format.
  let isBinary: Bool
  /// Whether the same text is run again and again, so that it pays to prepare it.
  let isFrequent: Bool

  init(_ sql: String, _ parameters: [String?] = [], isBinary: Bool = false, isFrequent: Bool = false) {
    (self.sql, self.parameters) = (sql, parameters)
    (self.isBinary, self.isFrequent) = (isBinary, isFrequent)
  }
}

extension [String] {
  /// The text format of an array, for a parameter that is cast to `text[]` or `uuid[]`.
  var arrayLiteral: String {
    let items = map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
    return "{\(items.joined(separator: ","))}"
  }
}
