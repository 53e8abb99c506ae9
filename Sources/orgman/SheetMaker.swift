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

  init(manager: OrgManager, inbox: Inbox) {
    self.manager = manager
    self.inbox = inbox
  }

  func make(_ request: SheetRequest) {
    latest.withLock { $0 = request }
    queue.async { [self] in
      guard latest.withLock({ $0 }) == request else { return }
      do throws(OrgError) {
        switch request.screen {
        case .organizations, .users, .overview, .person: return
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
