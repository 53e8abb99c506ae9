import OrgCore
import Synchronization

/// Both files at one moment. Records are created on demand: a snapshot of a million members costs what it
/// takes to find them again, and no string.
package final class Snapshot: Sendable {
  /// Rises with every commit and every change from outside that the store sees, from wherever the store began. It is not
  /// the number of a generation of the history: see `OrgStore.newestGeneration()`.
  package let generation: UInt64
  package let problems: [FileProblem]
  package let recordProblems: [FileProblem]
  /// The files.
  let contents: FileContents
  /// What several organizations have in common, as far as it was asked for.
  private let duplicates = Mutex<[OrganizationField: Duplicates]>([:])

  init(
    generation: UInt64, problems: [FileProblem] = [], recordProblems: [FileProblem] = [],
    contents: FileContents
  ) {
    self.generation = generation
    self.problems = problems
    self.recordProblems = recordProblems
    self.contents = contents
  }
}

extension Snapshot {
  /// Which organizations have the same value in an optional field as others, or similar names; worked out once.
  func duplicates(_ field: OrganizationField) -> Duplicates {
    duplicates.withLock { known in
      if let known = known[field] { return known }
      let found = Duplicates(of: contents.organizationCount) { contents.organization(at: $0).hash(of: field) }
      known[field] = found
      return found
    }
  }

  /// All organizations in the order of the data, deleted ones too; each is made when it is asked for.
  var organizations: some RandomAccessCollection<Organization> {
    (0..<contents.organizationCount).lazy.map { [contents] in contents.organization(at: $0) }
  }

  /// The organization with an id.
  package func organization(id: String) -> Organization? {
    contents.index(ofOrganization: id).map(contents.organization(at:))
  }

  /// The members of an organization in the order of the data; none for an unknown one.
  func members(of organization: String) -> [OrgUser] {
    guard let index = contents.index(ofOrganization: organization) else { return [] }
    return (0..<contents.memberCount(at: index)).map { contents.member($0, at: index) }
  }

  /// One member of an organization.
  package func member(_ user: String, of organization: String) -> OrgUser? {
    guard let index = contents.index(ofOrganization: organization),
      let member = contents.memberIndex(ofUser: user, at: index)
    else { return nil }
    return contents.member(member, at: index)
  }

  /// The role of a user in an organization; `nil` where the user isn't a member.
  func role(of user: String, in organization: String) -> Role? {
    member(user, of: organization)?.role
  }

  /// How many members of an organization have each role; none for an unknown one.
  package func roleCounts(of organization: String) -> RoleCounts {
    contents.index(ofOrganization: organization).map(contents.roleCounts(at:)) ?? RoleCounts()
  }

  /// The organizations that a user is a member of, in the order of the data.
  func organizations(ofUser user: String) -> [Organization] {
    contents.organizations(ofUser: user).map(contents.organization(at:))
  }

  /// What differs from an earlier snapshot.
  func difference(since earlier: Snapshot) -> StoreDifference {
    let (old, new) = (earlier.contents, contents)
    // Before the members were read, all organizations seem to differ, and none does.
    let isWhole = old.hasMembers
    if !isWhole, new.hasSameOrganizations(as: old) { return StoreDifference() }
    if let indices = new.indicesOfChanges(since: old) {
      return StoreDifference(changed: isWhole ? Set(indices.map(new.id(at:))) : [])
    }
    var changed: Set<String> = []
    // The organizations that both have; none of the earlier ones is gone where there are as many.
    var keptCount = 0
    for index in 0..<new.organizationCount {
      // The order of records hardly ever changes, so the same place is tried before the search.
      if index < old.organizationCount, new.isSame(at: index, as: index, in: old) {
        keptCount += 1
        continue
      }
      let id = new.id(at: index)
      let place = old.index(ofOrganization: id)
      if place != nil { keptCount += 1 }
      if let place, new.isSame(at: index, as: place, in: old) { continue }
      if isWhole { changed.insert(id) }
    }
    var removed: Set<String> = []
    if keptCount < old.organizationCount {
      for index in 0..<old.organizationCount {
        let id = old.id(at: index)
        if new.index(ofOrganization: id) == nil { removed.insert(id) }
      }
    }
    return StoreDifference(changed: changed, removed: removed)
  }
}

extension Snapshot {
  /// How many lists of members belong to no organization.
  package var orphanCount: Int { contents.members.orphanedMembers.count }
}
