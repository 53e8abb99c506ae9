import Glibc
import OrgCore

extension FileStore {
  /// What the data seem to have lost, all of it at once: all organizations, or all members, that the newest generation
  /// of the history has. Changes nothing, and takes no lock.
  ///
  /// - Parameter snapshot: the data as they were read.
  /// - Returns: one or two sentences, with what puts it back; `nil` where the data look as if they were meant so, or
  ///   where there is no history.
  /// - Throws: `system` where the history can't be read.
  public func loss(of snapshot: Snapshot) throws(OrgError) -> String? {
    guard let contents = snapshot.contents as? FileContents else { return nil }
    guard let (generation, known) = try newestGeneration(unlessHolding: contents) else { return nil }
    let left = (0..<known.organizationCount).contains { index in
      contents.index(ofOrganization: known.organizations.id(at: index)) != nil
    }
    let remedy = "orgman restore --generation \(generation) puts \(known.isSingle ? "it" : "them") back."
    if known.organizationCount > 0, !left {
      return
        "\(OrganizationTable.file) has none of the \(known.organizationCount.counted("organization")) of generation \(generation), the newest of the history. \(remedy)"
    }
    // The last one of all may have been removed on purpose.
    if known.memberCount > 1, contents.memberCount == 0 {
      return
        "\(MemberTable.file) has none of the \(known.memberCount.counted("member")) of generation \(generation), the newest of the history. \(remedy)"
    }
    return nil
  }

  /// The data as the newest generation of the history left them; `nil` where they are what is at hand, where there is no
  /// history, or where it is damaged.
  private func newestGeneration(
    unlessHolding contents: FileContents
  ) throws(OrgError) -> (UInt64, FileContents)? {
    let flags = O_RDONLY | O_DIRECTORY
    let calls = directory.calls
    guard let space = try? calls.open(DataDirectory.privateName, in: directory.root, flags),
      let journal = try? calls.open("journal", in: space, flags),
      let checkpoints = try? calls.open("checkpoints", in: space, flags)
    else { return nil }
    do {
      guard let last = try Journal.newest(journal, calls) else { return nil }
      if contents.files.allSatisfy({ last.files[$0.name]?.sha256 == sha256($0.bytes) }) { return nil }
      let records = try Journal.everything(journal, calls).lines.map(\.record)
      guard let newest = records.last?.generation,
        let known = try Vault.rebuild(newest, records, checkpoints, calls)
      else { return nil }
      return (newest, known)
    } catch {
      throw OrgError(error, "The journal in \(path.escapedForDisplay) can't be read")
    }
  }
}

extension FileContents {
  fileprivate var isSingle: Bool { organizationCount == 1 }
}

extension Int {
  fileprivate func counted(_ word: String) -> String { "\(self) \(word)\(self == 1 ? "" : "s")" }
}
