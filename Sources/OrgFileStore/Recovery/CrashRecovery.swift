import Glibc
import OrgCore
import SystemPackage

/// Detects a crash between the commit of a generation and the exchange of its files.
struct CrashRecovery {
  let stateDirectory: StateDirectory

  private var directory: DataDirectory { stateDirectory.directory }

  /// Whether a crash left a file that the newest generation was about to publish. In that case one data file may be new
  /// and the other old. Takes no lock.
  static func isHalfPublished(_ directory: DataDirectory) -> Bool {
    do throws(SystemCallError) {
      let calls = directory.calls
      let flags = O_RDONLY | O_DIRECTORY
      let space = try calls.open(DataDirectory.privateName, in: directory.root, flags)
      let journal = try calls.open("journal", in: space, flags)
      guard let last = try Journal.newest(journal, calls) else { return false }
      for (file, state) in last.data.files where directory.identity(of: file)?.inode != state.inode {
        if try directory.inode(of: DataDirectory.stagedName(file), in: space) == state.inode { return true }
        let displaced = try calls.open("displaced", in: space, flags)
        for name in try calls.list(displaced, "displaced")
        where try directory.inode(of: name, in: displaced) == state.inode { return true }
      }
      return false
    } catch {
      return false
    }
  }

  /// Removes staged files that a crash left, except those that are to be published according to the journal.
  func sortStaged(_ last: JournalRecord?) throws(SystemCallError) {
    for file in [OrganizationTable.file, MemberTable.file] {
      let name = DataDirectory.stagedName(file)
      guard let staged = try directory.inode(of: name, in: stateDirectory.space),
        staged != last?.data.files[file]?.inode
      else { continue }
      try directory.calls.remove(name, in: stateDirectory.space)
    }
  }

  /// The files that were committed but not exchanged before a crash: those that still hold what the newest generation
  /// was about to replace, under an inode other than the one to be published.
  func unpublished(
    _ last: JournalRecord, _ current: FileContents, _ live: FileContents, _ journal: Journal
  ) throws(OrgError) -> [Replacement] {
    let earlier = journal.recent.dropLast().last?.record.data.files
    var replacements: [Replacement] = []
    try directory.saving { () throws(SystemCallError) in
      for (file, bytes) in live.files {
        guard let state = last.data.files[file], !haveSameBytes(bytes, current.bytes(of: file)),
          let hash = last.data.replaced?[file] ?? earlier?[file]?.sha256, sha256(bytes) == hash,
          try directory.inode(of: file, in: directory.root) != state.inode
        else { continue }
        let displaced = StateDirectory.displacedName(last.generation, hash, file)
        let quiescent = StateDirectory.displacedName(last.generation, hash, file, isQuiescent: true)
        if try directory.inode(of: quiescent, in: stateDirectory.displaced) != nil { continue }
        if let there = try directory.inode(of: displaced, in: stateDirectory.displaced) {
          // If it has been exchanged, the current content of the file was written later.
          guard there == state.inode else { continue }
          replacements.append(
            Replacement(file: file, generation: last.generation, displacedHash: hash, isMoved: true))
        } else if try directory.inode(of: DataDirectory.stagedName(file), in: stateDirectory.space)
          == state.inode
        {
          replacements.append(Replacement(file: file, generation: last.generation, displacedHash: hash))
        } else {
          // A file that was modified after the commit isn't the result of a crash.
          guard let modified = directory.identity(of: file)?.modified, let time = Timestamp(last.time),
            Timestamp(sinceEpoch: modified) <= time
          else { continue }
          let staged = try stateDirectory.stage(current.text(of: file), for: file)
          replacements.append(
            Replacement(file: file, generation: last.generation, displacedHash: hash, staged: staged))
        }
      }
    }
    return replacements
  }
}
