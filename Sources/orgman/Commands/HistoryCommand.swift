import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

/// `orgman history`
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show who changed what when, newest first, or remove what is old.",
    discussion: """
      orgman history [ORG] is short for orgman history list [ORG]; say list where an organization has the name of one \
      of these commands.
      """,
    subcommands: [HistoryListCommand.self, PruneCommand.self], defaultSubcommand: HistoryListCommand.self)
}

/// `orgman history list`, the default subcommand of `orgman history`.
struct HistoryListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show who changed what when, newest first.",
    discussion: """
      Changes that other programs made are shown, too, as far as orgman saw them. A TIME is a day or a moment: today, \
      yesterday, monday, 2h, 7d, 09:30, 2026-11-30 or "2026-11-30 09:30", in the zone that time-zone in the \
      configuration says; --until goes up to the end of it. A FILTER is what the screen takes after /, as in \
      "yesterday by:alice !kind:undo".
      """)

  @Argument(
    help: "Only this organization: its id, the unique start of one, or its exact name.",
    completion: .organizations)
  var organization: String?

  @Option(help: ArgumentHelp("Only from this time on.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only up to this time.", valueName: "time"))
  var until: String?

  @Option(
    help: ArgumentHelp(
      "Only what such a user, login, machine or address did; outside: other programs.", valueName: "who"))
  var by: String?

  @Option(help: ArgumentHelp("Only changes of memberships of such a user.", valueName: "user"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "Only what came about so: edit, undo, redo, outside, repair, restore or erase, or several with commas.",
      valueName: "kind"))
  var kind: String?

  @Option(help: ArgumentHelp("Only what this finds.", valueName: "filter"))
  var filter: String?

  @Option(
    parsing: .unconditional,
    help: "Show at most so many generations; without it 50, and all for --csv and --jsonl.",
    transform: number(from: 1))
  var limit: Int?

  @Flag(help: "Print CSV (RFC 4180) for an audit: a line for each change, times in UTC.")
  var csv = false

  @Flag(help: "Print JSON Lines for an audit: a generation a line, times in UTC.")
  var jsonl = false

  @OptionGroup var options: DataOptions

  func validate() throws {
    if [csv, jsonl, options.json].count(where: { $0 }) > 1 {
      throw ValidationError("Only one of --csv, --jsonl and --json can be asked for.")
    }
    _ = try query()
  }

  /// The query that the options come to.
  private func query() throws -> HistoryQuery {
    let fields = [("since", since), ("until", until), ("by", by), ("user", user), ("kind", kind)]
    var terms: [QueryTerm<HistoryQuery.Condition>] = []
    for (name, value) in fields {
      guard let value else { continue }
      let quoted = value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
      do throws(QueryError) {
        terms += try HistoryQuery("\(name):\"\(quoted)\"").terms
      } catch {
        let prefix = "\(name): "
        let message =
          error.message.hasPrefix(prefix)
          ? "--\(name) \(error.message.dropFirst(prefix.count))" : error.message
        throw ValidationError(message)
      }
    }
    do throws(QueryError) {
      return HistoryQuery(terms: terms + (try HistoryQuery(filter ?? "").terms))
    } catch {
      throw ValidationError("--filter can't be read: \(error.message)")
    }
  }

  func run() throws {
    try exitingWithStatus {
      // Opening the store for writing lets it update the index, if that is allowed.
      let store = try options.store()
      let zone = ConfigurationFile.load().configuration.preferences.timeZone
      var subject = HistoryFilter()
      if let organization { subject.organization = try store.reader().organization(named: organization).id }
      let filter = try query().filter(subject, now: .now(), zone: zone)
      let limit = self.limit ?? (csv || jsonl ? .max : 50)
      let printer = try HistoryPrinter(
        csv ? .csv : jsonl ? .jsonl : options.json ? .json : .text, on: StandardOutput(), zone)
      // A user sees a part of it.
      let isWhole = try filter.isEmpty && store.reader().access == .platformAdmin
      var gap: String?
      var last: UInt64?
      var count = 0
      var position: HistoryCursor?
      repeat {
        let page = try store.history(matching: filter, from: position, limit: min(1000, limit - count))
        for entry in page.entries {
          if isWhole, gap == nil, let last { gap = Self.gap(between: last, and: entry.generation) }
          last = entry.generation
          try printer.add(entry)
        }
        count += page.entries.count
        position = page.next
      } while position != nil && count < limit
      try printer.finish(
        none: filter.isEmpty
          ? "There is no history yet."
          : filter == subject
            ? "The history has no change of it." : "Nothing in the history matches that.")
      if let gap {
        throw OrgError(
          .damagedData,
          store is FileStore
            ? "The history is damaged: \(gap) can't be read. See orgman doctor."
            : "The history isn't whole: \(gap) isn't in the table orgman.history any more.")
      }
    }
  }

  /// The missing generations between two; `nil` if none are missing.
  private static func gap(between newer: UInt64, and older: UInt64) -> String? {
    guard newer > older, newer - older > 1 else { return nil }
    let (first, last) = (older + 1, newer - 1)
    return first == last ? "generation \(first)" : "generations \(first) to \(last)"
  }
}

