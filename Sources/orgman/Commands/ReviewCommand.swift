import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman review`
struct ReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "List who has which role where, since when and granted by whom.",
    discussion: """
      The query is that of orgman list; without it, the members of all organizations are listed, deleted ones too. They are \
      sorted by organization and user. Since when they have their roles, and who granted them, the history says: where it \
      doesn't, since is when the user joined, and who granted the role isn't known. With --markdown, each organization has a \
      line to sign.

      With --since-review each member who was added or removed since, or has another role, is marked in a column, change, and \
      earlier_role is what the role was. Organizations that the query leaves out aren't compared. Then it exits with 3 where \
      something differs, and with 0 where nothing does. A summary is printed on standard error.
      """)

  @Argument(help: "The terms of the query.")
  var query: [String] = []

  @Flag(help: "Write Markdown, with a line to sign for each organization.")
  var markdown = false

  @Option(
    help: ArgumentHelp(
      "Write it to this file, for you alone to read; one that is there isn't overwritten. Its name says the format where no option does: .md, .csv or .json.",
      valueName: "file"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Compare with an earlier review, which orgman review --csv wrote.", valueName: "file"),
    completion: .file())
  var sinceReview: String?

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  private enum Format {
    case markdown, csv, json, listed
  }

  /// The format that is asked for, or that the file's name names; `nil` for a name that names none.
  private var format: Format? {
    if markdown { return .markdown }
    if listing.csv { return .csv }
    if options.json { return .json }
    guard let output else { return .listed }
    return switch TransferFormat.suffix(of: output).lowercased() {
    case "md", "markdown": .markdown
    case "csv": .csv
    case "json": .json
    default: nil
    }
  }

  func validate() throws {
    if [markdown, listing.csv, options.json].count(where: { $0 }) > 1 {
      throw ValidationError("Only one of --markdown, --csv and --json can be asked for.")
    }
    if let output, format == nil {
      throw ValidationError(
        "\(output.quoted) doesn't say which format it is to have; end it in .md, .csv or .json, or say --markdown, --csv or --json."
      )
    }
    for (name, file) in [("--output", output), ("--since-review", sinceReview)] where file?.isEmpty == true {
      throw ValidationError("\(name) names no file; it is empty.")
    }
  }

  func run() throws {
    let text = query.joined(separator: " ")
    // What can't be read whichever roles there are is refused before the data are read.
    if (try? Query(text, roles: Role.allCases)) == nil {
      _ = try Query(argument: text, roles: Rules.files.roles)
    }
    try exitingWithStatus {
      var earlier: EarlierReview?
      if let sinceReview { earlier = try EarlierReview(path: sinceReview) }
      // Opening the store for writing lets it update the index of the history, if that is allowed.
      let store = try options.store()
      let reader = try store.reader()
      let query = try Query(argument: text, roles: reader.summary.roles)
      listing.damage.tell(of: reader)
      let review = try AccessReview(
        of: query, in: reader, of: store, isSelection: !text.allSatisfy(\.isWhitespace), since: earlier)
      if let output {
        try OutputFile.write(to: output) { try review.write(to: try writer(on: $0, earlier)) }
      } else {
        try review.write(to: try writer(on: StandardOutput(), earlier))
      }
      FileHandle.standardError("orgman: \(review.summary)\n")
      try listing.damage.check(reader)
      if review.hasDifferences { throw ExitCode(3) }
    }
  }

  private func writer(on output: StandardOutput, _ earlier: EarlierReview?) throws -> any ReviewWriter {
    switch format ?? .listed {
    case .markdown:
      MarkdownReview(
        output, of: try DataLocation(options.data).display, as: try ActingUser.access(options.actingAs).user,
        comparesWith: sinceReview)
    case .csv: try ListedReview(listing.spreadsheet.csv, on: output, compares: earlier != nil)
    case .json: try ListedReview(.json, on: output, compares: earlier != nil)
    case .listed: try ListedReview(output.isTerminal ? .table : .text, on: output, compares: earlier != nil)
    }
  }
}
