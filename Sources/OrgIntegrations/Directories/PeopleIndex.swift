import OrgCore

/// People found by any of their ids.
package struct PeopleIndex: Sendable {
  /// A person, with the id that the directory itself has, though the data may have another.
  package struct Entry: Sendable, Hashable {
    let person: Person
    let ownID: String?
  }

  private let all: [Person]
  private let places: [String: Int]
  /// Names to sign in with and ids, whatever the case; empty where the case counts.
  private let foldedPlaces: [String: Int]

  /// - Parameters:
  ///   - entries: all people.
  ///   - ignoresCase: whether the directory does, which then has found who differs by case alone.
  package init(_ entries: [Entry], ignoresCase: Bool = false) {
    let people = entries.map(\.person)
    all = people
    var places: [String: Int] = [:]
    // An id counts before another person's name to sign in with, and that before an e-mail address.
    for (place, person) in people.enumerated() where places[person.id] == nil { places[person.id] = place }
    for (place, entry) in entries.enumerated() {
      if let id = entry.ownID, places[id] == nil { places[id] = place }
    }
    for (place, person) in people.enumerated() {
      if let name = person.userName, places[name] == nil { places[name] = place }
    }
    for (place, person) in people.enumerated() {
      if let email = person.email?.lowercased(), places[email] == nil { places[email] = place }
    }
    self.places = places
    var folded: [String: Int] = [:]
    for (place, entry) in entries.enumerated() where ignoresCase {
      let ids = [entry.person.id, entry.ownID, entry.person.userName].compactMap { $0?.lowercased() }
      for id in ids where folded[id] == nil {
        folded[id] = place
      }
    }
    foldedPlaces = folded
  }

  /// Whom an id belongs to.
  package func person(_ id: String) -> Person? {
    let place = places[id] ?? (id.contains("@") ? places[id.lowercased()] : nil)
    return (place ?? (foldedPlaces.isEmpty ? nil : foldedPlaces[id.lowercased()])).map { all[$0] }
  }

  /// People whose id, name or e-mail address has a text, those first that begin with it.
  package func people(completing text: String, limit: Int) -> [Person] {
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

/// What an id looks like, which tells where it is looked for first.
enum IDShape {
  case uuid
  case email
  case name

  init(_ id: String) {
    let groups = id.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let isHex = groups.joined().allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0)
    }
    if isHex, groups.map(\.count) == [8, 4, 4, 4, 12] {
      self = .uuid
    } else {
      self = id.contains("@") ? .email : .name
    }
  }
}

extension String {
  /// Whether it can be an id at a directory at all, so that it may be sent there: not empty, not endless, and one line.
  var canBeAsked: Bool {
    !isEmpty && utf8.count <= 512 && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
