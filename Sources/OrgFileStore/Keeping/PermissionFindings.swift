import Glibc
import OrgCore
import SystemPackage

/// Who may read and change the data.
extension FileStore {
  /// What keeps this process from changing the data now, even where the store was opened for reading alone; `nil` for
  /// nothing.
  public var writeObstacle: WriteObstacle? { directory.obstacle }

  /// Who may change the data, as the permissions of the directory say: its owner, and the groups and users that it is shared
  /// with; names are escaped.
  public var editors: [String] {
    guard let status = try? directory.calls.status(directory.root, path),
      let metadata = try? FileMetadata(of: directory.root, path, directory.calls)
    else { return [] }
    let limit = metadata.list[.mask] ?? 7
    func mayWrite(_ permissions: UInt16) -> Bool { permissions & limit & AccessControlList.write != 0 }
    var names = [userName(status.st_uid).escapedForDisplay]
    for entry in metadata.list.entries where mayWrite(entry.permissions) {
      switch entry.tag {
      case .user: names.append(userName(entry.id).escapedForDisplay)
      case .owningGroup: names.append("the group \(groupName(status.st_gid).escapedForDisplay)")
      case .group: names.append("the group \(groupName(entry.id).escapedForDisplay)")
      case .owner, .mask, .others: break
      }
    }
    return names
  }

  /// Who will own the data files that a change of this process replaces, where that isn't who owns them now; `nil` else.
  public var newOwner: String? {
    let isTakenOver = [OrganizationTable.file, MemberTable.file].contains { name in
      guard let before = directory.metadata(of: name) else { return false }
      return (try? directory.replacement(of: name, before).owner) != before.owner
    }
    return isTakenOver ? userName(geteuid()).escapedForDisplay : nil
  }

  /// Why other programs can't be kept from writing while a change is saved: no lease is to be had on a data file. `nil` where
  /// one is. Found out by taking one, which is given back at once.
  public var leaseObstacle: String? {
    for name in [OrganizationTable.file, MemberTable.file] {
      guard let file = try? directory.calls.open(name, in: directory.root, O_RDONLY),
        let status = try? directory.calls.status(file, name), status.st_mode & S_IFMT == S_IFREG,
        let error = directory.calls.leaseObstacle(file, name)
      else { continue }
      guard error == .permissionDenied || error == .notPermitted else {
        return "the file system of \(path.escapedForDisplay) has none (\(error))"
      }
      let user = userName(geteuid()).escapedForDisplay
      return
        "\(name) belongs to \(userName(status.st_uid).escapedForDisplay), and \(user) lacks the capability CAP_LEASE"
    }
    return nil
  }

  /// Findings about who may use the data, and who can't though they should.
  var permissionFindings: [Finding] {
    var findings = openFindings
    if let writeObstacle {
      findings.append(
        Finding(
          writeObstacle.isIntended ? .note : .error,
          "\(userName(geteuid()).escapedForDisplay) can't change anything: \(writeObstacle.reason)."))
    }
    findings += sharingFindings
    if writeObstacle == nil, let leaseObstacle {
      findings.append(
        Finding(
          .note,
          "No lease is to be had: \(leaseObstacle). Other programs can write while a change is saved, and see one file before the other; what they write then is merged afterward. Run orgman as the owner of the files, or give it CAP_LEASE."
        ))
    }
    return findings
  }

  /// What users outside the group may use.
  private var openFindings: [Finding] {
    let names = [".", OrganizationTable.file, MemberTable.file, DataDirectory.privateName]
    return names.compactMap { name in
      guard let status = try? directory.calls.status(of: name, in: directory.root),
        status.st_mode & 0o007 != 0
      else { return nil }
      let shown = name == "." ? path : "\(path)/\(name)"
      return Finding(
        .warning,
        "Users outside the group may use \(shown.escapedForDisplay) (mode \(String(status.st_mode & 0o7777, radix: 8))).",
        .closeToOthers(name))
    }
  }

  func closeToOthers(_ name: String) throws(OrgError) {
    do {
      let file = try directory.calls.open(name, in: directory.root, O_RDONLY)
      let status = try directory.calls.status(file, name)
      try directory.calls.setMode(status.st_mode & 0o7770, of: file, name)
    } catch {
      throw OrgError(error, "The mode of \(name) can't be changed")
    }
  }

