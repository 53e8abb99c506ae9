import Dispatch
import OrgCore
import Synchronization

/// Makes listings: of what an earlier one knows, what still holds is used again.
struct ListBuilder {
  let reader: PostgresReader
  let query: Query
  let order: ListOrder
  let earlier: PostgresListing?

  /// How many rows are read with the list itself, as they are most likely looked at.
  private static let firstRows = 200
  /// As many rows are read as soon as one.
  private static let fewRows = 500
  /// Of more changes nothing is used again.
  static let changeLimit = 2000
  /// Of more rows the server isn't asked again only because they may have changed.
  fileprivate static let refreshLimit = 1000

  /// The order by name, from which the others are made.
  private var byName: ListOrder { ListOrder(planTiers: order.planTiers) }

  // MARK: First rows

  /// The first rows, unless all are known with little work; `nil` if they are, and if the first take as long as all.
  func first() throws(OrgError) -> PostgresListing? {
    let ids = numbers
    let known = known(ids)
    let isOrdered = known.contains { $0.order == order }
    if isOrdered, query.isEmpty || (earlier?.query == query && earlier?.isComplete == true) { return nil }
    // Of so few, all are there at once.
    if !isOrdered, reader.summary.organizationCount < Self.fewRows { return nil }
    let search = isOrdered ? Search(self) : nil
    defer { search?.stop() }
    let page: (rows: [OrganizationRow], estimate: Int)
    do throws(OrgError) {
      let asked = search.map { search in reader.asLong { !search.isOver } } ?? reader
      page = try asked.page(query, order, limit: Self.firstRows)
    } catch {
      guard error.code == .cancelled, reader.isStillWanted, let search else { throw error }
      return try search.result()
    }
    let isComplete = isOrdered && page.rows.count < Self.firstRows
    var cache = ListingCache()
    if let earlier, earlier.summary.revision == reader.revision { cache = earlier.fetched }
    var rows: [OrganizationIDs.Number] = []
    for row in page.rows {
      guard let number = ids.add(row.organization.id) else { continue }
      cache.rows[number] = row
      rows.append(number)
    }
    let estimate = query.isEmpty ? reader.summary.organizationCount : page.estimate
    return PostgresListing(
      reader.unconditional, query, order, ids, orderings: ordered(known), rows: rows,
      generation: reader.generation, estimate: isComplete ? nil : max(estimate, rows.count), cache)
  }

  private var numbers: OrganizationIDs {
    reader.database.names.ids(areUUIDs: reader.tables.hasUUIDs, count: reader.summary.organizationCount)
  }

  /// The orders that are known: those of the earlier listing, and that by name.
  private func known(_ ids: OrganizationIDs) -> [Ordering] {
    var known = earlier.map { $0.ids === ids ? $0.orderings : [] } ?? []
    if !reader.readsOneMoment, let names = reader.database.names.newest(ids), names.order == byName {
      known.removeAll { $0.order == byName && $0.generation < names.generation }
      if !known.contains(where: { $0.order == byName }) { known.append(names) }
    }
    return known
  }

  /// With the order that is asked for first, if it is among them.
  private func ordered(_ orderings: [Ordering]) -> [Ordering] {
    orderings.filter { $0.order == order } + orderings.filter { $0.order != order }
  }

  // MARK: All rows

  /// All rows.
  func complete() throws(OrgError) -> PostgresListing {
    let ids = numbers
    let earlier = earlier.flatMap { $0.ids === ids ? $0 : nil }
    var known = known(ids)
    if known.isEmpty, !reader.readsOneMoment { known = [try readNames(ids)] }
    return try reader.inOneMoment { (reader) throws(OrgError) in
      try complete(ids, known, earlier, reader)
    }
  }

