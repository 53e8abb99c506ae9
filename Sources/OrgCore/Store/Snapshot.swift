/// An immutable picture of all organizations and members at one generation.
///
/// Records are made when somebody looks at them: a snapshot of a million members costs what its store
/// needs to find them again, and no string.
public struct Snapshot: Sendable {
  /// Tells a later picture from an earlier one of the same store: it rises with every commit and every change from
  /// outside that this store sees, from wherever the store began. It is not the number of a generation of the history:
  /// see `OrgStore.newestGeneration()`.
  public let generation: UInt64
  /// What keeps the service that shares the data from loading them. While there is anything, what is readable is
  /// shown and nothing is written.
  public let problems: [DataProblem]
  /// What is wrong with single records that the service loads all the same: those can't be edited, all others can.
  /// Long lists are cut off; ``SnapshotContents/problem(at:)`` and its siblings know of every record.
  public let recordProblems: [DataProblem]
  /// Where the records come from.
  public let contents: any SnapshotContents

  /// For stores: a picture of the contents.
  public init(
    generation: UInt64, problems: [DataProblem] = [], recordProblems: [DataProblem] = [],
    contents: some SnapshotContents
  ) {
    self.generation = generation
    self.problems = problems
    self.recordProblems = recordProblems
    self.contents = contents
  }
}

/// What a store knows of its records. Organizations have an index from zero in the order of the data,
/// and so have the members of each.
public protocol SnapshotContents: Sendable {
  /// How many organizations there are.
  var organizationCount: Int { get }
  /// Whether the organizations have been read. Until then there seem to be none.
  var hasOrganizations: Bool { get }
  /// Whether the members have been read. Until then there seem to be none.
  var hasMembers: Bool { get }
  /// How many members all organizations have together.
  var memberCount: Int { get }
  /// The organization at an index.
  func organization(at index: Int) -> Organization
  /// The index of an organization, in constant time.
  func index(ofOrganization id: String) -> Int?
  /// How many members an organization has, in constant time.
  func memberCount(at index: Int) -> Int
  /// One member of an organization, in constant time.
  func member(_ member: Int, at index: Int) -> OrgUser
  /// Where a user stands among an organization's members.
  func memberIndex(ofUser user: String, at index: Int) -> Int?
  /// How many members of an organization have each role.
  func roleCounts(at index: Int) -> RoleCounts
  /// The indices of the organizations that a user is a member of, rising.
  func organizations(ofUser user: String) -> [Int]
  /// Whether an organization and its members are the same in another snapshot of the same store.
  func isSame(at index: Int, as otherIndex: Int, in other: any SnapshotContents) -> Bool
  /// Whether a single record may have a problem, so that asking for it is worth while; in constant time.
  var hasRecordProblems: Bool { get }
  /// Why an organization's own fields can't be edited; `nil` where they can.
  func problem(at index: Int) -> DataProblem?
  /// Why nobody can be added to an organization's members, or removed; `nil` where somebody can.
  func listProblem(at index: Int) -> DataProblem?
  /// Why a member can't be edited; `nil` where it can.
  func problem(ofMember member: Int, at index: Int) -> DataProblem?
  /// The fields that an organization's record lacks, so that the service's defaults are shown.
  func defaultedFields(at index: Int) -> DefaultedFields
  /// The fields that a member's record lacks, so that the service's defaults are shown.
  func defaultedFields(ofMember member: Int, at index: Int) -> DefaultedFields
}

extension SnapshotContents {
  /// Most stores have all there is.
  public var hasOrganizations: Bool { true }

  /// Most stores have all there is.
  public var hasMembers: Bool { true }

  /// Most stores hold only records that can be edited.
  public var hasRecordProblems: Bool { false }

  /// Most stores hold only records that can be edited.
  public func problem(at index: Int) -> DataProblem? { nil }

  /// Most stores hold only records that can be edited.
  public func listProblem(at index: Int) -> DataProblem? { nil }

  /// Most stores hold only records that can be edited.
  public func problem(ofMember member: Int, at index: Int) -> DataProblem? { nil }

