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
    guard let (generation, known) = WipedData(directory: directory).newestKnown(unless: contents) else {
      return nil
    }
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
}

extension FileContents {
  fileprivate var isSingle: Bool { organizationCount == 1 }
}

extension Int {
  fileprivate func counted(_ word: String) -> String { "\(self) \(word)\(self == 1 ? "" : "s")" }
}
