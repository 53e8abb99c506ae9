import OrgCore
import Synchronization

/// Notifies a store's observer of additions to the history after the lock has been released.
final class HistoryReporter: Sendable {
  private let observer: (any HistoryObserver)?
  /// Additions that haven't been reported yet.
  private let additions = Mutex<[Addition]>([])

  /// A line that was appended to the journal.
  private enum Addition {
    case generation(HistoryEntry)
    case segment(generation: UInt64, actor: Actor)
  }

  init(_ observer: (any HistoryObserver)?) {
    self.observer = observer
  }

  /// Records an addition to the journal.
  func note(_ record: JournalRecord) {
    guard observer != nil else { return }
    let addition =
      record.entry.map(Addition.generation)
      ?? .segment(generation: record.generation, actor: record.actor.who)
    additions.withLock { $0.append(addition) }
  }

  /// Notifies the observer in the order of the history. The observer may write to a slow disk, so no other process
  /// should have to wait for this.
  func report() {
    guard let observer else { return }
    let new = additions.withLock { additions in
      defer { additions = [] }
      return additions
    }
    for addition in new {
      switch addition {
      case .generation(let entry): observer.didAdd(entry)
      case .segment(let generation, let actor): observer.didBeginSegment(at: generation, by: actor)
      }
    }
  }
}
