import Synchronization

/// How far a server has written its log: whoever has replayed the log as far as that shows what the server showed then.
struct LogPosition: Sendable, Hashable {
  /// Which history of the servers it is part of, a later one being greater: a standby that is promoted begins another one.
  /// Empty where the server follows another one itself.
  let timeline: String
  /// Bytes since the log began.
  let offset: Int

  /// Asks a server for its own. Where the next record begins is on a new page, or in a new file, after a header, which a
  /// server that has replayed everything doesn't count.
  static let question: SQL = """
    select timeline, position - case when position % current_setting('wal_block_size')::bigint = 24 then 24 \
    when position % pg_size_bytes(current_setting('wal_segment_size')) = 40 then 40 else 0 end \
    from (select case when pg_is_in_recovery() then '' \
    else left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end as timeline, \
    (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end \
    - '0/0'::pg_lsn)::bigint as position) log
    """

  /// Reads the answer.
  init?(_ rows: Rows) {
    guard let timeline = rows.text(0, 0), let offset = rows.number(0, 1) else { return nil }
    (self.timeline, self.offset) = (timeline, offset)
  }

  init(timeline: String, offset: Int) { (self.timeline, self.offset) = (timeline, offset) }

  /// Whether a server has replayed as much. One that follows nobody must be the one that the position is of: a standby that
  /// was promoted goes its own way.
  var isReached: SQL {
    """
    case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0'::pg_lsn) >= \(offset) \
    else \(timeline) in ('', left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)) end
    """
  }

  /// Has a server wait for it, up to a tenth of a second.
  var wait: SQL {
    """
    select count(*) from generate_series(1, 20) \
    where case when \(isReached) then false else pg_sleep(0.005) is not null end
    """
  }

  /// Whether who has reached this has reached another one, too.
  func includes(_ other: LogPosition) -> Bool { timeline == other.timeline && offset >= other.offset }
}

/// The position that whoever is read from must have reached: where the primary server was when it was last heard of, and how
/// far the log was that an answer came from.
final class NeededPosition: Sendable {
  private let state = Mutex<(position: LogPosition?, losses: Int)>((nil, 0))

  /// `nil` where it isn't known, so that only the primary server can be read from.
  var position: LogPosition? { state.withLock { $0.position } }

  /// To be noted before a question whose answer is to raise the position.
  var mark: Int { state.withLock { $0.losses } }

  /// Asks a connection to the primary server. If that can't say, nothing is known.
  func learn(on connection: Connection) throws(PostgresError) {
    let mark = mark
    let rows: [Rows]
    do throws(PostgresError) {
      rows = try connection.run([ConnectionPool.searchPath, LogPosition.question.statement]) {
        $0 < Self.patience
      }
    } catch {
      forget()
      throw error.kind == .cancelled ? PostgresError(.silence, "the server doesn't answer") : error
    }
    guard let position = LogPosition(rows[1]) else { return forget() }
    raise(to: position, since: mark)
  }

  /// How long the server may take to answer, in milliseconds.
  private static let patience = 5000

  /// Learns where a server was.
  ///
  /// - Parameter mark: what was noted before it was asked.
  func raise(to new: LogPosition?, since mark: Int) {
    guard let new else { return }
    state.withLock { state in
      // An answer from before something happened that nothing is known of says too little.
      guard mark == state.losses else { return }
      guard let old = state.position, new.timeline <= old.timeline else {
        // What wasn't told of a commit is told by the server that it was made on, not by one that follows.
        if mark == 0 || !new.timeline.isEmpty { state.position = new }
        return
      }
      guard new.timeline == old.timeline || new.timeline.isEmpty else { return }
      state.position = LogPosition(timeline: old.timeline, offset: max(old.offset, new.offset))
    }
  }

  /// Something was committed, and it isn't known where.
  func forget() { state.withLock { $0 = (nil, $0.losses + 1) } }
}
