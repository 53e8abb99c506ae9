import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

/// What every command takes.
struct DataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Use the data in this directory.", valueName: "dir"), completion: .directory)
  var data: String?

  @Flag(help: "Change nothing, whatever the command.")
  var readOnly = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup(title: "Logging") var log: LogOptions

  func validate() throws {
    // As from a script whose variable is empty: opening other data instead would be a nasty surprise.
    if data?.isEmpty == true {
      throw ValidationError("--data names no directory; it is empty.")
    }
  }

  func store(isReadOnly: Bool = false) throws(OrgError) -> FileStore {
    let directory = DataLocation.directory(named: data)
    try log.start(data: directory)
    return try FileStore(path: directory, isReadOnly: isReadOnly || readOnly)
  }

  /// The data as they are, for who only looks.
  func snapshot() throws(OrgError) -> Snapshot {
    // What a crash left half done is done first, or one file could be newer than the other.
    let snapshot = try store().snapshot()
    // What is readable is shown, and that it isn't all.
    if let problem = snapshot.problems.first {
      FileHandle.standardError("orgman: The data are damaged, and not all of them are shown. \(problem)\n")
    }
    return snapshot
  }
}

/// What commands take that print records.
struct ListingOptions: ParsableArguments {
  @Flag(help: "Print CSV (RFC 4180), with the names of the fields in the first line.")
  var csv = false

  func format(_ options: DataOptions, on output: StandardOutput) -> OutputFormat {
    options.json ? .json : csv ? .csv : output.isTerminal ? .table : .text
  }
}

/// What commands that change something take.
struct ConfirmationOptions: ParsableArguments {
  @Flag(help: "Show what would be done, and do nothing; with --json, as a document for orgman apply.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Don't ask.")
  var yes = false

  /// Asks on the terminal. Where there is none, what asks is refused.
  ///
  /// - Parameter isInputTaken: whether standard input is read for something else.
  func confirm(_ question: String, isInputTaken: Bool = false) throws {
    if yes { return }
    // Who pipes something in can still be asked, where there is a terminal behind.
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
  /// Writes to standard error at once.
  static func standardError(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Runs a command and turns what it throws into one line on standard error and the exit status of its kind:
/// 1 refused or failed, 2 not found, 3 conflict.
func exitingWithStatus(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as OrgError {
    Log.failure(error)
    FileHandle.standardError("orgman: \(error.message)\n")
    switch error.code {
    case .organizationNotFound, .memberNotFound, .dataNotFound: throw ExitCode(2)
    case .conflict: throw ExitCode(3)
    default: throw ExitCode(1)
    }
  }
}

/// A value as JSON, the keys in order, in ASCII alone.
func encodedJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return Encoded.ascii(json: String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Prints a value as JSON, the keys in order.
func printJSON(_ value: some Encodable) throws {
  let output = StandardOutput()
  try output.write(try encodedJSON(value) + "\n")
  try output.flush()
}

extension Snapshot {
  /// The organization that somebody names by its id, the unique start of one, or its exact name.
  ///
  /// - Throws: `organizationNotFound`, also where the name fits several: then they are listed.
  func organization(named name: String) throws(OrgError) -> Organization {
    if let organization = organization(id: name) { return organization }
    let named = organizations.filter { $0.name == name }
    let candidates =
      named.isEmpty && name.hasPrefix("org_") ? organizations.filter { $0.id.hasPrefix(name) } : Array(named)
    guard let first = candidates.first else {
      throw OrgError(
        .organizationNotFound,
        "There is no organization \(name.quoted); name it by its id, the unique start of one, or its exact name."
      )
    }
    guard candidates.count == 1 else {
      let list = candidates.prefix(5).map { "\($0.id.escapedForDisplay) (\($0.name.escapedForDisplay))" }
      let more = candidates.count > 5 ? ", …" : ""
      throw OrgError(
        .organizationNotFound,
        "\(name.quoted) fits \(candidates.count) organizations: \(list.joined(separator: ", "))\(more).")
    }
    return first
  }

  /// The organizations that an argument names: one, or for `-` those whose ids stand in standard input.
  func organizations(from argument: String) throws(OrgError) -> [Organization] {
    guard argument == "-" else { return [try organization(named: argument)] }
    var organizations: [Organization] = []
    for (number, line) in try StandardInput.lines() {
      // What orgman list prints can be passed on as it is.
      let id = line.prefix { $0 != "\t" }
      guard let organization = organization(id: String(id)) else {
        throw OrgError(
          .organizationNotFound,
          "Standard input, line \(number): there is no organization with the id \(String(id).quoted).")
      }
      organizations.append(organization)
    }
    return organizations
  }
}

/// Lines of standard input.
enum StandardInput {
  private static let limit = 64 << 20

  /// The lines that aren't empty, with their numbers from 1.
  ///
  /// - Throws: `system` where it can't be read, `invalidValue` for more than 64 MiB or what isn't UTF-8.
  static func lines() throws(OrgError) -> [(number: Int, text: String)] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw OrgError(
          .system, "Standard input can't be read: \(String(cString: strerror(errno))).", errno: errno)
      }
      if count == 0 { break }
      bytes += chunk[..<count]
      guard bytes.count <= limit else {
        throw OrgError(.invalidValue, "Standard input has more than 64 MiB; pass on fewer ids at a time.")
      }
    }
    var lines: [(Int, String)] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard !line.isEmpty else { continue }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw OrgError(.invalidValue, "Standard input, line \(index + 1): this is no UTF-8.")
      }
      lines.append((index + 1, text))
    }
    return lines
  }
}
