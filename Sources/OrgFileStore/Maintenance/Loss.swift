import Glibc
import OrgCore

extension FileStore {
  /// Checks whether the data seem to have lost everything at once: all organizations, or all members, of the newest
  /// generation of the history. Changes nothing, and takes no lock.
  ///
  /// - Parameter reader: the data as read.
  /// - Returns: one or two sentences including the remedy; `nil` if the data look intended, or there is no history.
  /// - Throws: `system` if the history can't be read.
  public func loss(of reader: any StoreReader) throws(OrgError) -> String? {
    guard let contents = (reader as? Snapshot)?.contents else { return nil }
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
    // The last remaining member may have been removed on purpose.
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
