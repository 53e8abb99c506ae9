import OrgCore

/// What is known of billing in this session: the latest comparison with the services, and the one that is going on.
package struct BillingCheck: Sendable {
  /// How far the comparison that is going on is; `nil` if none is.
  package internal(set) var progress: String?
  /// Whether that one is to end with what it has.
  var isEnding = false
  /// What the latest one found; `nil` if there was none.
  package internal(set) var report: BillingReport?
  /// When it ended.
  package internal(set) var time: Timestamp?
}

extension Workspace {
  /// Why billing can't be compared with the services now; `nil` where it can.
  var verifyObstacle: String? {
    settings.billingObstacle
      ?? (surroundings.billing.progress == nil ? nil : "Billing is being verified; ^C ends that.")
  }

  /// Begins to compare billing with the services: other things can be done meanwhile.
  mutating func verifyBilling() {
    guard surroundings.billing.progress == nil else { return }
    (surroundings.billing.progress, surroundings.billing.isEnding) = ("asking", false)
    ask(.verifyBilling)
  }

  /// Ends the comparison that is going on, with what it has; false if none is.
  mutating func endVerification() -> Bool {
    guard surroundings.billing.progress != nil, !surroundings.billing.isEnding else { return false }
    surroundings.billing.isEnding = true
    ask(.endVerification)
    status.note("Ending; what is known so far comes in a moment.")
    return true
  }

  /// Learns how far the comparison is.
  mutating func receive(verifying progress: String) {
    if surroundings.billing.progress != nil { surroundings.billing.progress = progress }
  }

  /// Learns what was found, or why nothing could be compared.
  mutating func receive(verified result: Result<BillingReport, OrgError>) {
    let isEnding = surroundings.billing.isEnding
    (surroundings.billing.progress, surroundings.billing.isEnding) = (nil, false)
    switch result {
    case .failure(let error): status.report(error.message, .refusal)
    case .success where isEnding && surroundings.billing.report != nil:
      status.report("Ended early, so what was found before stays.", .note)
    case .success(let report):
      surroundings.billing.report = report
      surroundings.billing.time = settings.environment.now()
      let sentences = ["Billing verified: \(report.summary)"] + report.warnings
      status.report(sentences.joined(separator: " "), .note)
    }
  }
}

// What comes from outside.
extension AppModel {
  /// Learns how far the comparison of billing with the services is.
  package mutating func receive(verifying progress: String) { workspace.receive(verifying: progress) }

  /// Learns what the comparison of billing with the services found, or why nothing could be compared.
  package mutating func receive(verified result: Result<BillingReport, OrgError>) -> [Effect] {
    workspace.receive(verified: result)
    screen.billingChanged(&workspace)
    return takeEffects()
  }
}
