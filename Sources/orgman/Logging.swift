import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import OrgCore
import Synchronization
import SystemPackage

/// What is logged, and where: nothing, unless somebody asks for it. Never on the screen, and never among what a
/// command prints.
struct LogOptions: ParsableArguments {
  /// How important a record must be.
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

  /// Begins to log, if that was asked for.
  ///
  /// - Parameter data: the data directory.
  /// - Throws: `system` where there is nothing to log to.
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
    var journal: JournalFollower?
  }

  private static let state = Mutex(State())

  private static var logger: Logger { state.withLock { $0.logger } }

  fileprivate static func start(_ level: Logger.Level, _ sink: any LogSink, data: String) {
    // Once: a second store that a command opens adds nothing.
    let isFirst = state.withLock { state in
      guard state.journal == nil else { return false }
      state.logger = Logger(label: "orgman") { _ in SinkHandler(logLevel: level, sink: sink) }
      state.journal = JournalFollower(data: data)
      return true
    }
    guard isFirst else { return }
    logger.info(
      "Started.",
      metadata: [
        "data": "\(data)", "version": "\(Orgman.configuration.version)",
      ])
    // However the program ends, but for a kill.
    atexit {
      Log.generations()
      Log.logger.info("Stopped.")
    }
  }

  /// Logs what came to the history of the data since the last time: own commits, changes of other programs that
  /// were taken in, repairs.
  static func generations() {
    let (logger, entries) = state.withLock { state in (state.logger, state.journal?.newEntries() ?? []) }
    for entry in entries { entry.log(to: logger) }
  }

  /// Logs why something wasn't done.
  static func failure(_ error: OrgError) {
    var metadata: Logger.Metadata = ["code": "\(error.code.rawValue)", "reason": "\(error.message)"]
    if let errno = error.errno { metadata["errno"] = "\(errno.rawValue)" }
    switch error.code {
    case .conflict:
      logger.notice("Conflict.", metadata: metadata)
    case .damagedData, .unsafeDirectory, .dataNotFound, .locked, .system:
      logger.error("Failed.", metadata: metadata)
    default:
      logger.notice("Refused.", metadata: metadata)
    }
  }

  /// Logs that a signal ended the program.
  static func signalled(_ signal: Int32) {
    logger.notice("Ended by a signal.", metadata: ["signal": "\(signal)"])
  }

  /// Logs what was asked for on the screen and not saved before the end.
  static func unsaved(_ changes: [String]) {
    for change in changes.prefix(100) { logger.error("Not saved.", metadata: ["change": "\(change)"]) }
  }

  /// Logs who holds the lock; to be passed on to a commit, which goes on waiting.
  static func waiting(_ holder: LockHolder) -> Bool {
    logger.debug("Waiting for the lock.", metadata: ["holder": "\(holder)"])
    return true
  }

  /// Logs what was read.
  static func read(_ snapshot: Snapshot) {
    logger.trace(
      "Read the data.",
      metadata: [
        "organizations": "\(snapshot.contents.organizationCount)",
        "problems": "\(snapshot.problems.count)",
      ])
    for problem in snapshot.problems.prefix(10) {
      logger.warning("The data are damaged.", metadata: ["problem": "\(problem)"])
    }
  }
}

// MARK: The history

/// Reads what is appended to the journal of a data directory, in its documented format.
struct JournalFollower {
  /// What the log needs of a line.
  struct Entry: Decodable {
    struct Actor: Decodable {
      let user: String
      let pid: Int32?
    }

    struct Change: Decodable {}

    let generation: UInt64
    let kind: String
    let of: UInt64?
    let actor: Actor
    let changes: [Change]
    let reverted: [UInt64]?
    let note: String?
  }

  private let directory: String
  private var segment = ""
  private var offset = 0

  /// Begins behind what is there now.
  init(data: String) {
    directory = data + "/.orgman/journal"
    segment = segments.last ?? ""
    offset = Self.size(of: "\(directory)/\(segment)")
  }

