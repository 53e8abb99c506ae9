import Glibc
import OrgCore
import SystemPackage

/// Why this process can't change the data.
public struct WriteObstacle: Sendable, Hashable {
  /// A word or two for a header; empty if the user asked for read-only access.
  public let summary: String
  /// What and where the problem is, and how to fix it, without a period at the end. Untrusted text is escaped.
  public let reason: String
  /// Whether the obstacle is intended, as for a user who may only read. Otherwise it is for an administrator to fix.
  let isIntended: Bool

  init(_ summary: String, _ reason: String, isIntended: Bool = false) {
    self.summary = summary
    self.reason = reason
    self.isIntended = isIntended
  }

  /// The error for a change that fails because of it.
  var error: OrgError { OrgError(.readOnly, "Nothing can be changed: \(reason).") }
}

extension DataDirectory {
  /// Why this process can't change the data in such a way that all users keep their access; `nil` if it can.
  ///
  /// Checked before anything is committed, so that everything that is committed can be published.
  var obstacle: WriteObstacle? {
    if calls.isRemote(root) {
      return WriteObstacle(
        "network", "\(shown()) is on a network file system, where locks can't be trusted", isIntended: true)
    }
    return MovedMark.obstacle(in: self) ?? directoryObstacle ?? privateObstacle
      ?? [OrganizationTable.file, MemberTable.file].lazy.compactMap(fileObstacle).first
  }

  /// A path in the directory, for messages.
  private func shown(_ name: String = "") -> String {
    (name.isEmpty ? path : "\(path)/\(name)").escapedForDisplay
  }

  private var user: String { userName(geteuid()).escapedForDisplay }

  // MARK: The data directory

  private var directoryObstacle: WriteObstacle? {
    if let obstacle = attributeObstacle("") { return obstacle }
    guard let status = try? calls.status(root, path) else { return nil }
    switch calls.obstacle(toWritingIn: root) {
    case nil: break
    case .readOnlyFileSystem:
      return WriteObstacle(
        "read-only disk", "\(shown()) is on a file system that is mounted for reading alone", isIntended: true
      )
    default:
      let group =
        Self.isShared(status) ? ", or join the group \(groupName(status.st_gid).escapedForDisplay)" : ""
      return WriteObstacle(
        "no permission",
        "\(shown()) can't be written by \(user); run orgman as \(userName(status.st_uid).escapedForDisplay)\(group)",
        isIntended: true)
    }
    let process = Credentials.current
    guard status.st_mode & S_ISVTX != 0, status.st_uid != process.user, !process.mayActAsOwner else {
      return nil
    }
    for name in [OrganizationTable.file, MemberTable.file] {
      guard let file = try? calls.status(of: name, in: root), file.st_uid != process.user else { continue }
      return WriteObstacle(
        "sticky directory",
        "\(shown()) has the sticky bit, so \(user) can't replace \(name), which belongs to \(userName(file.st_uid).escapedForDisplay); run: chmod -t \(shown())"
      )
    }
    return nil
  }

  /// The property of a file or directory that prevents even root from replacing it or its contents.
  private func attributeObstacle(_ name: String) -> WriteObstacle? {
    guard let traits = calls.traits(of: name, in: root) else { return nil }
    if traits.is_immutable != 0 {
      return WriteObstacle("immutable", "\(shown(name)) is immutable; as root, run: chattr -i \(shown(name))")
    }
    if traits.is_append_only != 0 {
      return WriteObstacle(
        "append-only", "\(shown(name)) can only be appended to; as root, run: chattr -a \(shown(name))")
    }
    guard !name.isEmpty, let own = calls.traits(of: "", in: root) else { return nil }
    if traits.is_mount_point != 0 || traits.mount != own.mount {
      return WriteObstacle(
        "mount point",
        "\(shown(name)) is mounted by itself, so it can't be replaced; mount the directory that it is in instead"
      )
    }
    return nil
  }

  // MARK: A data file

  private func fileObstacle(_ name: String) -> WriteObstacle? {
    guard let status = try? calls.status(of: name, in: root), status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    if let obstacle = attributeObstacle(name) { return obstacle }
    guard let before = metadata(of: name) else { return nil }
    do {
      _ = try replacement(of: name, before)
      return nil
    } catch {
      return obstacle(error, name, before)
    }
  }

  /// The owner, group, mode, and access control list of a data file; `nil` if it can't be read.
  func metadata(of name: String) -> FileMetadata? {
    guard let file = try? calls.open(name, in: root, O_RDONLY) else {
      return (try? calls.status(of: name, in: root)).map { FileMetadata($0) }
    }
    return try? FileMetadata(of: file, name, calls)
  }

  /// The metadata that the replacement of a data file would have now.
  func replacement(of name: String, _ before: FileMetadata) throws(FileMetadata.Refusal) -> FileMetadata {
    let process = Credentials.current
    // New files are created in orgman's own directory.
    let parent = (try? calls.status(of: Self.privateName, in: root)) ?? (try? calls.status(root, path))
    let group = parent.flatMap { $0.st_mode & S_ISGID == 0 ? nil : $0.st_gid } ?? getegid()
    return try before.replacement(
      by: process, isWritable: calls.permits(R_OK | W_OK, name, in: root), having: (process.user, group))
  }

