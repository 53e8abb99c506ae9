/// The keys as they are configured: what the help page and the documentation are made from.
package struct KeySheet: Sendable {
  /// What some keys do in some places.
  package struct Entry: Sendable {
    /// The keys as the help page writes them, the most usual first.
    let keys: [String]
    /// What they ask for.
    let action: Action
    /// Where they do.
    let contexts: Set<Context>
    /// The part of the help page that they belong to, where they work.
    let section: String
    /// What they do there; empty where that is said elsewhere.
    let text: String

    /// Keys, and what they do where.
    package init(keys: [String], action: Action, contexts: Set<Context>, section: String, text: String) {
      (self.keys, self.action, self.contexts) = (keys, action, contexts)
      (self.section, self.text) = (section, text)
    }

    fileprivate var meaning: Meaning { Meaning(keys: keys, action: action) }
  }

  /// What some keys ask for, wherever they do.
  fileprivate struct Meaning: Hashable {
    let keys: [String]
    let action: Action
  }

  /// Keys that belong together, and where they work or what they are for.
  package struct Group: Sendable {
    /// The heading.
    package let title: String
    /// The keys, each with what it does.
    package let rows: [Row]
  }

  /// A line of a group.
  package struct Row: Sendable {
    /// The keys, the most usual first.
    package let keys: [String]
    /// What they do.
    package let text: String
    /// What else it is found by, in lower case.
    let words: String
  }

  /// All there are, in the order of the help page.
  package let entries: [Entry]

  /// A sheet of some keys.
  package init(_ entries: [Entry]) { self.entries = entries }

  /// The keys out of the box.
  package static let standard = KeySheet(
    CommandTable.standard.bindings.filter { !$0.keys.isEmpty }.map {
      Entry(
        keys: $0.keys, action: $0.action, contexts: Set($0.contexts), section: $0.section.rawValue,
        text: $0.help)
    })

  /// The sections in the order in which they are of use.
  private static let order: [String] = {
    let first: [Binding.Section] = [.changing, .marking, .finding, .goingAbout]
    return (first + Binding.Section.allCases.filter { !first.contains($0) }).map(\.rawValue)
  }()

  // MARK: The help page

  /// The keys that work in a context by what they are for, and then those that do something else elsewhere, by where.
  package func page(for context: Context) -> [Group] {
    let here = entries.filter { $0.contexts.contains(context) }
    let sections = (Self.order + here.map(\.section)).unique
    var groups = sections.compactMap { section in
      Self.group(section, here.filter { $0.section == section })
    }
    if context.kind == .screen { groups.append(Self.signs) }
    let rest = entries.filter { entry in
      !here.contains { $0.meaning == entry.meaning && (entry.text.isEmpty || $0.text == entry.text) }
    }
    func add(_ title: String, _ entries: [Entry]) {
      if let group = Self.group(title, entries) { groups.append(group) }
    }
    let contexts = CommandTable.standard.contexts
    for other in contexts where other.kind == .screen {
      add(other.title, rest.filter { $0.contexts.contains(other) })
    }
    // What all menus, or all lines of text, have in common is said once.
    for (kind, title) in [(Context.Kind.menu, "In every menu"), (.text, "Wherever text is typed")] {
      let all = contexts.filter { $0.kind == kind && $0 != context }
      let common = rest.filter { entry in
        !entry.contexts.contains(context) && all.allSatisfy(entry.contexts.contains)
      }
      add(title, common)
      for other in all {
        add(
          other.title,
          rest.filter { entry in
            entry.contexts.contains(other) && !common.contains { $0.meaning == entry.meaning }
          })
      }
    }
    for other in contexts where other.kind == .other {
      add(other.title, rest.filter { $0.contexts.contains(other) })
    }
    return groups
  }

  /// The signs in front of rows, or after their names.
  private static let signs = Group(
    title: "Signs of rows",
    rows: [
      ("▸", "selected: what keys are about"), ("•", "marked, with Space, v or *"),
      ("Δ", "changed by another program a moment ago; a row can have all three"),
      ("▲ ▼", "what the rows are sorted by, and which way"),
    ].map { sign, text in
      Row(keys: [sign], text: text, words: "signs of rows \(text)".lowercased())
    })

  private static func group(_ title: String, _ entries: [Entry]) -> Group? {
    var seen: Set<Meaning> = []
    let rows = entries.compactMap { entry -> Row? in
      guard !entry.keys.isEmpty, seen.insert(entry.meaning).inserted else { return nil }
      let said = entries.first { $0.meaning == entry.meaning && !$0.text.isEmpty }?.text
      let text = said ?? entry.action.title.lowercasedFirst
      return Row(
        keys: entry.keys, text: text,
        words: [title, text, entry.action.name, entry.action.title, entry.action.synonyms]
          .joined(separator: " ").lowercased())
    }
    return rows.isEmpty ? nil : Group(title: title, rows: rows)
  }

  /// A Markdown table of all keys for the documentation.
  package var markdown: String {
    let rows = page(for: .list).map { group in
      "| **\(group.title)** | |\n"
        + group.rows.map {
          "| \($0.keys.map { "`\($0)`" }.joined(separator: " ")) | \($0.text) |\n"
        }.joined()
    }
    return "| key | does |\n|---|---|\n" + rows.joined()
  }
}

extension [KeySheet.Group] {
  /// What of it is found by a text: by a key that is called just so, or by words.
  func matching(_ text: String) -> [KeySheet.Group] {
    let text = text.trimmingSpaces
    guard !text.isEmpty else { return self }
    let words = text.lowercased().split(separator: " ")
    func filtered(_ isIncluded: (KeySheet.Row) -> Bool) -> [KeySheet.Group] {
      compactMap { group in
        let rows = group.rows.filter(isIncluded)
        return rows.isEmpty ? nil : KeySheet.Group(title: group.title, rows: rows)
      }
    }
    let byKey = filtered { $0.keys.contains(text) }
    guard byKey.isEmpty else { return byKey }
    return filtered { row in
      words.allSatisfy { word in
        row.words.contains(word) || row.keys.contains { $0.lowercased() == word }
      }
    }
  }
}

extension String {
  /// The text without spaces at its ends.
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// The text with a small letter at its beginning.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
