import OrgCore

/// What transactions of one store share, each with its part of what is remembered from one to the next.
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

/// What whoever opens a store decides on.
struct StoreOptions: Sendable {
  /// What is done about records that another program removed.
  var externalDeletions = ExternalDeletions.restore
  /// How long the history is kept: what is older is removed when a new segment of the journal begins.
  var retention = Retention.forever
  /// Whether this process most likely ends after a change, so that it is another one that makes the next.
  var isShortLived = false
}
