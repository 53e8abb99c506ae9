import Glibc
import OrgCore

/// Finding out that there is nothing to ingest without the lock, which would hold up others.
extension FileStore {
  /// The data, where nothing has happened but what this store knows of, or what others published through the journal;
  /// `nil` where that has to be looked at with the lock held.
  func quiescentSnapshot() -> Snapshot? {
    let calls = directory.calls
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? calls.open("journal", in: space, flags),
      let displaced = try? calls.open("displaced", in: space, flags)
    else { return nil }
    // Somebody who has written to the journal is about to say what the files are like then.
    for attempt in 0..<10 {
      if attempt > 0 { usleep(1000) }
      guard let known = memory.withLock({ $0.journal }) else { return nil }
      guard known.isAtEnd(journal) || adopt(journal, space) else { continue }
      guard let snapshot = knownSnapshot(), isQuiescent(displaced) else { return nil }
      return snapshot
    }
    return nil
  }

  /// The data, if the files hold what the newest generation that is known left.
  private func knownSnapshot() -> Snapshot? {
    let loaded = load()
    let isKnown = memory.withLock { memory in
      guard let journal = memory.journal, let current = memory.current, !journal.isBlocked,
        journal.damage.isEmpty, journal.newerFormat == nil
      else { return false }
      return journal.last?.record.generation == current.generation
        && isSame(loaded.contents, current.contents)
    }
    return isKnown && isSteady ? loaded.snapshot : nil
  }

  /// Takes note of generations that others committed and published; false where that can't be done yet, or not like this.
  private func adopt(_ journal: borrowing Descriptor, _ space: borrowing Descriptor) -> Bool {
    let known = memory.withLock { $0.journal }
    guard var next = known, (try? next.refresh(journal, repairing: false)) != nil, !next.isBlocked,
      next.damage.isEmpty, next.newerFormat == nil, let last = next.last
    else { return false }
    let loaded = load()
    guard let published = directory.published(in: space), published.isOf(last.record),
      isSeen(as: published.files), !loaded.contents.isUnreadable
    else { return false }
    return memory.withLock { memory in
      guard memory.journal?.last?.hash == known?.last?.hash else { return false }
      memory.journal = next
      memory.current = (last.record.generation, loaded.contents)
      memory.published = published
      return true
    }
  }

  /// Whether nobody has written to a displaced file.
  private func isQuiescent(_ displaced: borrowing Descriptor) -> Bool {
    guard let names = try? directory.calls.list(displaced, "displaced") else { return false }
    return names.allSatisfy { name in
      guard let file = StateDirectory.Displaced(name: name),
        let status = try? directory.calls.status(of: name, in: displaced)
      else { return false }
      let identity = FileIdentity(status)
      return file.isQuiescent(identity) || memory.withLock { $0.quiescent.contains(identity) }
    }
  }
}
