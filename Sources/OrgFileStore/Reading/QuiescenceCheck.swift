import Glibc
import OrgCore

/// Finds out without the lock, which would hold up others, that there is nothing to ingest.
struct QuiescenceCheck {
  let parts: StoreParts

  private var directory: DataDirectory { parts.directory }
  private var files: DataFiles { parts.files }
  private var committed: CommittedState { parts.committed }

  /// The data, where nothing has happened but what this store knows of, or what others published through the journal;
  /// `nil` where that has to be looked at with the lock held.
  func snapshot() -> Snapshot? {
    let calls = directory.calls
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? calls.open("journal", in: space, flags),
      let displaced = try? calls.open("displaced", in: space, flags)
    else { return nil }
    // Somebody who has written to the journal is about to say what the files are like then.
    for attempt in 0..<10 {
      if attempt > 0 { usleep(1000) }
      guard let known = committed.withLock({ $0.journal }) else { return nil }
      guard known.isAtEnd(journal) || adopt(journal, space) else { continue }
      guard let snapshot = knownSnapshot(), parts.displaced.areQuiescent(displaced) else { return nil }
      return snapshot
    }
    return nil
  }

  /// The data, if the files hold what the newest generation that is known left.
  private func knownSnapshot() -> Snapshot? {
    let loaded = files.load()
    let isKnown = committed.withLock { state in
      guard let journal = state.journal, let current = state.current, !journal.isBlocked,
        journal.damage.isEmpty, journal.newerFormat == nil
      else { return false }
      return journal.last?.record.generation == current.generation
        && isSame(loaded.contents, current.contents)
    }
    return isKnown && files.isSteady ? loaded.snapshot : nil
  }

  /// Takes note of generations that others committed and published; false where that can't be done yet, or not like this.
  private func adopt(_ journal: borrowing Descriptor, _ space: borrowing Descriptor) -> Bool {
    let known = committed.withLock { $0.journal }
    guard var next = known, (try? next.refresh(journal, repairing: false)) != nil, !next.isBlocked,
      next.damage.isEmpty, next.newerFormat == nil, let last = next.last
    else { return false }
    let loaded = files.load()
    guard let published = directory.published(in: space), published.isOf(last.record),
      files.isSeen(as: published.files), !loaded.contents.isUnreadable
    else { return false }
    return committed.withLock { state in
      guard state.journal?.last?.hash == known?.last?.hash else { return false }
      state.journal = next
      state.current = (last.record.generation, loaded.contents)
      parts.published.withLock { $0.published = published }
      return true
    }
  }
}
