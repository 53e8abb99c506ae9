/// A part of the history: what is `nil` leaves nothing out.
public struct HistoryFilter: Sendable, Hashable {
  /// Generations that changed this organization or its members, by its id.
  public var organization: String?
  /// Generations that changed a membership of this user; with an organization, the membership in that one.
  public var user: String?
  /// Generations of this time and later ones.
  public var since: Timestamp?
  /// Generations from before this time.
  public var until: Timestamp?
  /// What else a generation must be, or must not.
  public var terms: [QueryTerm<Condition>] = []
  /// Which generations come first.
  public var order = Order.newestFirst

  /// Which generations come first.
  public enum Order: String, Sendable, Hashable, CaseIterable {
    /// What happened last.
    case newestFirst = "newest"
    /// What happened first.
    case oldestFirst = "oldest"
  }

  /// What a term asks for. What is said of a change must hold for one and the same.
  public enum Condition: Sendable, Hashable {
    /// A text in what was done, or in who did it and when, whatever the case.
    case text(String)
    /// Characters in this order in it.
    case fuzzy(String)
    /// A text in who did it: the user, the login, the machine or the address.
    case by(String)
    /// A text in the name that the organization had then, or in its id.
    case organization(String)
    /// A text in the id of a user whose membership was changed.
    case user(String)
    /// How it came about: one of these names, as `HistoryEntry.Kind.name` has them.
    case kind([String])
    /// A time from one moment on and before another; `nil` for no limit.
    case time(Timestamp?, Timestamp?)
  }

  /// Asks for a part of the history.
  public init(
    organization: String? = nil, user: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
    terms: [QueryTerm<Condition>] = [], order: Order = .newestFirst
  ) {
    self.organization = organization
    self.user = user
    self.since = since
    self.until = until
    self.terms = terms
    self.order = order
  }

  /// Whether it leaves nothing out.
  public var isEmpty: Bool { self == HistoryFilter(order: order) }

  /// Whether a generation is asked for.
  public func includes(_ entry: HistoryEntry) -> Bool { place(in: entry) != nil }

  /// Whether a change is to what is asked for, whenever it was.
  public func includes(_ change: Change) -> Bool {
    (organization == nil || change.organizationID == organization) && (user == nil || change.userID == user)
  }

  /// The place of the first change in a generation that has all that is asked of one, 0 where nothing is; `nil` for a
  /// generation that isn't asked for.
  package func place(in entry: HistoryEntry) -> Int? {
    if let since, entry.time < since { return nil }
    if let until, entry.time >= until { return nil }
    var wanted: [Condition] = []
    var head: String?
    func headText() -> String {
      let text = head ?? entry.searchText
      head = text
      return text
    }
    for term in terms {
      switch term.condition {
      case .by, .kind, .time:
        if entry.meets(term.condition) == term.isNegated { return nil }
      case .text, .fuzzy:
        let isMet = term.condition.isFound(in: headText())
        if term.isNegated {
          if isMet || entry.changes.contains(where: { $0.meets(term.condition) }) { return nil }
        } else if !isMet {
          wanted.append(term.condition)
        }
      case .organization, .user:
        if !term.isNegated {
          wanted.append(term.condition)
        } else if entry.changes.contains(where: { $0.meets(term.condition) }) {
          return nil
        }
      }
    }
    let isAboutChange = organization != nil || user != nil || !wanted.isEmpty
    let place = entry.changes.firstIndex { recorded in
      includes(recorded.change) && wanted.allSatisfy(recorded.meets)
    }
    return isAboutChange ? place : place ?? 0
  }
}

extension HistoryFilter.Condition {
  /// Whether a text, in lower case, has what is looked for.
  fileprivate func isFound(in text: String) -> Bool {
    switch self {
    case .text(let word), .by(let word), .organization(let word), .user(let word):
      return text.contains(word.lowercased())
    case .fuzzy(let characters):
      var rest = text[...]
      for character in characters.lowercased() {
        guard let place = rest.firstIndex(of: character) else { return false }
        rest = rest[rest.index(after: place)...]
      }
      return true
    case .kind, .time: return false
    }
  }
}

extension HistoryEntry.Kind {
  /// How people say it.
  fileprivate var words: String {
    switch self {
    case .undo(let generation): "undo undid \(generation)"
    case .redo(let generation): "redo redid \(generation)"
    case .foreign: "outside"
    case .repair: "repair repaired"
    case .restore: "restore restored"
    case .erase: "erase erased"
    case .edit: "edit"
    }
  }
}

extension HistoryEntry {
  /// Who did it, in all words that there are for that, in lower case.
  fileprivate var actorText: String {
    var words = kind == .foreign ? ["outside"] : []
    for actor in kind == .foreign ? [writer].compactMap(\.self) : [actor] {
      words += [actor.user, actor.login ?? "", actor.claimedSudoUser ?? "", actor.claimedSSHClient ?? ""]
      words.append(actor.actingAs ?? "")
      words += [actor.host, actor.description]
    }
    return words.joined(separator: "\n").lowercased()
  }

  /// What words are looked for in, but for the changes.
  fileprivate var searchText: String {
    ["\(generation)", time.description, actorText, kind.words, note ?? ""].joined(separator: "\n")
      .lowercased()
  }

  fileprivate func meets(_ condition: HistoryFilter.Condition) -> Bool {
    switch condition {
    case .by: condition.isFound(in: actorText)
    case .kind(let names): names.contains(kind.name)
    case .time(let since, let until): since.map { time >= $0 } ?? true && until.map { time < $0 } ?? true
    case .text, .fuzzy, .organization, .user: false
    }
  }
}

extension RecordedChange {
  fileprivate func meets(_ condition: HistoryFilter.Condition) -> Bool {
    switch condition {
    case .organization: condition.isFound(in: "\(organizationName)\n\(change.organizationID)".lowercased())
    case .user: change.userID.map { condition.isFound(in: $0.lowercased()) } ?? false
    case .text, .fuzzy: condition.isFound(in: searchText)
    case .by, .kind, .time: false
    }
  }

  /// What words are looked for in.
  private var searchText: String {
    let field: String =
      switch change {
      case .setField(let field, _, _, _): field.rawValue
      case .setRole: "role"
      default: ""
      }
    return [summary, organizationName, change.organizationID, change.userID ?? "", field]
      .joined(separator: "\n").lowercased()
  }
}
