/// How far a store has come with reading the data, for who waits for it.
public struct ReadingProgress: Sendable, Hashable {
  /// Bytes read so far.
  public let done: Int
  /// Bytes that there are to read.
  public let total: Int

  /// So many bytes of so many.
  public init(done: Int, total: Int) {
    self.done = done
    self.total = total
  }

  /// In hundredths, rounded down.
  public var percent: Int {
    guard done > 0, total > 0 else { return 0 }
    return done >= total ? 100 : total.dividingFullWidth(done.multipliedFullWidth(by: 100)).quotient
  }
}

extension Snapshot {
  /// Data of which nothing has been read yet.
  public static let unread = Snapshot(generation: 0, contents: Unread())

  private struct Unread: SnapshotContents {
    var hasOrganizations: Bool { false }
    var hasMembers: Bool { false }
    var organizationCount: Int { 0 }
    var memberCount: Int { 0 }
    func organization(at index: Int) -> Organization { preconditionFailure("there are no organizations yet") }
    func index(ofOrganization id: String) -> Int? { nil }
    func memberCount(at index: Int) -> Int { 0 }
    func member(_ member: Int, at index: Int) -> OrgUser { preconditionFailure("there are no members yet") }
    func memberIndex(ofUser user: String, at index: Int) -> Int? { nil }
    func roleCounts(at index: Int) -> RoleCounts { RoleCounts() }
    func organizations(ofUser user: String) -> [Int] { [] }
  }
}
