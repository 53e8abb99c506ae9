import CLinux
import Glibc

/// The identity of a process, as far as it matters for access to files.
struct Credentials: Sendable {
  let user: uid_t
  /// All groups that the process belongs to.
  let groups: Set<gid_t>
  /// Whether it may give a file any owner and group (`CAP_CHOWN`).
  let mayChangeOwner: Bool
  /// Whether it may act as the owner of any file (`CAP_FOWNER`).
  let mayActAsOwner: Bool

  /// The credentials of this process.
  static var current: Credentials {
    let count = max(0, getgroups(0, nil))
    var groups = [gid_t](repeating: 0, count: Int(count))
    let got = max(0, getgroups(count, &groups))
    return Credentials(
      user: geteuid(), groups: Set(groups.prefix(Int(got))).union([getegid()]),
      mayChangeOwner: clinux_has_capability(CAP_CHOWN) != 0,
      mayActAsOwner: clinux_has_capability(CAP_FOWNER) != 0)
  }

  /// The groups of a user according to the system's databases; empty if the user is unknown.
  static func groups(of user: uid_t) -> Set<gid_t> {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
      guard let space = buffer.baseAddress, getpwuid_r(user, &entry, space, buffer.count, &found) == 0,
        found != nil
      else { return [] }
      var groups = [gid_t](repeating: 0, count: 1024)
      var count = Int32(groups.count)
      guard getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) >= 0 else { return [entry.pw_gid] }
      return Set(groups.prefix(Int(max(0, count))))
    }
  }
}

/// From `capabilities(7)`.
private let CAP_CHOWN: Int32 = 0
private let CAP_FOWNER: Int32 = 3

/// The name of a user, or the user ID if it has no name.
func userName(_ id: uid_t) -> String {
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
    guard let space = buffer.baseAddress, getpwuid_r(id, &entry, space, buffer.count, &found) == 0,
      found != nil
    else {
      return String(id)
    }
    return String(cString: entry.pw_name)
  }
}

/// The name of a group, or the group ID if it has no name.
func groupName(_ id: gid_t) -> String {
  var entry = group()
  var found: UnsafeMutablePointer<group>?
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
    guard let space = buffer.baseAddress, getgrgid_r(id, &entry, space, buffer.count, &found) == 0,
      found != nil
    else {
      return String(id)
    }
    return String(cString: entry.gr_name)
  }
}
