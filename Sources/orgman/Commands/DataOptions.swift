import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore
import Synchronization

/// Options of every command.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use the data in this directory, or in the PostgreSQL database with this address.", valueName: "data"),
    completion: .directory)
  var data: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Act as this user: see what the user may see, and change what the user's roles allow.",
      valueName: "user"))
  var actingAs: String?

  @Flag(help: "Change nothing, whatever the command.")
  var readOnly = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup(title: "Logging") var log: LogOptions

  func validate() throws {
    // An empty value probably comes from an unset variable in a script. Opening other data instead
    // would be a nasty surprise.
    if data?.isEmpty == true {
      throw ValidationError("--data names no directory; it is empty.")
    }
    if actingAs?.isEmpty == true { throw ValidationError("--as names no user; it is empty.") }
  }

  /// The store, for what every store can do.
  func store(isReadOnly: Bool = false) throws(OrgError) -> any OrgStore {
    let location = try DataLocation(data)
    try log.start(data: location.display)
    let access = try ActingUser.access(actingAs)
    let opened = try location.open(
      isReadOnly: isReadOnly || readOnly, isShortLived: true, as: access,
      ConfigurationFile.load().configuration.preferences, observer: Log.historyObserver)
    let store = opened.store
    OpenStores.opened(store)
    WaitingReport.watch(store)
    if let files = opened.files { watch(files, reportsRepairs: access == .platformAdmin) }
    try ActingUser.checkSeesAny(store, access)
    return store
  }

  /// - Parameter purpose: what takes the rights of a platform admin, to begin a sentence with: `orgman backup`.
  /// - Throws: `notAllowed` if the rights of a user count.
  func requirePlatformAdmin(for purpose: String) throws(OrgError) {
    try ActingUser.requirePlatformAdmin(for: purpose, actingAs)
  }

  /// The store of the two files, for what is done to files alone.
  ///
  /// - Parameters:
  ///   - purpose: what needs them: `orgman backup`.
  ///   - alternative: what does it in a database, as it can follow a semicolon.
  /// - Throws: `invalidValue` for a database.
  func fileStore(
    for purpose: String, instead alternative: String, isReadOnly: Bool = false
  ) throws(OrgError) -> FileStore {
    try requirePlatformAdmin(for: purpose)
    let location = try DataLocation(data)
    let directory = try location.directory(for: purpose, instead: alternative)
    guard let files = try store(isReadOnly: isReadOnly) as? FileStore else {
      throw OrgError(.dataNotFound, "There are no data in \(directory.escapedForDisplay).")
    }
    return files
  }

  /// - Parameter reportsRepairs: whether to say what was repaired, which is about all of the data.
  private func watch(_ store: FileStore, reportsRepairs: Bool) {
    let progress = Mutex(Progress())
    store.observeIndexing { done in
      progress.withLock {
        if done.done < done.total {
          $0.show("Making the index of the history", Double(done.done) / Double(done.total))
        } else {
          $0.clear()
        }
      }
    }
    OpenStores.add(store, reportsRepairs: reportsRepairs)
  }

  /// Reads the data and passes them to a command to print. If the data are damaged, the readable part is printed after
  /// an explanation on standard error, and the command fails at the end.
  ///
  /// - Throws: any error of the body; exit status 1 if the data are damaged, unless that is allowed.
  func read(_ damage: DamageOptions, _ body: (any StoreReader) throws -> Void) throws {
    // Opening the store first completes what a crash left half done; otherwise one file could be newer than the other.
    let reader = try store().reader()
    damage.tell(of: reader)
    try body(reader)
    try damage.check(reader)
  }
}

/// The stores that this command has opened.
enum OpenStores {
  private static let all = Mutex<[(store: FileStore, reportsRepairs: Bool)]>([])
  private static let obstacle = Mutex<String?>(nil)

  /// Why the data that were opened last can't be changed; `nil` if they can.
  static var readOnlyReason: String? { obstacle.withLock { $0 } }

  static func opened(_ store: any OrgStore) { obstacle.withLock { $0 = store.readOnlyReason } }

  static func add(_ store: FileStore, reportsRepairs: Bool) {
    all.withLock { $0.append((store, reportsRepairs)) }
  }

  /// Ingests what other programs are still writing to displaced files, so that no work is left for the next command,
  /// and reports automatic repairs on standard error.
  static func finish() {
    for (store, reportsRepairs) in all.withLock({ $0 }) {
      store.finishLateWrites()
      guard reportsRepairs else { continue }
      for repair in store.repairs {
        FileHandle.standardError("orgman: Repaired: \(repair.escapedForDisplay).\n")
      }
    }
  }
}

/// Options of commands that only read the data.
struct DamageOptions: ParsableArguments {
  @Flag(help: "Exit with 0 even if the data are damaged and not all of them are printed.")
  var allowDamaged = false

