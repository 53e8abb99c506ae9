import Glibc
import OrgCore
import SystemPackage

/// orgman's own directory next to the data, opened by the holder of the lock: the journal, checkpoints, and
/// displaced and quarantined files.
final class StateDirectory {
  let directory: DataDirectory
  let space: Descriptor
  let journal: Descriptor
  let checkpoints: Descriptor
  let displaced: Descriptor
  let quarantine: Descriptor

  init(_ directory: DataDirectory) throws(SystemCallError) {
    self.directory = directory
    space = try directory.openPrivate()
    try Eraser.finish(directory, in: space)
    journal = try directory.openDirectory("journal", in: space)
    checkpoints = try directory.openDirectory("checkpoints", in: space)
    displaced = try directory.openDirectory("displaced", in: space)
    quarantine = try directory.openDirectory("quarantine", in: space)
  }

  var calls: SystemCalls { directory.calls }

  // MARK: Whole files

  /// Writes a file durably. It appears under its name only when it is complete.
  func write(
    _ bytes: [UInt8], as name: String, in target: borrowing Descriptor
  ) throws(SystemCallError) {
    let draft = name + ".part"
    do { try calls.remove(draft, in: target) } catch  where error.errno == .noSuchFileOrDirectory {}
    let file = try directory.create(draft, in: target, O_WRONLY | O_EXCL)
    do throws(SystemCallError) {
      try calls.write(bytes, to: file, name)
      try calls.sync(file, name)
      try calls.rename(draft, in: target, to: name, in: target)
      try calls.sync(target, name)
    } catch {
      try? calls.remove(draft, in: target)
      throw error
    }
  }

  /// Removes files that a crash left incomplete.
  func removeDrafts(in target: borrowing Descriptor) throws(SystemCallError) {
    for name in try calls.list(target, "") where name.hasSuffix(".part") {
      try calls.remove(name, in: target)
    }
  }

  func read(_ name: String, in source: borrowing Descriptor) throws(SystemCallError) -> [UInt8] {
    try Self.read(name, in: source, calls)
  }

  static func read(
    _ name: String, in source: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> [UInt8] {
    let file = try calls.open(name, in: source, O_RDONLY)
    return try calls.readAll(file, name, size: Int(try calls.status(file, name).st_size))
  }

  /// Sets bytes aside for inspection: unreadable data is never discarded.
  func quarantine(_ bytes: [UInt8], of file: String, generation: UInt64) throws(SystemCallError) {
    try write(bytes, as: "\(generation)-\(sha256(bytes).prefix(12)).\(file)", in: quarantine)
  }
}
