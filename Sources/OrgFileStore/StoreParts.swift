import OrgCore

/// The state that the transactions of a store share; each part holds some of what is known between transactions.
struct StoreParts: Sendable {
  let options: StoreOptions
  let directory: DataDirectory
  let committed: CommittedState
  let published: PublishedState
  let files: DataFiles
  let displaced: DisplacedFiles
  let reporter: HistoryReporter

  init(_ directory: DataDirectory, _ options: StoreOptions, _ observer: (any HistoryObserver)? = nil) {
    self.directory = directory
    self.options = options
    committed = CommittedState()
    published = PublishedState()
    files = DataFiles(directory, published)
    displaced = DisplacedFiles(directory)
    reporter = HistoryReporter(observer)
  }
}

/// Options for opening a store.
struct StoreOptions: Sendable {
  /// What to do about records that another program removed.
  var externalDeletions = ExternalDeletions.restore
  /// How long to keep the history. Older parts are removed when a new segment of the journal begins.
  var retention = Retention.forever
  /// Whether this process probably ends after a change, so that another process makes the next one.
  var isShortLived = false
}
