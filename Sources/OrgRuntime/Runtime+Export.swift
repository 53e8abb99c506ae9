import Dispatch
import OrgCore
import OrgViewModel

// Exports, one after the other.
extension Runtime {
  func export(_ request: ExportRequest) {
    let job = ExportJob(manager)
    state.withLock { $0.export = job }
    queues.exporting.async { [self] in
      let reports = sayIfLong(repeating: .milliseconds(500)) { [inbox] in
        inbox.post(.exporting(request, job.rowCount))
      }
      let result = Exporter.result(of: request, job)
      reports.cancel()
      state.withLock { if $0.export === job { $0.export = nil } }
      inbox.post(.exported(request, result))
    }
  }

  /// Gives an export up, as the program ends.
  func end(_ export: ExportJob) {
    // Give it time to remove what it has written, but not so long that a person notices.
    export.cancel()
    let end = DispatchSemaphore(value: 0)
    queues.exporting.async { end.signal() }
    _ = end.wait(timeout: .now() + .milliseconds(500))
  }
}
