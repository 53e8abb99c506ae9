import OrgCore

/// Compares organizations one by one with what is known of the services.
struct BillingExamination {
  var known: [BillingService: ServiceKnowledge]
  let rules: BillingRules
  let dataRules: Rules
  private(set) var findings: [BillingFinding] = []
  /// Customers that belong to an organization in another way than by its id.
  private var linked: [BillingService: Set<String>] = [:]
  /// Customers that a repair gives to an organization.
  private var given: Set<String> = []
  /// The fields of the organization at hand that a repair sets.
  private var repaired: Set<OrganizationField> = []

  init(_ known: [BillingService: ServiceKnowledge], _ rules: BillingRules, _ dataRules: Rules) {
    (self.known, self.rules, self.dataRules) = (known, rules, dataRules)
  }

  /// How an organization is known at a service.
  private enum Standing {
    /// It has no customer there.
    case none
    case customer(String, Customer, knowsSubscriptions: Bool)
    /// The customer is gone.
    case gone
    case unknown

    var customer: Customer? { if case .customer(_, let customer, _) = self { customer } else { nil } }
  }

  mutating func examine(_ organization: Organization) {
    repaired = []
    let lago = standing(of: organization, at: .lago, chargedAs: nil)
    let charged = lago?.customer?.stripeID
    let stripe = standing(of: organization, at: .stripe, chargedAs: charged)
    if let charged { compare(organization, chargedAs: charged) }
    let standings = [(BillingService.lago, lago), (.stripe, stripe)].compactMap { service, standing in
      standing.map { (service, $0) }
    }
    examineSubscriptions(of: organization, standings)
  }

  /// What concerns no organization, and what isn't known.
  mutating func finish() {
    for service in BillingService.allCases {
      known[service]?.linked = linked[service] ?? []
      guard let known = known[service] else { continue }
      for id in known.orphans {
        let named = known.list.customers[id]?.named
        let more = named.map { " Its metadata name \($0.quoted), which isn't an organization." } ?? ""
        add(
          .orphanCustomer, service, nil, id,
          "No organization has the customer \(id.escapedForDisplay).\(more)")
      }
      if let failure = known.failure {
        let count = known.unknownCount
        add(
          .unknown, service, nil, nil,
          failure.message
            + (count == 0
              ? ""
              : " \(count) \(count == 1 ? "organization" : "organizations") couldn't be compared with it."))
      }
    }
  }

  // MARK: Ids

