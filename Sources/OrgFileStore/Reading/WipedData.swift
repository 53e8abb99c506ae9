import Glibc
import OrgCore

/// Detects wiped data: the text of the files is valid, but records in the history are missing. If the store may write,
/// it restores them. Otherwise it reports what is missing, so that users don't mistake the files for a fresh start.
struct WipedData {
  let directory: DataDirectory

  /// What is missing from files without records; `nil` if they have some, or if the history has none, either.
  func problem(of contents: FileContents) -> FileProblem? {
    let isWiped = contents.organizations.isBlank(isMissing: isMissing(OrganizationTable.file))
    let areListsWiped = contents.members.isBlank(isMissing: isMissing(MemberTable.file))
    guard isWiped || areListsWiped, let known = newestKnown(unless: contents)?.contents else { return nil }
    let organizations = isWiped ? known.organizationCount : 0
    let members = areListsWiped ? known.memberCount : 0
    guard organizations > 0 || members > 0 else { return nil }
    let file = organizations > 0 ? OrganizationTable.file : MemberTable.file
    let what = [(organizations, "organization"), (members, "member")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    return FileProblem(
      wiped: file,
      reason: state(of: file, and: organizations > 0 && members > 0 ? MemberTable.file : nil)
        + ", but the history knows \(what.joined(separator: " and ")); orgman doctor --fix restores them")
  }

  /// The state of one or two files, to follow the name of the first.
  private func state(of file: String, and other: String?) -> String {
    func word(_ file: String) -> String { isMissing(file) ? "missing" : "empty" }
    guard let other else { return "is \(word(file))" }
    return word(file) == word(other)
      ? "and \(other) are \(word(file))" : "is \(word(file)), \(other) is \(word(other))"
  }

  private func isMissing(_ file: String) -> Bool { directory.identity(of: file) == nil }

  /// The data after the newest generation of the history, and its number; `nil` if the files already hold them, if
  /// there is no history, or if not everything that is needed can be read.
  func newestKnown(unless contents: FileContents) -> (generation: UInt64, contents: FileContents)? {
    let flags = O_RDONLY | O_DIRECTORY
    let calls = directory.calls
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? calls.open("journal", in: space, flags),
      let checkpoints = try? calls.open("checkpoints", in: space, flags)
    else { return nil }
    let newest = (try? Journal.newest(journal, calls)) ?? nil
    // The records may have been removed on purpose. In that case the newest line says so, and no other line is read.
    if let newest, contents.files.allSatisfy({ newest.data.files[$0.name]?.sha256 == sha256($0.bytes) }) {
      return nil
    }
    let generation: UInt64? =
      if let newest {
        newest.generation
      } else {
        // An unreadable last line hides the lines before it.
        ((try? Journal.everything(journal, calls)) ?? nil)?.lines.last?.record.generation
      }
    guard let generation, let known = try? StateDirectory.rebuild(generation, journal, checkpoints, calls)
    else {
      return nil
    }
    return (generation, known)
  }
}

extension Snapshot {
  /// The same data, with the loss as the first problem.
  func wiped(_ problem: FileProblem) -> Snapshot {
    // Leave out problems that repeat that a file is empty or missing.
    Snapshot(
      generation: generation, problems: [problem] + problems.filter { $0.offset > 0 || !$0.key.isEmpty },
      contents: contents)
  }
}

extension OrganizationTable {
  /// Whether the file has no records and nothing that could be one.
  fileprivate func isBlank(isMissing: Bool) -> Bool {
    count == 0 && (problems.isEmpty || (isReadable && bytes.isEmpty) || isMissing)
  }
}

extension MemberTable {
  /// Whether the file has no lists and nothing that could be one.
  fileprivate func isBlank(isMissing: Bool) -> Bool {
    isRead && count == 0 && (problems.isEmpty || (isReadable && bytes.isEmpty) || isMissing)
      && orphanedMembers.isEmpty && listCount == 0
  }
}
