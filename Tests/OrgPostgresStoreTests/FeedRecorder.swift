import OrgCore
import PostgresTesting
import Synchronization

@testable import OrgPostgresStore

/// A feed, and what it has said.
final class FeedRecorder: Sendable {
  private struct Said {
    var changes = 0
    var states: [Liveness] = []
  }

  private final class Notes: Sendable {
    let said = Mutex(Said())
  }

  private let notes = Notes()
  private let feed: Mutex<(any ChangeFeed)?>

  init(_ store: PostgresStore) {
    feed = Mutex(
      store.feed(
        changed: { [notes] in notes.said.withLock { $0.changes += 1 } },
        became: { [notes] state in notes.said.withLock { $0.states.append(state) } }))
  }

  /// How often it has said that something changed.
  var changes: Int { notes.said.withLock { $0.changes } }
  var states: [Liveness] { notes.said.withLock { $0.states } }

  func waitUntilLive() throws { try waitFor("live") { $0 == .live } }

  func waitUntilStale() throws {
    try waitFor("stale") { if case .stale = $0 { true } else { false } }
  }

  func waitFor(_ what: String, _ isWanted: (Liveness) -> Bool) throws {
    try waitUntil("\(what): \(states)") { states.last.map(isWanted) ?? false }
  }

  /// Waits until it says that something changed: not for so long that it would notice without a notification.
  func waitForChange(after count: Int) throws {
    try waitUntil("a change is noticed", timeout: .seconds(40)) { changes > count }
  }

  /// Ends it.
  func end() { feed.withLock { $0 = nil } }
}
