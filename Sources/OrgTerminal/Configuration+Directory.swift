import OrgCore

/// A directory of users, as `[directory]` or `[directory.NAME]` says. What an address or a path is worth is up to who uses it.
package struct DirectorySettings: Sendable, Hashable {
  /// What is asked.
  package enum Kind: String, Sendable, CaseIterable {
    case file, command, ldap, keycloak, passwd

    /// The names of the settings that only this kind has, besides the one that makes it of this kind.
    fileprivate var names: (texts: [String], lists: [String], flags: [String], needed: [String]) {
      switch self {
      case .file, .command, .passwd: ([], [], [], [])
      case .ldap:
        (
          [
            "base", "bind", "password-file", "ca-file", "filter", "id-attribute", "username-attribute",
            "email-attribute",
          ], ["disabled"], ["start-tls"], ["base"]
        )
      case .keycloak: (["realm", "client", "secret-file"], [], [], ["realm", "client"])
      }
    }
  }

  /// The name of its table; `nil` for [directory].
  package let table: String?
  /// Where the file has it.
  package let place: TextPlace
  /// What of a person the data have as the user's id.
  package var key = Person.Key.id
  /// The longest time for one answer, in seconds.
  package var timeLimit = 10
  /// The settings that are texts, by their names.
  package var texts: [String: String] = [:]
  /// The settings that are several texts.
  package var lists: [String: [String]] = [:]
  /// The settings that are true.
  package var flags: Set<String> = []

  /// Nothing yet.
  fileprivate init(table: String?, place: TextPlace) { (self.table, self.place) = (table, place) }

  /// What is asked; `nil` while nothing is named.
  package var kind: Kind? { kinds.first }

  fileprivate var kinds: [Kind] {
    Kind.allCases.filter {
      texts[$0.rawValue] != nil || lists[$0.rawValue] != nil || flags.contains($0.rawValue)
    }
  }

  /// What people call it, and what its secrets are found by: the name of its table, or the kind.
  package var name: String { table ?? kind?.rawValue ?? "directory" }

  /// The heading of its table.
  fileprivate var heading: String {
    "[" + TOMLReader.name(["directory"] + [table].compactMap { $0 }) + "]"
  }

  /// The longest that can be asked for, in seconds.
  fileprivate static let longest = 300
}

extension ConfigurationReader {
  /// Begins a directory, unless it has begun.
  mutating func beginDirectory(_ table: String?, _ place: TextPlace) {
    guard !configuration.directories.contains(where: { $0.table == table }) else { return }
    configuration.directories.append(DirectorySettings(table: table, place: place))
    guard let table else { return }
    let isName =
      !table.isEmpty && table.utf8.count <= 40
      && table.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
      }
    if !isName {
      note("The name of a directory has small letters, digits and hyphens, unlike \(table.quoted).", place)
    }
  }

  /// An entry of [directory] or [directory.NAME].
  mutating func directory(_ entry: TOMLReader.Entry) {
    let table = entry.path.count == 3 ? entry.path[1] : nil
    beginDirectory(table, entry.place)
    guard let place = configuration.directories.firstIndex(where: { $0.table == table }) else { return }
    var settings = configuration.directories[place]
    set(entry, entry.path[entry.path.count - 1], &settings)
    configuration.directories[place] = settings
  }

  private mutating func set(_ entry: TOMLReader.Entry, _ name: String, _ settings: inout DirectorySettings) {
    let kinds = DirectorySettings.Kind.allCases
    switch name {
    case "id":
      guard let text = string(entry) else { return }
      guard let key = Person.Key(rawValue: text) else {
        let all = Person.Key.allCases.map(\.rawValue)
        return note(
          "id in \(settings.heading) is \(Self.list(all, "or")), not \(text.quoted).", entry.value.place)
      }
      settings.key = key
    case "time-limit":
      guard case .integer(let seconds) = entry.value.kind, (1...DirectorySettings.longest).contains(seconds)
      else {
        return note(
          "time-limit is a whole number of seconds from 1 to \(DirectorySettings.longest).", entry.value.place
        )
      }
      settings.timeLimit = seconds
    case "passwd", "start-tls":
      guard case .boolean(let isOn) = entry.value.kind else {
        return note("\(name) is true or false.", entry.value.place)
      }
      if isOn { settings.flags.insert(name) }
    case "command", "disabled":
      guard let texts = strings(entry)?.map(\.text) else { return }
      if name == "command" {
        guard !texts.isEmpty else { return }
        guard texts[0].hasPrefix("/") else {
          return note(
            "command in \(settings.heading) begins with the absolute path of a program, unlike \(texts[0].quoted).",
            entry.value.place)
        }
      }
      settings.lists[name] = texts
    default:
      guard (kinds.map(\.rawValue) + kinds.flatMap(\.names.texts)).contains(name) else {
        return note(
          "There is no \(TOMLReader.name([name])) in \(settings.heading); there are \(Self.list(Self.directoryNames)).",
          entry.place)
      }
      guard let text = string(entry), !text.isEmpty else { return }
      if name == "file" || name.hasSuffix("-file"), !text.hasPrefix("/") {
        return note(
          "\(name) in \(settings.heading) is an absolute path, not \(text.quoted).", entry.value.place)
      }
      settings.texts[name] = text
    }
  }

  private static var directoryNames: [String] {
    let kinds = DirectorySettings.Kind.allCases
    return ["id", "time-limit"] + kinds.map(\.rawValue)
      + kinds.flatMap { $0.names.texts + $0.names.lists + $0.names.flags }
  }

  /// Notes what is missing or too much in directories, once all entries are read. Those that name nothing are dropped.
  mutating func checkDirectories() {
    for settings in configuration.directories { check(settings) }
    configuration.directories.removeAll { $0.kind == nil }
  }

  private mutating func check(_ settings: DirectorySettings) {
    let all = DirectorySettings.Kind.allCases
    let set = Set(settings.texts.keys).union(settings.lists.keys).union(settings.flags)
    guard let kind = settings.kind else {
      if settings.table != nil || !set.isEmpty {
        note(
          "\(settings.heading) names no source; it has one of \(Self.list(all.map(\.rawValue), "or")).",
          settings.place)
      }
      return
    }
    guard settings.kinds.count == 1 else {
      return note(
        "\(settings.heading) has \(Self.list(settings.kinds.map(\.rawValue))); each source has a table of its own, such as [directory.\(settings.kinds[1].rawValue)].",
        settings.place)
    }
    let names = kind.names
    for name in names.needed where settings.texts[name] == nil {
      note("\(settings.heading) has \(kind.rawValue), and lacks \(name).", settings.place)
    }
    let fitting = Set(names.texts + names.lists + names.flags + [kind.rawValue])
    for name in set.subtracting(fitting).sorted() {
      note("\(name) in \(settings.heading) isn't for \(kind.rawValue).", settings.place)
    }
    if kind == .passwd, settings.key == .email {
      note("passwd in \(settings.heading) has no e-mail addresses, so id can't be \"email\".", settings.place)
    }
  }
}
