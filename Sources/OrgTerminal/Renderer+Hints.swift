import OrgCore
import OrgViewModel

/// The line at the bottom: the keys that matter most now.
extension Renderer {
  /// A key, and what it does in a word.
  private struct Hint {
    let keys: String
    let word: String
    let action: Action
    /// Whether it is about what is marked.
    var isAboutMarks = false

    /// With the space before the next.
    var width: Int { keys.count + word.count + 3 }
  }

  func hints(_ model: AppModel, _ layout: Layout) -> [Span] {
    var line = line(layout.size.columns)
    line.add(" ")
    let all = allHints(model)
    for hint in model.context.kind == .menu ? first(all, layout) : important(all, layout) {
      if line.used > 1 { line.add("  ") }
      line.add(hint.keys, theme.key)
      line.add(" \(hint.word)", theme.quiet)
    }
    return line.spans
  }

  /// The answers of a menu that don't fit on the line, for the question.
  func hiddenAnswers(_ model: AppModel, _ layout: Layout) -> String {
    let all = allHints(model)
    return all.dropFirst(first(all, layout).count).map { "\($0.keys) \($0.word)" }.joined(separator: ", ")
  }

  private func allHints(_ model: AppModel) -> [Hint] {
    let context = model.context
    let isScreen = context.kind == .screen
    let isMarking = isScreen && model.screen.markCount > 0
    // Until the data have been read nothing can be changed; that is over in a moment.
    let canEdit = !isScreen || model.workspace.editingObstacle == nil || model.workspace.isReading
    let bindings = keymap.hints(in: context, isMarking: isMarking, canEdit: canEdit)
    var hints = bindings.compactMap { binding -> Hint? in
      let word =
        model.workspace.overlay?.hint(for: binding.action) ?? (isMarking ? binding.markedHint : nil)
        ?? binding.hint ?? ""
      guard !word.isEmpty else { return nil }
      return Hint(
        keys: binding.keys[0].description, word: word, action: binding.action,
        isAboutMarks: isMarking && binding.markedHint != nil)
    }
    if isScreen, !isMarking, let screens = screenKeys(context) {
      let hint = Hint(keys: screens, word: "screens", action: .showOrganizations)
      hints.insert(hint, at: hints.firstIndex { $0.action == .filter } ?? hints.endIndex)
    }
    return hints
  }

  /// The keys of the screens, if they are digits in a row.
  private func screenKeys(_ context: Context) -> String? {
    var digits: [UInt32] = []
    for screen in Registry.screens {
      guard let action = screen.shortcutAction else { continue }
      guard let key = keymap.keys(for: action, in: context).first, case .character(let scalar) = key else {
        return nil
      }
      digits.append(scalar.value)
    }
    guard let first = digits.first, let last = digits.last, (0x31...0x39).contains(first) else { return nil }
    guard digits == Array(first..<first + UInt32(digits.count)) else { return nil }
    return "\(first - 0x30)-\(last - 0x30)"
  }

  /// The hints that matter most, as many as fit on a line, in their order.
  private func important(_ hints: [Hint], _ layout: Layout) -> [Hint] {
    let order = Binding.hintOrder
    func rank(_ index: Int) -> (Int, Int) {
      let hint = hints[index]
      // Help and the way out matter most, and then what the marks are for.
      let rank = hint.isAboutMarks ? order.firstIndex(of: .close) : order.firstIndex(of: hint.action)
      return ((rank ?? order.count) + (hint.isAboutMarks ? 1 : 0), index)
    }
    let ranked = hints.indices.sorted { rank($0) < rank($1) }
    var room = layout.size.columns + 1
    var kept: [Int] = []
    for index in ranked where hints[index].width <= room {
      room -= hints[index].width
      kept.append(index)
    }
    return kept.sorted().map { hints[$0] }
  }

  /// As many answers of a menu as fit on a line.
  private func first(_ hints: [Hint], _ layout: Layout) -> [Hint] {
    var count = hints.count
    func width() -> Int { hints[..<count].reduce(-1) { $0 + $1.width } }
    while count > 1, width() > layout.size.columns { count -= 1 }
    return Array(hints[..<count])
  }
}
