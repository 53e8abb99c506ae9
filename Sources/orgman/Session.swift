import CLinux
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
  private let drafts: DraftStore?
  private let state = Mutex(State())
  /// Held from arranging a snapshot until it is posted: each says what changed since the one posted before.
  private let posting = Mutex(())

  private struct State {
    var request = ListRequest()
    var organizationList: OrganizationList?
    var isCancelled = false
    var hasLeases = true
  }

  /// Carries out what is asked for on a store.
  ///
  /// - Parameters:
  ///   - drafts: where what is typed is kept, if anywhere.
  ///   - order: what the list is sorted by from the start.
  init(store: FileStore, inbox: Inbox, drafts: DraftStore? = nil, order: ListOrder) {
    self.drafts = drafts
    manager = OrgManager(store: store)
    self.inbox = inbox
    self.store = store
    keeping = store.readOnlyReason == nil ? store : nil
    showing = SheetMaker(manager: manager, inbox: inbox)
    state.withLock { $0.request.order = order }
  }

  /// Reads the data for the first time. Where there are many members, the organizations come first; and where even
  /// those take so long that somebody would notice, nothing does, and what is read is posted when it is there.
  func start() throws(OrgError) -> OrganizationList {
    // Arranged before anything is read, so that it never takes the place of what was.
    let unread = arrange(.unread)
    let first = InitialResult()
    read(for: first)
    return try first.wait(milliseconds: 300) ?? unread
  }

  /// What is to be shown first, on its way to who waits for it, though not for ever.
  private final class InitialResult: Sendable {
    private let state = Mutex<(result: Result<OrganizationList, OrgError>?, isOver: Bool)>((nil, false))
    private let semaphore = DispatchSemaphore(value: 0)

    /// Hands it over; false if nobody waits any more.
    func give(_ result: Result<OrganizationList, OrgError>) -> Bool {
      let isWelcome = state.withLock { state in
        guard !state.isOver else { return false }
        (state.result, state.isOver) = (result, true)
        return true
      }
      if isWelcome { semaphore.signal() }
      return isWelcome
    }

    /// What was handed over in time; `nil` if nothing was.
    func wait(milliseconds: Int) throws(OrgError) -> OrganizationList? {
      _ = semaphore.wait(timeout: .now() + .milliseconds(milliseconds))
      let result = state.withLock { state in
        state.isOver = true
        return state.result
      }
      return try result?.get()
    }
  }

  /// Reads the data, and posts them, or hands them to who waits for the first.
  private func read(for first: InitialResult? = nil) {
    reading.async { [self] in
      let isTold = Atomic(false)
      let reports = sayIfLong(repeating: .milliseconds(200)) { [self] in
        isTold.store(true, ordering: .relaxed)
        inbox.post(.reading(store.readingProgress))
      }
      defer {
        reports.cancel()
        // Behind a report that is on its way.
        arranging.async { [inbox] in if isTold.load(ordering: .relaxed) { inbox.post(.reading(nil)) } }
      }
      do throws(OrgError) {
        if let first, let early = store.organizationsAhead() { show(early, first) }
        let snapshot = try manager.snapshot()
        Log.read(snapshot)
        show(snapshot, first)
        checkLeases()
        takeIn()
      } catch {
        Log.failure(error)
        if first?.give(.failure(error)) != true { inbox.post(.failure(error)) }
      }
    }
  }

  private func show(_ snapshot: Snapshot, _ first: InitialResult?) {
    posting.withLock { _ in
      let organizationList = arrange(snapshot)
      if first?.give(.success(organizationList)) != true { inbox.post(.organizationList(organizationList)) }
    }
  }

  /// Says something once a piece of work has taken long enough to notice, and again and again, until it is cancelled.
  private func sayIfLong(
    repeating interval: DispatchTimeInterval, _ say: @escaping @Sendable () -> Void
  ) -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: arranging)
    timer.schedule(deadline: .now() + .milliseconds(300), repeating: interval)
    timer.setEventHandler(handler: say)
    timer.resume()
    return timer
  }

  /// Brings the history up to date, after what it is about has been shown. Whoever holds the lock meanwhile does
  /// it as well, so nobody is waited for.
  private func takeIn() {
    guard let keeping else { return }
    committing.async { [self] in
      guard let done = try? keeping.maintain(waiting: { _ in false }) else { return }
      defer { clinux_return_free_memory() }
      Log.generations()
      let shown = state.withLock { $0.organizationList?.snapshot.generation ?? 0 }
      if done.snapshot.generation > shown { post(done.snapshot) { .organizationList($0) } }
      if !done.entries.isEmpty { inbox.post(.takenIn(done.entries)) }
    }
  }

  /// Waits for a commit that is going on, for what was asked for is done or said to have failed. One that waits for
  /// somebody else, or for its turn, is given up.
  func finish() {
    drafts?.finish()
    state.withLock { $0.isCancelled = true }
    committing.sync {}
  }

  func perform(_ effect: Effect) {
    switch effect {
    case .arrange(let request):
      state.withLock { $0.request = request }
      arranging.async { [self] in
        let (latest, snapshot) = state.withLock { ($0.request, $0.organizationList?.snapshot) }
        // Somebody types faster than rows are found: the last word counts.
        guard latest == request, let snapshot else { return }
        post(snapshot) { .organizationList($0) }
      }
    case .preview(let bulkEditPlan):
      arranging.async { [self] in
        guard let snapshot = state.withLock({ $0.organizationList?.snapshot }) else { return }
        inbox.post(.bulkEditPreview(bulkEditPlan.bulkEditPreview(on: snapshot), bulkEditPlan))
      }
    case .forgetSheets: showing.forget()
    case .show(let request): showing.make(request, of: state.withLock { $0.organizationList?.snapshot })
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
    case .saveDraft(let draft): drafts?.save(draft)
    case .dropDraft: drafts?.drop()
    case .leaveDraft: drafts?.leave()
    case .copy, .endFlashSoon, .setMouse, .redraw, .suspend, .quit: break
    }
  }

  /// Commits a change set that is made when its turn comes.
  private func commit(_ make: @escaping @Sendable () throws(OrgError) -> ChangeSet) {
    state.withLock { $0.isCancelled = false }
    let isOver = Atomic(false)
    // The wait for its turn counts as well.
    arranging.asyncAfter(deadline: .now() + .milliseconds(300)) { [inbox] in
      if !isOver.load(ordering: .relaxed) { inbox.post(.saving) }
    }
    committing.async { [self] in
      var asked = ChangeSet([])
      defer { isOver.store(true, ordering: .relaxed) }
      do throws(OrgError) {
        guard !state.withLock({ $0.isCancelled }) else {
          throw OrgError(.cancelled, "Cancelled; nothing was changed.")
        }
        asked = try make()
        let commit = try manager.commit(asked) { [self] holder in
          inbox.post(.waiting(holder))
          _ = Log.waiting(holder)
          return state.withLock { !$0.isCancelled }
        }
        post(commit.snapshot) { .outcome(.done(commit, $0)) }
        // The files may have another owner by now.
        checkLeases()
        Log.generations()
      } catch {
        Log.failure(error)
        // What is in the way should be seen before it is said what can be done.
        let isPartial = asked.purpose != .edit && asked.changes.count > 1 && !error.conflicts.isEmpty
        if isPartial, let snapshot = try? manager.snapshot() { post(snapshot) { .organizationList($0) } }
        inbox.post(.outcome(isPartial ? .partial(asked, error) : .failed(error)))
      }
    }
  }

  /// Says when leases come to be had, or no longer are.
  private func checkLeases() {
    guard keeping != nil else { return }
    let hasLeases = store.leaseObstacle == nil
    let isNews = state.withLock { state in
      defer { state.hasLeases = hasLeases }
      return state.hasLeases != hasLeases
    }
    if isNews { inbox.post(.leases(hasLeases)) }
  }

  private func inverse(of entry: HistoryEntry?, _ word: String) throws(OrgError) -> ChangeSet {
    guard let entry else { throw OrgError(.dataNotFound, "There is nothing of yours to \(word).") }
    return entry.inverse
  }

  private func post(_ snapshot: Snapshot, as event: (OrganizationList) -> Event) {
    posting.withLock { _ in inbox.post(event(arrange(snapshot))) }
  }

  /// Arranges a snapshot for the latest request.
  private func arrange(_ snapshot: Snapshot) -> OrganizationList {
    let (request, previous) = state.withLock { ($0.request, $0.organizationList) }
    let organizationList = OrganizationList(snapshot, for: request, after: previous)
    state.withLock { state in
      if (state.organizationList?.snapshot.generation ?? 0) <= snapshot.generation {
        state.organizationList = organizationList
      }
    }
    return organizationList
  }
}
