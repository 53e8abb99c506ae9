import Dispatch
import OrgCore
import Synchronization
import Testing

@testable import OrgRuntime
@testable import OrgViewModel

/// Waits at a gate until the test opens it.
private final class SlowVerifier: BillingVerifier {
  let gate = Gate()
  private let runs = Atomic(0)
  var count: Int { runs.load(ordering: .relaxed) }

  func verify(_ run: any BillingRun) throws(OrgError) -> BillingReport {
    runs.add(1, ordering: .relaxed)
    run.report("Stripe 40/101")
    gate.pass()
    let count = try run.reader().summary.organizationCount
    return BillingReport(findings: [], summary: run.isWanted ? "\(count) compared" : "ended")
  }
}

@Suite struct BillingTests {
  private let billing = SlowVerifier()
  private let inbox: Inbox
  /// Signalled once for each event.
  private let posted = DispatchSemaphore(value: 0)
  private let runtime: Runtime

  init() {
    inbox = Inbox { [posted] in posted.signal() }
    runtime = Runtime(store: StoreDouble(), inbox: inbox, uid: nil, billing: billing)
  }

  private var summaries: [String] {
    inbox.take().compactMap { event in
      guard case .verified(let result) = event else { return nil }
      return (try? result.get())?.summary ?? "failed"
    }
  }

  @Test func `one comparison runs at a time, beside everything else`() throws {
    _ = try runtime.start(patience: 60_000)
    billing.gate.close()
    runtime.perform(.verifyBilling)
    billing.gate.waitForArrival()
    runtime.perform(.verifyBilling)
    // Others don't wait for it.
    runtime.perform(
      .commit(
        ChangeSet([
          .setField(.planTier, organization: "org_acme", from: "founders_friend", to: "starter")
        ])))
    runtime.queues.committing.sync {}
    #expect(inbox.take().contains { if case .outcome(.done) = $0 { true } else { false } })
    billing.gate.open()
    runtime.waitUntilIdle()
    #expect(summaries == ["3 compared"])
    #expect(billing.count == 1)
    runtime.perform(.verifyBilling)
    runtime.waitUntilIdle()
    #expect(summaries == ["3 compared"])
  }

  @Test func `it says how far it is, and ends when it is asked to`() throws {
    _ = try runtime.start(patience: 60_000)
    billing.gate.close()
    runtime.perform(.verifyBilling)
    billing.gate.waitForArrival()
    var texts: [String] = []
    while texts.isEmpty {
      posted.wait()
      texts = inbox.take().compactMap { if case .verifying(let text) = $0 { text } else { nil } }
    }
    #expect(texts == ["Stripe 40/101"])
    runtime.perform(.endVerification)
    billing.gate.open()
    runtime.waitUntilIdle()
    #expect(summaries == ["ended"])
  }

  @Test func `the end of the program doesn't wait for a service`() throws {
    _ = try runtime.start(patience: 60_000)
    billing.gate.close()
    runtime.perform(.verifyBilling)
    billing.gate.waitForArrival()
    let start = ContinuousClock.now
    runtime.finish()
    #expect(ContinuousClock.now - start < .seconds(10))
    billing.gate.open()
    runtime.waitUntilIdle()
    #expect(summaries == ["ended"])
  }

  @Test func `without a key it fails`() throws {
    let runtime = Runtime(store: StoreDouble(), inbox: inbox, uid: nil)
    _ = try runtime.start(patience: 60_000)
    runtime.perform(.verifyBilling)
    runtime.waitUntilIdle()
    #expect(summaries == ["failed"])
  }
}
