import CLinux
import Glibc
import OrgCore
import OrgViewModel
import Synchronization

/// Something else to wait for: when the descriptor is readable, `drain` says whether the data may have changed.
package struct ChangeSource {
  let descriptor: Int32
  let drain: () -> Bool

  /// A descriptor to poll, and how to empty it without waiting.
  package init(descriptor: Int32, drain: @escaping () -> Bool) {
    self.descriptor = descriptor
    self.drain = drain
  }
}

/// The terminal and the one loop that waits: for keys, for signals, for changes to the data, for what other
/// threads hand over. With nothing going on it sleeps.
package final class TerminalApp {
  private let signals: SignalSource
  private let wakeUp: WakeUp
  private let screen: CursesScreen
  /// How long what changed is marked, in milliseconds.
  private static let flash: Int64 = 2500
  /// How long changes that are on their way may take to be saved after the terminal or the program has to go, in
  /// milliseconds.
  private static let grace: Int64 = 2000

  /// How the program came to its end.
  package struct Ending: Sendable {
    /// The number of the signal that ended it, 0 if none did. The end of the terminal counts as SIGHUP.
    package let signal: Int32
    /// What was asked for and not saved, in words; text of the data is escaped.
    package let unsavedChanges: [String]
    /// What was saved by then, where it was agreed to discard it.
    package let undiscardedChange: String?
  }

  /// Takes the terminal. Must come before any thread is started, for signals are to come to this one.
  ///
  /// - Throws: a sentence for standard error, where there is no terminal to work with.
  package init() throws(TerminalError) {
    signals = try SignalSource()
    wakeUp = try WakeUp()
    screen = try CursesScreen()
  }

  /// Whether there is a terminal to work with, before anything else is done.
  ///
  /// - Throws: a sentence for standard error, where there is none.
  package static func check() throws(TerminalError) {
    try CursesScreen.check()
  }

  /// Wakes the loop from any thread: there are results to take.
  package var wake: @Sendable () -> Void { { [wakeUp] in wakeUp.wake() } }

  /// How much fits on the screen now.
  private func viewport(_ renderer: Renderer) -> Viewport {
    Layout(size: screen.size).viewport(helpLines: renderer.helpLines.count)
  }

  /// Shows a model and lets it be changed, until someone quits, a signal ends the program, or the terminal is
  /// gone. The terminal is restored then.
  ///
  /// - Parameters:
  ///   - title: where the data are, for the header.
  ///   - configuration: what somebody wants otherwise than it is out of the box.
  ///   - runtime: carries out what takes time, and calls `wake` when there are results.
  /// - Returns: what ended it, and what could not be saved.
  package func run(
    title: String, configuration: Configuration, changes: ChangeSource,
    runtime: some EffectHandler, _ makeModel: (Viewport) -> AppModel
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
        case .runtime(let effect): runtime.perform(effect)
        case .terminal(.quit): hasQuit = true
        case .terminal(.redraw): screen.redrawEverything()
        case .terminal(.suspend): screen.suspend()
        case .terminal(.copy(let text)): model.receive(copied: text, problem: screen.copy(text))
        case .terminal(.setMouse(let isOn)): screen.setMouse(isOn)
        case .terminal(.endFlashSoon): flashEnd = clinux_monotonic_milliseconds() + Self.flash
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
          wakeUp.clear()
          for result in runtime.takeResults() { carryOut(result(&model)) }
          if hasQuit { return 0 }
        }
        if waits[3].revents != 0, changes.drain() { carryOut(model.refresh()) }
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
      wakeUp.clear()
      for result in runtime.takeLastOutcomes() {
        for case .runtime(let effect) in result(&model) where savingMore || effect.isAboutDraft {
          runtime.perform(effect)
        }
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
    runtime.finish()
    takeOutcomes(savingMore: false)
    let unsaved = model.unsavedChanges
    return Ending(
      signal: signal, unsavedChanges: unsaved,
      undiscardedChange: signal == 0 && unsaved.count < asked.count ? asked.first : nil)
  }
}
