import Glibc
import OrgCore
import SystemPackage

/// The sizes of orgman's own files, in bytes.
public struct Sizes: Sendable, Hashable {
  /// The journal.
  public internal(set) var journal = 0
  /// Full copies of both files.
  public internal(set) var checkpoints = 0
  /// Files that could not be used completely.
  public internal(set) var quarantine = 0
  /// Files that were replaced by newer ones.
  public internal(set) var displaced = 0
  /// The index of the journal.
  public internal(set) var index = 0
}

extension FileStore {
  /// The disk space used by orgman's own files; `nil` if there are none, or they can't be accessed.
  public func sizes() -> Sizes? {
    let calls = directory.calls
    let flags = O_RDONLY | O_DIRECTORY
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags) else {
      return nil
    }
    func size(_ name: String) -> Int {
      guard let opened = try? calls.open(name, in: space, flags),
        let names = try? calls.list(opened, name)
      else { return 0 }
      return names.reduce(0) { sum, name in
        guard let status = try? calls.status(of: name, in: opened) else { return sum }
        let (total, isTooLarge) = sum.addingReportingOverflow(Int(status.st_size))
        return isTooLarge ? .max : total
      }
    }
    var sizes = Sizes()
    sizes.journal = size("journal")
    sizes.checkpoints = size("checkpoints")
    sizes.quarantine = size("quarantine")
    sizes.displaced = size("displaced")
    sizes.index = (try? calls.status(of: JournalIndex.name, in: space)).map { Int($0.st_size) } ?? 0
    return sizes
  }
}
