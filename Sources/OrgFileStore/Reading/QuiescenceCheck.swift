import Glibc
import OrgCore

/// Checks whether there is nothing to ingest, without taking the lock, which would hold up other processes.
struct QuiescenceCheck {
  let parts: StoreParts

  private var directory: DataDirectory { parts.directory }
  private var files: DataFiles { parts.files }
  private var committed: CommittedState { parts.committed }

  /// The data, if there are only changes that this store knows about or that other processes published through the
  /// journal; `nil` if the lock is needed to find out.
  func snapshot() -> Snapshot? {
    let calls = directory.calls
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? calls.open("journal", in: space, flags),
      let displaced = try? calls.open("displaced", in: space, flags)
    else { return nil }
    // A process that has appended to the journal will publish and describe the files in a moment.
    for attempt in 0..<10 {
      if attempt > 0 { usleep(1000) }
      guard let known = committed.withLock({ $0.journal }) else { return nil }
      guard known.isAtEnd(journal) || adopt(journal, space) else { continue }
      guard let snapshot = knownSnapshot(), parts.displaced.areQuiescent(displaced) else { return nil }
      return snapshot
    }
    return nil
  }

  /// The data, if the files hold the result of the newest known generation.
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

  /// Adopts generations that other processes committed and published. Returns false if this isn't possible, or not yet.
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
