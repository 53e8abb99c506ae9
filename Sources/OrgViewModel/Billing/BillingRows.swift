import OrgCore

/// What was found about billing and isn't repaired by now, in an order: the rows of the screen.
package struct BillingRows: ListRows {
  /// A finding, with its organization as it is now.
  package struct Row: Sendable {
    /// What was found.
    package let finding: BillingFinding
    /// By what it is found again.
    let id: String
    /// The organization's name as it is now; `nil` if it is about none of ours.
    package let name: String?
    /// Whether what it follows from has changed since, so that it may no longer hold.
    package let isStale: Bool

    /// What would make it right, if that is certain.
    package var repair: Change? { isStale ? nil : finding.repair }

    /// Whether words are in it, and others aren't.
    fileprivate func matches(_ terms: [(word: String, isWanted: Bool)]) -> Bool {
      guard !terms.isEmpty else { return true }
      let parts = [
        finding.code, finding.service, name, finding.organization?.id, finding.customer, finding.text,
      ]
      let text = parts.compactMap(\.self).joined(separator: "\n").lowercased()
      return terms.allSatisfy { text.contains($0.word) == $0.isWanted }
    }
  }

  /// All of them.
  private let all: [Row]
  private let places: [String: Int]
  /// The places of those that the filter shows.
  private let shown: [Int]
  private let shownPlaces: [String: Int]
  /// What they are sorted by.
  package let order: BillingOrder
  /// Whether billing was verified at all.
  package let isVerified: Bool

  /// The findings of a report that still hold or may hold; none without one.
  ///
  /// - Parameters:
  ///   - query: words that a row must have, or with a `!` must not have.
  ///   - reader: the data as they are now.
  package init(
    _ report: BillingReport?, matching query: String = "", by order: BillingOrder = BillingOrder(),
    in reader: any StoreReader
  ) throws(OrgError) {
    let findings = report?.findings ?? []
    let ids = findings.compactMap(\.organization?.id).unique
    var present: [String: Organization] = [:]
    for start in stride(from: 0, to: ids.count, by: 1000) {
      for organization in try reader.organizations(ids: Array(ids[start..<min(ids.count, start + 1000)])) {
        present[organization.id] = organization
      }
    }
    var counts: [String: Int] = [:]
    let rows = findings.compactMap { finding -> Row? in
      var isStale = false
      let now = finding.organization.flatMap { present[$0.id] }
      if let then = finding.organization {
        guard let now else { return nil }
        isStale = !finding.fields.allSatisfy { now[$0] == then[$0] }
        if isStale, case .setField(let field, _, _, let value)? = finding.repair, now[field] == value {
          return nil
        }
      }
      let parts = [finding.code, finding.service, now?.id ?? "", finding.customer ?? ""]
      var id = parts.joined(separator: " ")
      let count = counts[id, default: 0]
      counts[id] = count + 1
      if count > 0 { id += " \(count)" }
      return Row(finding: finding, id: id, name: now?.name, isStale: isStale)
    }
    let keys = rows.map { row in
      (
        severity: row.finding.severity.rawValue, rank: row.finding.rank, service: row.finding.service,
        name: row.name?.lowercased() ?? "\u{10FFFF}", id: row.id
      )
    }
    let sorted = rows.indices.sorted { left, right in
      let (first, second) = order.isDescending ? (right, left) : (left, right)
      let (one, other) = (keys[first], keys[second])
      return switch order.column {
      case .kind:
        (one.severity, one.rank, one.name, one.service, one.id)
          < (other.severity, other.rank, other.name, other.service, other.id)
      case .name:
        (one.name, one.severity, one.rank, one.id) < (other.name, other.severity, other.rank, other.id)
      case .service:
        (one.service, one.severity, one.rank, one.name, one.id)
          < (other.service, other.severity, other.rank, other.name, other.id)
      }
    }
    all = sorted.map { rows[$0] }
    places = Dictionary(uniqueKeysWithValues: all.indices.map { (sorted[$0], $0) }.map { (rows[$0].id, $1) })
    let terms = Self.terms(query)
    shown = all.indices.filter { [all] in all[$0].matches(terms) }
    shownPlaces = Dictionary(uniqueKeysWithValues: shown.enumerated().map { [all] in (all[$1].id, $0) })
    self.order = order
    isVerified = report != nil
  }

  /// The words of a query, and whether they are to be there.
  private static func terms(_ query: String) -> [(word: String, isWanted: Bool)] {
    query.lowercased().split(whereSeparator: \.isWhitespace).compactMap { word in
      let isWanted = word.first != "!"
      let word = isWanted ? word : word.dropFirst()
      return word.isEmpty ? nil : (String(word), isWanted)
    }
  }

  package var count: Int { shown.count }
  package var total: Int { all.count }
  package func id(at row: Int) -> String? { all[shown[row]].id }
  package func row(of id: String) -> Int? { shownPlaces[id] }

  /// A row that the filter shows.
  package func row(at row: Int) -> Row { all[shown[row]] }

  /// Whether a finding is among them, whatever the filter.
  func contains(_ id: String) -> Bool { places[id] != nil }

  /// The rows that a query matches, among those that are shown.
  func rows(matching query: String) -> [Int] {
    let terms = Self.terms(query)
    return shown.indices.filter { all[shown[$0]].matches(terms) }
  }

  /// How many there are of a severity, whatever the filter.
  func count(_ severity: BillingFinding.Severity) -> Int { all.count { $0.finding.severity == severity } }

  /// What makes some findings right, as far as that is certain.
  func repairs(of ids: Set<String>) -> [Change] {
    all.compactMap { ids.contains($0.id) ? $0.repair : nil }
  }

  /// How many of some findings the filter hides.
  func hiddenCount(of ids: Set<String>) -> Int { ids.count { shownPlaces[$0] == nil } }
}

/// What findings about billing can be sorted by.
package enum BillingColumn: String, ListedColumn {
  /// How bad it is and which kind, the worst first.
  case kind
  /// The organization's name, whatever the case.
  case name
  /// The service.
  case service

  /// By kind.
  package static let usual = BillingColumn.kind
  /// The worst come first.
  package var isDescendingAtFirst: Bool { false }
  /// It, in a sentence.
  package var phrase: String { rawValue }
  /// Where keys go while it is chosen.
  package static let choice = Context(
    "sort-billing", "The choice of what to sort findings about billing by", .menu)
}

/// What findings about billing are sorted by: by kind unless something else is asked for.
package typealias BillingOrder = SortOrder<BillingColumn>
