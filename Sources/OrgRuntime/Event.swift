import OrgCore
import OrgViewModel
import Synchronization

/// What comes from outside the screen's thread.
package enum Event: Sendable {
  /// Rows that were asked for, or data that changed.
  case organizationList(OrganizationList)
  /// A commit takes long enough to notice.
  case saving
  /// How far reading the data has come, where that takes long enough to notice; `nil` when it is over.
  case reading(ReadingProgress?)
  /// Rows that were to be fetched are there, or why they aren't.
  case fetched(RowFetch, OrgError?)
  /// Rows of a screen.
  case rows(any ListRows, ScreenRequest)
  /// Rows of a screen couldn't be made.
  case rowsFailure(OrgError, ScreenRequest)
  /// What proposed changes would do.
  case bulkEditPreview(BulkEditPlan.BulkEditPreview, BulkEditPlan)
  /// A commit was made; the data after it are being read.
  case committed([Change])
  /// What became of a commit.
  case outcome(CommitOutcome)
  /// What the undo or redo that is being committed is about.
  case reverting(HistoryEntry)
  /// A view was kept, or why it wasn't.
  case viewSaved(SavedView, OrgError?)
  /// How many rows were exported, where that takes long enough to notice.
  case exporting(ExportRequest, Int)
  /// What became of an export.
  case exported(ExportRequest, Result<ExportOutcome, OrgError>)
  /// How far the comparison of billing with the services is, where that takes long enough to notice.
  case verifying(String)
  /// What the comparison found, or why nothing could be compared.
  case verified(Result<BillingReport, OrgError>)
  /// What was searched for.
  case found(Found)
  /// Who has an id that was typed.
  case lookedUp([String], IDLookup)
  /// What a directory of users says of ids.
  case named([String: NamedUser])
  /// Whom a directory knows by texts.
  case searchedNames(DirectoryTerms, NameSearch)
  /// Why a directory couldn't be asked for names, or for what was searched.
  case namesFailure(String, NameSearch?)
  /// Whom e-mail addresses that were typed belong to.
  case typed([String: Person])
  /// Users who may be the one that is being typed.
  case completed([UserCandidate], UserLookup)
  /// A commit waits for another program or person.
  case waiting(Contention)
  /// The data couldn't be read again.
  case failure(OrgError)
  /// What other programs did has become part of the history.
  case ingested([HistoryEntry])
  /// Others may have changed the data.
  case changed
  /// Changes of others are noticed sooner or later than before, or no longer.
  case liveness(Liveness)
  /// Why nothing is read from the replica, in a word or two; `nil` when it is read from.
  case replica(String?)
  /// Whether other programs can be kept from writing while a change is saved.
  case leases(Bool)
}

/// Events on their way to the screen's thread, from any other.
package final class Inbox: Sendable {
  private let events = Mutex<[Event]>([])
  private let wake: @Sendable () -> Void

  /// An empty inbox.
  ///
  /// - Parameter wake: called after each event, on the thread that posts it: it wakes the screen's thread.
  package init(wake: @escaping @Sendable () -> Void) {
    self.wake = wake
  }

  /// Hands an event over and wakes the screen's thread.
  package func post(_ event: Event) {
    events.withLock { $0.append(event) }
    wake()
  }

  /// The events since the last time, in order.
  package func take() -> [Event] {
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
  package mutating func receive(_ event: Event) -> [Effect] {
    switch event {
    case .organizationList(let organizationList): return receive(organizationList)
    case .saving: receiveSaving()
    case .reading(let progress): receive(progress)
    case .fetched(let fetch, let error): return receive(fetch, error)
    case .rows(let rows, let request): return receive(rows, for: request)
    case .rowsFailure(let error, let request): return receive(error, for: request)
    case .bulkEditPreview(let preview, let plan): return receive(preview, for: plan)
    case .committed(let changes): receive(committed: changes)
    case .outcome(let outcome): return receive(outcome)
    case .reverting(let entry): receive(reverting: entry)
    case .viewSaved(let view, let error): receive(saved: view, error)
    case .exporting(let request, let count): receive(exporting: request, count: count)
    case .exported(let request, let result): return receive(request, result)
    case .verifying(let progress): receive(verifying: progress)
    case .verified(let result): return receive(verified: result)
    case .found(let found): receive(found)
    case .lookedUp(let names, let lookup): return receive(names, for: lookup)
    case .named(let names): receive(names)
    case .searchedNames(let found, let search): return receive(found, for: search)
    case .namesFailure(let message, let search): receive(namesFailure: message, for: search)
    case .typed(let people): receive(typed: people)
    case .completed(let candidates, let lookup): receive(candidates, for: lookup)
    case .waiting(let holder): receive(holder)
    case .failure(let error): return receive(error)
    case .ingested(let entries): return receive(entries)
    case .changed: return refresh()
    case .liveness(let liveness): return receive(liveness)
    case .replica(let warning): receive(replicaWarning: warning)
    case .leases(let hasLeases): receive(hasLeases: hasLeases)
    }
    return []
  }
}
