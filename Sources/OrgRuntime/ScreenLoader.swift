import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

/// Makes the rows of screens on a queue of its own. Knows none of the screens: a request says how its rows are made.
final class ScreenLoader: Sendable {
  private let manager: OrgManager
  private let inbox: Inbox
  private let queue = DispatchQueue(label: "orgman.loading")
  /// What was asked for last; whatever is being made for another request is no use.
  private let latest = Mutex<ScreenRequest?>(nil)
  /// What is costly to make, by name; it takes memory, and is kept only as long as each request uses it.
  private let kept = Mutex<[String: any Sendable]>([:])

  init(manager: OrgManager, inbox: Inbox) {
    self.manager = manager
    self.inbox = inbox
  }

  /// Waits until nothing is being loaded.
  func waitUntilIdle() { queue.sync {} }

  /// Forgets everything that takes memory.
  func forget() {
    latest.withLock { $0 = nil }
    queue.async { [self] in
      guard latest.withLock({ $0 }) == nil else { return }
      kept.withLock { $0 = [:] }
    }
  }

  /// Makes the rows that a request asks for, of the data that are shown, and posts them.
  func load(_ request: ScreenRequest, of reader: (any StoreReader)?) {
    latest.withLock { $0 = request }
    queue.async { [self] in
      guard latest.withLock({ $0 }) == request else { return }
      let source = Source(
        reader: reader, request: request, loader: self, before: kept.withLock { $0 })
      do throws(OrgError) {
        try request.load(source, request)
      } catch {
        // What nobody waits for any more was given up.
        if error.code != .cancelled || source.wantedness() { inbox.post(.rowsFailure(error, request)) }
      }
      kept.withLock { $0 = source.used }
    }
  }

  /// Where one request's rows are made from.
  private final class Source: ScreenSource {
    let reader: (any StoreReader)?
    private let request: ScreenRequest
    private let loader: ScreenLoader
    /// What the request before used, as far as this one hasn't asked for it.
    private var before: [String: any Sendable]
    private(set) var used: [String: any Sendable] = [:]

    init(
      reader: (any StoreReader)?, request: ScreenRequest, loader: ScreenLoader, before: [String: any Sendable]
    ) {
      (self.reader, self.request, self.loader, self.before) = (reader, request, loader, before)
    }

    var isWanted: Bool { loader.latest.withLock { $0 } == request }
    var wantedness: @Sendable () -> Bool {
      { [loader, request] in
        loader.latest.withLock { $0?.identity == request.identity && $0?.query == request.query }
      }
    }

    func history(
      matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
    ) throws(OrgError) -> HistoryPage {
      try loader.manager.history(matching: filter, from: position, limit: limit)
    }

    func cached<Value: Sendable>(
      _ key: String, _ update: (Value?) throws(OrgError) -> Value
    ) throws(OrgError) -> Value {
      keep(key)
      let value = try update(used[key] as? Value)
      used[key] = value
      return value
    }

    func keep(_ key: String) {
      if let value = before.removeValue(forKey: key) { used[key] = value }
    }

    func post(_ rows: any ListRows) { loader.inbox.post(.rows(rows, request)) }
  }
}