  /// Reports what is wrong with the data.
  func tell(of reader: any StoreReader) {
    guard let problem = reader.problems.first else { return }
    let what = problem.kind == .invalid ? "The data are damaged, and not all of them are shown. " : ""
    FileHandle.standardError("orgman: \(what)\(problem.sentence)\n")
  }

  /// - Throws: exit status 1 if something is wrong, unless that is allowed. The problem has already been reported.
  func check(_ reader: any StoreReader) throws {
    if !reader.problems.isEmpty, !allowDamaged { throw ExitCode(1) }
  }
}

extension DataProblem {
  /// The problem as a sentence, with a period.
  var sentence: String { "\(self)." }
}

/// Options of commands that print records.
struct ListingOptions: ParsableArguments {
  @Flag(help: "Print CSV (RFC 4180), with the names of the fields in the first line.")
  var csv = false

  @OptionGroup var spreadsheet: SpreadsheetOptions
  @OptionGroup var damage: DamageOptions

  func validate() throws { try spreadsheet.check(isCSV: csv, "--csv") }

  func format(_ options: DataOptions, on output: StandardOutput) -> OutputFormat {
    options.json ? .json : csv ? spreadsheet.csv : output.isTerminal ? .table : .text
  }
}

/// The option of commands that print CSV.
struct SpreadsheetOptions: ParsableArguments {
  @Flag(
    help: """
      In CSV, put an apostrophe before what a spreadsheet would run as a formula: values that begin with =, +, -, @, a \
      tab or a carriage return. import takes them as they are, so keep it out of what is imported again.
      """)
  var spreadsheet = false

  /// The format that it makes of CSV.
  var csv: OutputFormat { spreadsheet ? .spreadsheet : .csv }

  /// - Throws: `ValidationError` if it is given and no CSV is printed.
  func check(isCSV: Bool, _ option: String) throws {
    if spreadsheet, !isCSV { throw ValidationError("--spreadsheet is about CSV; say \(option), too.") }
  }
}

/// Options of commands that change something.
struct ConfirmationOptions: ParsableArguments {
  @Flag(help: "Show what would be done, and do nothing; with --json, as a document for orgman apply.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Don't ask.")
  var yes = false

  /// Asks the user on the terminal. Refuses if there is none.
  ///
  /// - Parameter isInputTaken: whether standard input is read for another purpose.
  func confirm(_ question: String, isInputTaken: Bool = false) throws {
    if yes { return }
    // Don't ask for what is refused then.
    if let reason = OpenStores.readOnlyReason {
      throw OrgError(.readOnly, "Nothing can be changed: \(reason).")
    }
    // A user who pipes something in can still be asked if there is a terminal.
    let terminal = isInputTaken && isatty(STDERR_FILENO) == 1 ? fopen("/dev/tty", "re") : nil
    defer { if let terminal { fclose(terminal) } }
    guard terminal != nil || (!isInputTaken && isatty(STDIN_FILENO) == 1) else {
      throw OrgError(
        .cancelled, "\(question) There is no terminal to ask on: say --yes, or look first with --dry-run.")
    }
    FileHandle.standardError("\(question) [y/N] ")
    guard let answer = terminal.map({ Self.line($0) }) ?? readLine(),
      ["y", "yes"].contains(answer.lowercased())
    else {
      throw OrgError(.cancelled, "Nothing was changed.")
    }
  }
}

extension ConfirmationOptions {
  private static func line(_ file: UnsafeMutablePointer<FILE>) -> String {
    var bytes: [UInt8] = []
    while bytes.count < 16 {
      let byte = fgetc(file)
      guard byte >= 0, byte != 0x0A else { break }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

enum FileHandle {
  /// Writes to standard error without buffering.
  static func standardError(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Runs a command, and converts an error to one line on standard error and the corresponding exit status: 1 refused or
/// failed, 2 not found, 3 conflict.
func exitingWithStatus(_ body: () throws -> Void) throws {
  defer { OpenStores.finish() }
  do {
    try body()
  } catch let error as OrgError {
    Log.failure(error)
    // The configuration is read only where it matters.
    let message =
      error.holder == nil
      ? error.message : error.message(in: ConfigurationFile.load().configuration.preferences.timeZone)
    FileHandle.standardError("orgman: \(message)\n")
    // The message has the first.
    for reason in error.reasons.dropFirst().prefix(50) { FileHandle.standardError("  \(reason)\n") }
    if error.reasons.count > 51 { FileHandle.standardError("  … and \(error.reasons.count - 51) more.\n") }
    switch error.code {
    case .organizationNotFound, .memberNotFound, .dataNotFound: throw ExitCode(2)
    case .conflict: throw ExitCode(3)
    default: throw ExitCode(1)
    }
  }
}

/// Encodes a value as pure ASCII JSON with sorted keys.
///
/// - Parameter isPretty: whether it takes several lines.
func encodedJSON(_ value: some Encodable, isPretty: Bool = true) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
  return Encoded.ascii(json: String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Prints a value as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
  let output = StandardOutput()
  try output.write(try encodedJSON(value) + "\n")
  try output.flush()
}
