import Glibc
import OrgCore
import SystemPackage

/// Permissions to read and change the data.
extension FileStore {
  /// Why this process can't change the data now, even if the store was opened read-only; `nil` if it can.
  public var writeObstacle: WriteObstacle? { directory.obstacle }

  /// The owner, groups, and users that may change the data according to the permissions of the
  /// directory. Names are escaped.
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

  /// The new owner of data files that a change by this process replaces; `nil` if the owner stays the same.
  public var newOwner: String? {
    let isTakenOver = [OrganizationTable.file, MemberTable.file].contains { name in
      guard let before = directory.metadata(of: name) else { return false }
      return (try? directory.replacement(of: name, before).owner) != before.owner
    }
    return isTakenOver ? userName(geteuid()).escapedForDisplay : nil
  }

  /// Why other programs can't be held up while a change is saved, because no lease is available on a data file; `nil`
  /// if one is. Finds out by taking and releasing a lease.
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

  /// Findings about users with too much or too little access.
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

  /// Findings about files that users outside the group may access.
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
}
