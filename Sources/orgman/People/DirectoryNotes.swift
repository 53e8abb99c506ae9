import OrgCore
import OrgIntegrations

/// What the directory of users that is configured says about those in the data, for `orgman doctor`.
enum DirectoryNotes {
  /// Sentences about users who are disabled or gone there; none without a directory, or if the data can't be read.
  static func about(_ store: any OrgStore) -> [String] {
    guard let directory = PeopleSources.configured, let reader = try? store.reader() else { return [] }
    let progress = Progress()
    defer { progress.clear() }
    let check = try? DirectoryCheck(
      reader, in: directory, limit: 20,
      progress: { asked, total in
        progress.show("Asking \(directory.title)", Double(asked) / Double(total))
      })
    return check?.sentences(about: directory, limit: 20) ?? []
  }
}