  private var segments: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// The lines since the last time. What can't be read is left out: a log is no audit, the journal itself is.
  mutating func newEntries() -> [Entry] {
    var entries: [Entry] = []
    for name in segments where name >= segment {
      if name != segment { (segment, offset) = (name, 0) }
      let bytes = read()
      // A line that isn't finished is for the next time.
      let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      offset += end
      for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
        if let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) { entries.append(entry) }
      }
    }
    return entries
  }

  private func read() -> [UInt8] {
    let descriptor = open("\(directory)/\(segment)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) {
        $1 = max(0, pread(descriptor, $0.baseAddress, $0.count, off_t(offset + bytes.count)))
      }
      if part.isEmpty || bytes.count > 1 << 30 { return bytes }
      bytes += part
    }
  }
}

extension JournalFollower.Entry {
  fileprivate func log(to logger: Logger) {
    var metadata: Logger.Metadata = [
      "generation": "\(generation)", "changes": "\(changes.count)", "kind": "\(kind)",
      "user": "\(actor.user)",
    ]
    if let of { metadata["of"] = "\(of)" }
    if let reverted { metadata["reverted"] = "\(reverted.map(String.init).joined(separator: ","))" }
    if let note { metadata["note"] = "\(note)" }
    switch kind {
    case "foreign": logger.notice("Took in what another program wrote.", metadata: metadata)
    case "repair": logger.warning("Repaired the data.", metadata: metadata)
    case "checkpoint": logger.debug("Began a segment of the journal.", metadata: metadata)
    default:
      if actor.pid == getpid() {
        logger.info("Committed.", metadata: metadata)
      } else {
        logger.debug("Another process committed.", metadata: metadata)
      }
    }
  }
}

// MARK: Records

/// Where records go. A sink never fails: what can't be logged is dropped.
protocol LogSink: Sendable {
  func write(_ record: LogRecord)
}

/// One record: words of ours, and values that may come from anywhere.
struct LogRecord {
  let time: Timestamp
  let level: Logger.Level
  let message: String
  let values: [(name: String, value: String)]

  /// How many scalars of a value are logged.
  private static let valueLimit = 2000

  init(time: Timestamp = .now(), level: Logger.Level, message: String, values: Logger.Metadata) {
    self.time = time
    self.level = level
    self.message = message
    self.values = values.sorted { $0.key < $1.key }.map { name, value in
      let text = value.description
      guard text.unicodeScalars.count > Self.valueLimit else { return (name, text) }
      return (name, String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.valueLimit))) + "…")
    }
  }

  /// `Committed. changes=2 generation=5 note="as \"she\" said"`: the message, and each value on the same line.
  var text: String {
    values.reduce(message) { "\($0) \($1.name)=\(Self.escaped($1.value))" }
  }

  /// `2026-11-22T21:51:10.076830Z info orgman[4121]: Committed. …`
  var line: String {
    "\(time.description.replacing(" ", with: "T"))Z \(level.rawValue) orgman[\(getpid())]: \(text)\n"
  }

  /// The datagram of systemd's native protocol: the text for people, and each value in a field of its own.
  var datagram: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ name: String, _ value: String) {
      bytes += Array(name.utf8)
      let value = Array(value.utf8)
      if value.contains(UInt8(ascii: "\n")) {
        // More than a line: the length in 64 bits, the lowest byte first, and the bytes as they are.
        bytes.append(UInt8(ascii: "\n"))
        withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += Array($0) }
      } else {
        bytes.append(UInt8(ascii: "="))
      }
      bytes += value
      bytes.append(UInt8(ascii: "\n"))
    }
    add("MESSAGE", text)
    add("PRIORITY", priority)
    add("SYSLOG_IDENTIFIER", "orgman")
    for value in values { add("ORGMAN_" + value.name.uppercased(), value.value) }
    return bytes
  }

  /// The level as syslog numbers it.
  private var priority: String {
    switch level {
    case .trace, .debug: "7"
    case .info: "6"
    case .notice: "5"
    case .warning: "4"
    case .error: "3"
    case .critical: "2"
    }
  }

  /// A value as it is, where it is one plain word; else in double quotes, with what could end the line, act on a
  /// terminal or be taken for a quote as an escape.
  static func escaped(_ value: String) -> String {
    let isWord = value.unicodeScalars.allSatisfy {
      $0.isPlain && !$0.properties.isWhitespace && $0 != "\"" && $0 != "\\" && $0 != "="
    }
    guard !isWord || value.isEmpty else { return value }
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.isPlain: result.unicodeScalars.append(scalar)
      default: result += scalar.visibleEscape
      }
    }
    return result + "\""
  }
}

