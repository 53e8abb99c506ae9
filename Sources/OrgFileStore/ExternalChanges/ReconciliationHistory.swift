import OrgCore
import SystemPackage

/// The part of the history that another program may not know of. Long lines of the journal are only read on demand;
/// `check` reports whether this failed.
final class ReconciliationHistory {
  private let stateDirectory: StateDirectory
  /// Why a line couldn't be read on demand.
  private var unreadable: SystemCallError?

  init(_ stateDirectory: StateDirectory) {
    self.stateDirectory = stateDirectory
  }

  private var directory: DataDirectory { stateDirectory.directory }

  /// The steps for some lines, newest first.
  func steps(of lines: [Journal.Recent]) -> [Reconciliation.Step] {
    lines.reversed().compactMap { line in
      let record = line.record
      let origin: Reconciliation.Step.Origin
      switch record.kind {
      case .edit, .undo, .redo, .restore: origin = .own
      case .foreign, .repair: origin = record.external.displaced == nil ? .foreign : .displaced
      case .checkpoint, .erase: return nil
      }
      return Reconciliation.Step(
        generation: record.generation, time: Timestamp(record.time) ?? Timestamp(microseconds: 0),
        origin: origin, displaced: record.external.displaced, touched: line.touched
      ) { [self] in
        do throws(SystemCallError) {
          return try line.whole(stateDirectory.journal, directory.calls).changes.compactMap {
            $0.recorded()
          }
        } catch {
          unreadable = error
          return []
        }
      }
    }
  }

  /// - Throws: the error of the first line that couldn't be read since the last call.
  func check() throws(OrgError) {
    guard let error = unreadable else { return }
    unreadable = nil
    throw directory.failedSave(error)
  }
}
