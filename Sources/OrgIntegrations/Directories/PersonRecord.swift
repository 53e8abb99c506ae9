import OrgCore

/// A person as a directory of users has them: fields with names that differ from one source to the next.
package struct PersonRecord: Sendable, Decodable {
  private var fields: [String: String] = [:]

  /// The largest value in bytes. Ids and names are shorter.
  private static let limit = 1024

  /// Nothing yet.
  package init() {}

  /// Names of fields, without their case, hyphens and underscores, by what they mean. The first that is there counts.
  private static let names:
    (
      id: [String], userName: [String], email: [String], name: [String], given: [String], family: [String]
    ) = (
      ["id", "sub", "subject", "userid", "uuid", "entryuuid"],
      ["username", "preferredusername", "login", "uid"],
      ["email", "mail", "emailaddress"],
      ["name", "displayname", "fullname", "cn"],
      ["firstname", "givenname"], ["lastname", "familyname", "sn"]
    )

  /// Sets a field, if it isn't set.
  package mutating func set(_ name: some StringProtocol, _ value: String) {
    let key = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    if fields[key] == nil, !value.isEmpty, value.utf8.count <= Self.limit { fields[key] = value }
  }

  /// The person; `nil` without any id.
  package func person(_ key: Person.Key) -> Person? {
    let (id, userName, email) = (first(Self.names.id), first(Self.names.userName), first(Self.names.email))
    let chosen =
      switch key {
      case .id: id ?? userName ?? email
      case .username: userName
      case .email: email
      }
    guard let chosen else { return nil }
    let parts = [first(Self.names.given), first(Self.names.family)].compactMap { $0 }
    return Person(
      id: chosen, userName: userName, email: email,
      name: first(Self.names.name) ?? (parts.isEmpty ? nil : parts.joined(separator: " ")),
      isEnabled: isEnabled)
  }

  /// The person, with the id that the directory itself has; `nil` without any id.
  package func entry(_ key: Person.Key) -> PeopleIndex.Entry? {
    person(key).map { PeopleIndex.Entry(person: $0, ownID: first(Self.names.id)) }
  }

  private func first(_ names: [String]) -> String? { names.lazy.compactMap { fields[$0] }.first }

  private var isEnabled: Bool {
    let no: Set<String> = ["false", "no", "0", "disabled", "inactive", "suspended"]
    if let word = first(["enabled", "active", "isactive", "isenabled", "status"]) {
      return !no.contains(word.lowercased())
    }
    guard let word = first(["disabled", "isdisabled", "locked"]) else { return true }
    return no.contains(word.lowercased())
  }

  // MARK: JSON

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads an object with any fields, of which texts, numbers and truth values count.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if let text = try? container.decode(String.self, forKey: key) {
        set(key.stringValue, text)
      } else if let isTrue = try? container.decode(Bool.self, forKey: key) {
        set(key.stringValue, "\(isTrue)")
      } else if let number = try? container.decode(Int.self, forKey: key) {
        set(key.stringValue, "\(number)")
      }
    }
  }
}
