import ArgumentParser
import OrgCore
import OrgIntegrations
import Synchronization

/// Users whom a command names by what a directory of users knows of them.
enum UserNames {
  /// E-mail addresses that were said to be those of users.
  private static let said = Mutex<Set<String>>([])

  /// The ids of users who are named by e-mail addresses that are no ids in the data, and that the directory knows, by the
  /// address; each is said on standard error. None where there is no directory, or it can't be asked.
  static func ids(of names: [String], in reader: any StoreReader) throws(OrgError) -> [String: String] {
    var addresses: [String] = []
    for name in names where name.contains("@") {
      if try reader.memberships(of: name).isEmpty { addresses.append(name) }
    }
    guard !addresses.isEmpty, let directory = PeopleSources.configured else { return [:] }
    let found = directory.answer(about: addresses).people
    var ids: [String: String] = [:]
    for address in addresses {
      guard let person = found[address], person.id != address else { continue }
      ids[address] = person.id
      guard said.withLock({ $0.insert(address).inserted }) else { continue }
      let name = person.name.map { " (\($0.prefix(80).description.escapedForDisplay))" } ?? ""
      FileHandle.standardError(
        "orgman: \(address.escapedForDisplay) is the user \(person.id.escapedForDisplay)\(name).\n")
    }
    return ids
  }

  /// What the directory knows of texts, of users, and of accounts that aren't in use.
  ///
  /// - Throws: `invalidValue` where accounts are asked for without a directory, and any error if it can't be asked for them.
  ///   Otherwise that is said on standard error, and ids alone are looked at.
  static func terms(
    _ texts: [String], users: [String] = [], states: Set<DirectoryState> = [], in reader: any StoreReader
  ) throws(OrgError) -> DirectoryTerms {
    guard let directory = PeopleSources.configured else {
      guard states.isEmpty else {
        throw OrgError(
          .invalidValue,
          "No directory of users is configured, so directory: can't be told; orgman config shows where one is named."
        )
      }
      return DirectoryTerms()
    }
    var terms = DirectoryTerms()
    if !states.isEmpty {
      let check = try DirectoryCheck(reader, in: directory, limit: .max)
      if let failure = check.failure { throw failure }
      terms.states = [
        .disabled: Set(check.disabled.users.map(\.id)), .gone: Set(check.missing.users.map(\.id)),
      ]
    }
    do throws(OrgError) {
      for text in texts where text.unicodeScalars.count > 1 {
        terms.users[text] = Set(try directory.people(completing: text, limit: 500).flatMap(\.ids))
      }
      if !users.isEmpty {
        for (user, person) in try directory.people(with: users) { terms.users[user] = [person.id] }
      }
    } catch {
      FileHandle.standardError("orgman: \(error.message) Users are found by their ids alone.\n")
    }
    return terms
  }
}

extension StoreReader {
  /// The id of a user who is named by it, or by an e-mail address that the directory of users knows.
  func userID(_ name: String) throws(OrgError) -> String {
    try UserNames.ids(of: [name], in: self)[name] ?? name
  }

  /// The same for lines with a user each.
  func userIDs(_ lines: [InputLine]) throws(OrgError) -> [InputLine] {
    let ids = try UserNames.ids(of: lines.map(\.text), in: self)
    return ids.isEmpty ? lines : lines.map { InputLine(number: $0.number, text: ids[$0.text] ?? $0.text) }
  }
}