  private func complete(
    _ ids: OrganizationIDs, _ known: [Ordering], _ earlier: PostgresListing?, _ reader: PostgresReader
  ) throws(OrgError) -> PostgresListing {
    let since = (known.map(\.generation) + [earlier?.generation].compactMap(\.self)).min()
    // Where changes aren't recorded, what is known of the same data has to do.
    let isSame = !reader.tables.isInstalled && earlier?.summary.revision == reader.revision
    let (generation, changes) = try reader.changes(since: isSame ? nil : since)
    let difference = isSame ? StoreDifference() : changes
    if let changes, let earlier, changes != StoreDifference() {
      if !query.isEmpty, !query.dependsOnOthers, earlier.query == query, earlier.isComplete {
        reader.willAsk([reader.matchStatement(query, among: Array(changes.changed))])
      }
      reader.willAsk(Outdated(earlier, ids, changes)?.statements(reader) ?? [])
    }
    let orderings = try self.orderings(ids, known, generation, difference, reader)
    let rows = try self.rows(orderings[0], earlier, difference, reader)
    var cache = try refreshed(earlier, ids, difference, reader)
    let first = rows.prefix(Self.firstRows).filter { cache.rows[$0] == nil }
    if !first.isEmpty {
      for row in try reader.rows(of: first.map { ids[$0] }) {
        if let number = ids.number(of: row.organization.id) { cache.rows[number] = row }
      }
    }
    return PostgresListing(
      self.reader.unconditional, query, order, ids, orderings: orderings, rows: rows, generation: generation,
      cache)
  }

  /// All organizations in the order that is asked for, and, second, by name.
  private func orderings(
    _ ids: OrganizationIDs, _ known: [Ordering], _ generation: Int, _ changes: StoreDifference?,
    _ reader: PostgresReader
  ) throws(OrgError) -> [Ordering] {
    var orderings: [Ordering] = []
    if let changes {
      for ordering in known where ordering.order == order || ordering.order == byName {
        if changes == StoreDifference() {
          orderings.append(Ordering(ordering, generation: generation))
        } else {
          let update = OrderingUpdate(ordering, changed: changes.changed, removed: changes.removed)
          let updated = try update.updated(generation: generation) { (ids) throws(OrgError) in
            try reader.sort(ids, ordering.order)
          }
          if let updated { orderings.append(updated) }
        }
      }
    }
    if !self.reader.readsOneMoment, let names = orderings.first(where: { $0.order == byName }) {
      reader.database.names.note(names)
    }
    if orderings.contains(where: { $0.order == order }) { return ordered(orderings) }
    let names: Ordering
    if let known = orderings.first(where: { $0.order == byName }) {
      names = known
    } else {
      names = try reader.names(ids, byName, generation: generation)
    }
    if !self.reader.readsOneMoment { reader.database.names.note(names) }
    switch order.column {
    case .name: return order == byName ? [names] : [names.reversed(order), names]
    case .plan, .status, .members, .created:
      return [names.sorted(order, by: try reader.sortKeys(order, numbers: ids)), names]
    }
  }

  /// Waits for all organizations by name.
  private func readNames(_ ids: OrganizationIDs) throws(OrgError) -> Ordering {
    let (reader, byName) = (reader.unconditional, byName)
    return try reader.database.names.wait(ids, isWanted: { self.reader.isStillWanted }) {
      () throws(OrgError) in
      return try reader.inOneMoment { (moment) throws(OrgError) in
        let (generation, _) = try moment.changes(since: nil)
        return try moment.names(ids, byName, generation: generation)
      }
    }
  }

  private func rows(
    _ ordering: Ordering, _ earlier: PostgresListing?, _ changes: StoreDifference?, _ reader: PostgresReader
  ) throws(OrgError) -> [OrganizationIDs.Number] {
    guard !query.isEmpty else { return ordering.rows }
    guard let changes, let earlier, earlier.query == query, earlier.isComplete else {
      return ordering.inOrder(try reader.matches(query, numbers: ordering.ids))
    }
    let all = changes.changed.union(changes.removed)
    guard !all.isEmpty else { return earlier.order == order ? earlier.rows : ordering.inOrder(earlier.rows) }
    guard !query.dependsOnOthers else {
      return ordering.inOrder(try reader.matches(query, numbers: ordering.ids))
    }
    let outdated = Set(all.compactMap(ordering.ids.number))
    let matches = try reader.matches(query, among: Array(changes.changed), numbers: ordering.ids)
    return ordering.inOrder(earlier.rows.filter { !outdated.contains($0) } + matches)
  }

