import Glibc
import OrgCore
import SystemPackage

/// Writing the files that are about to replace the live ones.
extension StateDirectory {
  /// Durably writes the new text of a data file to a staged file with the owner, group, and mode of the current one.
  ///
  /// If there is a spare file, it is overwritten: reusing existing blocks and pages takes less than half the time.
  ///
  /// - Returns: the identity of the new file.
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

  /// Writes and closes a new file: no lease can be taken on a file that is open for writing.
  private func write(
    _ text: FileText, toNew staged: String, _ file: String
  ) throws(SystemCallError) -> FileIdentity {
    let new = try calls.open(staged, in: space, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    try giveMetadata(to: new, file)
    return try fill(new, with: text, file)
  }

  /// Removes staged files that won't be published.
  func discard(_ files: some Sequence<String>) {
    for file in files { try? calls.remove(DataDirectory.stagedName(file), in: space) }
  }

  /// Gives a file the owner, group, mode, and attributes of the data file that it is about to replace.
  private func giveMetadata(to target: borrowing Descriptor, _ file: String) throws(SystemCallError) {
    do {
      let present = try calls.open(file, in: directory.root, O_RDONLY)
      try directory.giveMetadata(of: present, to: target, file)
    } catch  where error.errno == .noSuchFileOrDirectory {
      // The file was removed. Use the metadata of the other data file, or derive it from the directory.
      try directory.setUsualMetadata(of: target, file)
    }
  }

  private func fill(
    _ target: borrowing Descriptor, with text: FileText, _ file: String
  ) throws(SystemCallError) -> FileIdentity {
    let size = try calls.status(target, file).st_size
    try calls.reserve(text.count, in: target, file)
    // Always write the last byte; otherwise the modification time would remain the old one.
    let prefix = size == 0 ? 0 : min(try calls.commonPrefix(text, in: target, file), max(0, text.count - 1))
    try calls.write(text, to: target, file, after: prefix)
    if size > text.count { try calls.truncate(target, file, to: text.count) }
    try calls.setTimeOfWriting(target, file)
    try calls.sync(target, file)
    return FileIdentity(try calls.status(target, file))
  }

  // MARK: Spare files

  /// The file that was displaced last, unless it was written to. It is kept so that the next change can overwrite it.
  func spare(for file: String, among displaced: [Displaced]) -> Displaced? {
    displaced.last { $0.isQuiescent && $0.file == file }
  }

  /// Overwrites a spare file with a text; `nil` if another program has it open, or that is unknown.
  ///
  /// A lease makes any program that opens the file wait until everything is written. A program may have looked up the
  /// name while the file was live and open it for writing only now. This is detected, and the file becomes a displaced
  /// file again, so that writes to it are found.
  private func overwrite(_ spare: Displaced, with text: FileText) throws(SystemCallError) -> FileIdentity? {
    let staged = DataDirectory.stagedName(spare.file)
    do throws(SystemCallError) {
      guard let identity = try overwrite(spare, as: staged, with: text) else { return nil }
      // This lease can only be taken while no program has the file open for writing or waits to open
      // it. It is released at once.
      if let lease = try? Lease(staged, in: space, calls), lease.identity == identity { return identity }
      let name = Self.displacedName(spare.generation, sha256(text.bytes), spare.file)
      try calls.rename(staged, in: space, to: name, in: displaced)
      return nil
    } catch {
      try? calls.remove(staged, in: space)
      throw error
    }
  }

  /// Moves a spare file to the staged name, overwrites it, and returns its new identity. Programs that wait to open it
  /// can do so as soon as this returns.
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
    // If the file belongs to another user, this process may not be able to change it.
    do { try giveMetadata(to: file, spare.file) } catch { return nil }
    try calls.rename(spare.name, in: displaced, to: staged, in: space)
    return try fill(file, with: text, spare.file)
  }
}
