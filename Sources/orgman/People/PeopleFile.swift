import FoundationEssentials
import Glibc
import OrgCore
import OrgTerminal
import Synchronization

/// A directory of users in a file: JSON, such as the export of a Keycloak realm, CSV, or LDIF. It is read when it is first
/// needed, and again when it has changed.
final class PeopleFile: PeopleDirectory {
  private let path: String
  private let key: Person.Key
  private let state = Mutex<(stamp: Stamp, people: People)?>(nil)

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

  /// The directory that is configured; `nil` for none.
  static var configured: PeopleFile? {
    let directory = ConfigurationFile.load().configuration.directory
    return directory.file.map { PeopleFile($0, key: directory.key) }
  }

  private func load() throws(OrgError) -> People {
    var status = stat()
    let exists = stat(path, &status) == 0
    let stamp = Stamp(
      inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
    if exists, let known = state.withLock({ $0 }), known.stamp == stamp { return known.people }
    let source = try ByteSource(path: path, limit: Self.limit)
    let people = People(try PersonRecord.all(in: source, at: path).compactMap { $0.person(key) })
    state.withLock { $0 = (stamp, people) }
    return people
  }
}

/// The people of a directory, found by any of their ids.
private struct People {
  private let all: [Person]
  private let places: [String: Int]

  init(_ people: [Person]) {
    all = people
    var places: [String: Int] = [:]
    // An id counts before another person's name to sign in with, and that before an e-mail address.
    for (place, person) in people.enumerated() where places[person.id] == nil { places[person.id] = place }
    for (place, person) in people.enumerated() {
      if let name = person.userName, places[name] == nil { places[name] = place }
    }
    for (place, person) in people.enumerated() {
      if let email = person.email?.lowercased(), places[email] == nil { places[email] = place }
    }
    self.places = places
  }

  func person(_ id: String) -> Person? {
    (places[id] ?? (id.contains("@") ? places[id.lowercased()] : nil)).map { all[$0] }
  }

  func people(completing text: String, limit: Int) -> [Person] {
    let text = text.lowercased()
    guard !text.isEmpty, limit > 0 else { return [] }
    var (first, later): ([Person], [Person]) = ([], [])
    for person in all {
      let texts = [person.id, person.userName, person.email, person.name].compactMap { $0?.lowercased() }
      guard texts.contains(where: { $0.contains(text) }) else { continue }
      let begins = texts.contains { $0.split(separator: " ").contains { $0.hasPrefix(text) } }
      if begins { first.append(person) } else if later.count < limit { later.append(person) }
      if first.count == limit { break }
    }
    return Array((first + later).prefix(limit))
  }
}
