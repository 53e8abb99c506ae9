import OrgCore

extension SearchIndex {
  /// The index of the organization that has a name, whatever the case; found in steps that halve what is left.
  func organization(named name: String) -> Int? {
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
  func indices(in order: ListOrder) -> [Int32] {
    if order.column == .name { return order.isDescending ? self.order.reversed() : self.order }
    let ranks = order.column == .plan ? planRanks(order.planTiers) : []
    let isDescending = order.isDescending
    // The rank by name breaks ties.
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

  /// The rank of each plan.
  private func planRanks(_ tiers: [String]) -> [Int64] {
    let known = tiers.map { Array($0.utf8) }
    let others = table.plans.indices.filter { !known.contains(table.plans[$0]) }
      .sorted { table.plans[$0].lexicographicallyPrecedes(table.plans[$1]) }
    var ranks = table.plans.map { Int64(known.firstIndex(of: $0) ?? 0) }
    for (place, plan) in others.enumerated() { ranks[plan] = Int64(known.count + place) }
    return ranks
  }
}
