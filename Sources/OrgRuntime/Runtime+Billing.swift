import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

// Comparing billing with the services, at most once at a time.
extension Runtime {
  func verifyBilling() {
    let run = VerificationRun(manager)
    let isFirst = state.withLock { state in
      guard state.verification == nil else { return false }
      state.verification = run
      return true
    }
    guard isFirst else { return }
    queues.verifying.async { [self] in
      let reports = sayIfLong(repeating: .milliseconds(250)) { [inbox] in
        if let progress = run.takeProgress() { inbox.post(.verifying(progress)) }
      }
      let result: Result<BillingReport, OrgError>
      do throws(OrgError) {
        guard let billing else { throw OrgError(.invalidValue, "No key to a billing service is configured.") }
        result = .success(try billing.verify(run))
      } catch {
        observer?.didFail(error)
        result = .failure(error)
      }
      reports.cancel()
      state.withLock { $0.verification = nil }
      inbox.post(.verified(result))
    }
  }

  /// Gives a comparison up, as the program ends.
  func end(_ verification: VerificationRun) {
    verification.end()
    // Connections are closed meanwhile, but a person doesn't wait for a service.
    let end = DispatchSemaphore(value: 0)
    queues.verifying.async { end.signal() }
    _ = end.wait(timeout: .now() + .milliseconds(300))
  }
}

/// A comparison on its way: how far it has come, and whether it is still wanted.
final class VerificationRun: BillingRun, Sendable {
  private let manager: OrgManager
  private let isEnded = Atomic(false)
  private let progress = Mutex<String?>(nil)

  init(_ manager: OrgManager) { self.manager = manager }

  var isWanted: Bool { !isEnded.load(ordering: .relaxed) }

  func end() { isEnded.store(true, ordering: .relaxed) }

  func reader() throws(OrgError) -> any StoreReader { try manager.reader() }

  func report(_ progress: String) { self.progress.withLock { $0 = progress } }

  /// How far it is, if it is further than when that was asked last.
  func takeProgress() -> String? {
    progress.withLock { progress in
      defer { progress = nil }
      return progress
    }
  }
}
