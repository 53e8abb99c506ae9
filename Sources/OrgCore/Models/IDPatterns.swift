/// What ids must look like that people type, beyond what the data can hold: a slip in an id grants rights to another user, or
/// bills another customer. Ids that are in the data already, and what programs write, aren't checked by it.
public struct IDPatterns: Sendable, Hashable {
  /// A regular expression for the whole of a user's id; `nil` for any.
  public var user: String?
  /// Regular expressions for the whole of the ids of billing services; none for any.
  public var billing: [OrganizationField: String]

  /// Patterns that are regular expressions; see `isPattern(_:)`.
  public init(user: String? = nil, billing: [OrganizationField: String] = [:]) {
    (self.user, self.billing) = (user, billing)
  }

  /// The patterns where nothing is configured: Stripe's own.
  public static let standard = IDPatterns(billing: [.stripeCustomerID: "cus_[A-Za-z0-9_]+"])

  /// Whether a text is a regular expression.
  public static func isPattern(_ text: String) -> Bool { (try? Regex(text)) != nil }

  /// - Throws: `OrgError.Code.invalidValue` if a value for a billing id has blanks or control characters, or isn't what the
  ///   service's ids look like. White space at its ends doesn't count, and an empty text isn't an id.
  public func check(_ value: String?, for field: OrganizationField) throws(OrgError) {
    let id = (value ?? "").trimmed
    guard field.isOptional, !id.isEmpty else { return }
    try Self.check(id, "A \(field.title)", billing[field], field.descriptor.word, .invalidValue)
  }

  /// - Throws: `OrgError.Code.invalidIdentifier` if a new user's id has blanks or control characters, or isn't what ids of
  ///   users look like.
  public func checkUserID(_ id: String) throws(OrgError) {
    try Self.check(id, "A user's id", user, "user", .invalidIdentifier)
  }

  private static func check(
    _ id: String, _ title: String, _ pattern: String?, _ word: String, _ code: OrgError.Code
  ) throws(OrgError) {
    guard id.unicodeScalars.allSatisfy({ $0.isPlain && !$0.properties.isWhitespace }) else {
      throw OrgError(code, "\(title) can't contain blanks or control characters, as \(id.quoted) does.")
    }
    guard let pattern, let regex = try? Regex(pattern), id.wholeMatch(of: regex) == nil else { return }
    throw OrgError(
      code,
      "\(title) looks like \(pattern.escapedForDisplay), and \(id.quoted) doesn't; the configuration sets that under [ids]."
    )
  }
}