/// Prints generations as they are found.
private final class HistoryPrinter {
  enum Format {
    case text, json, jsonl, csv
  }

  private let format: Format
  private let output: StandardOutput
  private let zone: DisplayZone
  private var listing: Listing?
  private var entries: [HistoryJSON] = []
  private var isEmpty = true

  private static let columns = [
    "generation", "time", "kind", "of", "user", "login", "sudo_user", "ssh_client", "acting_as", "host",
    "org_id",
    "org_name",
    "user_id", "op", "field", "from", "to", "summary", "note",
  ].map { Column($0, nil) }

  init(_ format: Format, on output: StandardOutput, _ zone: DisplayZone) throws(OrgError) {
    (self.format, self.output, self.zone) = (format, output, zone)
    if format == .csv { listing = try Listing(Self.columns, as: .csv, on: output) }
  }

  func add(_ entry: HistoryEntry) throws(OrgError) {
    isEmpty = false
    switch format {
    case .text: try output.write(entry.lines(zone).joined(separator: "\n") + "\n")
    case .json: entries.append(HistoryJSON(entry))
    case .jsonl:
      guard let text = try? encodedJSON(HistoryJSON(entry), isPretty: false) else { return }
      try output.write(text + "\n")
    case .csv:
      let actor = entry.writer ?? entry.actor
      let head: [Cell] = [
        .number(Int(clamping: entry.generation)), .time(entry.time), .text(entry.kind.name),
        .text(entry.kind.subject.map { String($0) }), .text(actor.user), .text(actor.login),
        .text(actor.claimedSudoUser), .text(actor.claimedSSHClient), .text(actor.actingAs),
        .text(actor.host),
      ]
      for recorded in entry.changes {
        let record = ChangeRecord(recorded)
        try listing?.add(
          head + [
            .text(record.org), .text(record.name), .text(record.user), .text(record.op), .text(record.field),
            .text(record.from), .text(record.to), .text(recorded.summary), .text(entry.note),
          ])
      }
      if entry.changes.isEmpty {
        try listing?.add(head + Array(repeating: .text(nil), count: 8) + [.text(entry.note)])
      }
    }
  }

  /// - Parameter none: what to say where there was nothing.
  func finish(none: String) throws {
    if format == .json { try printJSON(entries) }
    if format == .text, isEmpty { try output.write(none + "\n") }
    try output.flush()
  }
}

extension HistoryEntry {
  /// The entry for display: one line, and further lines for further changes.
  fileprivate func lines(_ zone: DisplayZone) -> [String] {
    let what: String =
      switch kind {
      case .edit: ""
      case .undo(let generation): "undid \(generation): "
      case .redo(let generation): "redid \(generation): "
      case .foreign: "changed outside orgman: "
      case .repair: "repaired: "
      case .restore: "restored: "
      case .erase: "erased: "
      }
    let whole = changes.map(\.summary)
    let head = "\(generation)  \(zone.fullText(time))  \(actor)  \(what)"
    var lines = [head + (whole.first ?? note?.escapedForDisplay ?? "format only")]
    lines += whole.dropFirst().map { "      \($0)" }
    if !reverted.isEmpty {
      let list = reverted.map(String.init).joined(separator: ", ")
      lines.append("      took back generation \(list); orgman redo \(reverted[0]) does it again")
    }
    if let note, !whole.isEmpty { lines.append("      \(note.escapedForDisplay)") }
    if !refused.isEmpty {
      let count = refused.count == 1 ? "1 change of it was" : "\(refused.count) changes of it were"
      lines.append(
        "      \(count) not made; orgman accept \(generation) makes \(refused.count == 1 ? "it" : "them"):")
      lines += refused.map { "        \($0.summary)" }
    }
    return lines
  }
}

/// An entry of the history as JSON.
struct HistoryJSON: Encodable {
  /// The subject of a change, what was done, and a description of it.
  struct What: Encodable {
    let organization, name, summary: String
    let user: String?
    let op: String
    let field, from, to: String?

    init(_ recorded: RecordedChange) {
      (organization, name) = (recorded.change.organizationID, recorded.organizationName)
      (summary, user) = (recorded.summary, recorded.change.userID)
      let record = ChangeRecord(recorded)
      (op, field, from, to) = (record.op, record.field, record.from, record.to)
    }
  }

  let generation: UInt64
  let time, kind: String
  let of: UInt64?
  let actor: Actor
  let changes: [What]
  let reverted: [UInt64]
  /// Changes in another program's files that the data don't include.
  let refused: [What]
  let note: String?

  init(_ entry: HistoryEntry) {
    generation = entry.generation
    time = entry.time.description
    (kind, of) = (entry.kind.name, entry.kind.subject)
    actor = entry.actor
    changes = entry.changes.map(What.init)
    refused = entry.refused.map(What.init)
    reverted = entry.reverted
    note = entry.note
  }
}
