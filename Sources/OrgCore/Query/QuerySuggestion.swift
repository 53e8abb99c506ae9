/// What may have been meant by a query that nothing matches: names and plans that are nearly those that it asks for.
public struct QuerySuggestion: Sendable, Hashable {
  /// What was looked for.
  public let term: Query.Condition
  /// What is nearly so, nearest first; none where nothing is.
  public let near: [String]

  /// Looks for what is nearly what a query asks for: the first of its terms that nothing matches by itself.
  ///
  /// - Parameters:
  ///   - query: what nothing matches.
  ///   - reader: the data.
  ///   - planTiers: the plans that are known whether an organization is on one or not.
  public init?(
    for query: Query, in reader: any StoreReader, planTiers: [String] = PlanTier.known
  ) throws(OrgError) {
    for term in query.terms where !term.isNegated {
      switch term.condition {
      case .plan(let plan):
        guard let near = try Self.plans(near: plan, in: reader, planTiers: planTiers) else { continue }
        (self.term, self.near) = (term.condition, near)
        return
      case .text(let text):
        guard try reader.organizations(matching: Query(containing: text), after: nil, limit: 1).isEmpty
        else { continue }
        (self.term, near) = (term.condition, try Self.names(text, reader))
        return
      default: break
      }
    }
    return nil
  }

  /// It as a sentence.
  public var sentence: String {
    let question = near.isEmpty ? "" : " Did you mean \(near.map { $0.escapedForDisplay }.alternatives)?"
    return switch term {
    case .plan(let plan): "No organization is on a plan \(plan.quoted).\(question)"
    case .text(let text): "No organization has \(text.quoted) in its name or ids.\(question)"
    default: question
    }
  }

  /// Plans that are nearly the one that is asked for; `nil` if that one is known, or an organization is on it.
  ///
  /// - Parameters:
  ///   - plan: what is asked for.
  ///   - reader: the data.
  ///   - tiers: the plans that are known whether an organization is on one or not.
  public static func plans(
    near plan: String, in reader: any StoreReader, planTiers tiers: [String] = PlanTier.known
  ) throws(OrgError) -> [String]? {
    let plan = plan.trimmed
    guard !tiers.contains(where: { $0.lowercased() == plan.lowercased() }),
      try reader.organizations(matching: Query(plan: plan), after: nil, limit: 1).isEmpty
    else { return nil }
    let others = try reader.overview().plans.values.map(\.name).filter { !tiers.contains($0) }
    return (tiers + others.sorted()).near(plan)
  }

  /// How many organizations are looked at for each piece of a word.
  private static let limit = 500

  /// Names with a word that is nearly the one that is asked for. There may be millions, so only those are looked at that have
  /// its beginning, its middle or its end.
  public static func names(_ text: String, _ reader: any StoreReader) throws(OrgError) -> [String] {
    var found: [String: String] = [:]
    for piece in pieces(of: text) {
      let query = Query(containing: piece)
      for row in try reader.organizations(matching: query, after: nil, limit: limit) {
        let name = row.organization.name
        for word in [name] + name.split(whereSeparator: \.isWhitespace).map(String.init) {
          found[word] = name
        }
      }
    }
    var names: [String] = []
    for word in found.keys.near(text, limit: 10) {
      if let name = found[word], !names.contains(name) { names.append(name) }
    }
    return Array(names.prefix(3))
  }

  /// Ids of users that are nearly the one that is asked for, as far as they have its beginning, its middle or its end.
  public static func users(_ text: String, _ reader: any StoreReader) throws(OrgError) -> [String] {
    var found: Set<String> = []
    for piece in pieces(of: text) {
      let users = try reader.users(
        matching: UserQuery(terms: [QueryTerm(.text(piece))]), by: UserOrder(), after: nil)
      let rows = 0..<min(limit, users.count)
      try users.fetch(rows)
      found.formUnion(rows.compactMap { users.user(at: $0)?.id })
    }
    return found.near(text)
  }

  /// Three characters of its beginning, its middle and its end; none of a shorter text.
  private static func pieces(of text: String) -> Set<String> {
    let characters = Array(text)
    guard characters.count >= 3, !characters.contains(where: \.isWhitespace) else { return [] }
    let middle = (characters.count - 3) / 2
    return [
      String(characters.prefix(3)), String(characters.suffix(3)), String(characters[middle..<middle + 3]),
    ]
  }
}

extension Query {
  /// The query for what has a text in its name, its id or a billing id.
  public init(containing text: String) { self.init("", text) }

  /// The query for what is on a plan.
  public init(plan: String) { self.init("plan:", plan) }

  private init(_ field: String, _ text: String) {
    let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    self = (try? Query("\(field)\"\(escaped)\"")) ?? Query()
  }
}
