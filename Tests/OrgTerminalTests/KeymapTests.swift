import OrgViewModel
import Testing

@testable import OrgTerminal

@Suite struct KeymapTests {
  private let keymap = Keymap.standard

  @Test func `every key of the list does what it should`() {
    expect(
      in: .list,
      moving + program + acting
        + [
          (.enter, .open), ("l", .open), (.right, .open), (.escape, .back), ("h", .back), (.left, .back),
          (.tab, .nextPane), (.backTab, .previousPane), ("/", .filter), ("e", .edit), (.function(2), .edit),
          ("a", .add),
          ("d", .remove), (.delete, .remove), ("R", .reload), (.function(5), .reload), ("?", .help),
          (.function(1), .help), ("q", .close), ("Q", .quit),
        ])
  }

  @Test func `every key of the detail does what it should`() {
    expect(
      in: .detail,
      moving + program + acting
        + [
          (.enter, .open), ("l", .open), (.right, .open), (.escape, .back), ("h", .back), (.left, .back),
          (.tab, .nextPane), (.backTab, .previousPane), ("/", .filter), ("r", .changeRole), ("e", .edit),
          (.function(2), .edit), ("a", .add), ("d", .remove), (.delete, .remove), ("R", .reload),
          (.function(5), .reload), ("?", .help), (.function(1), .help), ("q", .close), ("Q", .quit),
        ])
  }

  @Test func `every key of the edit pane does what it should`() {
    let both: [(Key, Action)] = [
      (.enter, .accept), (.control("s"), .save), (.tab, .nextField), (.down, .nextField),
      (.backTab, .previousField),
      (.up, .previousField), (.escape, .back), (.function(1), .help),
    ]
    expect(in: .form, both + program + text)
    expect(in: .conflict, both + program + [("t", .keepTheirs), ("m", .takeMine)])
    expect(in: .choice, both + program + [(" ", .moveRight), (.right, .moveRight), (.left, .moveLeft)])
  }

  @Test func `every key of a filter does what it should`() {
    expect(
      in: .filter,
      text + program
        + [
          (.enter, .accept), (.escape, .back), (.down, .moveDown), (.up, .moveUp), (.pageDown, .pageDown),
          (.pageUp, .pageUp),
        ])
  }

  @Test func `every key of a question, a choice of roles and the help does what it should`() {
    expect(
      in: .roleChoice,
      program
        + [
          ("o", .choose(.owner)), ("m", .choose(.member)), ("b", .choose(.billingAdmin)), (.escape, .back),
          ("q", .close),
        ])
    expect(
      in: .planChoice,
      program
        + [
          ("f", .choosePlan("founders_friend")), ("s", .choosePlan("starter")),
          ("p", .choosePlan("professional")), ("e", .choosePlan("enterprise")), ("o", .chooseOtherPlan),
          (.escape, .back), ("q", .close),
        ])
    expect(
      in: .statusChoice,
      program
        + [
          ("a", .chooseStatus(.active)), ("s", .chooseStatus(.suspended)), ("d", .chooseStatus(.deleted)),
          (.escape, .back), ("q", .close),
        ])
    expect(
      in: .sortChoice,
      program
        + [
          ("n", .sortBy(.name)), ("p", .sortBy(.plan)), ("s", .sortBy(.status)), ("m", .sortBy(.members)),
          ("c", .sortBy(.created)), ("I", .invertOrder), (.escape, .back), ("q", .close),
        ])
    expect(
      in: .question,
      program
        + [
          ("y", .confirm), ("n", .decline), (.enter, .accept), (.escape, .back), (.left, .nextField),
          (.right, .nextField), (.tab, .nextField), (.backTab, .nextField), ("q", .close),
        ])
    expect(
      in: .help,
      moving.dropLast(2) + program + [("?", .back), ("q", .back), (.escape, .back), (.function(1), .back)])
  }

  @Test func `printable keys type where text is typed and run nothing`() {
    for context in [Context.form, .filter] {
      for value in UInt32(0x20)..<0x7F {
        guard let scalar = Unicode.Scalar(value) else { continue }
        #expect(keymap.action(for: .character(scalar), in: context) == .insert(String(Character(scalar))))
      }
      #expect(keymap.action(for: .character("株"), in: context) == .insert("株"))
    }
  }

  @Test func `no key stands for two actions in one context`() {
    for context in CommandTable.standard.contexts {
      var actions: [Key: Action] = [:]
      for binding in keymap.sections.flatMap(\.bindings) where binding.contexts.contains(context) {
        for key in binding.keys {
          #expect(actions[key] == nil || actions[key] == binding.action, "\(key) in \(context)")
          actions[key] = binding.action
        }
      }
    }
  }

  @Test func `every action of a key is described once`() {
    let bindings = keymap.sections.flatMap(\.bindings)
    for binding in bindings {
      for context in binding.contexts {
        let descriptions = bindings.filter {
          $0.action == binding.action && $0.contexts.contains(context) && !$0.description.isEmpty
        }
        // Editing in the detail is editing in the list, which is described.
        #expect(!descriptions.isEmpty || binding.action == .edit, "\(binding.keys) in \(context)")
      }
    }
  }

  @Test func `every default key is one`() throws {
    for key in CommandTable.standard.bindings.flatMap(\.keys) { _ = try Key.named(key).get() }
  }

