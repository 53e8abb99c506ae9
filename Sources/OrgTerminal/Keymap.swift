import OrgViewModel

/// Key bindings by context, as plain data. The hints at the bottom of the screen, the help page, and the table in the
/// documentation are generated from them.
package struct Keymap: Sendable {
  /// An action and its keys.
  package struct Binding: Sendable {
    /// The keys, the most common one first.
    package let keys: [Key]
    /// The action.
    package let action: Action
    /// The contexts in which the binding applies.
    package let contexts: Set<Context>
    /// A description for the help page.
    package let description: String
    /// One word for the hints at the bottom; `nil` if it isn't shown there.
    package let hint: String?
    /// The same while rows are marked.
    let markedHint: String?
  }

  /// A group of bindings on the help page.
  package struct Section: Sendable {
    /// The heading.
    package let title: String
    /// The bindings in the group.
    package let bindings: [Binding]
  }

  /// All bindings, in the order of the help page.
  package let sections: [Section]
  private let actions: [Context: [Key: Action]]

  init(sections: [Section]) {
    self.sections = sections
    actions = Self.actions(sections)
  }

  private static func actions(_ sections: [Section]) -> [Context: [Key: Action]] {
    var actions: [Context: [Key: Action]] = [:]
    for binding in sections.flatMap(\.bindings) {
      for context in binding.contexts {
        for key in binding.keys { actions[context, default: [:]][key] = binding.action }
      }
    }
    return actions
  }

  /// The action of a key. In contexts for typing text, every printable key inserts itself.
  package func action(for key: Key, in context: Context) -> Action? {
    if case .character(let scalar) = key, context.kind == .text {
      return .insert(String(Character(scalar)))
    }
    return actions[context]?[key]
  }

  /// The bindings that are shown as hints.
  ///
  /// - Parameters:
  ///   - isMarking: whether rows are marked: then what can be done with those matters.
  ///   - canEdit: whether anything can be changed.
  func hints(in context: Context, isMarking: Bool = false, canEdit: Bool = true) -> [Binding] {
    sections.filter { canEdit || $0.title != OrgViewModel.Binding.Section.changing.rawValue }
      .flatMap(\.bindings).filter { binding in
        guard binding.contexts.contains(context) else { return false }
        return isMarking && !OrgViewModel.Binding.lastingHints.contains(binding.action)
          ? binding.markedHint != nil : binding.hint != nil
      }
  }

  /// The keys of an action, the most common one first.
  func keys(for action: Action, in context: Context) -> [Key] {
    sections.flatMap(\.bindings).first { $0.action == action && $0.contexts.contains(context) }?.keys ?? []
  }

  /// All keys, for the help page and the documentation.
  package var sheet: KeySheet {
    KeySheet(
      sections.flatMap { section in
        section.bindings.map {
          KeySheet.Entry(
            keys: $0.keys.map(\.description), action: $0.action, contexts: $0.contexts,
            section: section.title, text: $0.description)
        }
      })
  }
}

extension Keymap {
  /// The default keymap.
  package static let standard = Keymap(.standard)

  /// Creates a keymap from a table of commands. Bindings that are the same on several screens are merged.
  init(_ table: CommandTable) {
    self.init(
      sections: OrgViewModel.Binding.Section.allCases.compactMap { section in
        let bindings = Self.merged(table.bindings.filter { $0.section == section && !$0.keys.isEmpty })
        return bindings.isEmpty ? nil : Section(title: section.rawValue, bindings: bindings)
      })
  }

  /// What the line at the bottom says of a binding.
  private struct Hints: Hashable {
    let usual, marked: String?

    init(_ binding: OrgViewModel.Binding) { (usual, marked) = (binding.hint, binding.markedHint) }
  }

  /// Merges bindings with the same keys, action, and description. Bindings that differ in their hint
  /// follow without a description.
  private static func merged(_ all: [OrgViewModel.Binding]) -> [Binding] {
    struct Same: Hashable {
      let action: Action
      let keys: [String]
      let help: String
    }
    let groups = Dictionary(grouping: all) { Same(action: $0.action, keys: $0.keys, help: $0.help) }
    let order = all.map { Same(action: $0.action, keys: $0.keys, help: $0.help) }
    // Closing the menu, which all menus have in common, comes after all answers.
    let isLast = all.first?.section == .answering
    return (isLast ? order.reversed().unique.reversed() : order.unique).flatMap { same in
      let group = groups[same] ?? []
      let keys = same.keys.compactMap { try? Key.named($0).get() }
      func contexts(_ bindings: [OrgViewModel.Binding]) -> Set<Context> {
        Set(bindings.flatMap(\.contexts))
      }
      let hints = group.map(Hints.init).unique
      let isSame = hints.count == 1
      let described = Binding(
        keys: keys, action: same.action, contexts: contexts(group), description: same.help,
        hint: isSame ? hints[0].usual : nil, markedHint: isSame ? hints[0].marked : nil)
      guard !isSame else { return [described] }
      return [described]
        + hints.filter { $0.usual != nil || $0.marked != nil }.map { hint in
          Binding(
            keys: keys, action: same.action, contexts: contexts(group.filter { Hints($0) == hint }),
            description: "", hint: hint.usual, markedHint: hint.marked)
        }
    }
  }
}

extension Key: ExpressibleByUnicodeScalarLiteral {
  /// Creates the key that types a scalar.
  package init(unicodeScalarLiteral scalar: Unicode.Scalar) {
    self = .character(scalar)
  }
}

extension Key: CustomStringConvertible {
  /// The name as used on keyboards and in manuals: `j`, `^F`, `PgDn`.
  package var description: String {
    switch self {
    case .character(" "): "Space"
    case .character(let scalar): String(Character(scalar))
    case .control(let scalar): "^" + String(Character(scalar)).uppercased()
    case .function(let number): "F\(number)"
    case .enter: "Enter"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .insert: "Ins"
    case .up: "Up"
    case .down: "Down"
    case .controlLeft: "^Left"
    case .controlRight: "^Right"
    case .left: "Left"
    case .right: "Right"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .pasteBegin, .pasteEnd: "paste"
    case .mouse: "mouse"
    case .unreadable: "character"
    }
  }
}