  /// Most stores hold whole records.
  public func defaultedFields(at index: Int) -> DefaultedFields { [] }

  /// Most stores hold whole records.
  public func defaultedFields(ofMember member: Int, at index: Int) -> DefaultedFields { [] }

  /// Compares record by record; a store that can do better does.
  public func isSame(at index: Int, as otherIndex: Int, in other: any SnapshotContents) -> Bool {
    organization(at: index) == other.organization(at: otherIndex)
      && memberCount(at: index) == other.memberCount(at: otherIndex)
      && (0..<memberCount(at: index)).allSatisfy { member($0, at: index) == other.member($0, at: otherIndex) }
  }
}

/// Fields that a record doesn't have. The service that shares the data gives them a default each time that it loads the
/// record, and so does a snapshot; where the default is the time of loading, the time is `Timestamp.unknown`.
public struct DefaultedFields: OptionSet, Sendable, Hashable {
  /// One bit a field.
  public let rawValue: UInt8

  /// A set of fields by their bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// `created_at`, shown as an unknown time.
  public static let createdAt = DefaultedFields(rawValue: 1)
  /// `plan_tier`, shown as `PlanTier.default`.
  public static let planTier = DefaultedFields(rawValue: 2)
  /// `status`, shown as `active`.
  public static let status = DefaultedFields(rawValue: 4)
  /// `role`, shown as `member`.
  public static let role = DefaultedFields(rawValue: 8)
  /// `joined_at`, shown as an unknown time.
  public static let joinedAt = DefaultedFields(rawValue: 16)

  /// How the value of a field is shown to people: in parentheses where it is a default.
  public func shown(_ value: String, _ field: DefaultedFields) -> String {
    contains(field) ? "(\(value))" : value
  }
}

/// Something that is wrong with the data.
public struct DataProblem: Sendable, Hashable, CustomStringConvertible {
  /// What can't be changed while it is so.
  public enum Scope: Sendable, Hashable {
    /// Anything: the service sees an empty database, and saves that with its next change.
    case everything
    /// The fields of one organization.
    case organization(String)
    /// The member list of one organization.
    case members(organization: String)
    /// One member of one organization.
    case member(user: String, organization: String)
  }

  /// The file's name without its directory.
  public let file: String
  /// How many bytes of the file stand before the place.
  public let offset: Int
  /// The keys that lead to the place, as in `org_1.status`; empty at the top.
  public let key: String
  /// What is wrong, in words that can follow a colon.
  public let reason: String
  /// What can't be changed while it is so.
  public let scope: Scope
  /// Whether the file as a whole lost its records, and nothing is wrong at a place in it; the reason follows the file's
  /// name then.
  public let isWiped: Bool

  /// Names a place and what is wrong there; the reason must have text of the data escaped.
  public init(file: String, offset: Int, key: String, reason: String, scope: Scope = .everything) {
    self.file = file
    self.offset = offset
    self.key = key
    self.reason = reason
    self.scope = scope
    isWiped = false
  }

  /// Names a file that lost its records; the reason must be able to follow its name.
  package init(wiped file: String, reason: String) {
    (self.file, self.reason, offset, key, isWiped, scope) = (file, reason, 0, "", true, .everything)
  }

  /// What to say to people who want to change the data.
  public var refusal: OrgError {
    switch scope {
    case .everything where isWiped:
      OrgError(.damagedData, "Nothing is changed while the data are damaged. \(self).")
    case .everything:
      OrgError(
        .damagedData,
        "Nothing is changed while the data are damaged. \(self). Run orgman doctor --fix: it shows what it can repair, and asks first."
      )
    case .organization, .members, .member:
      OrgError(
        .damagedData,
        "This record can't be changed. \(self). Run orgman doctor --fix: it shows what it can repair, and asks first."
      )
    }
  }

  /// `organizations.json, byte 512, org_1.status: there is no status "gone"`
  public var description: String {
    if isWiped { return "\(file) \(reason)" }
    let place = key.isEmpty ? "" : ", \(key.escapedForDisplay)"
    return "\(file), byte \(offset)\(place): \(reason)"
  }
}

