import CLinux
import Glibc
import OrgCore
import OrgViewModel
import Synchronization

/// What comes from outside the screen's thread.
public enum Event: Sendable {
  /// Rows that were asked for, or data that changed.
  case organizationList(OrganizationList)
  /// A commit takes long enough to notice.
  case saving
  /// How far reading the data has come, where that takes long enough to notice; `nil` when it is over.
  case reading(ReadingProgress?)
  /// Rows of a screen beside that of the organizations.
  case sheet(Sheet.Content, SheetRequest)
  /// Rows of such a screen couldn't be made.
  case sheetFailure(OrgError, SheetRequest)
  /// What proposed changes would do.
  case bulkEditPreview(BulkEditPlan.BulkEditPreview, BulkEditPlan)
  /// What became of a commit.
  case outcome(CommitOutcome)
  /// What was searched for.
  case found(Found)
  /// A commit waits for somebody.
  case waiting(LockHolder)
  /// The data couldn't be read again.
  case failure(OrgError)
  /// What other programs did has become part of the history.
  case takenIn([HistoryEntry])
  /// Whether other programs can be kept from writing while a change is saved.
  case leases(Bool)
}

/// Events on their way to the screen's thread, from any other.
public final class Inbox: Sendable {
  private let events = Mutex<[Event]>([])
  private let wakeUp: WakeUp

  init(_ wakeUp: WakeUp) {
    self.wakeUp = wakeUp
  }

  /// Hands an event over and wakes the screen's thread.
  public func post(_ event: Event) {
    events.withLock { $0.append(event) }
    wakeUp.wake()
  }

  func take() -> [Event] {
    wakeUp.clear()
    return events.withLock { events in
      defer { events = [] }
      return events
    }
  }
}

/// Something else to wait for: when the descriptor is readable, `drain` says whether the data may have changed.
public struct ChangeSource {
  let descriptor: Int32
  let drain: () -> Bool

  /// A descriptor to poll, and how to empty it without waiting.
  public init(descriptor: Int32, drain: @escaping () -> Bool) {
    self.descriptor = descriptor
    self.drain = drain
  }
}

/// The terminal and the one loop that waits: for keys, for signals, for changes to the data, for what other
/// threads hand over. With nothing going on it sleeps.
public final class TerminalApp {
  /// Where other threads hand their results over.
  public let inbox: Inbox
  private let signals: SignalSource
  private let wakeUp: WakeUp
  private let screen: CursesScreen
  /// How long what changed is marked, in milliseconds.
  private static let flash: Int64 = 2500
  /// How long changes that are on their way may take to be saved after the terminal or the program has to go, in
  /// milliseconds.
  private static let grace: Int64 = 2000

  /// How the program came to its end.
  public struct Ending: Sendable {
    /// The number of the signal that ended it, 0 if none did. The end of the terminal counts as SIGHUP.
    public let signal: Int32
    /// What was asked for and not saved, in words; text of the data is escaped.
    public let unsavedChanges: [String]
    /// What was saved by then, where it was agreed to discard it.
    public let undiscardedChange: String?
  }

  /// Takes the terminal. Must come before any thread is started, for signals are to come to this one.
  ///
  /// - Throws: a sentence for standard error, where there is no terminal to work with.
  public init() throws(TerminalError) {
    signals = try SignalSource()
    wakeUp = try WakeUp()
    inbox = Inbox(wakeUp)
    screen = try CursesScreen()
  }

  /// Whether there is a terminal to work with, before anything else is done.
  ///
  /// - Throws: a sentence for standard error, where there is none.
  public static func check() throws(TerminalError) {
    try CursesScreen.check()
  }

  /// How much fits on the screen now.
  private func viewport(_ renderer: Renderer) -> AppModel.Viewport {
    Layout(size: screen.size).viewport(helpLines: renderer.helpLines.count)
  }

