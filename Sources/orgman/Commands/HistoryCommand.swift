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
    discussion: "Changes that other programs made are shown, too, as far as orgman saw them.")

  @Argument(
    help: "Only this organization: its id, the unique start of one, or its exact name.",
    completion: .organizations)
  var organization: String?

  @Option(parsing: .unconditional, help: "Show at most so many generations.", transform: number(from: 1))
  var limit = 50

  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      // Opening the store for writing lets it update the index, if that is allowed.
      let store = try options.store()
      var filter = HistoryFilter()
      if let organization { filter.organization = try store.reader().organization(named: organization).id }
      var page = try store.history(matching: filter, from: nil, limit: limit)
      var entries = page.entries
      while entries.count < limit, let next = page.next {
        page = try store.history(matching: filter, from: next, limit: limit - entries.count)
        entries += page.entries
      }
      let gap = filter.isEmpty ? Self.gap(in: entries) : nil
      if options.json {
        try printJSON(entries.map(HistoryJSON.init))
      } else if entries.isEmpty {
        print(filter.isEmpty ? "There is no history yet." : "The history has no change of it.")
      }
      if !options.json { for entry in entries { print(entry.lines.joined(separator: "\n")) } }
      if let gap {
        throw OrgError(
          .damagedData,
          store is FileStore
            ? "The history is damaged: \(gap) can't be read. See orgman doctor."
            : "The history isn't whole: \(gap) isn't in the table orgman.history any more.")
      }
    }
  }

  /// The newest missing generations within the entries; `nil` if none are missing.
  private static func gap(in entries: [HistoryEntry]) -> String? {
    for (newer, older) in zip(entries, entries.dropFirst())
    where newer.generation > older.generation && newer.generation - older.generation > 1 {
      let (first, last) = (older.generation + 1, newer.generation - 1)
      return first == last ? "generation \(first)" : "generations \(first) to \(last)"
    }
    return nil
  }
}

extension HistoryEntry {
  /// The entry for display: one line, and further lines for further changes.
  fileprivate var lines: [String] {
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
    let head = "\(generation)  \(time.description.prefix(19))  \(actor)  \(what)"
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
  /// The subject of a change and a description of it. The exact values are available from a preview.
  struct What: Encodable {
    let organization, name, summary: String
    let user: String?

    init(_ recorded: RecordedChange) {
      (organization, name) = (recorded.change.organizationID, recorded.organizationName)
      (summary, user) = (recorded.summary, recorded.change.userID)
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