  private func obstacle(
    _ refusal: FileMetadata.Refusal, _ name: String, _ before: FileMetadata
  ) -> WriteObstacle {
    let owner = userName(before.owner).escapedForDisplay
    let group = groupName(before.group).escapedForDisplay
    let directoryGroup = (try? calls.status(root, path))?.st_gid ?? before.group
    let isMember = Credentials.current.groups.contains(before.group)
    let what =
      "\(shown(name)) belongs to \(owner) with the group \(group) and the mode \(String(before.mode, radix: 8))"
    let join = "run: usermod -aG \(group) "
    switch refusal {
    case .notWritable:
      let change =
        before.group == directoryGroup
        ? "" : "chgrp \(groupName(directoryGroup).escapedForDisplay) \(shown(name)) && "
      let remedy =
        isMember || before.group != directoryGroup || before.mode & 0o060 != 0o060
        ? "as \(owner) or root, run: \(change)chmod ug+rw \(shown(name))" : "as root, " + join + user
      return WriteObstacle("no permission", "\(what), so \(user) may not write it; \(remedy)")
    case .group:
      let remedy =
        before.group == directoryGroup
        ? join + user : "run: chgrp \(groupName(directoryGroup).escapedForDisplay) \(shown(name))"
      return WriteObstacle(
        "not in group", "\(what), and \(user) can't give a new file that group; as root, \(remedy)")
    case .owner:
      return WriteObstacle(
        "owner not in group",
        "\(what): after a change by \(user), \(owner) could not write it; as root, \(join)\(owner)")
    }
  }

  // MARK: orgman's own directory

  /// Why this process can't work in `.orgman`, or why others couldn't do so afterwards.
  private var privateObstacle: WriteObstacle? {
    let process = Credentials.current
    guard let parent = try? calls.status(root, path) else { return nil }
    guard identity(of: Self.privateName) != nil else { return unmadeObstacle(parent, process) }
    for name in [Self.privateName] + Self.privateDirectories.map({ "\(Self.privateName)/\($0)" }) {
      guard let status = try? calls.status(of: name, in: root) else { continue }
      if let obstacle = attributeObstacle(name) { return obstacle }
      guard calls.permits(R_OK | W_OK | X_OK, name, in: root) else {
        return inaccessible(name, status, parent)
      }
      if status.st_mode & S_ISVTX != 0, status.st_uid != process.user, !process.mayActAsOwner {
        return WriteObstacle(
          "sticky directory",
          "\(shown(name)) has the sticky bit, so \(user) can't replace what is in it; run: chmod -t \(shown(name))"
        )
      }
      // Files that this process creates there must be usable by all other users of the directory.
      guard process.mayChangeOwner || status.st_uid == process.user || Self.isShared(status) else {
        return inaccessible(name, status, parent)
      }
      guard
        process.mayChangeOwner || !Self.isShared(status) || status.st_mode & S_ISGID != 0
          || process.groups.contains(status.st_gid)
      else {
        return WriteObstacle(
          "no setgid",
          "what \(user) makes in \(shown(name)) would not get its group; as \(userName(status.st_uid).escapedForDisplay) or root, run: chmod g+s \(shown(name))"
        )
      }
    }
    for name in ["\(Self.privateName)/\(FileLock.name)", newestSegment].compactMap(\.self) {
      guard let status = try? calls.status(of: name, in: root) else { continue }
      if let obstacle = attributeObstacle(name) { return obstacle }
      guard calls.permits(R_OK | W_OK, name, in: root) else { return inaccessible(name, status, parent) }
    }
    return nil
  }

  /// The path of the newest segment of the journal, to which records are appended.
  private var newestSegment: String? {
    let name = "\(Self.privateName)/journal"
    guard let journal = try? calls.open(name, in: root, O_RDONLY | O_DIRECTORY),
      let segment = try? Journal.segments(journal, calls).last
    else { return nil }
    return "\(name)/\(segment)"
  }

  /// Why this process can't create `.orgman`; `nil` if it can.
  private func unmadeObstacle(_ parent: stat, _ process: Credentials) -> WriteObstacle? {
    if process.mayChangeOwner { return nil }
    let owner = userName(parent.st_uid).escapedForDisplay
    guard Self.isShared(parent) else {
      guard parent.st_uid != process.user else { return nil }
      return WriteObstacle(
        "not the owner",
        "\(shown()) belongs to \(owner) alone, who could not use what \(user) makes in it; run orgman as \(owner)"
      )
    }
    guard !process.groups.contains(parent.st_gid) else { return nil }
    let group = groupName(parent.st_gid).escapedForDisplay
    return WriteObstacle(
      "not in group",
      "\(shown()) is shared by the group \(group), which \(user) isn't in; let a member make the first change, or as root, run: usermod -aG \(group) \(user)"
    )
  }

  private func inaccessible(_ name: String, _ status: stat, _ parent: stat) -> WriteObstacle {
    let owner = userName(status.st_uid).escapedForDisplay
    let mode = String(status.st_mode & 0o7777, radix: 8)
    let group = groupName(parent.st_gid).escapedForDisplay
    let what = "\(shown(name)) belongs to \(owner) with the mode \(mode), so"
    guard Self.isShared(parent) else {
      return WriteObstacle(
        "not the owner",
        "\(what) \(user) can't use the history with them; run orgman as \(owner)")
    }
    return WriteObstacle(
      "history not shared",
      "\(what) the group \(group) can't use it; as \(owner) or root, run: orgman doctor --fix --data \(shown())"
    )
  }
}
