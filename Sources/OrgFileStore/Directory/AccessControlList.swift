import Glibc

/// A POSIX access control list in the form in which the kernel keeps it in an extended attribute.
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
    /// Whom it is about, for `user` and `group`.
    let id: UInt32
    /// 4 to read, 2 to write, 1 to execute.
    var permissions: UInt16
  }

  static let read: UInt16 = 4
  static let write: UInt16 = 2
  /// The attribute with the list of a file, and the one with what new files in a directory get.
  static let attribute = "system.posix_acl_access"
  static let defaultAttribute = "system.posix_acl_default"
  /// The number of no user or group, in entries that are about none.
  private static let nobody = UInt32.max
  private static let version: UInt32 = 2

  private(set) var entries: [Entry]

  /// What a mode says.
  init(mode: mode_t) {
    let bits = UInt16(truncatingIfNeeded: mode)
    entries = [
      Entry(tag: .owner, id: Self.nobody, permissions: bits >> 6 & 7),
      Entry(tag: .owningGroup, id: Self.nobody, permissions: bits >> 3 & 7),
      Entry(tag: .others, id: Self.nobody, permissions: bits & 7),
    ]
  }

  /// The list that an attribute holds; `nil` if it holds none.
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

  /// As an attribute holds it.
  var bytes: [UInt8] {
    func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian, Array.init)
    }
    return entries.reduce(into: bytes(Self.version)) { result, entry in
      result += bytes(entry.tag.rawValue) + bytes(entry.permissions) + bytes(entry.id)
    }
  }

  /// Whether it says more than a mode can.
  var isExtended: Bool { self[.mask] != nil }

  /// The permissions of the entry of a kind that there is only one of.
  subscript(tag: Tag) -> UInt16? { entries.first { $0.tag == tag }?.permissions }

  /// What entries can give at most, but for those of the owner and of others.
  private var limit: UInt16 { self[.mask] ?? 7 }

  /// Whether somebody who isn't the file's owner has all of some permissions.
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

  /// The list with an entry that gives a user, or a group, some permissions; `nil` where that would give others more than
  /// they have.
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
    // The kernel wants them in this order.
    list.entries.sort { ($0.tag.rawValue, $0.id) < ($1.tag.rawValue, $1.id) }
    return list
  }

  /// The users and groups that it names and lets write.
  var writers: [Entry] {
    entries.filter {
      ($0.tag == .user || $0.tag == .group) && $0.permissions & limit & Self.write != 0
    }
  }

  /// The list for orgman's own directories: others have no business there.
  var withoutOthers: AccessControlList {
    var list = self
    for index in list.entries.indices where list.entries[index].tag == .others {
      list.entries[index].permissions = 0
    }
    return list
  }
}
