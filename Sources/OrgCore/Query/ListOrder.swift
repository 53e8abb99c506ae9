/// What a list of organizations is sorted by.
public struct ListOrder: Sendable, Hashable {
  /// What can be compared.
  public enum Column: String, Sendable, Hashable, CaseIterable {
    /// The name, whatever the case.
    case name
    /// The plan: the known tiers as they rise, then the others by name.
    case plan
    /// The status: active, suspended, deleted.
    case status
    /// How many members there are.
    case members
    /// When it was created.
    case created

    /// Whether one looks for the last of it first: the largest, the newest.
    public var isDescendingAtFirst: Bool { self == .members || self == .created }
  }

  /// What is compared.
  public var column: Column
  /// Whether the last comes first.
  public var isDescending: Bool
  /// The known plans, as they rise.
  public var planTiers: [String]

  /// An order; by name if nobody says otherwise. Organizations that are alike in the column are in the order of
  /// their names.
  public init(
    _ column: Column = .name, isDescending: Bool = false, planTiers: [String] = PlanTier.known
  ) {
    self.column = column
    self.isDescending = isDescending
    self.planTiers = planTiers
  }

  /// The order after somebody asked for a column: of the one that it is by already, the inverse.
  public func asked(for column: Column) -> ListOrder {
    let isDescending = column == self.column ? !isDescending : column.isDescendingAtFirst
    return ListOrder(column, isDescending: isDescending, planTiers: planTiers)
  }
}

extension SearchIndex {
  /// The index of the organization that has a name, whatever the case; found in steps that halve what is left.
  public func organization(named name: String) -> Int? {
    let name = Array(name.nameKey.utf8)
    return table.text.withUnsafeBytes { text in
      var range = 0..<order.count
      while !range.isEmpty {
        let middle = range.lowerBound + range.count / 2
        let index = Int(order[middle])
        let own = text[table.starts[index]...].prefix { $0 != SearchText.separator }
        if own.elementsEqual(name) { return index }
        range =
          own.lexicographicallyPrecedes(name)
          ? middle + 1..<range.upperBound : range.lowerBound..<middle
      }
      return nil
    }
  }

  /// Indices of all organizations in an order. Makes no string.
  public func indices(in order: ListOrder) -> [Int32] {
    if order.column == .name { return order.isDescending ? self.order.reversed() : self.order }
    let ranks = order.column == .plan ? planRanks(order.planTiers) : []
    let isDescending = order.isDescending
    // Where each stands by name settles what is alike.
    var keys: [(value: Int64, place: Int32)] = []
    keys.reserveCapacity(self.order.count)
    for (place, index) in self.order.enumerated() {
      let facts = table.facts[Int(index)]
      let value: Int64 =
        switch order.column {
        case .name: 0
        case .plan: ranks[Int(facts.plan)]
        case .status: Organization.Status.allCases.firstIndex(of: facts.status).map(Int64.init) ?? 0
        case .members: Int64(snapshot.contents.memberCount(at: Int(index)))
        case .created: facts.createdAt.microseconds
        }
      keys.append((isDescending ? ~value : value, Int32(place)))
    }
    keys.sort { $0.value != $1.value ? $0.value < $1.value : $0.place < $1.place }
    return keys.map { self.order[Int($0.place)] }
  }

  /// Where each plan stands among all of them.
  private func planRanks(_ tiers: [String]) -> [Int64] {
    let known = tiers.map { Array($0.utf8) }
    let others = table.plans.indices.filter { !known.contains(table.plans[$0]) }
      .sorted { table.plans[$0].lexicographicallyPrecedes(table.plans[$1]) }
    var ranks = table.plans.map { Int64(known.firstIndex(of: $0) ?? 0) }
    for (place, plan) in others.enumerated() { ranks[plan] = Int64(known.count + place) }
    return ranks
  }
}
