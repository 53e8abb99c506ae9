import OrgViewModel

/// Converts keys to actions one by one, each in the context that results from the previous action.
struct KeyReader {
  let keymap: Keymap
  /// A slice, because removing the first key must not move all others: a paste consists of many keys.
  var waiting: ArraySlice<Key> = []
  /// Text that is being pasted. It never runs a command.
  private var paste: String?
  /// Whether something of it can't be shown, which is said after it.
  private var isPasteReadable = true
  /// The maximum length of pasted text, in bytes. No field accepts this much, so the text will be truncated,
  /// and the user will be told.
  private static let pasteLimit = 1 << 16
  /// The remaining actions of a turn of the wheel.
  private var turns: (action: Action, count: Int)?
  private let pointing: (Position, AppModel) -> Action?
  /// The number of rows that one turn of the wheel moves by.
  private static let rowsPerTurn = 3

  /// Creates a key reader.
  ///
  /// - Parameters:
  ///   - keymap: the key bindings.
  ///   - pointing: the action for a mouse press at a position.
  init(keymap: Keymap, pointing: @escaping (Position, AppModel) -> Action? = { _, _ in nil }) {
    self.keymap = keymap
    self.pointing = pointing
  }

  /// The next action; `nil` if there is none, or if it has to wait for what it is about.
  mutating func next(_ model: AppModel) -> Action? {
    if let turns, turns.count > 0 {
      self.turns = (turns.action, turns.count - 1)
      return turns.action
    }
    while let key = waiting.first,
      !model.holdsBack(keymap.action(for: key, in: model.context))
    {
      waiting.removeFirst()
      switch key {
      case .mouse(let event):
        // Mouse events within a paste are not text.
        if paste == nil, let action = action(of: event, model) { return action }
      case .unreadable where paste == nil: return .unreadable
      case .unreadable: isPasteReadable = false
      case .pasteBegin: paste = ""
      case .pasteEnd:
        // Fields have a single line, and the line break at the end of copied text isn't intended.
        let text = (paste ?? "").split(separator: "\n").joined(separator: " ")
        paste = nil
        if !isPasteReadable {
          isPasteReadable = true
          waiting = [.unreadable] + waiting
        }
        if !text.isEmpty { return .paste(text) }
      default:
        if let length = paste?.utf8.count {
          if length < Self.pasteLimit { paste?.append(Self.pasted(key)) }
        } else if let action = keymap.action(for: key, in: model.context) {
          return action
        }
      }
    }
    return nil
  }

  private mutating func action(of event: MouseEvent, _ model: AppModel) -> Action? {
    switch event.kind {
    case .press: return pointing(event.position, model)
    case .wheelUp, .wheelDown:
      // In a form or a question, scrolling would change the answer.
      guard
        model.context.kind == .screen || model.workspace.overlay is Help || model.workspace.overlay is Palette
      else { return nil }
      turns = (event.kind == .wheelUp ? .moveUp : .moveDown, Self.rowsPerTurn - 1)
      return turns?.action
    }
  }

  private static func pasted(_ key: Key) -> String {
    switch key {
    case .character(let scalar): String(Character(scalar))
    case .enter: "\n"
    case .tab: " "
    default: ""
    }
  }
}
