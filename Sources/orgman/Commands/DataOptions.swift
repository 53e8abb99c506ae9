import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

/// What every command takes.
struct DataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Use the data in this directory.", valueName: "dir"))
  var data: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup(title: "Logging") var log: LogOptions

  func store(isReadOnly: Bool = false) throws(OrgError) -> FileStore {
    let directory = DataLocation.directory(named: data)
    try log.start(data: directory)
    return try FileStore(path: directory, isReadOnly: isReadOnly)
  }
}

/// What commands that change something take.
struct ConfirmationOptions: ParsableArguments {
  @Flag(help: "Show what would be done, and do nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Don't ask.")
  var yes = false

  /// Asks on the terminal. Where there is none, what asks is refused.
  func confirm(_ question: String) throws {
    if yes { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw OrgError(
        .cancelled, "\(question) There is no terminal to ask on: say --yes, or look first with --dry-run.")
    }
    FileHandle.standardError("\(question) [y/N] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw OrgError(.cancelled, "Nothing was changed.")
    }
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

/// Prints a value as JSON, the keys in order.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
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
      throw OrgError(.organizationNotFound, "There is no organization \(name.quoted).")
    }
    guard candidates.count == 1 else {
      let list = candidates.prefix(5).map { "\($0.id.escapedForDisplay) (\($0.name.escapedForDisplay))" }
      throw OrgError(
        .organizationNotFound,
        "\(name.quoted) fits \(candidates.count) organizations: \(list.joined(separator: ", ")).")
    }
    return first
  }
}
