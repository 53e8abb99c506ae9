import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman accept`
struct AcceptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Make the data as another program wrote them, where orgman put something back.",
    discussion: """
      When another program writes a file that lacks what was changed shortly before, or removes records in a way that \
      can't have been meant, orgman keeps the records, and the history says which. If it was meant after all, this makes \
      the changes of that program. It shows them first; orgman undo takes them back.

      What is put back from the start is set by external-deletions in the configuration.
      """)

  @Argument(
    help:
      "The number of the generation that put something back, as history shows it; without it, the latest one.",
    transform: number(from: 1))
  var generation: UInt64?

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  /// The number of generations that are searched for the latest one.
  private static let limit = 4096

  func run() throws {
    try exitingWithStatus {
      let manager = OrgManager(
        store: try options.fileStore(
          for: "orgman accept", instead: "orgman puts nothing back there", isReadOnly: confirmation.dryRun))
      guard let entry = try generation.map(manager.historyEntry(generation:)) ?? latest(manager) else {
        throw OrgError(
          .dataNotFound, generation.map { "There is no generation \($0)." } ?? "Nothing was put back.")
      }
      guard !entry.refused.isEmpty else {
        throw OrgError(.dataNotFound, "Generation \(entry.generation) put nothing back.")
      }
      try carryOut(entry.acceptance, of: entry, on: manager, confirmation, options)
    }
  }

  private func latest(_ manager: OrgManager) throws(OrgError) -> HistoryEntry? {
    var seen = 0
    var place: HistoryCursor?
    repeat {
      let page = try manager.history(from: place, limit: 256)
      if let entry = page.entries.first(where: { !$0.refused.isEmpty }) { return entry }
      seen += page.entries.count
      place = page.next
    } while place != nil && seen < Self.limit
    return nil
  }
}
