import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

extension TransferFormat: ExpressibleByArgument {}

/// `orgman import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import organizations and members from a file, such as one that export wrote.",
    discussion: """
      Creates what isn't there, changes what differs, and removes nothing; a second time it changes nothing. All of \
      it is one change, which can be undone. If one record is wrong, nothing is imported, and each is named with its \
      line; --skip-bad imports the others.

      What changes values that are there is shown first, and asks. What isn't said stays as it is; in CSV, an empty \
      billing id is none. A directory that --data names and that isn't there is made.

      CSV needs the names of columns in the first line: \
      \(ExportCommand.columns.map(\.key).joined(separator: ", ")), or some of them, in any order. What \
      list --csv and members --csv print is taken, too.
      """)

  @Argument(help: "The file; - or none reads standard input.", completion: .file())
  var file: String?

  @Option(help: "csv, json or jsonl; without it, what the file's name ends in, or what it looks like.")
  var format: TransferFormat?

  @Flag(help: "Import the records that are right, and list the others.")
  var skipBad = false

  @Flag(help: "Even if an organization loses its last owner by it.")
  var allowOwnerless = false

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  /// The maximum number of errors. With more, the problem isn't just with single records.
  private static let mostErrors = 100_000

  private struct Result: Encodable {
    let created, added, changed, skipped: Int
  }

  func validate() throws {
    if file == nil, isatty(STDIN_FILENO) == 1 {
      throw ValidationError("Name a file to import, or - for standard input.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      let path = file ?? "-"
      let store = try openStore()
      if let reason = store?.readOnlyReason, !confirmation.dryRun {
        throw OrgError(.readOnly, "Nothing can be changed: \(reason).")
      }
      let reader = try store?.reader() ?? InMemoryStore().reader()
      if let problem = reader.problems.first { throw problem.refusal }
      let progress = Progress()
      defer { progress.clear() }
      var plan = ImportPlan(on: reader, allowsOwnerless: allowOwnerless)
      let source = try ByteSource(path: path)
      source.onProgress = { source in
        progress.show(
          source.size == nil ? "Reading \(source.position >> 10) KiB" : "Reading",
          source.size.map { Double(source.position) / Double(max(1, $0)) })
      }
      try read(source, into: &plan)
      progress.show("Checking", nil)
      let preview = try plan.checked()
      progress.clear()
      try report(plan, source.name)
      let changed = preview.effective.count { $0.isOverwriting }
      if confirmation.dryRun { return try show(plan, preview, store) }
      if changed > 0 {
        try ask(preview, changed, isInputTaken: path == "-")
      }
      progress.show("Saving", nil)
      let commit = try OrgManager(store: store ?? createStore()).commit(plan.set)
      progress.clear()
      try conclude(commit, skipped: plan.errors.count)
    }
  }

  private func read(_ source: ByteSource, into plan: inout ImportPlan) throws {
    var reader = try makeReader(source)
    while true {
      do {
        guard let row = try reader.next() else { return }
        plan.add(row)
      } catch let error as RowError {
        plan.refuse(error)
      }
      guard plan.errors.count <= Self.mostErrors else {
        throw OrgError(
          .invalidValue,
          "More than \(Self.mostErrors) records of \(source.name) are wrong, so nothing was imported. The first, in line \(plan.errors[0].line): \(plan.errors[0].message)."
        )
      }
    }
  }

  private func makeReader(_ source: ByteSource) throws -> any RowReader {
    var format = self.format ?? file.flatMap { TransferFormat(path: $0) }
    // An export of no organizations as JSON Lines is empty; in all other formats it isn't.
    if format != .jsonl, try source.peek() == nil {
      throw OrgError(.invalidValue, "\(source.name) is empty, so nothing was imported.")
    }
    if format == nil {
      while let byte = try source.peek(), JSONScanner.isSpace(byte) {
        _ = try source.next()
      }
      switch try source.peek() {
      case UInt8(ascii: "["), UInt8(ascii: "{"): format = .json
      case nil:
        throw OrgError(.invalidValue, "\(source.name) has nothing but white space, so nothing was imported.")
      default: format = .csv
      }
    }
    if format == .csv { return try CSVReader(source) }
    return JSONReader(source, isLines: format == .jsonl)
  }

  /// Reports bad records, and throws unless they are to be skipped.
  private func report(_ plan: ImportPlan, _ name: String) throws(OrgError) {
    if plan.datesKept > 0 {
      FileHandle.standardError(
        "\(plan.datesKept) time\(plan.datesKept == 1 ? "" : "s") of what is there differ\(plan.datesKept == 1 ? "s" : ""): "
          + "since when something is can't be changed, so it stays.\n")
    }
    guard let first = plan.errors.first else { return }
    if plan.errors.count == 1, !skipBad {
      throw OrgError(
        .invalidValue,
        "\(name), line \(first.line): \(first.message). Nothing was imported; --skip-bad passes it over.")
    }
    for error in plan.errors.prefix(skipBad ? .max : 20) {
      FileHandle.standardError("\(name), line \(error.line): \(error.message)\n")
    }
    guard !skipBad else { return }
    if plan.errors.count > 20 { FileHandle.standardError("… and \(plan.errors.count - 20) more.\n") }
    throw OrgError(
      .invalidValue,
      "\(plan.errors.count) records of \(name) are wrong, so nothing was imported; --skip-bad passes them over."
    )
  }

  private func show(_ plan: ImportPlan, _ preview: Preview, _ store: (any OrgStore)?) throws {
    if options.json {
      return try printJSON(
        ChangeDocument(plan.set, previewed: preview, generation: try store?.newestGeneration()))
    }
    let output = StandardOutput()
    if preview.recorded.isEmpty { try output.write("No changes needed.\n") }
    for change in preview.recorded { try output.write(change.summary + "\n") }
    try output.flush()
  }

  private func ask(_ preview: Preview, _ changed: Int, isInputTaken: Bool) throws {
    guard !confirmation.yes else { return }
    for change in preview.recorded.lazy.filter({ $0.change.isOverwriting }).prefix(20) {
      FileHandle.standardError(change.summary + "\n")
    }
    if changed > 20 { FileHandle.standardError("… and \(changed - 20) more.\n") }
    let added = preview.effective.count - changed
    try confirmation.confirm(
      "Change \(changed == 1 ? "this value" : "these \(changed) values")"
        + (added > 0 ? ", and add \(added) record\(added == 1 ? "" : "s")?" : "?"), isInputTaken: isInputTaken
    )
  }

  private func conclude(_ commit: Commit, skipped: Int) throws {
    var counts = (created: 0, added: 0, changed: 0)
    for change in commit.changes {
      switch change {
      case .createOrganization: counts.created += 1
      case .addMember: counts.added += 1
      default: counts.changed += 1
      }
    }
    if options.json {
      return try printJSON(
        Result(created: counts.created, added: counts.added, changed: counts.changed, skipped: skipped))
    }
    func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
    let output = StandardOutput()
    try output.write(
      commit.changes.isEmpty
        ? "No changes needed."
        : "Created \(count(counts.created, "organization")), added \(count(counts.added, "member")), changed "
          + "\(count(counts.changed, "value")).")
    try output.write(skipped > 0 ? " Passed over \(count(skipped, "record")).\n" : "\n")
    try output.flush()
  }

  // MARK: The data

  /// Opens the data; `nil` if there are none yet.
  private func openStore() throws(OrgError) -> (any OrgStore)? {
    do {
      return try options.store(isReadOnly: confirmation.dryRun)
    } catch {
      guard error.code == .dataNotFound, !options.readOnly, options.data != nil || confirmation.yes else {
        throw error
      }
      return nil
    }
  }

  private func createStore() throws(OrgError) -> any OrgStore {
    try options.requirePlatformAdmin(for: "Creating data")
    try FileStore.create(
      at: DataLocation(options.data).directory(for: "Creating data", instead: "orgman init prepares it"))
    return try options.store()
  }
}

extension Change {
  /// Whether it replaces an existing value.
  fileprivate var isOverwriting: Bool {
    switch self {
    case .setField, .setRole: true
    case .createOrganization, .removeOrganization, .addMember, .removeMember: false
    }
  }
}
