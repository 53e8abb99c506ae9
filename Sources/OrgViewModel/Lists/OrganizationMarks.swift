import OrgCore

/// Organizations that have been marked: some by their ids, and rows of a listing as a whole, but for some. To mark all that
/// a filter shows takes no longer than to mark one, however many there are.
package struct OrganizationMarks: MarkSet {
  /// Those that were marked one by one; none of them is in a span.
  private var ids: Set<String> = []
  /// Those that were marked together; no two spans have one in common.
  private var spans: [Span] = []

  /// Rows of a listing, as they were when they were marked.
  fileprivate struct Span: Sendable {
    let listing: any OrganizationListing
    let rows: Range<Int>
    /// The ids in these rows that aren't marked.
    var exceptions: Set<String> = []

    var count: Int { rows.count - exceptions.count }

    /// Whether an organization is in the rows, marked or not.
    func covers(_ id: String) -> Bool { listing.position(of: id).map(rows.contains) ?? false }
    func contains(_ id: String) -> Bool { covers(id) && !exceptions.contains(id) }

    /// Some of the rows.
    func part(_ part: Range<Int>) -> Span {
      let kept = exceptions.filter { listing.position(of: $0).map(part.contains) ?? false }
      return Span(listing: listing, rows: part, exceptions: kept)
    }
  }

  /// How many are marked.
  var count: Int { spans.reduce(ids.count) { $0 + $1.count } }

  func contains(_ id: String) -> Bool { ids.contains(id) || spans.contains { $0.contains(id) } }

  mutating func add(_ id: String) {
    if let place = spans.firstIndex(where: { $0.covers(id) }) {
      spans[place].exceptions.remove(id)
    } else {
      ids.insert(id)
    }
  }

  mutating func drop(_ id: String) {
    ids.remove(id)
    guard let place = spans.firstIndex(where: { $0.contains(id) }) else { return }
    spans[place].exceptions.insert(id)
    if spans[place].count == 0 { spans.remove(at: place) }
  }

  /// Marks rows of a listing.
  mutating func add(_ rows: Range<Int>, of listing: any OrganizationListing) {
    guard !rows.isEmpty else { return }
    var new = Span(listing: listing, rows: rows)
    var kept: [Span] = []
    for span in spans {
      if span.listing.isSame(as: listing) {
        let before =
          span.rows.lowerBound..<max(span.rows.lowerBound, min(span.rows.upperBound, rows.lowerBound))
        let after =
          min(span.rows.upperBound, max(span.rows.lowerBound, rows.upperBound))..<span.rows.upperBound
        kept += [before, after].filter { !$0.isEmpty }.map(span.part).filter { $0.count > 0 }
      } else if !new.isEverything(at: span.listing.summary.revision) {
        // What both have stays marked by the earlier one; that takes a look at each of the fewer rows.
        if span.rows.count < rows.count {
          for row in span.rows {
            let id = span.listing.id(at: row)
            if new.covers(id), span.contains(id) { new.exceptions.insert(id) }
          }
        } else {
          for row in rows {
            let id = listing.id(at: row)
            if span.contains(id) { new.exceptions.insert(id) }
          }
        }
        kept.append(span)
      }
    }
    ids = ids.filter { !new.covers($0) }
    spans = kept
    if new.count > 0 { spans.append(new) }
  }

  /// All that are marked, in no order.
  func allIDs() -> [String] {
    var all = Array(ids)
    all.reserveCapacity(count)
    for span in spans {
      for row in span.rows {
        let id = span.listing.id(at: row)
        if !span.exceptions.contains(id) { all.append(id) }
      }
    }
    return all
  }

  /// How many of them a listing shows. Costs time that grows with them.
  func count(shownIn listing: any OrganizationListing) -> Int {
    spans.reduce(ids.count { listing.position(of: $0) != nil }) { count, span in
      guard !span.listing.isSame(as: listing) else { return count + span.count }
      return count
        + span.rows.count {
          let id = span.listing.id(at: $0)
          return !span.exceptions.contains(id) && listing.position(of: id) != nil
        }
    }
  }

  /// Drops those that went away.
  ///
  /// - Parameters:
  ///   - difference: what others did; `nil` where that isn't known, so that each is looked for.
  ///   - listing: where those are that there are.
  mutating func follow(_ difference: StoreDifference?, to listing: any OrganizationListing) {
    guard !isEmpty else { return }
    for id in difference?.removed ?? Set(allIDs().filter { !listing.contains($0) }) { drop(id) }
  }
}

extension OrganizationMarks.Span {
  /// Whether it has every organization that there was at a revision.
  fileprivate func isEverything(at revision: Revision) -> Bool {
    listing.query.isEmpty && rows.count == listing.count && listing.summary.revision == revision
  }
}

extension OrganizationListing {
  /// Whether another listing has the same rows.
  fileprivate func isSame(as other: any OrganizationListing) -> Bool {
    summary.revision == other.summary.revision && query == other.query && order == other.order
  }
}