  @Test func `every screen can be drawn`() {
    for screen in Registry.screens { #expect(screen is any DrawableScreen.Type, "\(screen)") }
  }

  @Test func `every action of a key has a name`() {
    for binding in keymap.sections.flatMap(\.bindings) {
      #expect(CommandTable.standard.action(named: binding.action.name) == binding.action, "\(binding.action)")
    }
  }

  @Test func `every hint names a key that works there`() {
    for context in CommandTable.standard.contexts {
      for hint in keymap.hints(in: context) {
        #expect(keymap.action(for: hint.keys[0], in: context) == hint.action)
      }
    }
  }

  // MARK: What is due

  private let moving: [(Key, Action)] = [
    ("j", .moveDown), (.down, .moveDown), ("k", .moveUp), (.up, .moveUp), ("g", .moveToFirst),
    (.home, .moveToFirst),
    ("G", .moveToLast), (.end, .moveToLast), (.control("f"), .pageDown), (.pageDown, .pageDown),
    (.control("b"), .pageUp), (.pageUp, .pageUp), (.control("d"), .halfPageDown),
    (.control("u"), .halfPageUp),
  ]
  private let program: [(Key, Action)] = [
    (.control("c"), .cancel), (.control("z"), .suspend), (.control("l"), .redraw),
  ]
  private let acting: [(Key, Action)] = [
    ("s", .sort), ("I", .invertOrder), (" ", .mark), ("v", .markRange), ("*", .markAll), ("U", .unmarkAll),
    ("p", .changePlan), ("y", .copy), ("Y", .copyRow), ("S", .changeStatus), ("n", .nextMatch),
    ("N", .previousMatch),
  ]
  private let text: [(Key, Action)] = [
    (.left, .moveLeft), (.right, .moveRight), (.home, .moveToFirst), (.end, .moveToLast),
    (.control("a"), .moveToFirst),
    (.control("e"), .moveToLast), (.backspace, .deleteBackward), (.delete, .deleteForward),
    (.control("w"), .deleteWord),
    (.control("u"), .deleteToStart), (.control("k"), .deleteToEnd), (.controlLeft, .moveWordLeft),
    (.controlRight, .moveWordRight), (.control("_"), .undoTyping),
  ]

  private func expect(in context: Context, _ keys: [(key: Key, action: Action)]) {
    for (key, action) in keys {
      #expect(keymap.action(for: key, in: context) == action, "\(key) in \(context)")
    }
  }
}

@Suite struct KeyReaderTests {
  private var screen = Screen(80, 24)
  private var reader = KeyReader(keymap: .standard)

  /// Actions of keys, each carried out before the next is looked at.
  private mutating func press(_ keys: [Key]) -> [Action] {
    reader.waiting += keys
    var actions: [Action] = []
    while let action = reader.next(screen.model) {
      actions.append(action)
      screen.press(action)
    }
    return actions
  }

  private func keys(_ text: String) -> [Key] { text.unicodeScalars.map(Key.character) }

  @Test mutating func `each key is looked up where the one before has led`() {
    let actions = press([.enter, "r", .escape, .escape, "/", "r", .enter])
    #expect(actions == [.open, .changeRole, .back, .back, .filter, .insert("r"), .accept])
  }

  @Test mutating func `pasted text runs no command, wherever it is pasted`() {
    let paste = [.pasteBegin] + keys("dyQ") + [.enter, .escape, .control("c"), .pasteEnd]
    for opening in [[], [.enter], [.enter, "r"], ["d"], ["?"], ["a", .tab]] as [[Key]] {
      screen = Screen(80, 24)
      _ = press(opening)
      let context = screen.model.context
      let actions = press(paste)
      #expect(actions == [.paste("dyQ")])
      #expect(screen.model.context == context)
    }
  }

  @Test mutating func `pasted text goes into the field as one line`() {
    _ = press(
      ["a", .pasteBegin] + keys("Acme") + [.enter, .enter] + keys("two") + [.tab, .enter, .pasteEnd])
    guard let form = screen.model.workspace.form else { return #expect(Bool(false)) }
    #expect(form.fields[0].input.text == "Acme two ")
    let actions = press([.pasteBegin, .enter, .pasteEnd])
    #expect(actions.isEmpty)
  }

  @Test mutating func `a paste of a megabyte takes no time that grows faster than it`() {
    _ = press(["a", .pasteBegin])
    let keys = Array(repeating: Key.character("é"), count: 1_000_000)
    let time = ContinuousClock().measure { _ = press(keys + [.pasteEnd]) }
    guard let form = screen.model.workspace.form else { return #expect(Bool(false)) }
    #expect(form.fields[0].input.text.count == 200)
    #expect(form.problem?.text == "That was cut: at most 200 characters fit here.")
    #expect(time < .seconds(10), "\(time)")
  }

  @Test mutating func `keys behind an accepted filter wait for its rows`() {
    reader.waiting = ["/", "g", .enter, .enter, "Q"]
    var effects: [Effect] = []
    while let action = reader.next(screen.model) { effects += screen.model.update(action) }
    #expect(reader.waiting == [.enter, "Q"])
    guard case .runtime(.arrange(let request)) = effects.first else { return #expect(Bool(false)) }
    _ = screen.model.receive(OrganizationList(screen.data, for: request))
    let next = reader.next(screen.model)
    #expect(next == .open)
  }
}
