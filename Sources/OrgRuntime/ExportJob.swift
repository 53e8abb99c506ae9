import OrgCore
import OrgViewModel
import Synchronization

/// An export on its way: how far it has come, and whether it is still wanted.
final class ExportJob: ExportAccess, Sendable {
  private let manager: OrgManager
  private let rows = Atomic(0)
  private let isCancelled = Atomic(false)

  init(_ manager: OrgManager) { self.manager = manager }

  /// How many rows were handed over.
  var rowCount: Int { rows.load(ordering: .relaxed) }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Counts a row.
  ///
  /// - Throws: `cancelled` if no more are wanted.
  func count() throws(OrgError) {
    try check()
    rows.add(1, ordering: .relaxed)
  }

  private func check() throws(OrgError) {
    guard !isCancelled.load(ordering: .relaxed) else {
      throw OrgError(.cancelled, "Cancelled; nothing was exported.")
    }
  }

  func history(
    matching filter: HistoryFilter, from position: HistoryCursor?, limit: Int
  ) throws(OrgError) -> HistoryPage {
    try check()
    return try manager.history(matching: filter, from: position, limit: limit)
  }
}
