import OrgCore
import OrgViewModel

/// A user's settings, as read from the configuration file.
package struct Configuration: Sendable {
  /// The color theme.
  package var theme = ThemeName.standard
  /// Whether the mouse is enabled at startup.
  package var hasMouse = false
  /// How many cells an emoji of several scalars gets; `nil` for what the terminal is known to draw.
  package var emoji: EmojiWidth?
  /// The key bindings. The default keymap is created on first use, because most commands don't need it.
  package var keymap: Keymap {
    get { assignedKeymap ?? .standard }
    set { assignedKeymap = newValue }
  }
  private var assignedKeymap: Keymap?
  fileprivate var assignments: [KeyAssignment] = []
  /// Settings of the model.
  package var preferences = Preferences()
  /// How billing is compared with the services.
  package var billing = BillingSettings()
  /// Where the data are, and the replica to read them from.
  package var (data, read): (Address?, Address?)
  /// Where people are looked up, one after another.
  package var directories: [DirectorySettings] = []
  /// Whose rights count.
  package var actingAs = ActingAs()

  /// The name of a directory or of a database.
  package struct Address: Sendable, Hashable {
    /// What the file says, as it is.
    package let text: String
    /// Where in the file.
    package let place: TextPlace
  }

  /// The default configuration.
  package init() {}

  /// Binds keys to the choice of each of some roles, unless keys that were assigned get in the way. Which roles there are is
  /// known once the data are.
  package mutating func bindKeys(to roles: [Role]) {
    guard roles != Rules.files.roles else { return }
    let table = CommandTable(planTiers: preferences.planTiers, roles: roles)
    if let keymap = try? Keymap(table).assigning(assignments) { self.keymap = keymap }
  }

  /// Reads a configuration in TOML; `defaultText` documents the settings.
  ///
  /// - Parameter text: the text of the file.
  /// - Returns: the configuration and all problems in it, in the order of the file. A configuration with
  ///   problems must not be used.
  package static func read(_ text: String) -> (configuration: Configuration, problems: [ConfigurationProblem])
  {
    var reader = ConfigurationReader()
    do throws(ConfigurationProblem) {
      reader.read(try TOMLReader(text))
    } catch {
      return (Configuration(), [error])
    }
    let none = TextPlace(line: 0, column: 0)
    return (reader.configuration, reader.problems.sorted { ($0.place ?? none) < ($1.place ?? none) })
  }
}

/// Processes entries one by one and notes problems.
struct ConfigurationReader {
  var configuration = Configuration()
  var problems: [ConfigurationProblem] = []
  /// The views so far, with their places.
  private var views: [(view: SavedView, place: TextPlace)] = []

  /// The top-level names.
  private static let names = [
    "theme", "mouse", "emoji", "columns", "sort", "show-deleted", "plan-tiers", "external-deletions",
    "time-zone",
    "data", "read",
  ]
  /// The tables.
  private static let tables = [
    "[ids]", "[directory]", "[directory.NAME]", "[acting-as]", "[history]", "[billing]", "[billing.plans]",
    "[views.NAME]",
    "[queries]",
    "[keys]",
  ]
  /// The names in [history].
  private static let historyNames = ["keep"]

  mutating func read(_ reader: TOMLReader) {
    for table in reader.tables {
      switch (table.path.first, table.path.count) {
      case ("queries", 1), ("keys", 1), ("history", 1), ("ids", 1), ("billing", 1), ("acting-as", 1): break
      case ("directory", 1): beginDirectory(nil, table.place)
      case ("directory", 2): beginDirectory(table.path[1], table.place)
      case ("billing", 2) where table.path[1] == "plans": break
      case ("views", 2): views.append((SavedView(name: table.path[1], filter: ""), table.place))
      case ("keys", 3) where table.path[1] == "in":
        if CommandTable.standard.context(named: table.path[2]) == nil {
          note(
            "There is no context \(table.path[2].quoted); there are \(Self.list(CommandTable.standard.contexts.map(\.name))).",
            table.place)
        }
      default:
        note(
          "There is no [\(TOMLReader.name(table.path))]; there are \(Self.list(Self.tables)).", table.place)
      }
    }
    for entry in reader.entries { take(entry) }
    checkDirectories()
    configuration.preferences.views = views.map(\.view)
    let tiers = configuration.preferences.planTiers
    configuration.preferences.order.planTiers = tiers
    do throws(KeymapProblems) {
      configuration.keymap = try Keymap(CommandTable(planTiers: tiers)).assigning(configuration.assignments)
    } catch {
      problems += error.problems
    }
  }

  mutating func note(_ message: String, _ place: TextPlace) {
    problems.append(ConfigurationProblem(place: place, message: message))
  }

  static func list(_ words: [String], _ conjunction: String = "and") -> String {
    words.count < 2
      ? words.joined()
      : words.dropLast().joined(separator: ", ") + " \(conjunction) " + words[words.count - 1]
  }

