import OrgCore

/// A generation that is about to be committed.
struct NewGeneration {
  /// Its line of the journal, except for what is only known after its files have been written.
  var record: JournalRecord
  /// The resulting data.
  var contents: FileContents
  /// The data as of the journal, and the edits that lead to the resulting data.
  var previous: FileContents
  var organizations: BytePatch
  var members: BytePatch
  /// The current content of the files, if it differs from the journal.
  var live: FileContents?

  init(
    _ record: JournalRecord, _ contents: FileContents, after previous: FileContents, organizations: BytePatch,
    members: BytePatch, live: FileContents? = nil
  ) {
    (self.record, self.contents, self.previous) = (record, contents, previous)
    (self.organizations, self.members, self.live) = (organizations, members, live)
  }
}
