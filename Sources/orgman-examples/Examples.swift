import ArgumentParser
import FoundationEssentials
import OrgCore
import OrgFileStore

/// Runs the examples, each on a data directory of its own.
@main
struct Examples: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orgman-examples", abstract: "Run the examples of the Swift library, or one of them.",
    discussion:
      "Each works on a temporary data directory, which is removed at the end, and prints what it did.")

  @Argument(help: "The example to run, as --list names it; all of them without it.")
  var name: String?

  @Flag(help: "List the examples.")
  var list = false

  func validate() throws {
    if let name, !Example.all.contains(where: { $0.name == name }) {
      throw ValidationError("There is no example \(name.quoted); --list names them.")
    }
  }

  func run() throws {
    if list {
      for example in Example.all { print("\(example.name)  \(example.summary)") }
      return
    }
    for example in Example.all where name == nil || name == example.name {
      print("# \(example.summary)")
      try example.runInTemporaryDirectory { _, line in print(line) }
      print()
    }
  }
}

/// One thing that a service does with the library.
struct Example: Sendable {
  /// What it is called on the command line.
  let name: String
  /// What it shows.
  let summary: String
  /// Works on the data in a directory, and says what it did.
  let run: @Sendable (_ directory: String, _ say: (String) -> Void) throws(OrgError) -> Void

  static let all = [
    Example(name: "create", summary: "Creating organizations", run: createOrganizations),
    Example(name: "users", summary: "Adding users", run: addUsers),
    Example(name: "roles", summary: "Managing roles", run: manageRoles),
    Example(name: "billing", summary: "Billing ids", run: setBillingIDs),
    Example(name: "plans", summary: "Plan upgrades along the tiers", run: upgradePlans),
    Example(name: "memberships", summary: "A user's organizations", run: listMemberships),
    Example(name: "search", summary: "Searching and filtering", run: searchAndFilter),
    Example(name: "life", summary: "An organization's life from creation to deletion", run: liveAndDie),
    Example(name: "errors", summary: "Handling every error", run: handleErrors),
    Example(name: "workflow", summary: "A workflow over several organizations", run: workOnSeveral),
  ]

  /// Runs it in a directory that is made for it, with two empty data files, and removed behind it.
  ///
  /// - Parameter say: takes the directory and a line.
  func runInTemporaryDirectory(say: (String, String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "orgman-example-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileStore.create(at: directory)
    var lines: [String] = []
    try run(directory) { lines.append($0) }
    for line in lines { try say(directory, line) }
  }
}
