import CLinux
import Glibc
import OrgCore
import SystemPackage

/// Puts new files in the place of the live ones. All that takes time is done before anybody is kept waiting: the new files
/// are there already. Then leases are taken, it is checked that the live files are what was read, the line goes into the
/// journal, and the files are exchanged.
final class Publisher {
  private let files: DataFiles
  private let stateDirectory: StateDirectory
  private let committed: CommittedState
  private let published: PublishedState
  /// Held on the files from before they are read, where they were written to again and again before a change was
  /// committed; otherwise there are none but for the moment of an exchange.
  private var leases: Leases?
  /// Whether what was thrown last says that the files were written to before a change was committed.
  private var isOvertaken = false
  /// How many more times another program that waits to write goes first.
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

  /// Does something again where the files were written to before it was committed, this time with leases from the start,
  /// so that a program that writes all the time can't keep it from being done.
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

  /// Says that the files were written to before something was committed.
  func overtaken() -> OrgError {
    isOvertaken = true
    return OrgError(
      .system,
      "Other programs write to the files in \(directory.path.escapedForDisplay) all the time, so nothing was changed. Try again."
    )
  }

  /// Takes leases, after waiting for a while for whoever is writing. None is held meanwhile.
  private func waitForLeases(on files: [String]) -> Leases {
    let start = clinux_monotonic_milliseconds()
    while true {
      let isLast = clinux_monotonic_milliseconds() - start >= Self.patience
      if let leases = Leases(directory, on: files, isPartial: isLast) { return leases }
      usleep(1000)
    }
  }

  // MARK: Exchanging

  /// Exchanges new files with the live ones: the only time at which another program may have to wait for this one.
  ///
  /// - Parameters:
  ///   - contents: what the files hold then.
  ///   - old: what they are thought to hold now.
  ///   - commit: what has to be done before, once nothing else can go wrong with the files.
  /// - Returns: false if nothing was done, as the files hold something else, or another program goes first.
  func publish(
    _ replacements: [Replacement], _ contents: FileContents, displacing old: FileContents,
    commit: () throws(SystemCallError) -> Void = {}
  ) throws(SystemCallError) -> Bool {
    guard !replacements.isEmpty else {
      try commit()
      return true
    }
    // With leases from the start, whatever comes in between is found in the displaced file.
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
        // Another program that waits to write read the data before this change. Where it goes first, its write is simply
        // ingested.
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
      // Not one file new and the other old: whoever opens them next publishes both.
      for (replacement, publication) in zip(replacements, done).reversed() {
        try? directory.retract(
          replacement.file, publication, displacedAs: replacement.displacedName, in: stateDirectory.displaced)
      }
      try? directory.calls.sync(directory.root, directory.path)
      throw error
    }
  }

  /// Gives a displaced file the name of one that nobody wrote to, where that is so.
  private func renameIfQuiescent(_ replacement: Replacement, _ lease: Lease?) {
    let displaced = replacement.displacedName
    // Another program may have put a file of its own there by a rename, which no lease holds up.
    let inode = (try? directory.inode(of: displaced, in: stateDirectory.displaced)) ?? nil
    guard let lease, let inode, lease.identity?.inode == inode, lease.isUndisturbed else { return }
    // While the lease is still held, so that whoever writes there later does so at a later time.
    try? directory.calls.rename(
      displaced, in: stateDirectory.displaced, to: replacement.quiescentName, in: stateDirectory.displaced)
  }

  // MARK: What was published

  /// Takes note of what the files are like that the newest generation published, so that the next program needn't hash
  /// them to know what they hold.
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
