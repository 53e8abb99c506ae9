import Glibc
import OrgCore
import SystemPackage

/// Making orgman's own files and directories so that everybody who may change the data can use them, and nobody else.
extension DataDirectory {
  /// Where orgman keeps what: the directories in its own.
  static let privateDirectories = ["journal", "checkpoints", "displaced", "quarantine"]

  /// Whether a group, or users that an access control list names, may change the data with the owner of the directory.
  static func isShared(_ status: stat) -> Bool { status.st_mode & S_IWGRP != 0 }

  /// The mode of a directory of orgman's own, and of a file in it.
  static func modes(isShared: Bool) -> (directory: mode_t, file: mode_t) {
    isShared ? (0o2770, 0o660) : (0o700, 0o600)
  }

  /// `.orgman`, made where it isn't there: for the owner of the data directory alone, or for the group, too, where the
  /// group may write in the data directory; and for whom its access control list names.
  func openPrivate() throws(SystemCallError) -> Descriptor {
    try openDirectory(Self.privateName, in: root)
  }

  /// A directory in another, made like `.orgman` itself where it isn't there.
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

  /// Makes a file in `.orgman` that those who may work there can read and write, whatever the umask.
  func create(
    _ name: String, in directory: borrowing Descriptor, _ flags: Int32
  ) throws(SystemCallError) -> Descriptor {
    let file = try calls.open(name, in: directory, flags | O_CREAT, mode: 0o600)
    // What is somebody else's was made right by them, or can't be made so by this process.
    guard try calls.status(file, name).st_uid == geteuid() else { return file }
    let parent = try calls.status(directory, Self.privateName)
    try adopt(file, name, like: parent, mode: Self.modes(isShared: Self.isShared(parent)).file)
    return file
  }

  /// Gives a data file that takes nobody's place what its brother has, or what the directory asks for.
  func setUsualMetadata(of file: borrowing Descriptor, _ name: String) throws(SystemCallError) {
    for other in [OrganizationTable.file, MemberTable.file] where other != name {
      if let brother = try? calls.open(other, in: root, O_RDONLY) {
        return try giveMetadata(of: brother, to: file, other)
      }
    }
    let parent = try calls.status(root, path)
    try adopt(file, name, like: parent, mode: Self.modes(isShared: Self.isShared(parent)).file)
  }

  /// Gives what this process made the group of the directory, and its owner where it may; and a mode.
  ///
  /// - Parameter list: for a directory, the access control list that it and all that will be made in it gets.
  private func adopt(
    _ made: borrowing Descriptor, _ name: String, like parent: stat, mode: mode_t,
    list: AccessControlList? = nil
  ) throws(SystemCallError) {
    let mayChangeOwner = Credentials.current.mayChangeOwner
    if try calls.status(made, name).st_gid != parent.st_gid, mayChangeOwner || Self.isShared(parent) {
      try calls.setOwner(group: parent.st_gid, of: made, name)
    }
    if let list {
      // What only new files of the data get (`setfacl -d`) isn't for orgman's own.
      try calls.removeAttribute(AccessControlList.defaultAttribute, of: made, name)
      try calls.removeAttribute(AccessControlList.attribute, of: made, name)
      if list.isExtended {
        try calls.setAttribute(AccessControlList.attribute, list.bytes, of: made, name)
        try calls.setAttribute(AccessControlList.defaultAttribute, list.bytes, of: made, name)
      }
    }
    let status = try calls.status(made, name)
    if status.st_mode & 0o7777 != mode { try calls.setMode(mode, of: made, name) }
    // The owner comes last: the rest needs the rights of one.
    if status.st_uid != parent.st_uid, mayChangeOwner { try calls.setOwner(parent.st_uid, of: made, name) }
  }

  /// The list of the data directory, for orgman's own: whom it names needs both. Others have no business there.
  private func privateList(isShared: Bool) throws(SystemCallError) -> AccessControlList {
    let metadata = try FileMetadata(of: root, path, calls)
    return isShared && metadata.list.isExtended
      ? metadata.list.withoutOthers : AccessControlList(mode: Self.modes(isShared: isShared).directory)
  }
}
