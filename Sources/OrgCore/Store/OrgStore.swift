/// Where the data are: the seam behind which files, a database or memory can stand.
///
/// Stores are safe to use from several threads at once. Both operations may block on input and
/// output, and on a lock that somebody else holds: call them from a thread that may wait.
public protocol OrgStore: Sendable {
  /// The newest picture of the data, with what others changed meanwhile.
  ///
  /// - Throws: `dataNotFound`, or `system` where the data can't be read at all. Data that can be
  ///   read but not trusted are no error: they are the snapshot's `problems`.
  func snapshot() throws(OrgError) -> Snapshot

  /// Commits a change set as a whole or not at all. When it returns, the changes are durable and
  /// others can see them.
  ///
  /// - Parameter waiting: called while somebody else holds the lock, again and again, with who it is;
  ///   returning `false` gives up.
  /// - Returns: the snapshot behind the commit and what was done.
  /// - Throws: what `Preview.check()` throws on the newest data; `readOnly`, `damagedData`,
  ///   `locked`, `cancelled` or `system`. After any of them nothing has changed.
  func commit(
    _ set: ChangeSet, waiting: (LockHolder) -> Bool
  ) throws(OrgError) -> Commit

  /// What happened to the data, newest first, as far back as the store remembers.
  ///
  /// - Throws: `system` where the history can't be read.
  func history() throws(OrgError) -> [HistoryEntry]
}

extension OrgStore {
  /// Commits a change set and waits for as long as the store is ready to.
  public func commit(_ set: ChangeSet) throws(OrgError) -> Commit {
    try commit(set) { _ in true }
  }
}

/// What a commit did.
public struct Commit: Sendable {
  /// The data as they are now.
  public let snapshot: Snapshot
  /// The changes that made a difference; those that were so already are left out.
  public let changes: [Change]

  /// For stores: what was done, and the picture behind it.
  public init(snapshot: Snapshot, changes: [Change]) {
    self.snapshot = snapshot
    self.changes = changes
  }
}

/// Who holds the lock that a commit waits for.
public struct LockHolder: Sendable, Hashable, CustomStringConvertible {
  /// The program's name.
  public let program: String
  /// The process id.
  public let pid: Int32
  /// The user's name.
  public let user: String
  /// For how long the caller has waited, in milliseconds.
  public let waitedMilliseconds: Int

  /// Names a holder.
  public init(program: String, pid: Int32, user: String, waitedMilliseconds: Int) {
    self.program = program
    self.pid = pid
    self.user = user
    self.waitedMilliseconds = waitedMilliseconds
  }

  /// `held by billingd, pid 4121 (root), 3.2 s`
  public var description: String {
    let tenths = waitedMilliseconds / 100
    let who =
      program.isEmpty
      ? "somebody else" : "\(program.escapedForDisplay), pid \(pid) (\(user.escapedForDisplay))"
    return "held by \(who), \(tenths / 10).\(tenths % 10) s"
  }
}
