import OrgCore
import SystemPackage

/// What happened, as far as it matters to what another program may not know of. What a long line of the journal says is
/// read when somebody asks for it: `check` tells whether that failed.
final class ReconciliationHistory {
  private let stateDirectory: StateDirectory
  /// Why a line couldn't be read when it was asked for.
  private var unreadable: SystemCallError?

  init(_ stateDirectory: StateDirectory) {
    self.stateDirectory = stateDirectory
  }

  private var directory: DataDirectory { stateDirectory.directory }

  /// The steps of some lines, newest first.
  func steps(of lines: [Journal.Recent]) -> [Reconciliation.Step] {
    lines.reversed().compactMap { line in
      let record = line.record
      let origin: Reconciliation.Step.Origin
      switch record.kind {
      case .edit, .undo, .redo, .restore: origin = .own
      case .foreign, .repair: origin = record.displaced == nil ? .foreign : .displaced
      case .checkpoint, .erase: return nil
      }
      return Reconciliation.Step(
        generation: record.generation, time: Timestamp(record.time) ?? Timestamp(microseconds: 0),
        origin: origin, displaced: record.displaced, touched: line.touched
      ) { [self] in
        do throws(SystemCallError) {
          return try line.whole(stateDirectory.journal, directory.calls).changes.compactMap(\.recorded)
        } catch {
          unreadable = error
          return []
        }
      }
    }
  }

  /// - Throws: why a line couldn't be read since the last time.
  func check() throws(OrgError) {
    guard let error = unreadable else { return }
    unreadable = nil
    throw directory.failedSave(error)
  }
}
