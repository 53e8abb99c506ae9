import Synchronization

/// Where the data are: the seam behind which files, a database or memory can stand.
///
/// Stores are safe to use from several threads at once. Both operations may block on input and
/// output, and on a lock that another program holds: call them from a thread that may wait.
public protocol OrgStore: Sendable {
  /// Why nothing can be changed, to follow "Nothing can be changed: "; `nil` where something can.
  var readOnlyReason: String? { get }

  /// The newest state of the data, with what others changed meanwhile.
  ///
  /// - Throws: `dataNotFound`, or `system` where the data can't be read at all. Data that can be read but not trusted are
  ///   no error: they are the `problems` of the summary.
  func reader() throws(OrgError) -> any StoreReader

  /// Commits a change set as a whole or not at all. When it returns, the changes are durable and
  /// others can see them.
  ///
  /// - Parameters:
  ///   - set: the changes, in order.
  ///   - waiting: called repeatedly with the current holder while another program blocks the commit; return `false` to give up.
  /// - Returns: the data after the commit and what was done.
  /// - Throws: what `Preview.check()` throws on the newest data; `readOnly`, `damagedData`,
  ///   `locked`, `cancelled` or `system`. After any of them nothing has changed.
  func commit(
    _ set: ChangeSet, waiting: (Contention) -> Bool
  ) throws(OrgError) -> Commit

  /// What happened to the data, newest first, as far back as the store remembers.
  ///
  /// - Throws: `system` where the history can't be read.
  func history() throws(OrgError) -> [HistoryEntry]

  /// A part of what happened, newest first, at a cost that doesn't grow with the rest. A store that has no cheaper
  /// way than `history()` needn't offer one.
  ///
  /// - Parameters:
  ///   - position: where the page before ended; `nil` begins with what happened last.
  ///   - limit: how many entries are wanted; a page may have a few more, or fewer.
  /// - Throws: `system` where the history can't be read.
  func history(from position: HistoryCursor?, limit: Int) throws(OrgError) -> HistoryPage

  /// What happened to some records or at some time, in the order that the filter asks for.
  ///
  /// - Parameters:
  ///   - filter: which records, or which time, and what comes first.
  ///   - position: where the page before ended, in the same order; `nil` begins with what comes first.
  ///   - limit: how many entries a page has at most. Only a page without `next` is the last one; those before it may
  ///     have fewer entries.
  /// - Throws: `system` where the history can't be read.
  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage

  /// A generation of the history; `nil` where it isn't known.
  ///
  /// - Throws: `system` where the history can't be read.
  func historyEntry(generation: UInt64) throws(OrgError) -> HistoryEntry?

  /// The number of the newest generation of the history; `nil` before the first change.
  ///
  /// - Throws: `system` where the history can't be read.
  func newestGeneration() throws(OrgError) -> UInt64?

  /// The latest edit of a user that hasn't been undone; see `OrgManager`.
  func undoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry?

  /// The latest undo of a user that hasn't been redone; see `OrgManager`.
  func redoable(by uid: UInt32?) throws(OrgError) -> HistoryEntry?
}

extension OrgStore {
  /// Most stores can be changed.
  public var readOnlyReason: String? { nil }

  /// Commits a change set and waits for as long as the store is ready to.
  public func commit(_ set: ChangeSet) throws(OrgError) -> Commit {
    try commit(set) { _ in true }
  }
}

/// What a commit did.
public struct Commit: Sendable {
  /// The data as they are after it. Where that takes a while they are read when they are first asked for, so ask on a thread
  /// that may wait.
  public var reader: any StoreReader { source.reader }
  /// The changes that made a difference; those that were so already are left out.
  public let changes: [Change]
  /// Whether the data after it have yet to be read.
  package var isUnread: Bool { source.isUnread }

  private let source: LazyReader

  /// For stores: what was done, and the data after it.
  public init(reader: any StoreReader, changes: [Change]) {
    (source, self.changes) = (LazyReader(reader), changes)
  }

  /// For stores that need a while to read the data.
  ///
  /// - Parameter reading: reads the data after it; called once, or not at all.
  package init(changes: [Change], reading: @escaping @Sendable () -> any StoreReader) {
    (source, self.changes) = (LazyReader(reading), changes)
  }
}

/// A reader that is made when it is first asked for.
private final class LazyReader: Sendable {
  private enum State {
    case unread(@Sendable () -> any StoreReader)
    case read(any StoreReader)
  }

  private let state: Mutex<State>

  init(_ reader: any StoreReader) { state = Mutex(.read(reader)) }
  init(_ reading: @escaping @Sendable () -> any StoreReader) { state = Mutex(.unread(reading)) }

  var isUnread: Bool { state.withLock { if case .unread = $0 { true } else { false } } }

  var reader: any StoreReader {
    state.withLock { state in
      switch state {
      case .read(let reader): return reader
      case .unread(let reading):
        let reader = reading()
        state = .read(reader)
        return reader
      }
    }
  }
}
