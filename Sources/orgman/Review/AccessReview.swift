import OrgCore
import OrgViewModel

/// Who has which role where, since when and granted by whom, and what differs from an earlier review. Organizations come one
/// by one, so that only one of them is in memory with its members.
final class AccessReview {
  /// A membership, or one that there was.
  struct Row {
    /// What differs from an earlier review.
    enum Change: String {
      case added, removed, changed
    }

    let user: String
    /// `nil` for one who was removed.
    let role: Role?
    let since: Timestamp
    /// Who gave the role, for people; `nil` where that isn't known.
    let granter: String?
    var change: Change?
    /// What the data called the role at the earlier review; `nil` where it is the same, or there was none.
    var earlierRole: String?
  }

  private let reader: any StoreReader
  private let organizations: any OrganizationListing
  private let grants: RoleGrants
  private let isSelection: Bool
  private var earlier: EarlierReview?
  private let compares: Bool
  private var (memberCount, organizationCount) = (0, 0)
  private var differences: [Row.Change: Int] = [:]

  /// - Parameters:
  ///   - query: what the organizations match.
  ///   - isSelection: whether it leaves organizations out.
  ///   - earlier: what to compare with.
  init(
    of query: Query, in reader: any StoreReader, of store: any OrgStore, isSelection: Bool,
    since earlier: EarlierReview?
  ) throws(OrgError) {
    (self.reader, self.isSelection, self.earlier, compares) = (reader, isSelection, earlier, earlier != nil)
    organizations = try reader.listing(query, ListOrder(.name), after: nil)
    var selected: Set<String>?
    if isSelection {
      var ids: Set<String> = []
      try organizations.forEachRow { ids.insert($0.organization.id) }
      selected = ids
    }
    let progress = Progress()
    grants = try RoleGrants(in: store, of: selected) { _ in progress.show("Reading the history", nil) }
    progress.clear()
    if let gap = grants.gap {
      FileHandle.standardError(
        "orgman: The history isn't whole: generation \(gap) is missing, so who granted older roles isn't known.\n"
      )
    }
  }

  /// Whether something differs from the earlier review.
  var hasDifferences: Bool { !differences.isEmpty }

  /// What was found, in a sentence or two.
  var summary: String {
    let (members, places) = (memberCount.grouped, organizationCount.grouped)
    let count =
      "\(members) member\(memberCount == 1 ? "" : "s") of \(places) organization\(organizationCount == 1 ? "" : "s")"
    guard compares else { return "\(count)." }
    func number(_ change: Row.Change) -> String { (differences[change] ?? 0).grouped }
    return
      "\(count). Since the earlier review: \(number(.added)) added, \(number(.removed)) removed, \(number(.changed)) with another role."
  }

  /// Goes through all of it, once.
  func write(to writer: any ReviewWriter) throws(OrgError) {
    try writer.begin()
    try organizations.forEachRow { (row) throws(OrgError) in
      let organization = row.organization
      let rows = try rows(of: organization.id, earlier?.take(organization.id))
      organizationCount += 1
      try writer.add(rows, of: organization.id, named: organization.name, isGone: false)
    }
    for (id, gone) in try goneOrganizations() {
      let rows = removed(gone)
      try writer.add(rows, of: id, named: gone.name, isGone: true)
    }
    try writer.finish(summary)
  }

  private func rows(of id: String, _ earlier: EarlierReview.Organization?) throws(OrgError) -> [Row] {
    var left = earlier
    var rows: [Row] = []
    for member in try reader.members(of: id) {
      let grant = grants.grant(of: member)
      var row = Row(
        user: member.userID, role: member.role, since: grant?.time ?? member.joinedAt, granter: grant?.granter
      )
      if compares {
        switch left?.take(member.userID) {
        case nil: row.change = .added
        case member.role.rawValue: break
        case let role?: (row.change, row.earlierRole) = (.changed, role)
        }
      }
      if let change = row.change { differences[change, default: 0] += 1 }
      rows.append(row)
    }
    memberCount += rows.count
    if let left { rows += removed(left) }
    return rows.sorted { $0.user < $1.user }
  }

  /// Those who were members at the earlier review, as rows.
  private func removed(_ organization: EarlierReview.Organization) -> [Row] {
    guard !organization.roles.isEmpty else { return [] }
    differences[.removed, default: 0] += organization.roles.count
    return organization.roles.sorted { $0.key < $1.key }.map {
      Row(user: $0.key, role: nil, since: .unknown, granter: nil, change: .removed, earlierRole: $0.value)
    }
  }

  /// What the earlier review has of organizations that aren't there any more.
  private func goneOrganizations() throws(OrgError) -> [(id: String, EarlierReview.Organization)] {
    // What a user may not see may be there all the same.
    guard let earlier, reader.access == .platformAdmin else { return [] }
    var left = earlier.organizations
    if isSelection {
      // Those that are there are left out by the query.
      let ids = Array(left.keys)
      for start in stride(from: 0, to: ids.count, by: 500) {
        let page = ids[start..<min(ids.count, start + 500)].flatMap { [$0, $0.withoutGuard] }
        for organization in try reader.organizations(ids: page.unique) {
          left[organization.id] = nil
          left[organization.id.guarded] = nil
        }
      }
    }
    return left.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension RoleGrants.Grant {
  /// Who gave the role, for people.
  fileprivate var granter: String? {
    switch kind {
    case .foreign: actor.map { "outside orgman: \($0)" } ?? "outside orgman"
    case .repair: "repaired by orgman"
    case .edit, .undo, .redo, .restore, .erase: actor?.description
    }
  }
}