  // MARK: Sharing

  /// What in the directory isn't open to everybody who may change the data: files of an earlier version, or from before the
  /// directory was shared, or that another program put there with its own umask.
  private var sharingFindings: [Finding] {
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

  /// Whether a process can give a file the group and the mode that it should have.
  private func mayShare(_ file: stat, _ root: stat, _ process: Credentials) -> Bool {
    guard DataDirectory.isShared(root) else { return process.mayChangeOwner }
    return (file.st_uid == process.user || process.mayActAsOwner)
      && (file.st_gid == root.st_gid || process.mayChangeOwner
        || file.st_uid == process.user && process.groups.contains(root.st_gid))
  }

  private struct Unshared {
    /// The path from the data directory.
    let name: String
    let status: stat
    var isData: Bool { !name.hasPrefix(DataDirectory.privateName) }
  }

  private var unshared: [Unshared] {
    let calls = directory.calls
    guard let root = try? calls.status(directory.root, path) else { return [] }
    let isShared = DataDirectory.isShared(root)
    var names = isShared ? [OrganizationTable.file, MemberTable.file] : []
    names.append(DataDirectory.privateName)
    for own in [""] + DataDirectory.privateDirectories.map({ "/\($0)" }) {
      let name = DataDirectory.privateName + own
      guard let opened = try? calls.open(name, in: directory.root, O_RDONLY | O_DIRECTORY) else { continue }
      // Displaced files are what the data files were, and go soon.
      guard own != "/displaced" else { continue }
      names += ((try? calls.list(opened, name)) ?? []).sorted().map { "\(name)/\($0)" }
    }
    let owner = (try? calls.status(of: DataDirectory.privateName, in: directory.root))?.st_uid
    return names.compactMap { name in
      guard let status = try? calls.status(of: name, in: directory.root) else { return nil }
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      guard isDirectory || status.st_mode & S_IFMT == S_IFREG else { return nil }
      let isRight =
        isShared
        ? isOpen(name, status, to: root.st_gid, isDirectory: isDirectory) : status.st_uid == owner
      return isRight ? nil : Unshared(name: name, status: status)
    }
  }

  /// Whether a group may use a file, and what is made in a directory gets the group, too.
  private func isOpen(_ name: String, _ status: stat, to group: gid_t, isDirectory: Bool) -> Bool {
    if isDirectory {
      return status.st_gid == group && status.st_mode & S_ISGID != 0 && status.st_mode & 0o070 == 0o070
        && status.st_mode & S_ISVTX == 0
    }
    if status.st_gid == group { return status.st_mode & 0o060 == 0o060 }
    guard let metadata = directory.metadata(of: name) else { return false }
    let access = AccessControlList.read | AccessControlList.write
    return metadata.list.grants(access, user: .max, groups: [group], owningGroup: metadata.group)
  }

  /// Opens what isn't open to everybody who may change the data to them, as far as this process may.
  func share() throws(OrgError) {
    let calls = directory.calls
    let process = Credentials.current
    do {
      let root = try calls.status(directory.root, path)
      let modes = DataDirectory.modes(isShared: DataDirectory.isShared(root))
      let owner = try? calls.status(of: DataDirectory.privateName, in: directory.root).st_uid
      for item in unshared where mayShare(item.status, root, process) {
        let file = try calls.open(item.name, in: directory.root, O_RDONLY)
        let status = try calls.status(file, item.name)
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard DataDirectory.isShared(root) else {
          try calls.setOwner(owner ?? root.st_uid, of: file, item.name)
          continue
        }
        if status.st_gid != root.st_gid { try calls.setOwner(group: root.st_gid, of: file, item.name) }
        let mode =
          isDirectory ? modes.directory : item.isData ? status.st_mode & 0o7777 | modes.file : modes.file
        try calls.setMode(mode, of: file, item.name)
      }
    } catch {
      throw OrgError(error, "The permissions in \(path.escapedForDisplay) can't be changed")
    }
  }
}
