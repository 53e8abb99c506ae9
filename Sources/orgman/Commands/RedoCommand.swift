import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

/// `orgman redo`
struct RedoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo", abstract: "Do a change again that was undone, or that another program took back.")

  @Argument(
    help: "The number of the generation with the change, as history shows it; without it, your latest undo.",
    transform: number(from: 1))
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
