import OrgCore

/// The organizations as they were asked for: made off the screen's thread, as that may take a while, and shown as a whole.
package struct OrganizationList: Sendable {
  /// What was asked for.
  package let request: ListRequest
  /// The rows, and what the screen's thread knows of single organizations.
  package let listing: any OrganizationListing
  /// The data that the rows are of, for what is worked out off the screen's thread.
  package let reader: any StoreReader
  /// What differs from the list before.
  let step: Step
  /// How many deleted organizations are hidden, as the query doesn't name a status; `nil` where that isn't known.
  package let hiddenCount: Int?
  /// What is wrong with the query; the rows are those of the last good one then.
  package let queryError: QueryError?
  /// Tells it from every other list: what is fetched for one is there in no other.
  let identity = Identity()

  /// Something that is the same as itself alone.
  final class Identity: Sendable {}

  /// What happened to the data from one list to the next.
  struct Step: Sendable {
    let from: Revision
    let to: Revision
    /// What differs; `nil` where that isn't known.
    let difference: StoreDifference?
  }

  /// Nothing: the data haven't been read.
  package static let unread = OrganizationList()

  /// Arranges the data. What the previous list knows of the same data is used again. Where that takes long, only the first
  /// rows are there.
  ///
  /// - Parameter isWanted: says whether somebody still waits for it; if nobody does, `cancelled` may be thrown.
  package init(
    _ reader: any StoreReader, for request: ListRequest, after previous: OrganizationList? = nil,
    isWanted: @escaping @Sendable () -> Bool = { true }
  ) throws(OrgError) {
    self.request = request
    self.reader = reader
    let query: Query
    var hides = false
    do {
      let typed = try Query(request.query, roles: reader.summary.roles).knowing(request.directory)
      query = request.showsDeleted ? typed : typed.hidingDeleted
      hides = query != typed
      queryError = nil
    } catch {
      query = previous?.listing.query ?? Query()
      queryError = error
    }
    let asked = reader.wanted(while: isWanted)
    let earlier = previous?.listing
    if let first = try asked.firstRows(query, request.order, after: earlier) {
      listing = first
    } else {
      listing = try asked.listing(query, request.order, after: earlier)
    }
    hiddenCount = hides ? try Self.hiddenCount(listing, request, asked, previous) : nil
    if let previous {
      let isSame = previous.listing.summary.isSame(as: reader.summary)
      step = Step(
        from: previous.revision, to: reader.revision,
        difference: isSame ? StoreDifference() : try reader.difference(since: previous.reader))
    } else {
      step = Step(from: reader.revision, to: reader.revision, difference: nil)
    }
  }

  /// The same with all rows, of which only the first were there.
  private init(_ first: OrganizationList, _ listing: any OrganizationListing) {
    (request, reader, queryError) = (first.request, first.reader, first.queryError)
    self.listing = listing
    hiddenCount = first.hiddenCount ?? Self.difference(listing, first.request)
    step = Step(from: first.revision, to: first.revision, difference: StoreDifference())
  }

  /// The same with all rows, if they are those of the same data; `nil` if they aren't.
  package func completed(_ listing: any OrganizationListing) -> OrganizationList? {
    let isSame =
      listing.summary.revision == revision && listing.query == self.listing.query
      && listing.order == self.listing.order
    return isSame ? OrganizationList(self, listing) : nil
  }

  /// Data of which nothing has been read.
  private init() {
    let reader = MemoryReader.unread
    (request, self.reader, queryError) = (ListRequest(), reader, nil)
    listing = reader.listing(Query(), request.order, after: nil)
    hiddenCount = nil
    step = Step(from: reader.revision, to: reader.revision, difference: nil)
  }

  /// How many deleted organizations there are: those that were known of the same data, or counted.
  private static func hiddenCount(
    _ listing: any OrganizationListing, _ request: ListRequest, _ reader: any StoreReader,
    _ previous: OrganizationList?
  ) throws(OrgError) -> Int? {
    if let previous, let count = previous.hiddenCount, previous.listing.summary.isSame(as: listing.summary) {
      return count
    }
    if let count = difference(listing, request) { return count }
    guard listing.isWhole else { return previous?.hiddenCount }
    let deleted = Query(terms: [QueryTerm(.status(.deleted))])
    return try reader.listing(deleted, request.order, after: listing).count
  }

  /// How many deleted organizations there are, where all others are shown.
  private static func difference(_ listing: any OrganizationListing, _ request: ListRequest) -> Int? {
    let summary = listing.summary
    guard !request.showsDeleted, listing.query == Query().hidingDeleted, listing.isComplete,
      !summary.estimates.contains(.organizations)
    else { return nil }
    return max(0, summary.organizationCount - listing.count)
  }

  /// How many rows there are.
  package var count: Int { listing.count }
  /// The revision of the data.
  package var revision: Revision { listing.summary.revision }
  /// Organizations that differ from those of the list before, or are new.
  package var changed: Set<String> { step.difference?.changed ?? [] }

  /// The row of an organization, if the filter shows it.
  package func row(of id: String) -> Int? { listing.position(of: id) }

  /// What happened to the data since an earlier list was shown; `nil` where that isn't known.
  ///
  /// - Parameter superseded: what happened on the way, in lists that weren't shown.
  func difference(since earlier: OrganizationList, through superseded: [Step]) -> StoreDifference? {
    var (changed, removed): (Set<String>, Set<String>) = ([], [])
    var revision = earlier.revision
    for step in superseded + [step] where step.from == revision {
      guard let difference = step.difference else { return nil }
      changed.formUnion(difference.changed)
      removed.formUnion(difference.removed)
      revision = step.to
    }
    return revision == self.revision ? StoreDifference(changed: changed, removed: removed) : nil
  }
}

extension DataSummary {
  /// Whether the other is of the same data, of which as much had been read.
  fileprivate func isSame(as other: DataSummary) -> Bool {
    revision == other.revision && hasOrganizations == other.hasOrganizations
  }
}
