import CLinux
import Glibc
import OrgCore
import OrgViewModel
import Synchronization

/// An additional event source. When the descriptor is readable, `drain` tells whether the data may have changed.
package struct ChangeSource {
  let descriptor: Int32
  let drain: () -> Bool

  /// Creates an event source from a descriptor to poll and a function that drains it without waiting.
  package init(descriptor: Int32, drain: @escaping () -> Bool) {
    self.descriptor = descriptor
    self.drain = drain
  }
}

/// The terminal and the event loop, which waits for keys, signals, changes to the data, and results from other threads.
/// It sleeps while nothing happens.
package final class TerminalApp {
  private let signals: SignalSource
  private let wakeUp: WakeUp
  private let screen: CursesScreen
  /// How long changes remain highlighted, in milliseconds.
  private static let flash: Int64 = 2500
  /// How long to wait for pending changes to be saved after the terminal is gone or the program is told
  /// to end, in milliseconds.
  private static let grace: Int64 = 2000

  /// How the program ended.
  package struct Ending: Sendable {
    /// The number of the signal that ended it; 0 if there was none. The loss of the terminal counts as SIGHUP.
    package let signal: Int32
    /// Descriptions of requested changes that weren't saved. Text from the data is escaped.
    package let unsavedChanges: [String]
    /// Descriptions of changes of which it isn't known whether they were saved, each with how to find out.
    package let unknownChanges: [String]
    /// The change that the user agreed to discard, but that had already been saved.
    package let undiscardedChange: String?
  }

  /// Takes over the terminal. Must be called before any thread is started, because signals are to
  /// be delivered to this one.
  ///
  /// - Throws: a message for standard error if there is no usable terminal.
  package init() throws(TerminalError) {
    signals = try SignalSource()
    wakeUp = try WakeUp()
    screen = try CursesScreen()
  }

  /// Checks early whether there is a usable terminal.
  ///
  /// - Throws: a message for standard error if there is none.
  package static func check() throws(TerminalError) {
    try CursesScreen.check()
  }

  /// Wakes the event loop from any thread, because results are available.
  package var wake: @Sendable () -> Void { { [wakeUp] in wakeUp.wake() } }

  /// How much currently fits on the screen.
  private var viewport: Viewport { Layout(size: screen.size).viewport() }

  /// Runs the user interface until the user quits, a signal ends the program, or the terminal is gone, and
  /// then restores the terminal.
  ///
  /// - Parameters:
  ///   - title: the location of the data, for the header.
  ///   - configuration: the user's configuration.
  ///   - changes: reports changes of the data; `nil` for data of which the runtime hears itself.
  ///   - runtime: performs slow work, and calls `wake` when results are available.
  /// - Returns: what ended it, and what could not be saved.
  package func run(
    title: String, configuration: Configuration, changes: ChangeSource?,
    runtime: some EffectHandler, _ makeModel: (Viewport) -> AppModel
  ) -> Ending {
    screen.emoji = configuration.emoji ?? .detected(in: CursesScreen.environment)
    let renderer = Renderer(
      typesetter: screen.typesetter,
      theme: Theme(configuration.theme, hasColors: screen.hasColors),
      keymap: configuration.keymap, title: title)
    var model = makeModel(viewport)
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
      screen.draw(renderer.frame(model, size: screen.size))
      carryOut(model.begin())
      while true {
        screen.draw(renderer.frame(model, size: screen.size))
        var waits = [STDIN_FILENO, signals.descriptor, wakeUp.descriptor, changes?.descriptor ?? -1].map {
          pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        let timeout = flashEnd.map { Int32(max(0, $0 - clinux_monotonic_milliseconds())) } ?? -1
        poll(&waits, nfds_t(waits.count), timeout)

        for signal in signals.read() {
          switch signal {
          case SIGWINCH:
            screen.resize()
            model.receive(viewport)
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
        if waits[3].revents != 0, let changes, changes.drain() { carryOut(model.refresh()) }
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
    /// Processes the results of changes after the last key.
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
      // The user can't be asked, so save all requested changes, unless that takes unreasonably long.
      let end = clinux_monotonic_milliseconds() + Self.grace
      while model.isCommitting {
        takeOutcomes(savingMore: true)
        let rest = end - clinux_monotonic_milliseconds()
        guard model.isCommitting, rest > 0 else { break }
        var waits = [signals.descriptor, wakeUp.descriptor].map {
          pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        poll(&waits, nfds_t(waits.count), Int32(rest))
        // A second signal ends the program at once.
        if signals.read().contains(where: { $0 != SIGWINCH && $0 != SIGCONT }) { break }
      }
    }
    runtime.finish()
    takeOutcomes(savingMore: false)
    let (unsaved, unknown) = (model.unsavedChanges, model.unknownChanges)
    return Ending(
      signal: signal, unsavedChanges: unsaved, unknownChanges: unknown,
      undiscardedChange: signal == 0 && unsaved.count + unknown.count < asked.count ? asked.first : nil)
  }
}
