import CLinux
import Glibc
import OrgCore
import SystemPackage

/// Replaces the live files with new ones. Everything that takes time is done before other programs are held up: the new
/// files already exist. Then the publisher takes leases, checks that the live files are still those that were read,
/// appends the line to the journal, and exchanges the files.
final class Publisher {
  private let files: DataFiles
  private let stateDirectory: StateDirectory
  private let committed: CommittedState
  private let published: PublishedState
  /// Leases on the files that are taken before the files are read, if other programs repeatedly wrote to them before a
  /// change could be committed. Otherwise leases are held only during an exchange.
  private var leases: Leases?
  /// Whether the last error means that the files were written to before a change could be committed.
  private var isOvertaken = false
  /// How many more times a program that is waiting to write may go first.
  var yieldsRemaining = 0

  init(
    _ files: DataFiles, _ stateDirectory: StateDirectory, _ committed: CommittedState,
    _ published: PublishedState
  ) {
    self.files = files
    self.stateDirectory = stateDirectory
    self.committed = committed
    self.published = published
  }

  private var directory: DataDirectory { stateDirectory.directory }

  /// How long to wait for another program that is writing, in milliseconds.
  private static let patience: Int64 = 3000

  /// Runs the body. If the files were written to before it could commit, runs it again with leases taken up front, so
  /// that a program that writes all the time can't prevent the change.
  func untilNotOvertaken<Value>(_ body: () throws(OrgError) -> Value) throws(OrgError) -> Value {
    guard leases == nil else { return try body() }
    do throws(OrgError) {
      return try body()
    } catch {
      guard isOvertaken else { throw error }
      isOvertaken = false
    }
    leases = waitForLeases(on: [OrganizationTable.file, MemberTable.file])
    defer { leases = nil }
    return try body()
  }

  /// The error for files that were written to before a change could be committed.
  func overtaken() -> OrgError {
    isOvertaken = true
    return OrgError(
      .system,
      "Other programs write to the files in \(directory.path.escapedForDisplay) all the time, so nothing was changed. Try again."
    )
  }

  /// Takes leases, after waiting for a while for programs that are writing. Holds none while waiting.
  private func waitForLeases(on files: [String]) -> Leases {
    let start = clinux_monotonic_milliseconds()
    while true {
      let isLast = clinux_monotonic_milliseconds() - start >= Self.patience
      if let leases = Leases(directory, on: files, isPartial: isLast) { return leases }
      usleep(1000)
    }
  }

  // MARK: Exchanging

  /// Exchanges new files with the live ones. This is the only time at which another program may
  /// have to wait for this one.
  ///
  /// - Parameters:
  ///   - contents: the data in the new files.
  ///   - old: the data that the live files are expected to hold.
  ///   - commit: called before the exchange, when nothing else can go wrong with the files.
  /// - Returns: false if nothing was done, because the files hold other data or another program goes first.
  func publish(
    _ replacements: [Replacement], _ contents: FileContents, displacing old: FileContents,
    commit: () throws(SystemCallError) -> Void = {}
  ) throws(SystemCallError) -> Bool {
    guard !replacements.isEmpty else {
      try commit()
      return true
    }
    // With leases taken up front, anything written in between is found in the displaced file.
    let isInsisting = leases != nil
    let seen = isInsisting ? nil : files.sight(of: old)
    guard isInsisting || seen != nil else { return false }
    let start = clinux_monotonic_milliseconds()
    var isPublished: Bool?
    while isPublished == nil {
      let isLast = isInsisting || clinux_monotonic_milliseconds() - start >= Self.patience
      isPublished = try files.exchange(for: contents, staged: replacements.map { ($0.file, $0.staged) }) {
        () throws(SystemCallError) in
        let names = replacements.map(\.file)
        guard var held = leases ?? Leases(directory, on: names, isPartial: isLast) else { return nil }
        guard seen.map(files.isStill) ?? true else { return false }
        // Another program that is waiting to write has read the data before this change. If it goes first, its
        // write is simply ingested.
        if !isInsisting, yieldsRemaining > 0, held.areAwaited {
          yieldsRemaining -= 1
          return false
        }
        try commit()
        try exchange(replacements)
        for replacement in replacements {
          renameIfQuiescent(replacement, held[replacement.file])
          held[replacement.file] = nil
          leases?[replacement.file] = nil
        }
        return true
      }
      if isPublished == nil { usleep(1000) }
    }
    guard isPublished == true else { return false }
    rememberPublished()
    try directory.calls.sync(directory.root, directory.path)
    return true
  }

  private func exchange(_ replacements: [Replacement]) throws(SystemCallError) {
    var done: [DataDirectory.Publication] = []
    do throws(SystemCallError) {
      for replacement in replacements {
        done.append(
          try directory.publish(
            replacement.file, from: stateDirectory.space, displacedAs: replacement.displacedName,
            in: stateDirectory.displaced, isMoved: replacement.isMoved))
      }
    } catch {
      // Don't leave one file new and the other old. The next process that opens them publishes both.
      for (replacement, publication) in zip(replacements, done).reversed() {
        try? directory.retract(
          replacement.file, publication, displacedAs: replacement.displacedName, in: stateDirectory.displaced)
      }
      try? directory.calls.sync(directory.root, directory.path)
      throw error
    }
  }

  /// Marks a displaced file as quiescent in its name if no program has written to it.
  private func renameIfQuiescent(_ replacement: Replacement, _ lease: Lease?) {
    let displaced = replacement.displacedName
    // Another program may have replaced the file by a rename, which a lease doesn't prevent.
    let inode = (try? directory.inode(of: displaced, in: stateDirectory.displaced)) ?? nil
    guard let lease, let inode, lease.identity?.inode == inode, lease.isUndisturbed else { return }
    // Rename while the lease is still held, so that any later write gets a later time.
    try? directory.calls.rename(
      displaced, in: stateDirectory.displaced, to: replacement.quiescentName, in: stateDirectory.displaced)
  }

  // MARK: Published state

  /// Saves the identities of the files that the newest generation published, so that the next process needn't hash
  /// them to know their content.
  func rememberPublished() {
    guard let current = committed.withLock({ $0.current }),
      let last = committed.withLock({ $0.journal?.last?.record }), last.generation == current.generation,
      let seen = files.sight(of: current.contents, isWaiting: false), let files = seen.files
    else { return }
    let published = Published(generation: last.generation, time: seen.time, files: files, of: last)
    guard let published, published != self.published.withLock({ $0.published }) else { return }
    guard (try? stateDirectory.write(published)) != nil else { return }
    self.published.withLock { $0.published = published }
  }

  /// Saves the offsets of the records in the files that the newest generation published.
  func rememberPlaces() {
    let (current, running) = committed.withLock { ($0.current, $0.hashes) }
    let (published, known) = self.published.withLock { ($0.published, $0.places) }
    guard let current, let published, published.generation == current.generation,
      published.hashes != known?.hashes,
      let places = Places(current.contents, hashes: published.hashes, running: running),
      (try? stateDirectory.write(places)) != nil
    else { return }
    self.published.withLock { $0.places = (published.hashes, running) }
  }
}
