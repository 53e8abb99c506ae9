// What only some stores can do, each asked for by name.

/// A store that reads so much that people want to know how far it has come.
public protocol ProgressReportingStore: OrgStore {
  /// How far reading the data has come.
  var readingProgress: ReadingProgress { get }

  /// The organizations, before their members are read; `nil` where both take a moment only.
  func readerAhead() -> (any StoreReader)?
}

/// A store whose data other programs change without it, so that it has to follow them.
public protocol MaintainableStore: OrgStore {
  /// Adds what other programs did to the history.
  ///
  /// - Parameter waiting: as for `commit`.
  /// - Throws: `readOnly`, `damagedData`, `locked`, `cancelled` or `system`.
  @discardableResult
  func maintain(waiting: (Contention) -> Bool) throws(OrgError) -> Maintenance

  /// Why other programs can't be kept from writing while a change is saved; `nil` where they can.
  var leaseObstacle: String? { get }
}

extension MaintainableStore {
  /// Adds what other programs did to the history, and waits for as long as the store is ready to.
  @discardableResult
  public func maintain() throws(OrgError) -> Maintenance {
    try maintain { _ in true }
  }
}

/// What `MaintainableStore.maintain` did.
public struct Maintenance: Sendable {
  /// The data after it.
  public let reader: any StoreReader
  /// Generations that are new since the store last looked, oldest first.
  public let entries: [HistoryEntry]

  /// For stores: the data, and what is new in the history.
  public init(reader: any StoreReader, entries: [HistoryEntry]) {
    self.reader = reader
    self.entries = entries
  }
}

/// A store that processes change in turns: what each of them had read before its turn would have to be read again.
public protocol TurnTakingStore: OrgStore {
  /// Runs the body in a turn of its own where others change the data or wait for theirs, and at once where nobody does. The
  /// body reads and commits with this store on the same thread; it neither asks nor waits for anybody.
  ///
  /// - Parameters:
  ///   - waiting: as for `commit`.
  ///   - body: what is done in the turn.
  /// - Throws: `locked`, `cancelled` or `system`; what the body throws.
  func takingTurns<Value>(
    waiting: (Contention) -> Bool, _ body: () throws(OrgError) -> Value
  ) throws(OrgError) -> Value
}

/// A store that says whom it waits for, whatever it is that waits.
public protocol WaitReportingStore: OrgStore {
  /// Lets an observer learn, now and then, whom the store waits for before it changes anything.
  ///
  /// - Parameter observer: called on the thread that waits; it replaces the one before.
  func observeWaiting(_ observer: @escaping @Sendable (Contention) -> Void)
}

/// Learns what a store adds to its history, for a log. Called in the order of the history, as soon as others can go on, on
/// the thread that made the store do it.
public protocol HistoryObserver: Sendable {
  /// A generation became durable: a commit, a repair, or what the store ingested of other programs.
  func didAdd(_ entry: HistoryEntry)

  /// A segment of the history began at a generation, with a full copy of the data.
  func didBeginSegment(at generation: UInt64, by actor: Actor)
}

/// A reader whose answers take a round trip each, and which answers for many organizations in one.
public protocol BulkReader: StoreReader {
  /// The members of some organizations: those of one organization come one after the other.
  func members(ofEach organizations: [String]) throws(OrgError) -> [OrgUser]
}
