import FoundationEssentials
import Glibc
import OrgCore
import OrgIntegrations
import Synchronization

/// A directory of users in a file: JSON, such as the export of a Keycloak realm, CSV, or LDIF. It is read when it is first
/// needed, and again when it has changed.
final class PeopleFile: PeopleDirectory {
  private let path: String
  private let key: Person.Key
  private let state = Mutex<(stamp: Stamp, people: PeopleIndex)?>(nil)

  /// The largest size in bytes; half a million people in the export of a realm take less.
  private static let limit = 256 << 20

  /// When a file was written, and which it is.
  private struct Stamp: Equatable {
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  /// - Parameters:
  ///   - path: the file's absolute path.
  ///   - key: what of a person the data have as the user's id.
  init(_ path: String, key: Person.Key) { (self.path, self.key) = (path, key) }

  var title: String { "the directory \(String(path.split(separator: "/").last ?? "").escapedForDisplay)" }

  func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    let people = try load()
    var found: [String: Person] = [:]
    for id in ids { found[id] = people.person(id) }
    return found
  }

  func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    try load().people(completing: text, limit: limit)
  }

  private func load() throws(OrgError) -> PeopleIndex {
    var status = stat()
    let exists = stat(path, &status) == 0
    let stamp = Stamp(
      inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
    if exists, let known = state.withLock({ $0 }), known.stamp == stamp { return known.people }
    let source = try ByteSource(path: path, limit: Self.limit)
    let people = PeopleIndex(try PersonRecord.all(in: source, at: path).compactMap { $0.entry(key) })
    state.withLock { $0 = (stamp, people) }
    return people
  }
}
