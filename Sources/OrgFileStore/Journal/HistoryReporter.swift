import OrgCore
import Synchronization

/// Tells the observer of a store what was added to the history, once the lock is free.
final class HistoryReporter: Sendable {
  private let observer: (any HistoryObserver)?
  /// What was added since the observer was told.
  private let additions = Mutex<[Addition]>([])

  /// A line that was added to the journal.
  private enum Addition {
    case generation(HistoryEntry)
    case segment(generation: UInt64, actor: Actor)
  }

  init(_ observer: (any HistoryObserver)?) {
    self.observer = observer
  }

  /// Remembers what was added to the journal.
  func note(_ record: JournalRecord) {
    guard observer != nil else { return }
    let addition =
      record.entry.map(Addition.generation)
      ?? .segment(generation: record.generation, actor: record.actor.who)
    additions.withLock { $0.append(addition) }
  }

  /// Tells the observer, in the order of the history. It may write to a slow disk, so nobody should wait for it.
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
