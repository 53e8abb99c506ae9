import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

/// Loads the rows of the screens beside that of the organizations, on a queue of its own.
final class ScreenLoader: Sendable {
  private let manager: OrgManager
  private let inbox: Inbox
  private let queue = DispatchQueue(label: "orgman.loading")
  /// What was asked for last; whatever is being made for another request is of no use.
  private let latest = Mutex<SheetRequest?>(nil)

  /// Who belongs where, as it was worked out last; it costs memory, and is kept only while users are looked at.
  private let index = Mutex<UserIndex?>(nil)

  /// The history as far as it has been read; it is kept while it is looked at.
  private let history = Mutex(HistoryReading())

  init(manager: OrgManager, inbox: Inbox) {
    self.manager = manager
    self.inbox = inbox
  }

  /// Reads as much of the history as there must be for so many rows, and posts what is found on the way.
  private func readHistory(of subject: HistorySubject, for request: SheetRequest) throws(OrgError) {
    var reading = history.withLock { $0 }
    if reading.filter != subject.filter { reading = HistoryReading(subject.filter) }
    try reading.refresh(manager)
    while latest.withLock({ $0 }) == request {
      let rows = HistoryRows(
        reading.entries, isComplete: reading.isComplete, subject: subject, query: request.query)
      inbox.post(.sheet(.history(rows), request))
      guard rows.rows.count < request.extent, !reading.isComplete else { break }
      // Twice as much each time: what was read is looked through again.
      try reading.readOn(manager, limit: max(200, reading.entries.count))
    }
    history.withLock { $0 = reading }
  }

  private func users(of snapshot: Snapshot) -> UserIndex {
    let earlier = index.withLock { $0 }
    if let earlier, earlier.snapshot.generation == snapshot.generation { return earlier }
    let new = UserIndex(snapshot, after: earlier)
    index.withLock { $0 = new }
    return new
  }

  /// Waits until nothing is being loaded.
  func waitUntilIdle() { queue.sync {} }

  /// Lets go of everything that costs memory.
  func forget() {
    latest.withLock { $0 = nil }
    queue.async { [self] in
      guard latest.withLock({ $0 }) == nil else { return }
      index.withLock { $0 = nil }
      history.withLock { $0 = HistoryReading() }
    }
  }

  /// Makes the rows that a request asks for, of the data that are shown, and posts them.
  func load(_ request: SheetRequest, of snapshot: Snapshot?) {
    latest.withLock { $0 = request }
    queue.async { [self] in
      guard latest.withLock({ $0 }) == request else { return }
      switch request.screen {
      case .users, .person: break
      case .organizations, .history, .overview: index.withLock { $0 = nil }
      }
      if case .history = request.screen {} else { history.withLock { $0 = HistoryReading() } }
      do throws(OrgError) {
        switch request.screen {
        case .organizations: return
        case .overview:
          guard let snapshot else { return }
          inbox.post(.sheet(.overview(OverviewRows(snapshot, query: request.query)), request))
        case .users:
          // Until the members have been read there is nothing to show; then it is asked for again.
          guard let snapshot, snapshot.contents.hasMembers else { return }
          let index = users(of: snapshot)
          inbox.post(.sheet(.users(UserRows(index, query: request.query)), request))
        case .person(let user):
          guard let snapshot, snapshot.contents.hasMembers else { return }
          let organizations = snapshot.contents.organizations(ofUser: user)
          let rows = PersonRows(user, in: organizations, of: snapshot, query: request.query)
          inbox.post(.sheet(.person(rows), request))
        case .history(let subject):
          try readHistory(of: subject, for: request)
        }
      } catch {
        inbox.post(.sheetFailure(error, request))
      }
    }
  }
}
