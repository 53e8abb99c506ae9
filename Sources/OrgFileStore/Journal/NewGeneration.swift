import OrgCore

/// A generation that is about to be committed.
struct NewGeneration {
  /// Its line of the journal, but for what is known only when its files are written.
  var record: JournalRecord
  /// The data that it leaves.
  var contents: FileContents
  /// The data as the journal has them now, and what becomes of their bytes.
  var previous: FileContents
  var organizations: BytePatch
  var members: BytePatch
  /// What is in the files now, where that isn't what the journal has.
  var live: FileContents?

  init(
    _ record: JournalRecord, _ contents: FileContents, after previous: FileContents, organizations: BytePatch,
    members: BytePatch, live: FileContents? = nil
  ) {
    (self.record, self.contents, self.previous) = (record, contents, previous)
    (self.organizations, self.members, self.live) = (organizations, members, live)
  }
}
