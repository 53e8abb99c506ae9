import Glibc
import SystemPackage

/// Who owns a file and who may do what with it.
struct FileMetadata: Sendable, Hashable {
  var owner: uid_t
  var group: gid_t
  /// The twelve bits of permissions.
  var mode: mode_t
  var list: AccessControlList
  /// Whether the file system keeps access control lists.
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

  /// What a status says, without a list.
  init(_ status: stat) {
    owner = status.st_uid
    group = status.st_gid
    mode = status.st_mode & 0o7777
    list = AccessControlList(mode: mode)
  }
}

extension FileMetadata {
  /// Why a file can't be replaced by one that leaves everybody the access that they have.
  enum Refusal: Error, Sendable, Hashable {
    /// The process may not write the file itself.
    case notWritable
    /// The process can't give a new file the group.
    case group
    /// The owner could no longer use the file.
    case owner
  }

  /// What the file that replaces one with this metadata has to have.
  ///
  /// The owner stays where the process may give files away, or is the owner. Otherwise the process owns the new file, and
  /// the owner before keeps reading and writing it: as a member of the group, or by an entry of its own in the list.
  ///
  /// - Parameters:
  ///   - isWritable: whether the process may read and write the file itself.
  ///   - made: owner and group that the file that replaces it has by itself.
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
    // The process has the owner's rights from now on.
    let wanted = (list[.owner] ?? 0) & access
    guard wanted == access else { throw .notWritable }
    var new = self
    new.owner = process.user
    let groups = Credentials.groups(of: owner)
    guard !list.grants(wanted, user: owner, groups: groups, owningGroup: group) else { return new }
    guard canHaveList, let list = list.granting(wanted, to: .user, owner) else { throw .owner }
    new.list = list
    // Where there is a list, the mode shows what it gives at most.
    new.mode = mode & ~0o070 | mode_t(list[.mask] ?? 0) << 3
    return new
  }
}

extension DataDirectory {
  /// Gives a file that is to take the place of another its owner, group, mode, access control list and extended
  /// attributes; for the owner see `FileMetadata.replacement`. What is right already isn't touched: only the owner of a
  /// file may do even that.
  ///
  /// - Parameter name: the name of the present file.
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
    // The owner comes last: the rest needs the rights of one.
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
    // Changing the owner cleared them.
    if wanted.mode & (S_ISUID | S_ISGID) != 0 { try calls.setMode(wanted.mode, of: target, name) }
  }
}
