import OrgCore
import OrgViewModel

/// A user's choice of keys for an action, which replaces its default keys.
struct KeyAssignment: Sendable {
  /// The context; `nil` for all screens.
  let context: Context?
  let action: Action
  /// The keys and their positions in the file. An empty list unbinds the action.
  let keys: [(key: Key, place: TextPlace)]
  /// The position of the action's name.
  let place: TextPlace
}

/// The problems in key assignments.
struct KeymapProblems: Error {
  let problems: [ConfigurationProblem]
}

extension Keymap {
  private typealias Wanted = [Context: [Action: KeyAssignment]]

  /// The keymap after reassigning the keys of some actions.
  ///
  /// - Throws: all problems: an action that has no meaning in the context, a key that types text there, a key that is
  ///   bound to two actions, or no key to leave the program.
  func assigning(_ assignments: [KeyAssignment]) throws(KeymapProblems) -> Keymap {
    var problems: [ConfigurationProblem] = []
    let wanted = wanted(assignments, &problems)
    let result = assigning(wanted)
    problems += clashes(wanted) + missing(result, assignments)
    guard problems.isEmpty else { throw KeymapProblems(problems: problems) }
    return result
  }

  func has(_ action: Action, in context: Context) -> Bool {
    sections.contains { $0.bindings.contains { $0.action == action && $0.contexts.contains(context) } }
  }

  /// The wanted assignments for each context. An assignment for a context takes precedence over one for all screens.
  private func wanted(_ assignments: [KeyAssignment], _ problems: inout [ConfigurationProblem]) -> Wanted {
    var wanted: Wanted = [:]
    func note(_ message: String, _ place: TextPlace) {
      problems.append(ConfigurationProblem(place: place, message: message))
    }
    for assignment in assignments {
      let action = assignment.action
      let name = action.name
      let isCommand = action.isCommand
      guard let context = assignment.context else {
        let screens = CommandTable.standard.contexts.filter { $0.kind == .screen }
        var places = screens.filter { has(action, in: $0) }
        if places.isEmpty, isCommand { places = screens }
        if places.isEmpty {
          let others = CommandTable.standard.contexts.filter { has(action, in: $0) }.map {
            "[keys.in.\($0.name)]"
          }
          note(
            others.isEmpty
              ? "\(name) is asked for nowhere, as its plan isn't among plan-tiers."
              : "\(name) belongs under \(others.joined(separator: " or ")).", assignment.place)
        }
        for context in places where wanted[context]?[action] == nil {
          wanted[context, default: [:]][action] = assignment
        }
        continue
      }
      guard has(action, in: context) || (isCommand && context.kind == .screen) else {
        note("\(name) has no meaning in [keys.in.\(context.name)].", assignment.place)
        continue
      }
      for case (.character(let scalar), let place) in assignment.keys where context.kind == .text {
        note(
          "\(String(Character(scalar)).quoted) types itself in [keys.in.\(context.name)]; take a key with ^ or one without a letter.",
          place)
      }
      wanted[context, default: [:]][action] = assignment
    }
    return wanted
  }

  private func assigning(_ wanted: Wanted) -> Keymap {
    var sections = sections.map { section in
      Section(title: section.title, bindings: section.bindings.flatMap { $0.assigning(wanted) })
    }
    // Actions that had no key before.
    var fresh: [Binding] = []
    for context in CommandTable.standard.contexts {
      for (action, assignment) in (wanted[context] ?? [:]).sorted(by: { $0.value.place < $1.value.place })
      where !has(action, in: context) && !assignment.keys.isEmpty {
        if let index = fresh.firstIndex(where: {
          $0.action == action && $0.keys == assignment.keys.map(\.key)
        }) {
          fresh[index] = fresh[index].in(fresh[index].contexts.union([context]))
        } else {
          fresh.append(
            Binding(
              keys: assignment.keys.map(\.key), action: action, contexts: [context],
              description: action.title, hint: nil, markedHint: nil))
        }
      }
    }
    if !fresh.isEmpty { sections.append(Section(title: "More", bindings: fresh)) }
    return Keymap(sections: sections.filter { !$0.bindings.isEmpty })
  }

