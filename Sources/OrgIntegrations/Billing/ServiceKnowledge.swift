import OrgCore

/// What is known of a service, and which of its customers organizations have.
struct ServiceKnowledge: Sendable {
  let service: BillingService
  var list: CustomerList
  /// Why the list isn't complete, or why no more customers were asked for one by one.
  var failure: ServiceFailure?
  /// What was answered about stored ids that aren't in the list.
  var answers: [String: SingleAnswer] = [:]
  /// Stored ids that are something else than a customer's id.
  var aliases: [String: Alias] = [:]
  /// The first organization that has an id.
  private(set) var holders: [String: String] = [:]
  /// Stored ids that aren't in the list.
  private(set) var unlisted: Set<String> = []
  /// Customers by the organizations that they name.
  private(set) var naming: [String: [String]] = [:]
  /// Those organizations of `naming` that there are.
  private var existing: Set<String> = []
  /// Customers that belong to an organization in another way than by its id.
  var linked: Set<String> = []
  /// How many stored ids couldn't be looked up.
  var unknownCount = 0

  /// A stored id that is something else.
  struct Alias: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      case ownID
      case subscription
    }

    let kind: Kind
    /// The id of the customer that is meant.
    let customer: String
  }

  /// What a stored id leads to.
  enum Resolution: Sendable, Hashable {
    case customer(String, Customer)
    case alias(Alias)
    case deleted
    case missing
    case otherMode
    case otherAccount
    case unknown(String)
    /// As nothing more was asked.
    case notAsked
  }

  /// What the service has, before the organizations are known.
  init(_ service: BillingService, _ list: CustomerList, _ failure: ServiceFailure?) {
    (self.service, self.list, self.failure) = (service, list, failure)
    for (id, customer) in list.customers {
      for key in Self.keys(id, customer, service) { naming[key, default: []].append(id) }
    }
  }

  /// The form of an organization's id in which ids with and without `org_` are the same.
  static func key(_ id: String) -> String {
    let id = id.lowercased()
    return id.hasPrefix("org_") ? String(id.dropFirst(4)) : id
  }

  /// The organizations that a customer names: in its metadata, and at Lago by its id.
  private static func keys(_ id: String, _ customer: Customer, _ service: BillingService) -> Set<String> {
    var keys: Set<String> = service == .lago ? [key(id)] : []
    if let named = customer.named { keys.insert(key(named)) }
    return keys
  }

  // MARK: Organizations

  /// Notes which customer an organization has.
  mutating func note(_ organization: Organization) {
    let key = Self.key(organization.id)
    if naming[key] != nil { existing.insert(key) }
    guard let id = Self.stored(organization, service) else { return }
    if holders[id] == nil { holders[id] = organization.id }
    if list.customers[id] == nil { unlisted.insert(id) }
  }

  /// The id stored for an organization; an empty string counts as missing.
  static func stored(_ organization: Organization, _ service: BillingService) -> String? {
    organization[service.field].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Finds stored ids that are Lago's own ids, of customers or of live subscriptions.
  mutating func findAliases() {
    guard service == .lago, !unlisted.isEmpty else { return }
    for (id, customer) in list.customers {
      if let own = customer.ownID, unlisted.contains(own) { aliases[own] = Alias(kind: .ownID, customer: id) }
    }
    for id in unlisted {
      if let customer = list.subscriptions[id] {
        aliases[id] = Alias(kind: .subscription, customer: customer)
      }
    }
  }

  /// Stored ids that must be asked for one by one.
  var open: [String] {
    list.isComplete ? unlisted.filter { aliases[$0] == nil && answers[$0] == nil }.sorted() : []
  }

  /// Whether no stored id at all is a customer of the key's account, and there are enough to say so.
  var looksLikeAnotherAccount: Bool {
    list.isComplete && unlisted.count >= 10 && unlisted.count == holders.count && aliases.isEmpty
  }

  func resolve(_ id: String) -> Resolution {
    if let customer = list.customers[id] { return .customer(id, customer) }
    if let alias = aliases[id] { return .alias(alias) }
    switch answers[id] {
    case .present(let customer): return .customer(id, customer)
    case .deleted: return .deleted
    case .missing: return .missing
    case .otherMode: return .otherMode
    case .otherAccount: return .otherAccount
    case .unknown(let reason): return .unknown(reason)
    case nil: return .notAsked
    }
  }

  /// The customers that name an organization and that no organization has.
  func unheld(naming organization: Organization) -> [String] {
    (naming[Self.key(organization.id)] ?? []).filter { holders[$0] == nil }.sorted()
  }

  /// Customers that no organization has, and that name none.
  var orphans: [String] {
    list.customers.filter { id, customer in
      holders[id] == nil && !linked.contains(id)
        && existing.isDisjoint(with: Self.keys(id, customer, service))
    }.keys.sorted()
  }
}
