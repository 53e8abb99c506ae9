import Dispatch
import Glibc
import OrgCore
import OrgFileStore
import OrgTerminal
import OrgViewModel
import Synchronization

/// Carries out what the model asks for, off the screen's thread: reading, arranging and committing each on a
/// queue of its own, so that none waits for another.
final class Session: Sendable {
  private let manager: OrgManager
  private let inbox: Inbox
  /// The store, where it may be written: what other programs do goes into its history.
  private let keeping: FileStore?
  private let store: FileStore
  private let reading = DispatchQueue(label: "orgman.reading")
  private let arranging = DispatchQueue(label: "orgman.arranging")
  private let showing: SheetMaker
  private let committing = DispatchQueue(label: "orgman.committing")
  private let state = Mutex(State())
  /// Held from arranging a snapshot until it is posted: each says what changed since the one posted before.
  private let posting = Mutex(())

  private struct State {
    var request = ListRequest()
    var arrangement: Arrangement?
    var isCancelled = false
  }

  init(store: FileStore, inbox: Inbox) {
    manager = OrgManager(store: store)
    self.inbox = inbox
    self.store = store
    keeping = store.readOnlyReason == nil ? store : nil
    showing = SheetMaker(manager: manager, inbox: inbox)
  }

  /// Reads the data for the first time. Where there are many members, the organizations come first.
  func start() throws(OrgError) -> Arrangement {
    guard let early = store.organizationsAhead() else {
      let snapshot = try manager.snapshot()
      Log.read(snapshot)
      let arrangement = arrange(snapshot)
      takeIn()
      return arrangement
    }
    read()
    return arrange(early)
  }

  /// Reads the data, and posts them.
  private func read() {
    reading.async { [self] in
      do throws(OrgError) {
        let snapshot = try manager.snapshot()
        Log.read(snapshot)
        post(snapshot) { .arrangement($0) }
        takeIn()
      } catch {
        Log.failure(error)
        inbox.post(.failure(error))
      }
    }
  }

  /// Brings the history up to date, after what it is about has been shown. Whoever holds the lock meanwhile does
  /// it as well, so nobody is waited for.
  private func takeIn() {
    guard let keeping else { return }
    committing.async { [self] in
      guard let done = try? keeping.maintain(waiting: { _ in false }) else { return }
      Log.generations()
      let shown = state.withLock { $0.arrangement?.snapshot.generation ?? 0 }
      if done.snapshot.generation > shown { post(done.snapshot) { .arrangement($0) } }
      if !done.entries.isEmpty { inbox.post(.takenIn(done.entries)) }
    }
  }

  /// Waits for a commit that is going on, for what was asked for is done or said to have failed.
  func finish() {
    state.withLock { $0.isCancelled = true }
    committing.sync {}
  }

  func perform(_ effect: Effect) {
    switch effect {
    case .arrange(let request):
      state.withLock { $0.request = request }
      arranging.async { [self] in
        let (latest, snapshot) = state.withLock { ($0.request, $0.arrangement?.snapshot) }
        // Somebody types faster than rows are found: the last word counts.
        guard latest == request, let snapshot else { return }
        post(snapshot) { .arrangement($0) }
      }
    case .preview(let proposal):
      arranging.async { [self] in
        guard let snapshot = state.withLock({ $0.arrangement?.snapshot }) else { return }
        inbox.post(.verdict(proposal.verdict(on: snapshot), proposal))
      }
    case .show(let request): showing.make(request, of: state.withLock { $0.arrangement?.snapshot })
    case .reload(let request):
      state.withLock { $0.request = request }
      read()
    case .commit(let set): commit { () throws(OrgError) in set }
    case .undo:
      commit { [self] () throws(OrgError) in try inverse(of: manager.undoable(by: getuid()), "undo") }
    case .redo:
      commit { [self] () throws(OrgError) in try inverse(of: manager.redoable(by: getuid()), "redo") }
    case .find(let request): arranging.async { [self] in inbox.post(.found(request.find())) }
    case .cancelCommit: state.withLock { $0.isCancelled = true }
    case .copy, .endFlashSoon, .setMouse, .redraw, .suspend, .quit: break
    }
  }

  /// Commits a change set that is made when its turn comes.
  private func commit(_ make: @escaping @Sendable () throws(OrgError) -> ChangeSet) {
    state.withLock { $0.isCancelled = false }
    committing.async { [self] in
      var asked = ChangeSet([])
      do throws(OrgError) {
        asked = try make()
        let commit = try manager.commit(asked) { [self] holder in
          inbox.post(.waiting(holder))
          _ = Log.waiting(holder)
          return state.withLock { !$0.isCancelled }
        }
        post(commit.snapshot) { .outcome(.done(commit, $0)) }
        Log.generations()
      } catch {
        Log.failure(error)
        // What is in the way should be seen before it is said what can be done.
        let isPartial = asked.purpose != .edit && asked.changes.count > 1 && !error.conflicts.isEmpty
        if isPartial, let snapshot = try? manager.snapshot() { post(snapshot) { .arrangement($0) } }
        inbox.post(.outcome(isPartial ? .partial(asked, error) : .failed(error)))
      }
    }
  }

  private func inverse(of entry: HistoryEntry?, _ word: String) throws(OrgError) -> ChangeSet {
    guard let entry else { throw OrgError(.dataNotFound, "There is nothing of yours to \(word).") }
    return entry.inverse
  }

  private func post(_ snapshot: Snapshot, as event: (Arrangement) -> Event) {
    posting.withLock { _ in inbox.post(event(arrange(snapshot))) }
  }

  /// Arranges a snapshot for the latest request.
  private func arrange(_ snapshot: Snapshot) -> Arrangement {
    let (request, previous) = state.withLock { ($0.request, $0.arrangement) }
    let arrangement = Arrangement(snapshot, for: request, after: previous)
    state.withLock { state in
      if (state.arrangement?.snapshot.generation ?? 0) <= snapshot.generation {
        state.arrangement = arrangement
      }
    }
    return arrangement
  }
}
