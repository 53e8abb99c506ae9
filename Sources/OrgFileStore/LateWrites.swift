import CLinux
import Glibc
import OrgCore

/// Writes of other programs that went to a file after it had been displaced: the program had opened it before.
extension FileStore {
  /// Waits until no program is writing to a displaced file, and ingests what was written there. A process that is about
  /// to end calls this after its last change, so that nothing waits for the next one.
  ///
  /// - Parameter milliseconds: how long to wait at most; what comes later is found by the next reader.
  public func finishLateWrites(milliseconds: Int = 5000) {
    guard readOnlyReason == nil else { return }
    let start = clinux_monotonic_milliseconds()
    while clinux_monotonic_milliseconds() - start < milliseconds {
      if hasLateWrites { _ = try? maintain() }
      guard isLateWriteGoingOn else { return }
      usleep(2000)
    }
  }

  /// Whether a displaced file holds something else than when it was displaced.
  var hasLateWrites: Bool {
    displacedFiles { stateDirectory, file in
      guard let status = try? directory.calls.status(of: file.name, in: stateDirectory) else { return false }
      let identity = FileIdentity(status)
      if file.isQuiescent(identity) || memory.withLock({ $0.quiescent.contains(identity) }) { return false }
      if !identity.isMoved { return true }
      guard let opened = try? directory.calls.open(file.name, in: stateDirectory, O_RDONLY),
        let bytes = try? directory.calls.readAll(opened, file.name, size: max(0, identity.size))
      else { return false }
      return !sha256(bytes).hasPrefix(file.hash)
    }
  }

  /// Whether another program has a displaced file open for writing, as far as that can be told.
  private var isLateWriteGoingOn: Bool {
    displacedFiles { stateDirectory, file in
      guard let opened = try? directory.calls.open(file.name, in: stateDirectory, O_RDONLY) else {
        return false
      }
      guard let isFree = directory.calls.takeLease(opened, file.name) else {
        return directory.calls.isLocked(opened)
      }
      if isFree { directory.calls.releaseLease(opened) }
      return !isFree
    }
  }

  /// Whether a displaced file is what is looked for.
  private func displacedFiles(_ isMatch: (borrowing Descriptor, StateDirectory.Displaced) -> Bool) -> Bool {
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? directory.calls.open(DataDirectory.privateName, in: directory.root, flags),
      let displaced = try? directory.calls.open("displaced", in: space, flags),
      let names = try? directory.calls.list(displaced, "displaced")
    else { return false }
    for file in StateDirectory.displacedFiles(named: names) where isMatch(displaced, file) { return true }
    return false
  }
}