  private mutating func standing(
    of organization: Organization, at service: BillingService, chargedAs charged: String?
  ) -> Standing? {
    guard let knowledge = known[service] else { return nil }
    let naming = knowledge.unheld(naming: organization)
    guard let stored = ServiceKnowledge.stored(organization, service) else {
      return examine(organization, without: naming, at: service)
    }
    let id = stored.escapedForDisplay
    let title = service.title
    if let holder = knowledge.holders[stored], holder != organization.id {
      add(
        .sharedCustomer, service, organization, stored,
        "\(holder.escapedForDisplay) has the \(service.field.title) \(id), too.")
    }
    var result = Standing.unknown
    switch knowledge.resolve(stored) {
    case .customer(let key, let customer):
      let isListed = knowledge.list.customers[key] != nil
      result = .customer(
        key, customer, knowsSubscriptions: service == .stripe || isListed && knowledge.list.isComplete)
      examine(organization, key, customer, naming, at: service)
      if service == .lago, stored.contains("@") {
        add(
          .lagoIDIsEmail, service, organization, stored,
          "The customer's id at Lago is an e-mail address, \(id), which may change.", isNote: true)
      }
    case .alias(let alias):
      let meant = alias.customer
      let isOurs = knowledge.holders[meant] == nil
      linked[service, default: []].insert(meant)
      if let customer = knowledge.list.customers[meant] {
        result = .customer(meant, customer, knowsSubscriptions: knowledge.list.isComplete)
      }
      let what =
        alias.kind == .ownID
        ? "The stored Lago id \(id) is Lago's own id of the customer"
        : "The stored Lago id \(id) is that of a subscription of"
      add(
        alias.kind == .ownID ? .lagoIDIsLagoID : .lagoIDIsSubscription, service, organization, stored,
        "\(what) \(meant.escapedForDisplay).",
        repair: isOurs && knowledge.list.customers[meant] != nil
          ? repair(organization, service, to: meant) : nil)
    case .deleted:
      let repair = candidate(organization, naming, charged, service) ?? clearing(organization, service)
      result = standing(repair, at: service, otherwise: .gone)
      add(
        .stripeDeleted, service, organization, stored, "The customer \(id) was deleted at \(title).",
        repair: repair)
    case .missing where service == .stripe && charged == stored:
      add(
        .otherAccount, service, organization, stored,
        "Lago charges the customer \(id), which the account of this key doesn't have: it belongs to another account."
      )
    case .missing:
      let repair = candidate(organization, naming, charged, service)
      result = standing(repair, at: service, otherwise: .gone)
      let isEmail = service == .lago && stored.contains("@")
      add(
        service == .stripe ? .stripeMissing : isEmail ? .lagoIDIsEmail : .lagoMissing, service, organization,
        stored,
        isEmail
          ? "The stored Lago id \(id) is an e-mail address, and no customer's id."
          : "\(title) has no customer \(id).",
        repair: repair)
    case .otherMode:
      add(
        .otherMode, service, organization, stored,
        "The customer \(id) is in the other mode of \(title) than the key: one is for tests.")
    case .otherAccount:
      add(
        .otherAccount, service, organization, stored,
        "The account of this key doesn't have the customer \(id), which belongs to another one.")
    case .unknown(let reason):
      add(
        .unknown, service, organization, stored,
        "Whether \(title) has the customer \(id) isn't known. \(reason)")
    case .notAsked: known[service]?.unknownCount += 1
    }
    if case .gone = result, naming.count > 1 {
      addSeveral(organization, naming, service)
      result = .unknown
    }
    return result
  }

  /// The standing that an organization has once it is repaired.
  private func standing(_ repair: Change?, at service: BillingService, otherwise: Standing) -> Standing {
    guard case .setField(_, _, _, let id?)? = repair, let list = known[service]?.list,
      let customer = list.customers[id]
    else { return otherwise }
    return .customer(id, customer, knowsSubscriptions: list.isComplete)
  }

  /// Looks at customers that name an organization without an id.
  private mutating func examine(
    _ organization: Organization, without naming: [String], at service: BillingService
  ) -> Standing {
    guard naming.count <= 1 else {
      addSeveral(organization, naming, service)
      return .unknown
    }
    guard let customer = naming.first else { return .none }
    let repair = repair(organization, service, to: customer)
    add(
      .orphanCustomer, service, organization, customer,
      "The customer \(customer.escapedForDisplay) is for this organization, which has no \(service.field.title).",
      repair: repair)
    return standing(repair, at: service, otherwise: .unknown)
  }

  /// Compares an organization with the customer that it has.
  private mutating func examine(
    _ organization: Organization, _ id: String, _ customer: Customer, _ naming: [String],
    at service: BillingService
  ) {
    if let named = customer.named, ServiceKnowledge.key(named) != ServiceKnowledge.key(organization.id) {
      add(
        .metadataNamesOther, service, organization, id,
        "The metadata of the customer \(id.escapedForDisplay) name another organization, \(named.quoted).")
    }
    if !naming.isEmpty { addSeveral(organization, [id] + naming, service) }
  }

  private mutating func addSeveral(_ organization: Organization, _ ids: [String], _ service: BillingService) {
    let shown = ids.prefix(4).map(\.escapedForDisplay) + (ids.count > 4 ? ["\(ids.count - 4) more"] : [])
    let list = shown.dropLast().joined(separator: ", ") + " and " + (shown.last ?? "")
    add(
      .severalCustomers, service, organization, ids.first,
      "\(service.title) has \(ids.count) customers for this organization: \(list).")
  }