extension Snapshot {
  /// All organizations in the order of the data, deleted ones too; each is made when it is asked for.
  public var organizations: some RandomAccessCollection<Organization> {
    (0..<contents.organizationCount).lazy.map { contents.organization(at: $0) }
  }

  /// The organization with an id.
  public func organization(id: String) -> Organization? {
    contents.index(ofOrganization: id).map(contents.organization(at:))
  }

  /// The members of an organization in the order of the data; none for an unknown one.
  public func members(of organization: String) -> [OrgUser] {
    guard let index = contents.index(ofOrganization: organization) else { return [] }
    return (0..<contents.memberCount(at: index)).map { contents.member($0, at: index) }
  }

  /// One member of an organization.
  public func member(_ user: String, of organization: String) -> OrgUser? {
    guard let index = contents.index(ofOrganization: organization),
      let member = contents.memberIndex(ofUser: user, at: index)
    else { return nil }
    return contents.member(member, at: index)
  }

  /// The role of a user in an organization; `nil` where the user isn't a member.
  public func role(of user: String, in organization: String) -> Role? {
    member(user, of: organization)?.role
  }

  /// How many members of an organization have each role; none for an unknown one.
  public func roleCounts(of organization: String) -> RoleCounts {
    contents.index(ofOrganization: organization).map(contents.roleCounts(at:)) ?? RoleCounts()
  }

  /// The organizations that a user is a member of, in the order of the data.
  public func organizations(ofUser user: String) -> [Organization] {
    contents.organizations(ofUser: user).map(contents.organization(at:))
  }

  /// The ids of the organizations that are new here, or differ from what they were in an earlier
  /// snapshot, in their own fields or in their members.
  public func changedOrganizations(since earlier: Snapshot) -> Set<String> {
    difference(since: earlier).changed
  }

  /// What differs from an earlier snapshot, and where its organizations stand here.
  public func difference(since earlier: Snapshot) -> SnapshotDifference {
    let (old, new) = (earlier.contents, contents)
    // Before the members were read, all organizations seem to differ, and none does.
    let isWhole = old.hasMembers
    let isFirst = !old.hasOrganizations
    if !isWhole, isFirst || (new as? any RawFieldContents)?.hasSameOrganizations(as: old) == true {
      return SnapshotDifference(changed: [], places: nil)
    }
    if let indices = (new as? any RawFieldContents)?.indicesOfChanges(since: old) {
      let changed = isWhole ? Set(indices.map { new.organization(at: $0).id }) : []
      return SnapshotDifference(changed: changed, places: nil)
    }
    var changed: Set<String> = []
    var places: [Int32]?
    /// Notes where an organization has gone, from the first on that isn't where it was.
    func note(_ index: Int, from place: Int?) {
      if places == nil, place != index, index < old.organizationCount {
        places = (0..<Int32(clamping: old.organizationCount)).map { $0 < index ? $0 : -1 }
      }
      if let place { places?[place] = Int32(clamping: index) }
    }
    for index in 0..<new.organizationCount {
      // The order of records hardly ever changes, so the same place is tried before the search.
      if index < old.organizationCount, new.isSame(at: index, as: index, in: old) {
        note(index, from: index)
        continue
      }
      let id = new.organization(at: index).id
      let place = old.index(ofOrganization: id)
      note(index, from: place)
      if let place, new.isSame(at: index, as: place, in: old) { continue }
      if isWhole { changed.insert(id) }
    }
    if places == nil, new.organizationCount < old.organizationCount {
      places = (0..<Int32(clamping: old.organizationCount)).map { $0 < new.organizationCount ? $0 : -1 }
    }
    return SnapshotDifference(changed: changed, places: places)
  }
}

/// What differs between two snapshots.
public struct SnapshotDifference: Sendable {
  /// The ids of organizations that are new, or differ in their own fields or in their members.
  public let changed: Set<String>
  /// Where each organization of the earlier snapshot stands in the later one, by its place in the earlier, -1 for
  /// one that is gone; `nil` where all stand where they stood.
  public let places: [Int32]?
}
