import Glibc
import OrgCore
import Synchronization

/// Both files in memory. Organizations have an index from zero in the order of the data, and so have the members of each.
struct FileContents: Sendable {
  let organizations: OrganizationTable
  let members: MemberTable
  /// A unique number for these contents.
  private let stamp = Self.stamps.wrappingAdd(1, ordering: .relaxed).newValue
  /// The contents from which these were derived, if the indices of organizations are still the same.
  private let origin: Origin?

  private static let stamps = Atomic<UInt64>(0)

  private struct Origin {
    let stamp: UInt64
    /// The organizations that may differ.
    let indices: [Int]
  }

  init(organizations: OrganizationTable, members: MemberTable) {
    self.init(organizations, members, origin: nil)
  }

  private init(_ organizations: OrganizationTable, _ members: MemberTable, origin: Origin?) {
    self.organizations = organizations
    self.members = members
    self.origin = origin
  }

  static let empty: FileContents = {
    let organizations = OrganizationTable(Array("{}".utf8))
    return FileContents(
      organizations: organizations, members: MemberTable(Array("{}".utf8), of: organizations))
  }()

  var problems: [FileProblem] { organizations.problems + members.problems }

  /// Problems of single records that the service can nevertheless load.
  var recordProblems: [FileProblem] { organizations.recordProblems + members.recordProblems }

  /// Whether a file could not be read at all.
  var isUnreadable: Bool { !organizations.isReadable || !members.isReadable }

  /// Whether the text of a file is broken, or there are fewer records than before, so that it should be checked
  /// whether that was intended.
  func hasLosses(since before: FileContents) -> Bool {
    organizations.isBroken || members.isBroken || organizationCount < before.organizationCount
      || members.listCount < before.members.listCount
  }

  /// Whether the text of a file is broken, or none of the previous records are left.
  func looksWiped(since before: FileContents) -> Bool {
    organizations.isBroken || members.isBroken
      || organizationCount == 0 && before.organizationCount > 0
      || members.listCount == 0 && before.members.listCount > 0
  }

  /// The result of an edit: both files, and the edits to the bytes of each.
  struct Application {
    var contents: FileContents
    var organizations: BytePatch
    var members: BytePatch
  }

  /// Applies an edit to both files.
  ///
  /// - Parameter largest: the maximum size of a resulting file in bytes.
  /// - Throws: `invalidIdentifier` for a new organization whose ID already exists in `org_users.json`; `invalidValue`
  ///   if a file would become too large.
  func applying(
    _ edit: StoreEdit, largest: Int = FileLimit.bytes
  ) throws(OrgError) -> Application {
    let splices = organizations.splices(for: edit)
    let (memberSplices, touched) = try members.splices(for: edit, of: organizations)
    for (name, length) in [
      (OrganizationTable.file, splices.length(of: organizations.bytes)),
      (MemberTable.file, memberSplices.length(of: members.bytes)),
    ] where length > largest {
      throw OrgError(
        .invalidValue, "This change was not made: \(name) would be larger than 4 GB, the most that is read.")
    }
    guard edit.removed.isEmpty else {
      // All indices change, so both files are parsed again.
      let table = OrganizationTable(splices.applied(to: organizations.bytes))
      let members = MemberTable(memberSplices.applied(to: members.bytes), of: table)
      return Application(
        contents: FileContents(organizations: table, members: members), organizations: splices,
        members: memberSplices)
    }
    let table = organizations.applying(splices)
    let named = (Array(edit.fields.keys) + edit.members.keys).compactMap { organizations.index(of: $0) }
    let indices = Set(named).sorted() + Array(organizations.count..<table.count)
    return Application(
      contents: FileContents(
        table, members.applying(memberSplices, touched: touched, of: table),
        origin: Origin(stamp: stamp, indices: indices)),
      organizations: splices, members: memberSplices)
  }

  /// These contents, updated from files that were read again. Unchanged parts of the files aren't parsed.
  ///
  /// - Parameter early: an existing table for `organizations.json`.
  func reading(
    organizations image: DataDirectory.Image?, members: DataDirectory.Image?, early: OrganizationTable? = nil
  ) -> FileContents {
    var table = organizations
    var readOrganizations: Range<Int> = 0..<0
    if let image {
      guard case .bytes(let bytes, _) = image,
        let known = OrganizationTable.reading(bytes, after: organizations)
      else {
        table = early.flatMap { $0.isOf(image) ? $0 : nil } ?? OrganizationTable(image)
        return FileContents(
          organizations: table,
          members: members.map { MemberTable($0, of: table) } ?? self.members.reread(of: table))
      }
      (table, readOrganizations) = known
    }
    let lists: MemberTable
    var readLists: [Int] = []
    if let image = members {
      guard case .bytes(let bytes, _) = image,
        let known = MemberTable.reading(bytes, of: table, after: self.members)
      else { return FileContents(organizations: table, members: MemberTable(image, of: table)) }
      (lists, readLists) = known
    } else {
      lists = self.members.extended(to: table) ?? self.members.reread(of: table)
    }
    let indices = Set(readLists).union(readOrganizations).sorted()
    return FileContents(table, lists, origin: Origin(stamp: stamp, indices: indices))
  }

