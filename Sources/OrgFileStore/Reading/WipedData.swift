import Glibc
import OrgCore

/// Data that a wipe left: nothing is wrong with the text of the files, but the history knows what was in them. Where the
/// store may write, it restores them; elsewhere it says what is missing, for nobody should take them for a new start.
struct WipedData {
  let directory: DataDirectory

  /// What is missing from files without records; `nil` where they have some, or the history knows of none either.
  func problem(of contents: FileContents) -> DataProblem? {
    let isWiped = contents.organizations.isBlank(isMissing: isMissing(OrganizationTable.file))
    let areListsWiped = contents.members.isBlank(isMissing: isMissing(MemberTable.file))
    guard isWiped || areListsWiped, let known = newestKnown(unless: contents)?.contents else { return nil }
    let organizations = isWiped ? known.organizationCount : 0
    let members = areListsWiped ? known.memberCount : 0
    guard organizations > 0 || members > 0 else { return nil }
    let file = organizations > 0 ? OrganizationTable.file : MemberTable.file
    let what = [(organizations, "organization"), (members, "member")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    return DataProblem(
      wiped: file,
      reason: state(of: file, and: organizations > 0 && members > 0 ? MemberTable.file : nil)
        + ", but the history knows \(what.joined(separator: " and ")); orgman doctor --fix restores them")
  }

  /// What became of a file, or of two, to follow the name of the first.
  private func state(of file: String, and other: String?) -> String {
    func word(_ file: String) -> String { isMissing(file) ? "missing" : "empty" }
    guard let other else { return "is \(word(file))" }
    return word(file) == word(other)
      ? "and \(other) are \(word(file))" : "is \(word(file)), \(other) is \(word(other))"
  }

  private func isMissing(_ file: String) -> Bool { directory.identity(of: file) == nil }

  /// The data as the newest generation of the history left them, and its number; `nil` where they are what the files hold,
  /// where there is no history, and where not all that is needed can be read.
  func newestKnown(unless contents: FileContents) -> (generation: UInt64, contents: FileContents)? {
    let flags = O_RDONLY | O_DIRECTORY
    let calls = directory.calls
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? calls.open("journal", in: space, flags),
      let checkpoints = try? calls.open("checkpoints", in: space, flags)
    else { return nil }
    let newest = (try? Journal.newest(journal, calls)) ?? nil
    // What has no records may have been left so on purpose; then the newest line says so, and no other is read.
    if let newest, contents.files.allSatisfy({ newest.files[$0.name]?.sha256 == sha256($0.bytes) }) {
      return nil
    }
    let generation: UInt64? =
      if let newest {
        newest.generation
      } else {
        // A last line that can't be read hides those before it.
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
  /// The same data with what is missing from them said first, and once.
  func wiped(_ problem: DataProblem) -> Snapshot {
    // That a file is empty or missing is said by it already.
    Snapshot(
      generation: generation, problems: [problem] + problems.filter { $0.offset > 0 || !$0.key.isEmpty },
      contents: contents)
  }
}

extension OrganizationTable {
  /// Whether the file has no records, and nothing that could be one.
  fileprivate func isBlank(isMissing: Bool) -> Bool {
    count == 0 && (problems.isEmpty || (isReadable && bytes.isEmpty) || isMissing)
  }
}

extension MemberTable {
  /// Whether the file has no lists, and nothing that could be one.
  fileprivate func isBlank(isMissing: Bool) -> Bool {
    isRead && count == 0 && (problems.isEmpty || (isReadable && bytes.isEmpty) || isMissing)
      && orphanedMembers.isEmpty && listCount == 0
  }
}
