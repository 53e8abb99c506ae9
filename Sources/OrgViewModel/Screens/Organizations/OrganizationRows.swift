import OrgCore

/// A row of the list, ready to be drawn.
package struct ListRow: Sendable {
  /// The organization; `nil` while it is being read.
  package let content: OrganizationRow?
  /// How many members it has; `nil` while they are being read.
  package let memberCount: Int?
  /// Whether it is the one that keys are about.
  package let isSelected: Bool
  /// Whether it is marked.
  package let isMarked: Bool
  /// Whether somebody else changed it a moment ago.
  package let hasChanged: Bool
}

/// A line of the detail, ready to be drawn.
package enum DetailLine: Sendable {
  /// The organization's name and status.
  case title(Organization, DefaultedFields, isSelected: Bool)
  /// The organization's id.
  case id(String)
  /// Nothing.
  case blank
  /// A label and a value; `nil` for an absent one.
  case field(String, String?, isSelected: Bool)
  /// How many members there are; `nil` while they are being read.
  case members(RoleCounts?, by: [Role])
  /// A member who is being read.
  case unread(isSelected: Bool)
  /// A member.
  case member(OrgUser, isSelected: Bool, isMarked: Bool, hasChanged: Bool, DefaultedFields)
}
