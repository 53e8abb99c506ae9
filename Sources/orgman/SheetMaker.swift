import Dispatch
import OrgCore
import OrgTerminal
import OrgViewModel
import Synchronization

/// Makes the rows of the screens beside that of the organizations, on a queue of its own.
final class SheetMaker: Sendable {
  private let manager: OrgManager
  private let inbox: Inbox
  private let queue = DispatchQueue(label: "orgman.showing")
  /// What was asked for last; whatever is being made for another request is of no use.
  private let latest = Mutex<SheetRequest?>(nil)

  /// Who belongs where, as it was worked out last; it costs memory, and is kept only while users are looked at.
  private let index = Mutex<UserIndex?>(nil)

  init(manager: OrgManager, inbox: Inbox) {
    self.manager = manager
    self.inbox = inbox
  }

  private func users(of snapshot: Snapshot) -> UserIndex {
    let earlier = index.withLock { $0 }
    if let earlier, earlier.snapshot.generation == snapshot.generation { return earlier }
    let new = UserIndex(snapshot, after: earlier)
    index.withLock { $0 = new }
    return new
  }

  /// Makes the rows that a request asks for, of the data that are shown, and posts them.
  func make(_ request: SheetRequest, of snapshot: Snapshot?) {
    latest.withLock { $0 = request }
    queue.async { [self] in
      guard latest.withLock({ $0 }) == request else { return }
      switch request.screen {
      case .users, .person: break
      case .organizations, .history, .overview: index.withLock { $0 = nil }
      }
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
          let entries = try manager.history()
          inbox.post(
            .sheet(
              .history(HistoryRows(entries, isComplete: true, subject: subject, query: request.query)),
              request))
        }
      } catch {
        inbox.post(.failure(error))
      }
    }
  }
}