  private mutating func take(_ entry: TOMLReader.Entry) {
    switch (entry.path[0], entry.path.count) {
    case ("theme", 1):
      guard let name = string(entry) else { return }
      if let theme = ThemeName(rawValue: name) {
        configuration.theme = theme
      } else {
        note(
          "There is no theme \(name.quoted); there are \(Self.list(ThemeName.allCases.map(\.rawValue))).",
          entry.value.place)
      }
    case ("mouse", 1):
      if case .boolean(let isOn) = entry.value.kind {
        configuration.hasMouse = isOn
      } else {
        note("mouse is true or false.", entry.value.place)
      }
    case ("emoji", 1):
      guard let name = string(entry) else { return }
      if let width = EmojiWidth(rawValue: name) {
        configuration.emoji = width
      } else if name != "auto" {
        let all = ["auto"] + EmojiWidth.allCases.map(\.rawValue)
        note("emoji is \(Self.list(all, "or")), not \(name.quoted).", entry.value.place)
      }
    case ("show-deleted", 1):
      if case .boolean(let isOn) = entry.value.kind {
        configuration.preferences.showsDeleted = isOn
      } else {
        note("show-deleted is true or false.", entry.value.place)
      }
    case ("data", 1): configuration.data = address(entry)
    case ("read", 1): configuration.read = address(entry)
    case ("plan-tiers", 1): planTiers(entry)
    case ("external-deletions", 1):
      guard let name = string(entry) else { return }
      if let policy = ExternalDeletions(rawValue: name) {
        configuration.preferences.externalDeletions = policy
      } else {
        let all = ExternalDeletions.allCases.map(\.rawValue)
        note("external-deletions is \(Self.list(all, "or")), not \(name.quoted).", entry.value.place)
      }
    case ("time-zone", 1):
      guard let name = string(entry) else { return }
      if let zone = DisplayZone(name) {
        configuration.preferences.timeZone = zone
      } else {
        note("time-zone is UTC or local, not \(name.quoted).", entry.value.place)
      }
    case ("history", 2) where entry.path[1] == "keep": keep(entry)
    case ("history", 2):
      note(
        "There is no \(TOMLReader.name([entry.path[1]])) in [history]; there is \(Self.list(Self.historyNames)).",
        entry.place)
    case ("ids", 2): pattern(entry)
    case ("directory", 2), ("directory", 3): directory(entry)
    case ("acting-as", 2): actingAs(entry)
    case ("billing", 2), ("billing", 3): billing(entry)
    case ("columns", 1): columns(entry)
    case ("sort", 1): sort(entry)
    case ("queries", 2): query(entry)
    case ("views", 3): view(entry)
    case ("keys", 2): key(entry, nil)
    case ("keys", 4) where entry.path[1] == "in":
      // A misspelled table has already been reported.
      if let context = CommandTable.standard.context(named: entry.path[2]) { key(entry, context) }
    case ("views", 2):
      note("\(TOMLReader.name(entry.path)) is a table: write [\(TOMLReader.name(entry.path))].", entry.place)
    case ("keys", 1), ("queries", 1), ("history", 1), ("ids", 1), ("directory", 1), ("billing", 1),
      ("views", 1), ("acting-as", 1):
      note("\(entry.path[0]) is a table: write [\(entry.path[0])].", entry.place)
    default:
      note(
        "There is no \(TOMLReader.name(entry.path)); there are \(Self.names.joined(separator: ", ")), \(Self.list(Self.tables)).",
        entry.place)
    }
  }

  mutating func string(_ entry: TOMLReader.Entry) -> String? {
    if case .string(let text) = entry.value.kind { return text }
    note("\(TOMLReader.name(entry.path)) is a text in quotes.", entry.value.place)
    return nil
  }

  private mutating func address(_ entry: TOMLReader.Entry) -> Configuration.Address? {
    guard let text = string(entry) else { return nil }
    return text.isEmpty ? nil : Configuration.Address(text: text, place: entry.value.place)
  }

  /// One or more strings, each with its position.
  mutating func strings(_ entry: TOMLReader.Entry) -> [(text: String, place: TextPlace)]? {
    switch entry.value.kind {
    case .string(let text): return [(text, entry.value.place)]
    case .array(let values):
      var texts: [(String, TextPlace)] = []
      for value in values {
        guard case .string(let text) = value.kind else {
          note("Expected a quoted string.", value.place)
          return nil
        }
        texts.append((text, value.place))
      }
      return texts
    default:
      note("\(TOMLReader.name(entry.path)) is a text in quotes, or several in brackets.", entry.value.place)
      return nil
    }
  }

