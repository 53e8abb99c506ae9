import FoundationEssentials
import OrgCore
import OrgTerminal

/// A person as a file has them: fields with names that differ from one source to the next.
struct PersonRecord {
  private var fields: [String: String] = [:]

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
  mutating func set(_ name: some StringProtocol, _ value: String) {
    let key = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    if fields[key] == nil, !value.isEmpty { fields[key] = value }
  }

  /// The person; `nil` without any id.
  func person(_ key: Person.Key) -> Person? {
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

  private func first(_ names: [String]) -> String? { names.lazy.compactMap { fields[$0] }.first }

  private var isEnabled: Bool {
    let no: Set<String> = ["false", "no", "0", "disabled", "inactive", "suspended"]
    if let word = first(["enabled", "active", "isactive", "isenabled", "status"]) {
      return !no.contains(word.lowercased())
    }
    guard let word = first(["disabled", "isdisabled", "locked"]) else { return true }
    return no.contains(word.lowercased())
  }

  // MARK: Formats

  /// The people in a file, whose name tells the format: `.csv`, `.ldif`, and JSON otherwise.
  ///
  /// - Throws: `invalidValue` if it isn't in that format, `system` if it can't be read.
  static func all(in source: ByteSource, at path: String) throws(OrgError) -> [PersonRecord] {
    let name = path.lowercased()
    if name.hasSuffix(".csv") { return try ofCSV(source) }
    if name.hasSuffix(".ldif") { return ofLDIF(try source.rest()) }
    return try ofJSON(try source.rest(), source.name)
  }

  private static func ofCSV(_ source: ByteSource) throws(OrgError) -> [PersonRecord] {
    let records = try CSVRecords(source)
    let names = (try records.next() ?? []).map { String(decoding: $0, as: UTF8.self) }
    var people: [PersonRecord] = []
    while let values = try records.next() {
      var person = PersonRecord()
      for (name, value) in zip(names, values) { person.set(name, String(decoding: value, as: UTF8.self)) }
      people.append(person)
    }
    return people
  }

  /// An entry is lines with an attribute each, and an empty line ends it; a line that begins with a blank continues the one
  /// before (RFC 2849).
  private static func ofLDIF(_ bytes: [UInt8]) -> [PersonRecord] {
    var people: [PersonRecord] = []
    var entry: [String] = []
    func finish() {
      var person = PersonRecord()
      for line in entry where !line.hasPrefix("#") {
        guard let colon = line.firstIndex(of: ":") else { continue }
        let rest = line[line.index(after: colon)...]
        let name = line[..<colon].prefix { $0 != ";" }
        guard name != "dn" else { continue }
        if rest.first == ":" {
          guard let data = Data(base64Encoded: rest.dropFirst().filter { $0 != " " }) else { continue }
          person.set(name, String(decoding: data, as: UTF8.self))
        } else {
          person.set(name, String(rest.drop { $0 == " " }))
        }
      }
      if !entry.isEmpty { people.append(person) }
      entry = []
    }
    let newline = UInt8(ascii: "\n")
    for bytes in bytes.split(separator: newline, omittingEmptySubsequences: false) {
      let line = String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)
      if line.isEmpty {
        finish()
      } else if line.hasPrefix(" "), let last = entry.indices.last {
        entry[last] += line.dropFirst()
      } else {
        entry.append(line)
      }
    }
    finish()
    return people
  }

  private static func ofJSON(_ bytes: [UInt8], _ name: String) throws(OrgError) -> [PersonRecord] {
    let decoder = JSONDecoder()
    do {
      let isObject = bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
      let people =
        try isObject
        ? decoder.decode(Realm.self, from: Data(bytes)).users
        : decoder.decode([JSONPerson].self, from: Data(bytes))
      return people.map(\.record)
    } catch {
      throw OrgError(
        .invalidValue,
        "\(name) isn't a directory of users: an array of objects in JSON, or an object with users.")
    }
  }

  /// The export of a realm, as far as it is about people.
  private struct Realm: Decodable { let users: [JSONPerson] }

  /// An object with any fields, of which texts, numbers and truth values count.
  private struct JSONPerson: Decodable {
    let record: PersonRecord

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      var record = PersonRecord()
      for key in container.allKeys {
        if let text = try? container.decode(String.self, forKey: key) {
          record.set(key.stringValue, text)
        } else if let isTrue = try? container.decode(Bool.self, forKey: key) {
          record.set(key.stringValue, "\(isTrue)")
        } else if let number = try? container.decode(Int.self, forKey: key) {
          record.set(key.stringValue, "\(number)")
        }
      }
      self.record = record
    }
  }
}
