/// A member: one user of one organization.
public struct OrgUser: Sendable, Hashable {
  /// The organization's id.
  public var organizationID: String
  /// The user's id, unique within the organization.
  public var userID: String
  /// What the user may do in it.
  public var role: Role
  /// When the user joined, in UTC.
  public var joinedAt: Timestamp

  /// Makes a record of its four fields; nothing is checked here, `Rules` does that.
  public init(organizationID: String, userID: String, role: Role, joinedAt: Timestamp) {
    self.organizationID = organizationID
    self.userID = userID
    self.role = role
    self.joinedAt = joinedAt
  }
}

/// What a member may do in an organization. What another role takes is a case here, and whatever makes it special;
/// everything else goes through all of them, or through those that the store's ``Rules`` let members be given.
public enum Role: String, Sendable, Hashable, CaseIterable {
  /// Runs the organization; the last one is guarded.
  case owner
  /// Uses it.
  case member
  /// Pays for it.
  case billingAdmin = "billing_admin"
  /// A role of other stores than files, which the service gives no rights.
  case admin
  /// A role of other stores than files: looks, and changes nothing.
  case viewer
}

extension Role {
  /// All roles in their order: those of the files first, for tables of theirs number roles by their places.
  package static let all = allCases

  /// What people call it, on screens, in commands and in sentences: `billing`. The data have the raw value.
  public var title: String { self == .billingAdmin ? "billing" : rawValue }

  /// The role that was typed, by what people call it or as the data have it: both `billing` and `billing_admin`, whatever
  /// the case.
  public init?(typed text: String) {
    let text = text.lowercased()
    guard let role = Self.all.first(where: { $0.title == text || $0.rawValue == text }) else { return nil }
    self = role
  }

  /// Its place among all of them: what tables and indexes keep.
  package var place: Int { Self.all.firstIndex(of: self) ?? 0 }
}

/// How many members have each role.
public struct RoleCounts: Sendable, Hashable {
  /// By the place of the role. Not an array, for lists count for each of their rows; a role beyond these places would
  /// stop the program at its first member.
  private var counts = InlineArray<8, Int>(repeating: 0)

  /// No members.
  public init() {}

  /// How many members have a role.
  public subscript(role: Role) -> Int {
    get { counts[role.place] }
    set { counts[role.place] = newValue }
  }

  /// Counts one more.
  public mutating func add(_ role: Role) { counts[role.place] += 1 }

  /// Counts one more by the place of its role.
  package mutating func add(place: Int) { counts[place] += 1 }

  /// How many members there are.
  public var total: Int { counts.indices.reduce(0) { $0 + counts[$1] } }

  /// Members who are owners.
  public var owner: Int { self[.owner] }
  /// Members who are billing admins.
  public var billingAdmin: Int { self[.billingAdmin] }
  /// Members who are plain members.
  public var member: Int { self[.member] }

  /// Whether as many members have each role.
  public static func == (left: RoleCounts, right: RoleCounts) -> Bool {
    Role.all.allSatisfy { left[$0] == right[$0] }
  }

  /// Feeds the counts to a hasher.
  public func hash(into hasher: inout Hasher) {
    for role in Role.all { hasher.combine(self[role]) }
  }
}
