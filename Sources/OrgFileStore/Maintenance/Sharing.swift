import Glibc
import OrgCore
import SystemPackage

/// Whether all users who may change the data can use all files that belong to it.
extension FileStore {
  /// A finding about files in the directory that aren't accessible to all users who may change the data:
  /// files from before the directory was shared or from an earlier version, or files that another program
  /// created with its own umask.
  var sharingFindings: [Finding] {
    let wrong = unshared
    guard !wrong.isEmpty, let root = try? directory.calls.status(directory.root, path) else { return [] }
    let shown = wrong.prefix(3).map {
      "\($0.name.escapedForDisplay) (\(userName($0.status.st_uid).escapedForDisplay):\(groupName($0.status.st_gid).escapedForDisplay), mode \(String($0.status.st_mode & 0o7777, radix: 8)))"
    }
    let list = shown.joined(separator: ", ") + (wrong.count > 3 ? ", …" : "")
    let whom =
      DataDirectory.isShared(root)
      ? "the group \(groupName(root.st_gid).escapedForDisplay)" : userName(root.st_uid).escapedForDisplay
    let process = Credentials.current
    let others = Set(wrong.filter { !mayShare($0.status, root, process) }.map(\.status.st_uid))
    let text = "\(wrong.count) of the files and directories can't be used by \(whom): \(list)."
    guard !others.isEmpty else { return [Finding(.warning, text, .share)] }
    let names = others.map { userName($0).escapedForDisplay }.sorted().joined(separator: ", ")
    let remedy =
      "As root, or each as its owner (\(names)), run: orgman doctor --fix --data \(path.escapedForDisplay)"
    return [
      Finding(
        .warning, "\(text) \(remedy)", others.count < Set(wrong.map(\.status.st_uid)).count ? .share : nil)
    ]
  }

  /// Whether a process can give a file the right group and mode.
  private func mayShare(_ file: stat, _ root: stat, _ process: Credentials) -> Bool {
    guard DataDirectory.isShared(root) else { return process.mayChangeOwner }
    return (file.st_uid == process.user || process.mayActAsOwner)
      && (file.st_gid == root.st_gid || process.mayChangeOwner
        || file.st_uid == process.user && process.groups.contains(root.st_gid))
  }

  private struct Unshared {
    /// The path relative to the data directory.
    let name: String
    let status: stat
    var isData: Bool { !name.hasPrefix(DataDirectory.privateName) }
  }

  private var unshared: [Unshared] {
    let calls = directory.calls
    guard let root = try? FileMetadata(of: directory.root, path, calls) else { return [] }
    let isShared = root.mode & S_IWGRP != 0
    var names = isShared ? [OrganizationTable.file, MemberTable.file] : []
    names.append(DataDirectory.privateName)
    for own in [""] + DataDirectory.privateDirectories.map({ "/\($0)" }) {
      let name = DataDirectory.privateName + own
      // Displaced files are former data files and will be removed soon.
      guard own != "/displaced",
        let opened = try? calls.open(name, in: directory.root, O_RDONLY | O_DIRECTORY)
      else { continue }
      names += ((try? calls.list(opened, name)) ?? []).sorted().map { "\(name)/\($0)" }
    }
    let owner = (try? calls.status(of: DataDirectory.privateName, in: directory.root))?.st_uid
    return names.compactMap { name in
      guard let status = try? calls.status(of: name, in: directory.root) else { return nil }
      let kind = status.st_mode & S_IFMT
      guard kind == S_IFDIR || kind == S_IFREG else { return nil }
      let isRight =
        isShared ? isOpen(name, status, like: root, isDirectory: kind == S_IFDIR) : status.st_uid == owner
      return isRight ? nil : Unshared(name: name, status: status)
    }
  }

  /// Whether a file is accessible to the same group, users, and groups as the directory, and whether files
  /// created in it will be, too.
  private func isOpen(_ name: String, _ status: stat, like root: FileMetadata, isDirectory: Bool) -> Bool {
    let bits: mode_t = isDirectory ? 0o070 : 0o060
    let access = AccessControlList.read | AccessControlList.write
    guard let metadata = directory.metadata(of: name), status.st_mode & bits == bits else { return false }
    if isDirectory, status.st_gid != root.group || status.st_mode & (S_ISGID | S_ISVTX) != S_ISGID {
      return false
    }
    let isGroupRight =
      status.st_gid == root.group
      || metadata.list.grants(access, user: .max, groups: [root.group], owningGroup: metadata.group)
    return isGroupRight
      && root.list.writers.allSatisfy { writer in
        let isUser = writer.tag == .user
        return isUser && writer.id == metadata.owner
          || metadata.list.grants(
            access, user: isUser ? writer.id : .max, groups: isUser ? [] : [writer.id],
            owningGroup: metadata.group)
      }
  }

  /// Makes files accessible to all users who may change the data, as far as this process is permitted to.
  func share() throws(OrgError) {
    let calls = directory.calls
    let process = Credentials.current
    do {
      let status = try calls.status(directory.root, path)
      let root = try FileMetadata(of: directory.root, path, calls)
      let owner = (try? calls.status(of: DataDirectory.privateName, in: directory.root))?.st_uid
      for item in unshared where mayShare(item.status, status, process) {
        let file = try calls.open(item.name, in: directory.root, O_RDONLY)
        if DataDirectory.isShared(status) {
          try share(file, item, like: root)
        } else {
          try calls.setOwner(owner ?? root.owner, of: file, item.name)
        }
      }
    } catch {
      throw OrgError(error, "The permissions in \(path.escapedForDisplay) can't be changed")
    }
  }

  private func share(
    _ file: borrowing Descriptor, _ item: Unshared, like root: FileMetadata
  ) throws(SystemCallError) {
    let calls = directory.calls
    let status = try calls.status(file, item.name)
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    if status.st_gid != root.group { try calls.setOwner(group: root.group, of: file, item.name) }
    let modes = DataDirectory.modes(isShared: true)
    try calls.setMode(
      isDirectory ? modes.directory : item.isData ? status.st_mode & 0o7777 | modes.file : modes.file,
      of: file, item.name)
    guard root.list.isExtended else { return }
    var list = try FileMetadata(of: file, item.name, calls).list
    for writer in root.list.writers {
      let wanted = isDirectory ? 7 : AccessControlList.read | AccessControlList.write
      list = list.granting(wanted, to: writer.tag, writer.id) ?? list
    }
    try calls.setAttribute(AccessControlList.attribute, list.bytes, of: file, item.name)
    if isDirectory {
      try calls.setAttribute(AccessControlList.defaultAttribute, list.bytes, of: file, item.name)
    }
  }
}