  private mutating func compare(_ organization: Organization, chargedAs charged: String) {
    let stored = ServiceKnowledge.stored(organization, .stripe)
    guard stored != charged else { return }
    linked[.stripe, default: []].insert(charged)
    let id = charged.escapedForDisplay
    let isThere = known[.stripe].map { $0.list.customers[charged] != nil } ?? true
    let isFree = stored == nil && isThere
    add(
      .lagoStripeDiffers, .lago, organization, charged,
      stored.map { "Lago charges \(id) at Stripe; the stored Stripe id is \($0.escapedForDisplay)." }
        ?? "Lago charges \(id) at Stripe; no Stripe id is stored.",
      repair: isFree ? repair(organization, .stripe, to: charged) : nil)
  }

  // MARK: Subscriptions

  private mutating func examineSubscriptions(
    of organization: Organization, _ standings: [(service: BillingService, standing: Standing)]
  ) {
    let live = standings.compactMap { service, standing in
      if case .customer(let id, let customer, _) = standing, customer.isLive {
        (service, id, customer)
      } else {
        nil
      }
    }
    guard organization.status == .active else {
      for (service, id, _) in live {
        add(
          .liveSubscriptionOfInactive, service, organization, id,
          "The organization is \(organization.status.rawValue), and its customer \(id.escapedForDisplay) has a live subscription."
        )
      }
      return
    }
    let plan = organization.planTier.escapedForDisplay
    let expected = rules.plans[organization.planTier] ?? []
    guard !live.isEmpty else {
      let isKnown = standings.allSatisfy { _, standing in
        switch standing {
        case .none, .gone: true
        case .customer(_, _, let knowsSubscriptions): knowsSubscriptions
        case .unknown: false
        }
      }
      if !expected.isEmpty, isKnown, let service = standings.first?.service {
        add(
          .paidWithoutSubscription, service, organization, ServiceKnowledge.stored(organization, service),
          "The organization is on \(plan), and has no live subscription.")
      }
      return
    }
    for (service, id, customer) in live where !customer.plans.isEmpty {
      let codes = Set(customer.plans.flatMap(\.self))
      let tiers = rules.plans.filter { !codes.isDisjoint(with: $0.value) }.keys.sorted()
      guard !tiers.contains(organization.planTier), !(expected.isEmpty && tiers.isEmpty) else { continue }
      let shown = customer.plans.compactMap(\.first).prefix(3).map(\.escapedForDisplay).joined(
        separator: ", ")
      let meant =
        tiers.isEmpty ? "" : ", which is \(tiers.map(\.escapedForDisplay).joined(separator: " or "))"
      add(
        .planDiffers, service, organization, id,
        "\(service.title) bills \(shown)\(meant); the organization is on \(plan).")
    }
  }

  // MARK: Repairs

  /// The customer that an organization without a valid id should have, if there is exactly one.
  private mutating func candidate(
    _ organization: Organization, _ naming: [String], _ charged: String?, _ service: BillingService
  ) -> Change? {
    if naming.count == 1, let only = naming.first { return repair(organization, service, to: only) }
    guard naming.isEmpty, service == .stripe, let charged, known[.stripe]?.list.customers[charged] != nil
    else {
      return nil
    }
    return repair(organization, service, to: charged)
  }

  /// The change that gives an organization a customer; `nil` if that can't be stored, or another one has it.
  private mutating func repair(
    _ organization: Organization, _ service: BillingService, to id: String
  ) -> Change? {
    let field = service.field
    guard known[service]?.holders[id] == nil, !given.contains("\(service.rawValue) \(id)"),
      !repaired.contains(field)
    else { return nil }
    do throws(OrgError) {
      try rules.idPatterns.check(id, for: field)
      guard try dataRules.checked(id, for: field) == id else { return nil }
    } catch {
      return nil
    }
    given.insert("\(service.rawValue) \(id)")
    repaired.insert(field)
    return .setField(field, organization: organization.id, from: organization[field], to: id)
  }

  private mutating func clearing(_ organization: Organization, _ service: BillingService) -> Change? {
    guard repaired.insert(service.field).inserted else { return nil }
    return .setField(service.field, organization: organization.id, from: organization[service.field], to: nil)
  }

  private mutating func add(
    _ code: BillingFinding.Code, _ service: BillingService, _ organization: Organization?,
    _ customer: String?,
    _ text: String, repair: Change? = nil, isNote: Bool = false
  ) {
    findings.append(
      BillingFinding(code, service, organization, customer, text, repair: repair, isNote: isNote))
  }
}