  private mutating func keep(_ entry: TOMLReader.Entry) {
    guard let text = string(entry) else { return }
    guard let retention = Retention(text) else {
      let units = Self.list(Retention.Unit.allCases.map(\.rawValue), "or")
      return note(
        "keep is a whole number of \(units), such as \"2 years\", or \"forever\", not \(text.quoted).",
        entry.value.place)
    }
    configuration.preferences.retention = retention
  }

  private mutating func planTiers(_ entry: TOMLReader.Entry) {
    guard let tiers = strings(entry) else { return }
    guard !tiers.isEmpty else { return note("There is at least one plan tier.", entry.value.place) }
    var seen: [String: TextPlace] = [:]
    for (tier, place) in tiers {
      do throws(OrgError) {
        _ = try Rules.files.checked(tier, for: .planTier)
      } catch {
        note(error.message, place)
      }
      if let first = seen.updateValue(place, forKey: tier) {
        note("\(tier.quoted) is already at \(first).", place)
      }
    }
    configuration.preferences.planTiers = tiers.map(\.text)
  }

  private mutating func columns(_ entry: TOMLReader.Entry) {
    if let columns = listColumns(entry) { configuration.preferences.columns = columns }
  }

  private mutating func listColumns(_ entry: TOMLReader.Entry) -> [ListColumn]? {
    guard let names = strings(entry) else { return nil }
    var columns: [ListColumn] = []
    for (name, place) in names {
      guard let column = ListColumn(name: name) else {
        note(
          "There is no column \(name.quoted); there are \(Self.list(ListColumn.allCases.map(\.name))), and the name.",
          place)
        continue
      }
      if columns.contains(column) { note("The column \(name) is there already.", place) }
      columns.append(column)
    }
    return columns
  }

  private mutating func sort(_ entry: TOMLReader.Entry) {
    guard let name = string(entry) else { return }
    let isInverse = name.hasPrefix("-")
    guard let column = ListOrder.Column(rawValue: isInverse ? String(name.dropFirst()) : name) else {
      return note(
        "The list can be sorted by \(Self.list(ListOrder.Column.allCases.map(\.rawValue))), not by \(name.quoted).",
        entry.value.place)
    }
    configuration.preferences.order = ListOrder(
      column, isDescending: column.isDescendingAtFirst != isInverse)
  }

  private mutating func query(_ entry: TOMLReader.Entry) {
    guard let text = string(entry) else { return }
    let name = entry.path[1]
    if name.isEmpty { return note("A query needs a name.", entry.place) }
    do throws(QueryError) {
      // Other data than files may have more roles.
      if (try? Query(text, roles: Role.allCases)) == nil { _ = try Query(text) }
    } catch {
      // After the quote. The position is exact unless there are escapes before it.
      let place = TextPlace(
        line: entry.value.place.line, column: entry.value.place.column + 1 + error.offset)
      return note("The query can't be read: \(error.message)", place)
    }
    configuration.preferences.savedQueries.append(SavedQuery(name: name, text: text))
  }

  private mutating func view(_ entry: TOMLReader.Entry) {
    guard let place = views.firstIndex(where: { $0.view.name == entry.path[1] }) else { return }
    let old = views[place].view
    var (list, filter, sort, columns) = (old.list, old.filter, old.sort, old.columns)
    switch entry.path[2] {
    case "list":
      guard let name = string(entry) else { return }
      guard let found = SavedView.List(rawValue: name) else {
        return note(
          "list is \(Self.list(SavedView.List.allCases.map(\.rawValue), "or")), not \(name.quoted).",
          entry.value.place)
      }
      list = found
    case "filter":
      guard let text = string(entry) else { return }
      filter = text
    case "sort":
      guard let name = string(entry) else { return }
      sort = name
    case "columns": columns = listColumns(entry)
    default:
      return note(
        "There is no \(TOMLReader.name([entry.path[2]])) in a view; there are list, filter, sort and columns.",
        entry.place)
    }
    views[place].view = SavedView(name: old.name, list: list, filter: filter, sort: sort, columns: columns)
  }

  private mutating func key(_ entry: TOMLReader.Entry, _ context: Context?) {
    let name = entry.path[entry.path.count - 1]
    guard let action = CommandTable.standard.action(named: name) else {
      let near = CommandTable.standard.actions.map(\.name).filter { $0.contains(name) || name.contains($0) }
      let offer =
        near.isEmpty ? "orgman config --default has all" : "it may be \(near.joined(separator: " or "))"
      return note("There is no action \(name.quoted); \(offer).", entry.place)
    }
    guard let names = strings(entry) else { return }
    var found: [(key: Key, place: TextPlace)] = []
    for (text, place) in names {
      switch Key.named(text) {
      case .success(let key): found.append((key, place))
      case .failure(let refusal): note(refusal.reason, place)
      }
    }
    configuration.assignments.append(
      KeyAssignment(context: context, action: action, keys: found, place: entry.place))
  }
}
