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

/// `orgman history list`, which is what `orgman history` alone means.
struct HistoryListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show who changed what when, newest first.",
    discussion: "Changes that other programs made are shown, too, as far as orgman saw them.")

  @Argument(
    help: "Only this organization: its id, the unique start of one, or its exact name.",
    completion: .organizations)
  var organization: String?

  @Option(help: "Show at most so many generations.")
  var limit = 50

  @OptionGroup var options: DataOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is \(limit), but it must be at least 1.") }
  }

  func run() throws {
    try exitingWithStatus {
      // What it is looked up in is brought up to date, where that is allowed.
      let store = try options.store()
      var filter = HistoryFilter()
      if let organization { filter.organization = try store.snapshot().organization(named: organization).id }
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
        throw OrgError(.damagedData, "The history is damaged: \(gap) can't be read. See orgman doctor.")
      }
    }
  }

  /// The newest generations that are missing between others; `nil` where none are.
  private static func gap(in entries: [HistoryEntry]) -> String? {
    for (newer, older) in zip(entries, entries.dropFirst()) where older.generation + 1 < newer.generation {
      let (first, last) = (older.generation + 1, newer.generation - 1)
      return first == last ? "generation \(first)" : "generations \(first) to \(last)"
    }
    return nil
  }
}

/// `orgman undo`
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take a change back.",
    discussion: """
      Without a number, your own latest change that isn't undone yet. What somebody changed since is never \
      overwritten: it is a conflict, and nothing is changed.
      """)

  @Argument(help: "The number of the generation, as history shows it.")
  var generation: UInt64?

  @Flag(help: "Even if an organization loses its last owner by it.")
  var allowOwnerless = false

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let store = try options.store(isReadOnly: confirmation.dryRun)
      let manager = OrgManager(store: store)
      let entry: HistoryEntry
      if let generation {
        guard let found = try manager.historyEntry(generation: generation) else {
          throw try store.unknown(generation)
        }
        entry = found
      } else {
        entry = try manager.undoing(by: getuid()).entry
      }
      var set = entry.inverse
      set.allowsOwnerless = allowOwnerless
      try carryOut(set, of: entry, on: manager, confirmation, options)
    }
  }
}

/// `orgman redo`
struct RedoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo", abstract: "Do a change again that was undone, or that another program took back.")

  @Argument(
    help: "The number of the generation with the change, as history shows it; without it, your latest undo.")
  var generation: UInt64?

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let store = try options.store(isReadOnly: confirmation.dryRun)
      let manager = OrgManager(store: store)
      if let generation {
        guard let entry = try manager.historyEntry(generation: generation) else {
          throw try store.unknown(generation)
        }
        let set = ChangeSet(entry.changes.map(\.change), purpose: .redo(of: generation))
        return try carryOut(set, of: entry, on: manager, confirmation, options)
      }
      let (entry, set) = try manager.redoing(by: getuid())
      try carryOut(set, of: entry, on: manager, confirmation, options)
    }
  }
}

extension FileStore {
  /// Says that the history doesn't have a generation, and why.
  fileprivate func unknown(_ generation: UInt64) throws(OrgError) -> OrgError {
    if let first = try historyStart(), generation < first {
      return OrgError(
        .dataNotFound,
        "The history begins at generation \(first), so what generation \(generation) changed is no longer known."
      )
    }
    return OrgError(.dataNotFound, "There is no generation \(generation).")
  }
}

/// Shows what a change set would do, asks, and commits it.
func carryOut(
  _ set: ChangeSet, of entry: HistoryEntry, on manager: OrgManager, _ confirmation: ConfirmationOptions,
  _ options: DataOptions
) throws {
  let recorded = try manager.preview(set, of: entry)
  let lines = recorded.map(\.summary)
  if confirmation.dryRun, options.json {
    return try printJSON(
      ChangeDocument(set, recorded: recorded, generation: try manager.newestGeneration()))
  }
  if lines.isEmpty {
    return options.json
      ? try printJSON(ChangeDocument(set, recorded: recorded, generation: try manager.newestGeneration()))
      : print("No changes needed.")
  }
  // What is asked about is no part of what is printed as JSON.
  if confirmation.dryRun || !confirmation.yes {
    for line in lines { options.json ? FileHandle.standardError(line + "\n") : print(line) }
  }
  if confirmation.dryRun { return }
  try confirmation.confirm("Change \(lines.count == 1 ? "this" : "these \(lines.count) values")?")
  let commit = try manager.commit(set)
  if options.json, let newest = try manager.history(from: nil, limit: 1).entries.first {
    return try printJSON(HistoryJSON(newest))
  }
  print(
    "Done: \(commit.changes.count) change\(commit.changes.count == 1 ? "" : "s"), from generation \(entry.generation)."
  )
}

extension HistoryEntry {
  /// The entry for people: a line, and more for more changes.
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
  struct Who: Encodable {
    let uid: UInt32
    let user: String
    let login, claimedSudoUser, claimedSSHClient: String?
    let host: String
  }

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
  let actor: Who
  let changes: [What]
  let reverted: [UInt64]
  /// What another program's files said and the data don't.
  let refused: [What]
  let note: String?

  init(_ entry: HistoryEntry) {
    generation = entry.generation
    time = entry.time.description
    switch entry.kind {
    case .edit: (kind, of) = ("edit", nil)
    case .undo(let generation): (kind, of) = ("undo", generation)
    case .redo(let generation): (kind, of) = ("redo", generation)
    case .foreign: (kind, of) = ("foreign", nil)
    case .repair: (kind, of) = ("repair", nil)
    case .restore: (kind, of) = ("restore", nil)
    case .erase: (kind, of) = ("erase", nil)
    }
    let actor = entry.actor
    self.actor = Who(
      uid: actor.uid, user: actor.user, login: actor.login, claimedSudoUser: actor.claimedSudoUser,
      claimedSSHClient: actor.claimedSSHClient, host: actor.host)
    changes = entry.changes.map(What.init)
    refused = entry.refused.map(What.init)
    reverted = entry.reverted
    note = entry.note
  }
}
