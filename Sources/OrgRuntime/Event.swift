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
  /// A commit waits for another program or person.
  case waiting(LockHolder)
  /// The data couldn't be read again.
  case failure(OrgError)
  /// What other programs did has become part of the history.
  case ingested([HistoryEntry])
  /// Whether other programs can be kept from writing while a change is saved.
  case leases(Bool)
}

/// Events on their way to the screen's thread, from any other.
public final class Inbox: Sendable {
  private let events = Mutex<[Event]>([])
  private let wake: @Sendable () -> Void

  /// An empty inbox.
  ///
  /// - Parameter wake: called after each event, on the thread that posts it: it wakes the screen's thread.
  public init(wake: @escaping @Sendable () -> Void) {
    self.wake = wake
  }

  /// Hands an event over and wakes the screen's thread.
  public func post(_ event: Event) {
    events.withLock { $0.append(event) }
    wake()
  }

  /// The events since the last time, in order.
  public func take() -> [Event] {
    events.withLock { events in
      defer { events = [] }
      return events
    }
  }
}

extension AppModel {
  /// Tells the model what came.
  ///
  /// - Returns: what follows from it.
  public mutating func receive(_ event: Event) -> [Effect] {
    switch event {
    case .organizationList(let organizationList): return receive(organizationList)
    case .saving: receiveSaving()
    case .reading(let progress): receive(progress)
    case .sheet(let content, let request): return receive(content, for: request)
    case .sheetFailure(let error, let request): return receive(error, for: request)
    case .bulkEditPreview(let preview, let plan): receive(preview, for: plan)
    case .outcome(let outcome): return receive(outcome)
    case .found(let found): receive(found)
    case .waiting(let holder): receive(holder)
    case .failure(let error): return receive(error)
    case .ingested(let entries): return receive(entries)
    case .leases(let hasLeases): receive(hasLeases: hasLeases)
    }
    return []
  }
}
