import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

/// Carries out what the model asks for, off the screen's thread: reading, arranging and committing each on a queue of its
/// own, so that none waits for another. Knows no terminal, and no more of a store than what it says that it can do.
package final class Runtime: EffectHandler, Sendable {
  let manager: OrgManager
  let inbox: Inbox
  /// The store, where it says how far reading has come.
  private let reporting: (any ProgressReportingStore)?
  /// The store, where it has to follow other programs, and may.
  let maintained: (any MaintainableStore)?
  private let uid: UInt32?
  private let drafts: (any DraftKeeper)?
  /// Where views are kept, if anywhere.
  private let views: (any ViewKeeper)?
  let observer: (any RuntimeObserver)?
  let queues = Queues()
  private let screens: ScreenLoader
  private let suggester: UserSuggester
  /// Compares billing with the services, if keys to them are configured.
  let billing: (any BillingVerifier)?
  let state = Mutex(State())
  /// Held from arranging a snapshot until it is posted: each says what changed since the one posted before.
  private let posting = Mutex(())

  /// How many members of the first organization are read before anything is shown.
  private static let firstMembers = 100

  /// Each kind of work has its own, so that none waits for another.
  struct Queues: Sendable {
    let reading = DispatchQueue(label: "orgman.reading")
    let arranging = DispatchQueue(label: "orgman.arranging")
    let committing = DispatchQueue(label: "orgman.committing")
    let fetching = DispatchQueue(label: "orgman.fetching")
    let completing = DispatchQueue(label: "orgman.completing")
    let exporting = DispatchQueue(label: "orgman.exporting")
    let verifying = DispatchQueue(label: "orgman.verifying")
  }

  struct State {
    var request = ListRequest()
    var organizationList: OrganizationList?
    var fetch: RowFetch?
    /// Whether reading was asked for and hasn't begun.
    var isReadingDue = false
    var isCancelled = false
    var hasLeases = true
    /// The export that is going on.
    var export: ExportJob?
    /// The comparison of billing that is going on.
    var verification: VerificationRun?
  }

  /// Carries out what is asked for on a store.
  ///
  /// - Parameters:
  ///   - isReadOnly: whether the store may not be written, so that it doesn't follow other programs either.
  ///   - inbox: where results go.
  ///   - uid: whose changes are undone and redone; `nil` for anybody's.
  ///   - order: what the list is sorted by from the start.
  ///   - showsDeleted: whether deleted organizations are there from the start.
  ///   - drafts: where what is typed is kept, if anywhere.
  ///   - views: where views are kept, if anywhere.
  ///   - people: a directory of users outside the data, if one is configured.
  ///   - nameLimits: how long it is waited for.
  ///   - billing: compares billing with the services, if keys to them are configured.
  package init(
    store: any OrgStore, isReadOnly: Bool = false, inbox: Inbox, uid: UInt32?, order: ListOrder = ListOrder(),
    showsDeleted: Bool = true, drafts: (any DraftKeeper)? = nil, views: (any ViewKeeper)? = nil,
    people: (any PeopleDirectory)? = nil, nameLimits: NameLimits = NameLimits(),
    billing: (any BillingVerifier)? = nil,
    observer: (any RuntimeObserver)? = nil
  ) {
    manager = OrgManager(store: store)
    self.inbox = inbox
    reporting = store as? any ProgressReportingStore
    maintained = isReadOnly ? nil : store as? any MaintainableStore
    self.uid = uid
    self.drafts = drafts
    self.views = views
    self.observer = observer
    self.billing = billing
    screens = ScreenLoader(manager: manager, inbox: inbox)
    suggester = UserSuggester(inbox: inbox, people: people, limits: nameLimits)
    state.withLock { ($0.request.order, $0.request.showsDeleted) = (order, showsDeleted) }
  }

  /// Reads the data for the first time. Where there are many members, the organizations come first; and where even
  /// those take longer than `patience`, nothing does, and what is read is posted when it is there.
  ///
  /// - Parameter patience: in milliseconds; by default as long as a person doesn't notice.
  package func start(patience: Int = 300) throws(OrgError) -> OrganizationList {
    // Arranged before anything is read, so that it never takes the place of what was.
    let unread = try arrange(MemoryReader.unread)
    let first = InitialResult()
    read(for: first)
    return try first.wait(milliseconds: patience) ?? unread
  }

  /// Reads the data, and posts them, or hands them to the thread that waits for the first.
  private func read(for first: InitialResult? = nil) {
    // Others may change the data faster than they are read: what hasn't begun will see this change, too.
    let isDue = state.withLock { state in
      defer { state.isReadingDue = true }
      return state.isReadingDue
    }
    if isDue { return }
    queues.reading.async { [self] in
      state.withLock { $0.isReadingDue = false }
      let isTold = Atomic(false)
      let reports = sayIfLong(repeating: .milliseconds(200)) { [self] in
        guard let reporting else { return }
        isTold.store(true, ordering: .relaxed)
        inbox.post(.reading(reporting.readingProgress))
      }
      defer {
        reports.cancel()
        // After a report that is on its way.
        queues.arranging.async { [inbox] in if isTold.load(ordering: .relaxed) { inbox.post(.reading(nil)) } }
      }
      do throws(OrgError) {
        if let first, let early = reporting?.readerAhead() { try show(early, first) }
        let reader = try manager.reader()
        observer?.didRead(reader.summary)
        try show(reader, first)
        checkLeases()
        maintain()
      } catch {
        observer?.didFail(error)
        if first?.give(.failure(error)) != true { inbox.post(.failure(error)) }
      }
    }
  }

  private func show(_ reader: any StoreReader, _ first: InitialResult?) throws(OrgError) {
    try post(reader) { organizationList in
      first?.give(.success(organizationList)) == true ? nil : .organizationList(organizationList)
    } prepare: { (organizationList) throws(OrgError) in
      // The first frame should have nothing missing.
      if first != nil, organizationList.count > 0 {
        let listing = organizationList.listing
        try listing.fetch([listing.id(at: 0)], members: 0..<Self.firstMembers)
      }
    }
  }

  /// Says something once a piece of work has taken long enough to notice, and again and again, until it is cancelled.
  func sayIfLong(
    repeating interval: DispatchTimeInterval, _ say: @escaping @Sendable () -> Void
  ) -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource(queue: queues.arranging)
    timer.schedule(deadline: .now() + .milliseconds(300), repeating: interval)
    timer.setEventHandler(handler: say)
    timer.resume()
    return timer
  }

  /// Waits for a commit that is going on, so that it is either done or reported as failed. One that waits for
  /// the lock, or for its turn, is given up.
  package func finish() {
    let (export, verification) = state.withLock { state in
      state.isCancelled = true
      return (state.export, state.verification)
    }
    drafts?.finish()
    queues.committing.sync {}
    export.map { end($0) }
    verification.map { end($0) }
  }

  /// The results since the last time, in order.
  package func takeResults() -> [EffectHandler.Result] {
    inbox.take().map { event in { model in model.receive(event) } }
  }

  /// What became of changes since the last time, after the last key.
  package func takeLastOutcomes() -> [EffectHandler.Result] {
    inbox.take().compactMap { event in
      guard case .outcome(let outcome) = event else { return nil }
      return { model in model.receiveLast(outcome) }
    }
  }

  /// Waits until all that was asked for is done and posted.
  package func waitUntilIdle() {
    // Reading asks for commits, and all of them arrange.
    queues.reading.sync {}
    queues.committing.sync {}
    queues.arranging.sync {}
    queues.completing.sync {}
    queues.fetching.sync {}
    queues.exporting.sync {}
    queues.verifying.sync {}
    screens.waitUntilIdle()
    suggester.waitUntilIdle()
  }

  /// Begins to carry an effect out; its result comes to the inbox.
  package func perform(_ effect: RuntimeEffect) {
    switch effect {
    case .arrange(let request):
      state.withLock { $0.request = request }
      queues.arranging.async { [self] in
        let (latest, reader) = state.withLock { ($0.request, $0.organizationList?.reader) }
        // A person types faster than rows are found: only the last request counts.
        guard latest == request, let reader else { return }
        postList(of: reader)
      }
    case .preview(let bulkEditPlan):
      queues.arranging.async { [self] in
        guard let reader = state.withLock({ $0.organizationList?.reader }) else { return }
        inbox.post(.bulkEditPreview(bulkEditPlan.preview(on: reader), bulkEditPlan))
      }
    case .fetch(let fetch):
      state.withLock { $0.fetch = fetch }
      queues.fetching.async { [self] in
        // A person scrolls faster than rows are fetched: only the last request counts.
        guard state.withLock({ $0.fetch }) == fetch else { return }
        do throws(OrgError) {
          try fetch.run()
          inbox.post(.fetched(fetch, nil))
        } catch {
          observer?.didFail(error)
          inbox.post(.fetched(fetch, error))
        }
      }
    case .forgetRows: screens.forget()
    case .show(let request): screens.load(request, of: state.withLock { $0.organizationList?.reader })
    case .reload(let request):
      state.withLock { $0.request = request }
      read()
    case .commit(let set): commit { () throws(OrgError) in set }
    case .undo:
      commit { [self] () throws(OrgError) in reverting(try manager.undoing(by: uid)) }
    case .redo:
      commit { [self] () throws(OrgError) in reverting(try manager.redoing(by: uid)) }
    case .find(let request): queues.arranging.async { [self] in inbox.post(.found(request.find())) }
    case .lookUp(let lookup): suggester.lookUp(lookup, in: state.withLock { $0.organizationList?.reader })
    case .complete(let lookup): suggester.suggest(lookup, in: state.withLock { $0.organizationList?.reader })
    case .name(let request): suggester.names?.find(request)
    case .searchNames(let search):
      suggester.names?.search(search, in: state.withLock { $0.organizationList?.reader })
    case .cancelCommit: state.withLock { $0.isCancelled = true }
    case .saveView(let view):
      queues.arranging.async { [self] in inbox.post(.viewSaved(view, views?.problem(saving: view))) }
    case .export(let request): export(request)
    case .cancelExport: state.withLock { $0.export?.cancel() }
    case .verifyBilling: verifyBilling()
    case .endVerification: state.withLock { $0.verification?.end() }
    case .saveDraft(let draft): drafts?.save(draft)
    case .dropDraft: drafts?.drop()
    case .leaveDraft: drafts?.leave()
    }
  }

  /// Says what an undo or redo is about.
  private func reverting(_ found: (entry: HistoryEntry, set: ChangeSet)) -> ChangeSet {
    inbox.post(.reverting(found.entry))
    return found.set
  }

  /// Commits a change set that is made when its turn comes.
  private func commit(_ make: @escaping @Sendable () throws(OrgError) -> ChangeSet) {
    state.withLock { $0.isCancelled = false }
    let isOver = Atomic(false)
    // The wait for its turn counts as well.
    queues.arranging.asyncAfter(deadline: .now() + .milliseconds(300)) { [inbox] in
      if !isOver.load(ordering: .relaxed) { inbox.post(.saving) }
    }
    queues.committing.async { [self] in
      var asked = ChangeSet([])
      defer { isOver.store(true, ordering: .relaxed) }
      do throws(OrgError) {
        guard !state.withLock({ $0.isCancelled }) else {
          throw OrgError(.cancelled, "Cancelled; nothing was changed.")
        }
        asked = try make()
        let commit = try manager.commit(asked) { [self] holder in
          inbox.post(.waiting(holder))
          observer?.isWaiting(for: holder)
          return state.withLock { !$0.isCancelled }
        }
        if commit.isUnread { inbox.post(.committed(commit.changes)) }
        postOutcome(of: commit)
        // The files may have another owner by now.
        checkLeases()
      } catch {
        observer?.didFail(error)
        // What is in the way should be seen before it is said what can be done.
        let isPartial = asked.purpose != .edit && asked.changes.count > 1 && !error.conflicts.isEmpty
        if isPartial, let reader = try? manager.reader() { postList(of: reader) }
        inbox.post(.outcome(isPartial ? .partial(asked, error) : .failed(error)))
      }
    }
  }

  /// Posts the data for the latest request, or why they can't be arranged.
  func postList(of reader: any StoreReader) {
    do throws(OrgError) {
      try post(reader) { .organizationList($0) }
    } catch {
      observer?.didFail(error)
      inbox.post(.failure(error))
    }
  }

  /// Posts a commit that was made, with the data after it; if these can't be arranged, with those that are shown.
  private func postOutcome(of commit: Commit) {
    do throws(OrgError) {
      try post(commit.reader) { .outcome(.done(commit, $0)) }
    } catch {
      observer?.didFail(error)
      let shown = state.withLock { $0.organizationList } ?? .unread
      inbox.post(.outcome(.done(commit, shown)))
      inbox.post(.failure(error))
    }
  }

  private func post(
    _ reader: any StoreReader, as event: (OrganizationList) -> Event?,
    prepare: (OrganizationList) throws(OrgError) -> Void = { _ in }
  ) throws(OrgError) {
    try posting.withLock { _ throws(OrgError) in
      let organizationList = try arrange(reader)
      try prepare(organizationList)
      if let event = event(organizationList) { inbox.post(event) }
      if !organizationList.listing.isComplete { complete() }
    }
  }

  /// Arranges the data for the latest request: of one that comes meanwhile, the earlier one is given up.
  private func arrange(_ reader: any StoreReader) throws(OrgError) -> OrganizationList {
    while true {
      let (request, previous) = state.withLock { ($0.request, $0.organizationList) }
      let organizationList: OrganizationList
      do throws(OrgError) {
        organizationList = try OrganizationList(reader, for: request, after: previous) { [self] in
          isLatest(request)
        }
      } catch {
        guard error.code == .cancelled, !isLatest(request) else { throw error }
        continue
      }
      state.withLock { state in
        if state.organizationList.map({ $0.revision <= reader.revision }) ?? true {
          state.organizationList = organizationList
        }
      }
      return organizationList
    }
  }

  /// Whether no other rows have been asked for since.
  private func isLatest(_ request: ListRequest) -> Bool {
    state.withLock { $0.request.isSame(as: request) }
  }

  /// Reads the rows after the first ones, and posts them. Others aren't kept from posting meanwhile: then the rows are
  /// brought up to date first.
  private func complete() {
    queues.completing.async { [self] in
      guard let list = state.withLock({ $0.organizationList }), !list.listing.isComplete else { return }
      var (reader, earlier) = (list.reader, list.listing)
      do throws(OrgError) {
        while true {
          let asked = reader.wanted { [self] in isLatest(list.request) }
          let listing = try asked.listing(list.listing.query, list.listing.order, after: earlier)
          guard let newer = post(rest: listing) else { return }
          (reader, earlier) = (newer, listing)
        }
      } catch {
        guard error.code != .cancelled else { return }
        observer?.didFail(error)
        inbox.post(.failure(error))
      }
    }
  }

  /// Posts all rows, if those that are shown are the first of them.
  ///
  /// - Returns: the data that are shown, if they are others by now.
  private func post(rest listing: any OrganizationListing) -> (any StoreReader)? {
    posting.withLock { _ in
      guard let shown = state.withLock({ $0.organizationList }), !shown.listing.isComplete,
        shown.listing.query == listing.query, shown.listing.order == listing.order
      else { return nil }
      guard let completed = shown.completed(listing) else { return shown.reader }
      state.withLock { $0.organizationList = completed }
      inbox.post(.organizationList(completed))
      return nil
    }
  }
}
