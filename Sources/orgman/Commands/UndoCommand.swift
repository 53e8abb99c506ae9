import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

/// `orgman undo`
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take a change back.",
    discussion: """
      Without a number, your own latest change that isn't undone yet. What somebody changed since is never \
      overwritten: it is a conflict, and nothing is changed.
      """)

  @Argument(
    help: "The number of the generation, as history shows it.",
    transform: number(from: 1))
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
