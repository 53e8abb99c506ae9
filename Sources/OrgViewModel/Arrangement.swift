import Glibc
import OrgCore

/// A snapshot with the rows of the list worked out: made off the screen's thread, as it costs time that
/// grows with the data, and shown as a whole.
public struct Arrangement: Sendable {
  /// What was asked for.
  public let request: ListRequest
  /// The data.
  public let snapshot: Snapshot
  /// Indices of organizations in the order of the rows.
  public let rows: [Int32]
  /// Organizations that differ from the arrangement before, or are new.
  public let changed: Set<String>
  private let index: ListIndex

  /// Arranges a snapshot. What the previous arrangement knows of the same snapshot is used again.
  public init(_ snapshot: Snapshot, for request: ListRequest, after previous: Arrangement? = nil) {
    self.request = request
    self.snapshot = snapshot
    if let previous, previous.snapshot.generation == snapshot.generation {
      index = previous.index
      changed = []
    } else {
      let known = previous.flatMap { $0.snapshot.contents.hasMembers ? $0.snapshot : nil }
      index = ListIndex(snapshot)
      changed = known.map { snapshot.changedOrganizations(since: $0) } ?? []
    }
    rows = index.rows(matching: request.query)
  }

  /// The row of an organization, if the filter shows it.
  public func row(of id: String) -> Int? {
    guard let organization = snapshot.contents.index(ofOrganization: id) else { return nil }
    return rows.firstIndex(of: Int32(organization))
  }

  /// The organization of a row.
  public func organization(at row: Int) -> Organization {
    snapshot.contents.organization(at: Int(rows[row]))
  }
}

/// What searching and sorting need to know of a snapshot, worked out once.
private final class ListIndex: Sendable {
  /// Name, id and billing ids of each organization in lower case, each followed by a newline.
  private let text: [UInt8]
  /// Where each organization's text begins, and the end of the last.
  private let starts: [Int]
  /// Organizations by name, then id.
  private let order: [Int32]

  init(_ snapshot: Snapshot) {
    var text: [UInt8] = []
    var starts: [Int] = []
    var keys: [(name: String, id: String, index: Int32)] = []
    starts.reserveCapacity(snapshot.contents.organizationCount + 1)
    keys.reserveCapacity(snapshot.contents.organizationCount)
    for (index, organization) in snapshot.organizations.enumerated() {
      starts.append(text.count)
      let name = organization.name.lowercased()
      keys.append((name, organization.id, Int32(index)))
      for part in [name, organization.id, organization.lagoCustomerID, organization.stripeCustomerID] {
        guard let part else { continue }
        text += part.lowercased().utf8
        text.append(UInt8(ascii: "\n"))
      }
    }
    starts.append(text.count)
    keys.sort { ($0.name, $0.id) < ($1.name, $1.id) }
    self.text = text
    self.starts = starts
    order = keys.map(\.index)
  }

  /// The organizations that have every word of the query in one of their texts.
  func rows(matching query: String) -> [Int32] {
    let words = query.lowercased().split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
    guard !words.isEmpty else { return order }
    return text.withUnsafeBytes { text in
      order.filter { index in
        let own = UnsafeRawBufferPointer(rebasing: text[starts[Int(index)]..<starts[Int(index) + 1]])
        return words.allSatisfy { Self.find($0, in: own) }
      }
    }
  }

  private static func find(_ word: [UInt8], in text: UnsafeRawBufferPointer) -> Bool {
    guard let base = text.baseAddress, let first = word.first, text.count >= word.count else { return false }
    var offset = 0
    while offset <= text.count - word.count,
      let match = memchr(base + offset, Int32(first), text.count - word.count - offset + 1)
    {
      if memcmp(match, word, word.count) == 0 { return true }
      offset = UnsafeRawPointer(match) - base + 1
    }
    return false
  }
}
