import ArgumentParser
import Glibc
import Logging
import OrgCore
import Synchronization

/// Logging options. Nothing is logged by default, and never to the screen or to a command's output.
struct LogOptions: ParsableArguments {
  /// The minimum importance of a record.
  enum Level: String, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error
  }

  @Option(
    help: ArgumentHelp(
      "Log what is at least so important: trace, debug, info, notice, warning or error.", valueName: "level"))
  var logLevel: Level?

  @Option(
    help: ArgumentHelp(
      "Log to this file instead of the journal of systemd; from info on, unless a level is given.",
      valueName: "file"),
    completion: .file())
  var logFile: String?

  /// Starts logging if requested.
  ///
  /// - Parameter data: the data directory.
  /// - Throws: `system` if the log can't be opened.
  func start(data: String) throws(OrgError) {
    guard logLevel != nil || logFile != nil else { return }
    let level = (logLevel ?? .info).rawValue
    let sink: any LogSink
    if let logFile { sink = try LogFile(path: logFile) } else { sink = try SystemJournal() }
    Log.start(Logger.Level(rawValue: level) ?? .info, sink, data: data)
  }
}

/// The log of the program.
enum Log {
  private struct State {
    var logger = Logger(label: "orgman") { _ in SwiftLogNoOpLogHandler() }
    var isStarted = false
    /// Generations that this process added and that the user interface hasn't found yet.
    var own: Set<UInt64> = []
  }

  private static let state = Mutex(State())

  private static var logger: Logger { state.withLock { $0.logger } }

  fileprivate static func start(_ level: Logger.Level, _ sink: any LogSink, data: String) {
    // Only the first time: a command may open a second store.
    let isFirst = state.withLock { state in
      guard !state.isStarted else { return false }
      state.logger = Logger(label: "orgman") { _ in SinkHandler(logLevel: level, sink: sink) }
      state.isStarted = true
      return true
    }
    guard isFirst else { return }
    logger.info(
      "Started.",
      metadata: [
        "data": "\(data)", "version": "\(Orgman.configuration.version)",
      ])
    // Whenever the program ends, unless it is killed.
    atexit { Log.logger.info("Stopped.") }
  }

  /// The observer that logs additions to the history; `nil` if nothing is logged.
  static var historyObserver: (any HistoryObserver)? { state.withLock { $0.isStarted } ? LogObserver() : nil }

  /// Logs a generation that this process added: a commit, an ingested change of another program, or a repair.
  static func added(_ entry: HistoryEntry) {
    state.withLock { _ = $0.own.insert(entry.generation) }
    log(entry, isOwn: true)
  }

  /// Logs generations found by the user interface that other processes added.
  static func found(_ entries: [HistoryEntry]) {
    for entry in entries where state.withLock({ $0.own.remove(entry.generation) }) == nil {
      log(entry, isOwn: false)
    }
  }

  /// Logs the beginning of a journal segment.
  static func beganSegment(at generation: UInt64, by actor: Actor) {
    logger.debug(
      "Began a segment of the journal.",
      metadata: [
        "generation": "\(generation)", "changes": "0", "kind": "checkpoint", "user": "\(actor.user)",
      ])
  }

  private static func log(_ entry: HistoryEntry, isOwn: Bool) {
    var metadata: Logger.Metadata = [
      "generation": "\(entry.generation)", "changes": "\(entry.changes.count)",
      "kind": "\(entry.kind.name)", "user": "\(entry.actor.user)",
    ]
    if let subject = entry.kind.subject { metadata["of"] = "\(subject)" }
    if !entry.reverted.isEmpty {
      metadata["reverted"] = "\(entry.reverted.map(String.init).joined(separator: ","))"
    }
    if let note = entry.note { metadata["note"] = "\(note)" }
    switch entry.kind {
    case .foreign: logger.notice("Took in what another program wrote.", metadata: metadata)
    case .repair: logger.warning("Repaired the data.", metadata: metadata)
    case .edit, .undo, .redo, .restore, .erase:
      if isOwn {
        logger.info("Committed.", metadata: metadata)
      } else {
        logger.debug("Another process committed.", metadata: metadata)
      }
    }
  }

  /// Logs why an operation failed or was refused.
  static func failure(_ error: OrgError) {
    var metadata: Logger.Metadata = ["code": "\(error.code.rawValue)", "reason": "\(error.message)"]
    if let errno = error.errno { metadata["errno"] = "\(errno.rawValue)" }
    switch error.code {
    case .conflict:
      logger.notice("Conflict.", metadata: metadata)
    case .damagedData, .unsafeDirectory, .dataNotFound, .locked, .unknownOutcome, .system:
      logger.error("Failed.", metadata: metadata)
    default:
      logger.notice("Refused.", metadata: metadata)
    }
  }

  /// Logs that a signal ended the program.
  static func signalled(_ signal: Int32) {
    logger.notice("Ended by a signal.", metadata: ["signal": "\(signal)"])
  }

  /// Logs changes that were requested in the user interface but not saved before the end.
  static func unsaved(_ changes: [String]) {
    for change in changes.prefix(100) { logger.error("Not saved.", metadata: ["change": "\(change)"]) }
  }

  /// Logs changes of which nobody could be asked before the end whether they were saved.
  static func unknown(_ changes: [String]) {
    for change in changes { logger.error("Saved or not: unknown.", metadata: ["change": "\(change)"]) }
  }

  /// Logs the holder of the lock. Passed to a commit, which continues to wait.
  static func waiting(_ holder: Contention) -> Bool {
    logger.debug("Waiting for the lock.", metadata: ["holder": "\(holder)"])
    return true
  }

  /// Logs that the data were read.
  static func read(_ data: DataSummary) {
    logger.trace(
      "Read the data.",
      metadata: [
        "organizations": "\(data.organizationCount)",
        "problems": "\(data.problems.count)",
      ])
    for problem in data.problems.prefix(10) {
      let what = problem.kind == .incomplete ? "Not all data are there yet." : "The data are damaged."
      logger.warning("\(what)", metadata: ["problem": "\(problem)"])
    }
  }
}
