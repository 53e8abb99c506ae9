import Glibc

/// A POSIX access control list in the kernel's format for extended attributes.
struct AccessControlList: Sendable, Hashable {
  enum Tag: UInt16, Sendable {
    case owner = 0x01
    case user = 0x02
    case owningGroup = 0x04
    case group = 0x08
    case mask = 0x10
    case others = 0x20
  }

  struct Entry: Sendable, Hashable {
    let tag: Tag
    /// The user or group ID, for `user` and `group` entries.
    let id: UInt32
    /// 4 to read, 2 to write, 1 to execute.
    var permissions: UInt16
  }

  static let read: UInt16 = 4
  static let write: UInt16 = 2
  /// The attribute with a file's access list, and the one with a directory's default list for new files.
  static let attribute = "system.posix_acl_access"
  static let defaultAttribute = "system.posix_acl_default"
  /// The ID in entries that don't name a user or group.
  private static let nobody = UInt32.max
  private static let version: UInt32 = 2

  private(set) var entries: [Entry]

  /// The list equivalent to a mode.
  init(mode: mode_t) {
    let bits = UInt16(truncatingIfNeeded: mode)
    entries = [
      Entry(tag: .owner, id: Self.nobody, permissions: bits >> 6 & 7),
      Entry(tag: .owningGroup, id: Self.nobody, permissions: bits >> 3 & 7),
      Entry(tag: .others, id: Self.nobody, permissions: bits & 7),
    ]
  }

  /// Parses the value of an attribute; `nil` if it isn't a valid list.
  init?(_ bytes: [UInt8]) {
    func number<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
      bytes.withUnsafeBytes {
        Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
      }
    }
    guard bytes.count >= 4, (bytes.count - 4) % 8 == 0, number(0, UInt32.self) == Self.version else {
      return nil
    }
    entries = []
    for offset in stride(from: 4, to: bytes.count, by: 8) {
      guard let tag = Tag(rawValue: number(offset, UInt16.self)) else { return nil }
      entries.append(
        Entry(tag: tag, id: number(offset + 4, UInt32.self), permissions: number(offset + 2, UInt16.self) & 7)
      )
    }
    guard self[.owner] != nil, self[.owningGroup] != nil, self[.others] != nil else { return nil }
  }

  /// The value of the attribute.
  var bytes: [UInt8] {
    func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian, Array.init)
    }
    return entries.reduce(into: bytes(Self.version)) { result, entry in
      result += bytes(entry.tag.rawValue) + bytes(entry.permissions) + bytes(entry.id)
    }
  }

  /// Whether the list says more than a mode can.
  var isExtended: Bool { self[.mask] != nil }

  /// The permissions of the entry with a tag that occurs at most once.
  subscript(tag: Tag) -> UInt16? { entries.first { $0.tag == tag }?.permissions }

  /// The maximum permissions of all entries except those of the owner and of others.
  private var limit: UInt16 { self[.mask] ?? 7 }

  /// Whether a user other than the file's owner has all of the wanted permissions.
  func grants(_ wanted: UInt16, user: uid_t, groups: Set<gid_t>, owningGroup: gid_t) -> Bool {
    if let own = entries.first(where: { $0.tag == .user && $0.id == user }) {
      return own.permissions & limit & wanted == wanted
    }
    let matching = entries.filter {
      $0.tag == .owningGroup && groups.contains(owningGroup) || $0.tag == .group && groups.contains($0.id)
    }
    if !matching.isEmpty { return matching.contains { $0.permissions & limit & wanted == wanted } }
    return (self[.others] ?? 0) & wanted == wanted
  }

  /// The list with an entry that grants permissions to a user or group; `nil` if that would also extend
  /// the permissions of others.
  func granting(_ wanted: UInt16, to tag: Tag, _ id: UInt32) -> AccessControlList? {
    var list = self
    if let mask = self[.mask] {
      guard mask & wanted == wanted else { return nil }
    } else {
      let mask = (self[.owningGroup] ?? 0) | wanted
      list.entries.append(Entry(tag: .mask, id: Self.nobody, permissions: mask))
    }
    let own = entries.first { $0.tag == tag && $0.id == id }?.permissions ?? 0
    list.entries.removeAll { $0.tag == tag && $0.id == id }
    list.entries.append(Entry(tag: tag, id: id, permissions: own | wanted))
    // The kernel requires this order.
    list.entries.sort { ($0.tag.rawValue, $0.id) < ($1.tag.rawValue, $1.id) }
    return list
  }

  /// The named users and groups that may write.
  var writers: [Entry] {
    entries.filter {
      ($0.tag == .user || $0.tag == .group) && $0.permissions & limit & Self.write != 0
    }
  }

  /// The list for orgman's own directories, to which others have no access.
  var withoutOthers: AccessControlList {
    var list = self
    for index in list.entries.indices where list.entries[index].tag == .others {
      list.entries[index].permissions = 0
    }
    return list
  }
}
