import Glibc
import OrgCore
import SystemPackage

/// Writing what is to take the place of the live files.
extension StateDirectory {
  /// Writes the new text of a data file beside it, durably, with the owner, group and mode of the present one.
  ///
  /// Where there is a spare file, they are written over that: blocks and pages that are there already take less than
  /// half the time of new ones.
  ///
  /// - Returns: what the new file is like.
  func stage(_ text: FileText, for file: String) throws(SystemCallError) -> FileIdentity {
    let staged = DataDirectory.stagedName(file)
    do { try calls.remove(staged, in: space) } catch  where error.errno == .noSuchFileOrDirectory {}
    if let spare = spare(for: file, among: try displacedFiles()),
      let result = try overwrite(spare, with: text)
    {
      return result
    }
    do throws(SystemCallError) {
      return try write(text, toNew: staged, file)
    } catch {
      try? calls.remove(staged, in: space)
      throw error
    }
  }

  /// The file is closed after this: no lease is to be had on one that is open for writing.
  private func write(
    _ text: FileText, toNew staged: String, _ file: String
  ) throws(SystemCallError) -> FileIdentity {
    let new = try calls.open(staged, in: space, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    try giveMetadata(to: new, file)
    return try fill(new, with: text, file)
  }

  /// Throws staged files away that won't be published.
  func discard(_ files: some Sequence<String>) {
    for file in files { try? calls.remove(DataDirectory.stagedName(file), in: space) }
  }

  /// Gives a file the owner, group, mode and attributes of the data file that it is to replace.
  private func giveMetadata(to target: borrowing Descriptor, _ file: String) throws(SystemCallError) {
    do {
      let present = try calls.open(file, in: directory.root, O_RDONLY)
      try directory.giveMetadata(of: present, to: target, file)
    } catch  where error.errno == .noSuchFileOrDirectory {
      // Somebody removed it: what its brother has, or at least what the directory asks for.
      try directory.setUsualMetadata(of: target, file)
    }
  }

  private func fill(
    _ target: borrowing Descriptor, with text: FileText, _ file: String
  ) throws(SystemCallError) -> FileIdentity {
    let size = try calls.status(target, file).st_size
    try calls.reserve(text.count, in: target, file)
    // The last byte is always written, or the time of the last change would be an earlier one.
    let prefix = size == 0 ? 0 : min(try calls.commonPrefix(text, in: target, file), max(0, text.count - 1))
    try calls.write(text, to: target, file, after: prefix)
    if size > text.count { try calls.truncate(target, file, to: text.count) }
    try calls.setTimeOfWriting(target, file)
    try calls.sync(target, file)
    return FileIdentity(try calls.status(target, file))
  }

  // MARK: Spare files

  /// The file that was displaced last, if nobody wrote to it: it is kept, to be written over by the next change.
  func spare(for file: String, among displaced: [Displaced]) -> Displaced? {
    displaced.last { $0.isQuiescent && $0.file == file }
  }

  /// Writes a text over a spare file; `nil` where somebody has it open, or nobody can tell.
  ///
  /// A lease keeps whoever opens it waiting until all is written. Who had looked its name up while it was live, and opens
  /// it for writing only now, is noticed, and then it is a displaced file again, where what they write is found.
  private func overwrite(_ spare: Displaced, with text: FileText) throws(SystemCallError) -> FileIdentity? {
    let staged = DataDirectory.stagedName(spare.file)
    do throws(SystemCallError) {
      guard let identity = try overwrite(spare, as: staged, with: text) else { return nil }
      // To be had only while nobody has it open for writing, or waits to open it; not held any longer.
      if let lease = try? Lease(staged, in: space, calls), lease.identity == identity { return identity }
      let name = Self.displacedName(spare.generation, sha256(text.bytes), spare.file)
      try calls.rename(staged, in: space, to: name, in: displaced)
      return nil
    } catch {
      try? calls.remove(staged, in: space)
      throw error
    }
  }

  /// Gives a spare file the name of the staged one and a text, and says what it is like then. Whoever waits to open
  /// it can do so as soon as this returns.
  private func overwrite(
    _ spare: Displaced, as staged: String, with text: FileText
  ) throws(SystemCallError) -> FileIdentity? {
    guard let file = try? calls.open(spare.name, in: displaced, O_RDWR),
      calls.takeLease(file, spare.name, .againstAll) == true
    else { return nil }
    defer { calls.releaseLease(file) }
    let status = try calls.status(file, spare.name)
    let identity = FileIdentity(status)
    guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1, identity.isMoved
    else {
      return nil
    }
    // Of another owner, it may not be this process's to change.
    do { try giveMetadata(to: file, spare.file) } catch { return nil }
    try calls.rename(spare.name, in: displaced, to: staged, in: space)
    return try fill(file, with: text, spare.file)
  }
}