  // MARK: Records

  var hasMembers: Bool { members.isRead }
  var organizationCount: Int { organizations.count }
  var memberCount: Int { members.count }
  func organization(at index: Int) -> Organization { organizations[index] }
  func id(at index: Int) -> String { organizations.id(at: index) }
  func index(ofOrganization id: String) -> Int? { organizations.index(of: id) }
  func memberCount(at index: Int) -> Int { members.count(at: index) }
  func memberIndex(ofUser user: String, at index: Int) -> Int? { members.find(user, at: index) }
  func roleCounts(at index: Int) -> RoleCounts { members.roleCounts(at: index) }
  func role(of user: String, at index: Int) -> Role? { members.role(of: user, at: index) }
  func organizations(ofUser user: String) -> [Int] { members.organizations(of: user) }

  /// Whether all organizations are the same, in the same order.
  func hasSameOrganizations(as other: FileContents) -> Bool {
    guard organizations.isReadable, other.organizations.isReadable else { return false }
    return haveSameBytes(organizations.bytes, other.organizations.bytes)
  }

  /// The indices of the organizations that differ from earlier contents, in their own fields or in their members, or are
  /// new; rising. `nil` if those that both have aren't at the same indices, or that can't be told fast.
  func indicesOfChanges(since earlier: FileContents) -> [Int]? {
    guard organizationCount >= earlier.organizationCount else { return nil }
    if earlier.stamp == stamp { return [] }
    let hasKeptIndices =
      origin?.stamp == earlier.stamp || hasSameOrganizations(as: earlier)
      || organizations.hasIndices(of: earlier.organizations)
    guard hasKeptIndices else { return nil }
    let candidates = origin?.stamp == earlier.stamp ? origin?.indices : nil
    return (candidates ?? Array(0..<organizationCount)).filter {
      $0 >= earlier.organizationCount || !isSame(at: $0, as: $0, in: earlier)
    }
  }

  /// Calls a function with the values of an organization as they are in the file; see `OrganizationTable`.
  func withRawFields(at index: Int, _ body: (RawFieldOrganization) -> Void) -> Bool {
    organizations.withRawFields(at: index, body)
  }

  func member(_ member: Int, at index: Int) -> OrgUser {
    members.member(member, at: index, organization: organizations.id(at: index))
  }

  /// A member with the fields that its record lacks.
  func row(ofMember member: Int, at index: Int) -> MemberRow {
    members.row(ofMember: member, at: index, organization: organizations.id(at: index))
  }

  /// Whether a single record may have a problem.
  var hasRecordProblems: Bool { !organizations.recordProblems.isEmpty || !members.recordProblems.isEmpty }
  func problem(at index: Int) -> FileProblem? { organizations.problem(at: index) }
  func defaultedFields(at index: Int) -> DefaultedFields { organizations.defaultedFields(at: index) }

  func listProblem(at index: Int) -> FileProblem? {
    members.listProblem(at: index, organization: organizations.id(at: index))
  }

  func problem(ofMember member: Int, at index: Int) -> FileProblem? {
    members.problem(ofMember: member, at: index, organization: organizations.id(at: index))
  }

  /// Whether an organization and its members are the same in other contents.
  func isSame(at index: Int, as otherIndex: Int, in other: FileContents) -> Bool {
    haveSameBytes(
      organizations.recordBytes(at: index), other.organizations.recordBytes(at: otherIndex))
      && members.hasList(at: index) == other.members.hasList(at: otherIndex)
      && haveSameBytes(members.listBytes(at: index), other.members.listBytes(at: otherIndex))
  }
}

/// Whether two texts have the same bytes. Comparing arrays with `==` is slower, because it compares one byte at a time.
func haveSameBytes(_ left: [UInt8], _ right: [UInt8]) -> Bool { haveSameBytes(left[...], right[...]) }

func haveSameBytes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  return left.withUnsafeBytes { left in
    right.withUnsafeBytes { right in
      guard let first = left.baseAddress, let second = right.baseAddress, first != second else { return true }
      return memcmp(first, second, left.count) == 0
    }
  }
}

extension FileContents {
  /// The bytes of both files, by name.
  var files: [(name: String, bytes: [UInt8])] {
    [(OrganizationTable.file, organizations.bytes), (MemberTable.file, members.bytes)]
  }

  func bytes(of file: String) -> [UInt8] { text(of: file).bytes }

  func text(of file: String) -> FileText {
    file == OrganizationTable.file ? FileText(organizations.bytes) : members.text
  }
}