  /// What the earlier listing fetched, read again as far as it may have changed.
  private func refreshed(
    _ earlier: PostgresListing?, _ ids: OrganizationIDs, _ changes: StoreDifference?,
    _ reader: PostgresReader
  ) throws(OrgError) -> ListingCache {
    guard let earlier, let outdated = Outdated(earlier, ids, changes) else { return ListingCache() }
    var cache = outdated.rest
    if !outdated.rows.isEmpty {
      for row in try reader.rows(of: outdated.rows) {
        if let number = ids.number(of: row.organization.id) { cache.rows[number] = row }
      }
    }
    for (places, group) in outdated.details {
      let found = try reader.details(of: group, members: places, [:])
      cache.details.merge(found) { $1 }
      for detail in found.values {
        if let number = ids.number(of: detail.organization.id) { cache.rows[number] = detail.row }
      }
    }
    return cache
  }

  /// What an earlier listing fetched and has to be read again.
  private struct Outdated {
    /// What doesn't have to.
    var rest: ListingCache
    /// Organizations of which only the row is known.
    let rows: [String]
    /// Organizations whose members were looked at, those in the same places together.
    let details: [(places: Range<Int>, organizations: [String])]

    /// - Parameter changes: what has changed; `nil` if anything may have.
    /// - Returns: `nil` if that is too much.
    init?(_ earlier: PostgresListing, _ ids: OrganizationIDs, _ changes: StoreDifference?) {
      let known = earlier.fetched
      rest = known
      let outdated: [String]
      if let changes {
        outdated = changes.changed.union(changes.removed).filter {
          known.details[$0] != nil || ids.number(of: $0).map { known.rows[$0] != nil } ?? false
        }.sorted()
        rest.forget(outdated, ids)
      } else {
        guard known.rows.count <= ListBuilder.refreshLimit else { return nil }
        outdated = Set(known.rows.keys.map { ids[$0] }).union(known.details.keys).sorted()
        rest = ListingCache()
      }
      rows = outdated.filter { known.details[$0] == nil }
      let groups = Dictionary(grouping: outdated.filter { known.details[$0] != nil }) {
        known.details[$0]?.places ?? 0..<0
      }
      details = groups.map { ($0, $1) }
    }

    /// What will be asked for them.
    func statements(_ reader: PostgresReader) -> [SQL] {
      (rows.isEmpty ? [] : [reader.rowStatement(rows)])
        + details.flatMap { reader.detailStatements(of: $0.organizations, members: $0.places) }
    }
  }
}

/// A search for all rows in no order, which several processes of the server do, or an index, beside the one for the first in
/// their order. Which is the faster depends on where in the order the first are, and nobody knows that before: to find few
/// in their order, the server may have to look at all, one after the other.
private final class Search: Sendable {
  private let state = Mutex<(result: Result<PostgresListing, OrgError>?, isStopped: Bool)>((nil, false))

  init(_ builder: ListBuilder) {
    DispatchQueue(label: "orgman.search").async { [self] in
      let reader = builder.reader.asLong { [self] in !state.withLock { $0.isStopped } }
      let search = ListBuilder(
        reader: reader, query: builder.query, order: builder.order, earlier: builder.earlier)
      let result = Result { () throws(OrgError) in try search.complete() }
      state.withLock { $0.result = result }
    }
  }

  /// Whether all have been found.
  var isOver: Bool { state.withLock { $0.result != nil } }

  func stop() { state.withLock { $0.isStopped = true } }

  func result() throws(OrgError) -> PostgresListing? { try state.withLock { $0.result }?.get() }
}

extension Ordering {
  /// Some of the organizations in this order.
  func inOrder(_ numbers: [Number]) -> [Number] {
    guard numbers.count > rows.count / 16 else {
      return numbers.compactMap { number in place(of: number).map { (number, $0) } }.sorted { $0.1 < $1.1 }
        .map(\.0)
    }
    var isThere = [Bool](repeating: false, count: rows.count)
    for number in numbers { if let place = place(of: number) { isThere[place] = true } }
    return rows.indices.compactMap { isThere[$0] ? rows[$0] : nil }
  }
}