  /// Keys that are bound to two actions in the same context, each reported once.
  private func clashes(_ wanted: Wanted) -> [ConfigurationProblem] {
    var problems: [ConfigurationProblem] = []
    for context in CommandTable.standard.contexts {
      guard let mine = wanted[context] else { continue }
      var taken: [Key: (action: Action, place: TextPlace?)] = [:]
      for binding in sections.flatMap(\.bindings)
      where binding.contexts.contains(context) && mine[binding.action] == nil {
        for key in binding.keys { taken[key] = (binding.action, nil) }
      }
      for (action, assignment) in mine.sorted(by: { $0.value.place < $1.value.place }) {
        for (key, place) in assignment.keys {
          guard let first = taken.updateValue((action, place), forKey: key) else { continue }
          // An action that has two bindings in the detail pane, with different descriptions, isn't a conflict.
          if first.action == action, first.place == nil { continue }
          let other = first.action.name
          let where_ = first.place.map { "in \($0)" } ?? "out of the box; give that other keys, too, or none"
          let problem = ConfigurationProblem(
            place: place,
            message: "\(key) is bound twice in [keys.in.\(context.name)]: to \(other) \(where_).")
          if !problems.contains(where: { $0.place == place }) { problems.append(problem) }
        }
      }
    }
    return problems
  }

  private func missing(_ result: Keymap, _ assignments: [KeyAssignment]) -> [ConfigurationProblem] {
    let ways: Set<Action> = [.quit, .close]
    guard let last = assignments.last(where: { ways.contains($0.action) }) else { return [] }
    let bindings = result.sections.flatMap(\.bindings)
    if bindings.contains(where: { ways.contains($0.action) && $0.contexts.contains(.list) }) { return [] }
    return [ConfigurationProblem(place: last.place, message: "No key would be left for quit or close.")]
  }
}

extension Keymap.Binding {
  fileprivate func `in`(_ contexts: Set<Context>, keys: [Key]? = nil) -> Self {
    Self(
      keys: keys ?? self.keys, action: action, contexts: contexts, description: description, hint: hint,
      markedHint: markedHint)
  }

  /// The bindings that result from the wanted keys. Contexts with the same keys stay together.
  fileprivate func assigning(_ wanted: [Context: [Action: KeyAssignment]]) -> [Self] {
    var changed: [(keys: [Key], contexts: Set<Context>)] = []
    var rest = contexts
    for context in CommandTable.standard.contexts where contexts.contains(context) {
      guard let keys = wanted[context]?[action]?.keys.map(\.key) else { continue }
      rest.remove(context)
      if keys.isEmpty { continue }
      if let index = changed.firstIndex(where: { $0.keys == keys }) {
        changed[index].contexts.insert(context)
      } else {
        changed.append((keys, [context]))
      }
    }
    return (rest.isEmpty ? [] : [self.in(rest)]) + changed.map { self.in($0.contexts, keys: $0.keys) }
  }
}

extension Key {
  /// Why a text isn't the name of a key.
  struct NameRefusal: Error, Equatable {
    let reason: String
  }

  private static let named: [String: Key] = Dictionary(
    uniqueKeysWithValues: ([
      .character(" "), .enter, .tab, .backTab, .escape, .backspace, .delete, .insert, .up, .down, .left,
      .right,
      .home, .end, .controlLeft, .controlRight, .pageUp, .pageDown,
    ] as [Key]).map { ($0.description.lowercased(), $0) })

  /// The key with the given name, written as on the help page: `j`, `^F`, `PgDn`, `F5`. Case doesn't matter in names.
  static func named(_ text: String) -> Result<Key, NameRefusal> {
    let scalars = Array(text.unicodeScalars)
    let word = text.lowercased()
    if let key = named[word] { return .success(key) }
    if scalars.count == 1, scalars[0].isPlain { return .success(.character(scalars[0])) }
    if word.hasPrefix("f"), let number = Int(word.dropFirst()), (1...63).contains(number),
      word == "f\(number)"
    {
      return .success(.function(number))
    }
    if scalars.count == 2, scalars[0] == "^", let letter = word.unicodeScalars.last {
      switch letter {
      case "i": return .failure(NameRefusal(reason: "Terminals send the same for ^I and Tab; write Tab."))
      case "m", "j":
        return .failure(NameRefusal(reason: "Terminals send the same for \(text) and Enter; write Enter."))
      case "[": return .failure(NameRefusal(reason: "Terminals send the same for ^[ and Esc; write Esc."))
      case "h", "?":
        return .failure(
          NameRefusal(reason: "Terminals send the same for \(text) and Backspace; write Backspace."))
      case "a"..."z", "@", "\\", "]", "^", "_": return .success(.control(letter))
      default: break
      }
    }
    return .failure(
      NameRefusal(
        reason: "There is no key \(text.quoted); keys are written j, ^F, F5, Space, Enter, PgDn, Shift-Tab."))
  }
}