/// Makes records of what is logged.
struct SinkHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let sink: any LogSink

  init(logLevel: Logger.Level, sink: any LogSink) {
    self.logLevel = logLevel
    self.sink = sink
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }
    sink.write(LogRecord(level: event.level, message: event.message.description, values: values))
  }
}

// MARK: Sinks

/// A file to which each record is added with one write, so that those of several processes don't mix.
final class LogFile: LogSink {
  private struct State {
    var descriptor: Int32
    /// Whether the last line was cut off, as on a full disk.
    var isCut = false
  }

  private let path: String
  private let state: Mutex<State>

  /// - Throws: `system` where it can't be opened, or is no plain file: a terminal, a pipe, a link.
  init(path: String) throws(OrgError) {
    self.path = path
    let descriptor = Self.open(path)
    guard descriptor >= 0 else {
      let number = errno
      let reason =
        switch number {
        case EINVAL, ENXIO: "it is no plain file"
        case ELOOP: "it is a symbolic link"
        default: String(cString: strerror(number))
        }
      throw OrgError(
        .system, "The log file \(path.quoted) can't be opened: \(reason).", errno: Errno(rawValue: number))
    }
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { close(state.withLock { $0.descriptor }) }

  private static func open(_ path: String) -> Int32 {
    // A pipe without a reader must not hold the program up.
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    let descriptor = Glibc.open(path, flags, 0o600)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else { return -1 }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      errno = EINVAL
      return -1
    }
    return descriptor
  }

  func write(_ record: LogRecord) {
    state.withLock { state in
      reopenIfMoved(&state)
      let line = Array(((state.isCut ? "\n" : "") + record.line).utf8)
      var count = Glibc.write(state.descriptor, line, line.count)
      while count < 0, errno == EINTR { count = Glibc.write(state.descriptor, line, line.count) }
      // What doesn't fit is lost: the program is worth more than its log.
      if count > 0 { state.isCut = count < line.count }
    }
  }

  /// Somebody may have moved the file away, as those do who keep logs small, or removed it.
  private func reopenIfMoved(_ state: inout State) {
    var open = stat()
    var there = stat()
    guard fstat(state.descriptor, &open) == 0 else { return }
    if lstat(path, &there) == 0, there.st_ino == open.st_ino, there.st_dev == open.st_dev { return }
    let descriptor = Self.open(path)
    guard descriptor >= 0 else { return }
    close(state.descriptor)
    state = State(descriptor: descriptor)
  }
}

/// The journal of systemd, by its native protocol: a datagram a record.
final class SystemJournal: LogSink {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `system` where there is no journal.
  init(path: String = "/run/systemd/journal/socket") throws(OrgError) {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | UInt32(O_CLOEXEC | O_NONBLOCK)), 0)
    guard descriptor >= 0, access(path, F_OK) == 0 else {
      let number = errno
      if descriptor >= 0 { close(descriptor) }
      throw OrgError(
        .system, "There is no journal of systemd here; name a file to log to with --log-file.",
        errno: Errno(rawValue: number))
    }
  }

  deinit { close(descriptor) }

  func write(_ record: LogRecord) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let datagram = record.datagram
    // By name each time, for the journal may have been started again.
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(
          descriptor, datagram, datagram.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
          $0,
          socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
