import Glibc
import OrgCore
import Synchronization

/// The files that orgman displaced, accessed without the lock. A program that had one open may still write to it.
final class DisplacedFiles: Sendable {
  private let directory: DataDirectory
  /// Files that are known not to have been written to, although their names don't say so.
  let quiescent = Mutex<Set<FileIdentity>>([])

  init(_ directory: DataDirectory) {
    self.directory = directory
  }

  /// Whether a displaced file's content has changed since it was displaced.
  var hasLateWrites: Bool {
    contains { stateDirectory, file in
      guard let status = try? directory.calls.status(of: file.name, in: stateDirectory) else { return false }
      let identity = FileIdentity(status)
      if file.isQuiescent(identity) || quiescent.withLock({ $0.contains(identity) }) { return false }
      if !identity.isMoved { return true }
      guard let opened = try? directory.calls.open(file.name, in: stateDirectory, O_RDONLY),
        let bytes = try? directory.calls.readAll(opened, file.name, size: max(0, identity.size))
      else { return false }
      return !sha256(bytes).hasPrefix(file.hash)
    }
  }

  /// Whether another program has a displaced file open for writing, as far as this can be determined.
  var isLateWriteGoingOn: Bool {
    contains { stateDirectory, file in
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

  /// Whether none of the files has been written to.
  ///
  /// - Parameter displaced: the directory that contains them.
  func areQuiescent(_ displaced: borrowing Descriptor) -> Bool {
    guard let names = try? directory.calls.list(displaced, "displaced") else { return false }
    return names.allSatisfy { name in
      guard let file = StateDirectory.Displaced(name: name),
        let status = try? directory.calls.status(of: name, in: displaced)
      else { return false }
      let identity = FileIdentity(status)
      return file.isQuiescent(identity) || quiescent.withLock { $0.contains(identity) }
    }
  }

  /// Whether any displaced file satisfies a condition.
  private func contains(_ isMatch: (borrowing Descriptor, StateDirectory.Displaced) -> Bool) -> Bool {
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? directory.calls.open(DataDirectory.privateName, in: directory.root, flags),
      let displaced = try? directory.calls.open("displaced", in: space, flags),
      let names = try? directory.calls.list(displaced, "displaced")
    else { return false }
    for file in StateDirectory.displacedFiles(named: names) where isMatch(displaced, file) { return true }
    return false
  }
}
