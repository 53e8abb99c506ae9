import Glibc
import OrgCore
import SystemPackage

/// Creates orgman's own files and directories so that exactly those users who may change the data can use them.
extension DataDirectory {
  /// The subdirectories of `.orgman`.
  static let privateDirectories = ["journal", "checkpoints", "displaced", "quarantine"]

  /// Whether a group, or users named in an access control list, may change the data in addition
  /// to the directory's owner.
  static func isShared(_ status: stat) -> Bool { status.st_mode & S_IWGRP != 0 }

  /// The modes of orgman's own directories and of the files in them.
  static func modes(isShared: Bool) -> (directory: mode_t, file: mode_t) {
    isShared ? (0o2770, 0o660) : (0o700, 0o600)
  }

  /// Opens `.orgman`, creating it if necessary. A new directory belongs to the owner of the data directory; the group
  /// and the users in the access control list get access if they may write in the data directory.
  func openPrivate() throws(SystemCallError) -> Descriptor {
    try openDirectory(Self.privateName, in: root)
  }

  /// Opens a subdirectory, creating it with the same permissions as `.orgman` if necessary.
  func openDirectory(
    _ name: String, in parent: borrowing Descriptor
  ) throws(SystemCallError) -> Descriptor {
    do {
      return try calls.open(name, in: parent, O_RDONLY | O_DIRECTORY)
    } catch  where error.errno == .noSuchFileOrDirectory {
      do {
        try calls.makeDirectory(name, in: parent)
      } catch  where error.errno == .fileExists {
        return try calls.open(name, in: parent, O_RDONLY | O_DIRECTORY)
      }
      let made = try calls.open(name, in: parent, O_RDONLY | O_DIRECTORY)
      let status = try calls.status(root, path)
      let isShared = Self.isShared(status)
      try adopt(
        made, name, like: status, mode: Self.modes(isShared: isShared).directory,
        list: name == Self.privateName ? try privateList(isShared: isShared) : nil)
      return made
    }
  }

  /// Creates a file in `.orgman` that all users of that directory can read and write, whatever the umask.
  func create(
    _ name: String, in directory: borrowing Descriptor, _ flags: Int32
  ) throws(SystemCallError) -> Descriptor {
    let file = try calls.open(name, in: directory, flags | O_CREAT, mode: 0o600)
    // A file of another user either has the right permissions already or can't be changed by this process.
    guard try calls.status(file, name).st_uid == geteuid() else { return file }
    let parent = try calls.status(directory, Self.privateName)
    try adopt(file, name, like: parent, mode: Self.modes(isShared: Self.isShared(parent)).file)
    return file
  }

  /// Sets the metadata of a data file that replaces none: copied from the other data file, or
  /// derived from the directory.
  func setUsualMetadata(of file: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    for other in [OrganizationTable.file, MemberTable.file] where other != name {
      if let brother = try? calls.open(other, in: root, O_RDONLY) {
        return try giveMetadata(of: brother, to: file, other)
      }
    }
    let parent = try calls.status(root, path)
    try adopt(file, name, like: parent, mode: Self.modes(isShared: Self.isShared(parent)).file)
  }

  /// Gives a newly created file or directory the group of the directory, its owner if permitted, and a mode.
  ///
  /// - Parameter list: for a directory, its access control list, which is also the default for
  ///   everything created in it.
  private func adopt(
    _ made: borrowing Descriptor, _ name: String, like parent: stat, mode: mode_t,
    list: AccessControlList? = nil
  ) throws(SystemCallError) {
    let mayChangeOwner = Credentials.current.mayChangeOwner
    if try calls.status(made, name).st_gid != parent.st_gid, mayChangeOwner || Self.isShared(parent) {
      try calls.setOwner(group: parent.st_gid, of: made, name)
    }
    if let list {
      // A default list (`setfacl -d`) applies to the data files, not to orgman's own.
      try calls.removeAttribute(AccessControlList.defaultAttribute, of: made, name)
      try calls.removeAttribute(AccessControlList.attribute, of: made, name)
      if list.isExtended {
        try calls.setAttribute(AccessControlList.attribute, list.bytes, of: made, name)
        try calls.setAttribute(AccessControlList.defaultAttribute, list.bytes, of: made, name)
      }
    }
    let status = try calls.status(made, name)
    if status.st_mode & 0o7777 != mode { try calls.setMode(mode, of: made, name) }
    // Change the owner last: the other calls need the owner's rights.
    if status.st_uid != parent.st_uid, mayChangeOwner { try calls.setOwner(parent.st_uid, of: made, name) }
  }

  /// The access control list of the data directory, adapted for `.orgman`: users it names need
  /// both; others get no access.
  private func privateList(isShared: Bool) throws(SystemCallError) -> AccessControlList {
    let metadata = try FileMetadata(of: root, path, calls)
    return isShared && metadata.list.isExtended
      ? metadata.list.withoutOthers : AccessControlList(mode: Self.modes(isShared: isShared).directory)
  }
}