  /// Shows a model and lets it be changed, until someone quits, a signal ends the program, or the terminal is
  /// gone. The terminal is restored then.
  ///
  /// - Parameters:
  ///   - title: where the data are, for the header.
  ///   - configuration: what somebody wants otherwise than it is out of the box.
  ///   - perform: carries out an effect on another thread and posts the result to the inbox.
  ///   - finish: waits for what is being carried out, and gives up what waits for others, once the terminal is restored.
  /// - Returns: what ended it, and what could not be saved.
  public func run(
    title: String, configuration: Configuration, changes: ChangeSource,
    _ makeModel: (AppModel.Viewport) -> AppModel,
    perform: (Effect) -> Void, finish: () -> Void
  ) -> Ending {
    let renderer = Renderer(
      typesetter: Typesetter(isUTF8: screen.hasUTF8),
      theme: Theme(configuration.theme, hasColors: screen.hasColors),
      keymap: configuration.keymap, title: title)
    var model = makeModel(viewport(renderer))
    model.mouse = !screen.hasMouse ? .absent : configuration.hasMouse ? .on : .off
    screen.setMouse(model.mouse == .on)
    var keys = KeyReader(keymap: configuration.keymap) { [screen] in
      renderer.action(at: $0, $1, size: screen.size)
    }
    var flashEnd: Int64?
    var hasQuit = false
    func carryOut(_ effects: [Effect]) {
      for effect in effects {
        switch effect {
        case .quit: hasQuit = true
        case .redraw: screen.redrawEverything()
        case .suspend: screen.suspend()
        case .copy(let text): model.receive(copied: text, problem: screen.copy(text))
        case .setMouse(let isOn): screen.setMouse(isOn)
        case .endFlashSoon: flashEnd = clinux_monotonic_milliseconds() + Self.flash
        case .commit, .undo, .redo, .cancelCommit, .arrange, .show, .forgetSheets, .preview, .find, .reload,
          .saveDraft,
          .dropDraft, .leaveDraft:
          perform(effect)
        }
      }
    }
    func loop() -> Int32 {
      while true {
        screen.draw(renderer.frame(model, size: screen.size))
        var waits = [STDIN_FILENO, signals.descriptor, wakeUp.descriptor, changes.descriptor].map {
          pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        let timeout = flashEnd.map { Int32(max(0, $0 - clinux_monotonic_milliseconds())) } ?? -1
        poll(&waits, nfds_t(waits.count), timeout)

        for signal in signals.read() {
          switch signal {
          case SIGWINCH:
            screen.resize()
            model.receive(viewport(renderer))
          case SIGCONT: screen.redrawEverything()
          default: return signal
          }
        }
        if let end = flashEnd, clinux_monotonic_milliseconds() >= end {
          flashEnd = nil
          model.endFlash()
        }
        if waits[2].revents != 0 {
          for event in inbox.take() {
            switch event {
            case .organizationList(let organizationList): carryOut(model.receive(organizationList))
            case .saving: model.receiveSaving()
            case .reading(let progress): model.receive(progress)
            case .sheet(let content, let request): carryOut(model.receive(content, for: request))
            case .sheetFailure(let error, let request): carryOut(model.receive(error, for: request))
            case .bulkEditPreview(let bulkEditPreview, let bulkEditPlan):
              model.receive(bulkEditPreview, for: bulkEditPlan)
            case .outcome(let outcome): carryOut(model.receive(outcome))
            case .found(let found): model.receive(found)
            case .waiting(let holder): model.receive(holder)
            case .failure(let error): carryOut(model.receive(error))
            case .takenIn(let entries): carryOut(model.receive(entries))
            case .leases(let hasLeases): model.receive(hasLeases: hasLeases)
            }
          }
          if hasQuit { return 0 }
        }
        if waits[3].revents != 0, changes.drain() { carryOut([model.refresh()]) }
        if waits[0].revents != 0 {
          switch screen.readKeys() {
          case .keys(let new): keys.waiting += new
          case .ended: return SIGHUP
          }
        }
        while let action = keys.next(model) {
          carryOut(model.update(action))
          if hasQuit { return 0 }
        }
      }
    }
    /// Takes in what became of changes after the last key.
    func takeOutcomes(savingMore: Bool) {
      for case .outcome(let outcome) in inbox.take() {
        for effect in model.receiveLast(outcome) where savingMore || effect.isAboutDraft { perform(effect) }
      }
    }
    let signal = loop()
    screen.close()
    let asked = model.unsavedChanges
    if signal != 0 {
      // Nobody can be asked, so what was asked for is saved, as far as that takes no longer than anyone would wait.
      let end = clinux_monotonic_milliseconds() + Self.grace
      while model.isCommitting {
        takeOutcomes(savingMore: true)
        let rest = end - clinux_monotonic_milliseconds()
        guard model.isCommitting, rest > 0 else { break }
        var waits = [signals.descriptor, wakeUp.descriptor].map {
          pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        poll(&waits, nfds_t(waits.count), Int32(rest))
        // Asked a second time, it goes at once.
        if signals.read().contains(where: { $0 != SIGWINCH && $0 != SIGCONT }) { break }
      }
    }
    finish()
    takeOutcomes(savingMore: false)
    let unsaved = model.unsavedChanges
    return Ending(
      signal: signal, unsavedChanges: unsaved,
      undiscardedChange: signal == 0 && unsaved.count < asked.count ? asked.first : nil)
  }
}

/// Turns keys into actions, one by one, each in the context that the one before has left.
struct KeyReader {
  let keymap: Keymap
  /// A slice, for taking the first must not move all others: a paste has many.
  var waiting: ArraySlice<Key> = []
  /// Text that is being pasted: it never runs a command.
  private var paste: String?
  /// Bytes of pasted text that are kept. No field takes as much, so it will be cut, and said to be.
  private static let pasteLimit = 1 << 16
  /// What is left to be done of a turn of the wheel.
  private var turns: (action: Action, count: Int)?
  private let pointing: (Position, AppModel) -> Action?
  /// Rows that the wheel moves by.
  private static let rowsPerTurn = 3

  /// A reader of keys.
  ///
  /// - Parameters:
  ///   - keymap: what they stand for.
  ///   - pointing: what pressing the mouse somewhere stands for.
  init(keymap: Keymap, pointing: @escaping (Position, AppModel) -> Action? = { _, _ in nil }) {
    self.keymap = keymap
    self.pointing = pointing
  }

  /// The next action; `nil` if there is none, or if it should wait for rows that a filter asked for.
  mutating func next(_ model: AppModel) -> Action? {
    if let turns, turns.count > 0 {
      self.turns = (turns.action, turns.count - 1)
      return turns.action
    }
    while let key = waiting.first,
      !model.awaitsRows || keymap.action(for: key, in: model.context) == .cancel
    {
      waiting.removeFirst()
      switch key {
      case .mouse(let event):
        // Between the borders of a paste it is no text either.
        if paste == nil, let action = action(of: event, model) { return action }
      case .pasteBegin: paste = ""
      case .pasteEnd:
        // Fields have one line, and the line break behind a copied one isn't meant.
        let text = (paste ?? "").split(separator: "\n").joined(separator: " ")
        paste = nil
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
      // In a form, or a question, it would change the answer.
      guard model.context.isScreen || model.context == .help || model.context == .palette else { return nil }
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
