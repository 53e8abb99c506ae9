import Glibc
import SystemPackage

/// The owner and permissions of a file.
struct FileMetadata: Sendable, Hashable {
  var owner: uid_t
  var group: gid_t
  /// The twelve permission bits.
  var mode: mode_t
  var list: AccessControlList
  /// Whether the file system supports access control lists.
  var canHaveList = true

  init(
    of file: borrowing Descriptor, _ name: String, _ calls: SystemCalls
  ) throws(SystemCallError) {
    let status = try calls.status(file, name)
    self.init(status)
    do {
      if let bytes = try calls.attribute(AccessControlList.attribute, of: file, name) {
        list = AccessControlList(bytes) ?? list
      }
    } catch  where error.errno == .notSupportedOnSocket {
      canHaveList = false
    }
  }

  /// The metadata from a file's status, without an access control list.
  init(_ status: stat) {
    owner = status.st_uid
    group = status.st_gid
    mode = status.st_mode & 0o7777
    list = AccessControlList(mode: mode)
  }
}

extension FileMetadata {
  /// Why a file can't be replaced by one that preserves everyone's access.
  enum Refusal: Error, Sendable, Hashable {
    /// The process itself may not write the file.
    case notWritable
    /// The process can't give the file's group to a new file.
    case group
    /// The owner would lose access to the file.
    case owner
  }

  /// The metadata that a file needs in order to replace one with this metadata.
  ///
  /// The owner stays the same if the process may change owners, or is the owner itself. Otherwise the process owns the
  /// new file, and the previous owner keeps read and write access: as a member of the group, or through an entry in
  /// the access control list.
  ///
  /// - Parameters:
  ///   - isWritable: whether the process itself may read and write the file.
  ///   - made: the owner and group that a new file gets by default.
  func replacement(
    by process: Credentials, isWritable: Bool, having made: (owner: uid_t, group: gid_t)
  ) throws(Refusal) -> FileMetadata {
    let keepsOwner = process.mayChangeOwner || owner == made.owner
    guard keepsOwner || isWritable else { throw .notWritable }
    guard process.mayChangeOwner || made.group == group || process.groups.contains(group) else {
      throw .group
    }
    if keepsOwner { return self }
    let access = AccessControlList.read | AccessControlList.write
    // From now on the process has the owner's rights.
    let wanted = (list[.owner] ?? 0) & access
    guard wanted == access else { throw .notWritable }
    var new = self
    new.owner = process.user
    let groups = Credentials.groups(of: owner)
    guard !list.grants(wanted, user: owner, groups: groups, owningGroup: group) else { return new }
    guard canHaveList, let list = list.granting(wanted, to: .user, owner) else { throw .owner }
    new.list = list
    // If there is an access control list, the group bits of the mode show its mask.
    new.mode = mode & ~0o070 | mode_t(list[.mask] ?? 0) << 3
    return new
  }
}

extension DataDirectory {
  /// Copies owner, group, mode, access control list, and extended attributes to a file that is about to replace
  /// another; for the owner, see `FileMetadata.replacement`. Attributes that are already right are left alone, because
  /// even setting them to the same value requires being the owner.
  ///
  /// - Parameter name: the name of the file to be replaced.
  func giveMetadata(
    of present: borrowing Descriptor, to target: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) {
    let made = try FileMetadata(of: target, name, calls)
    let before = try FileMetadata(of: present, name, calls)
    let wanted: FileMetadata
    do {
      wanted = try before.replacement(
        by: .current, isWritable: calls.permits(R_OK | W_OK, name, in: root),
        having: (made.owner, made.group))
    } catch {
      throw SystemCallError(call: "fchown", subject: name, errno: .notPermitted)
    }
    // Change the owner last: the other calls need the owner's rights.
    if wanted.group != made.group { try calls.setOwner(group: wanted.group, of: target, name) }
    if made.list.isExtended, !wanted.list.isExtended {
      try calls.removeAttribute(AccessControlList.attribute, of: target, name)
    }
    if wanted.mode != made.mode || made.list.isExtended != wanted.list.isExtended {
      try calls.setMode(wanted.mode, of: target, name)
    }
    if wanted.list.isExtended, wanted.list != made.list {
      try calls.setAttribute(AccessControlList.attribute, wanted.list.bytes, of: target, name)
    }
    calls.copyAttributes(from: present, to: target)
    guard wanted.owner != made.owner else { return }
    try calls.setOwner(wanted.owner, of: target, name)
    // Changing the owner cleared the set-user-ID and set-group-ID bits.
    if wanted.mode & (S_ISUID | S_ISGID) != 0 { try calls.setMode(wanted.mode, of: target, name) }
  }
}
