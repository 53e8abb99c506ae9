import Glibc

/// The files in which services are described (`pg_service.conf`), as far as orgman has to know before libpq reads them.
enum ServiceFile {
  /// What a service says, by keyword.
  typealias Entries = [String: String]

  /// What the first file that has the service says; nothing if none has it.
  static func entries(of service: String) -> Entries {
    for path in paths {
      if let text = text(of: path), let entries = entries(of: service, in: text) { return entries }
    }
    return [:]
  }

  /// The user's file, and that of the system, whose directory libpq was built with.
  private static var paths: [String] {
    let own =
      UserEnvironment.variable("PGSERVICEFILE")
      ?? UserEnvironment.variable("HOME").map { $0 + "/.pg_service.conf" }
    let systems =
      UserEnvironment.variable("PGSYSCONFDIR").map { [$0] }
      ?? ["/etc/postgresql-common", "/etc/postgresql", "/etc", "/usr/local/etc/postgresql", "/usr/local/etc"]
    return [own].compactMap(\.self) + systems.map { $0 + "/pg_service.conf" }
  }

  /// The entries under a heading in brackets; `nil` without the heading.
  static func entries(of service: String, in text: String) -> Entries? {
    var entries: Entries?
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.drop { $0 == " " || $0 == "\t" }
      guard !line.isEmpty, line.first != "#" else { continue }
      if line.first == "[" {
        if entries != nil { break }
        if line.hasPrefix("[\(service)]") { entries = [:] }
      } else if entries != nil, let sign = line.firstIndex(of: "=") {
        let end = line.lastIndex { !$0.isWhitespace } ?? sign
        // The first one counts.
        let (key, value) = (
          String(line[..<sign]), String(line[line.index(after: sign)...].prefix(through: end))
        )
        if entries?[key] == nil { entries?[key] = value }
      }
    }
    return entries
  }

  /// A file's text, of the length that such a file can have.
  private static func text(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
