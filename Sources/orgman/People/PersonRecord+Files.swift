import FoundationEssentials
import OrgCore
import OrgIntegrations

/// Files with people, in each of the formats.
extension PersonRecord {
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
        : decoder.decode([PersonRecord].self, from: Data(bytes))
      return people
    } catch {
      throw OrgError(
        .invalidValue,
        "\(name) isn't a directory of users: an array of objects in JSON, or an object with users.")
    }
  }

  /// The export of a realm, as far as it is about people.
  private struct Realm: Decodable { let users: [PersonRecord] }
}
