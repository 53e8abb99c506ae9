import OrgCore
import OrgIntegrations
import OrgViewModel
import Synchronization

/// Compares billing with the services for the screen. Keys are looked for each time, so that they are only as long in memory
/// as they are needed.
struct ScreenVerifier: BillingVerifier {
  func verify(_ run: any BillingRun) throws(OrgError) -> OrgViewModel.BillingReport {
    let access = try BillingAccess()
    let clients = try access.clients { run.isWanted }
    let progress = Mutex(Progress())
    let report = try BillingVerification(
      stripe: clients[.stripe], lago: clients[.lago], rules: access.rules
    ) { step in
      run.report(progress.withLock { $0.text(after: step) })
    }.run { () throws(OrgError) in try run.reader() }
    return OrgViewModel.BillingReport(
      findings: report.findings.map { OrgViewModel.BillingFinding($0) },
      summary: report.summary(isOnScreen: true),
      warnings: access.warnings)
  }

  /// How far it is, in a few words.
  private struct Progress {
    private var services: [BillingService: String] = [:]

    mutating func text(after step: BillingVerification.Progress) -> String {
      switch step {
      case .customers(let service, let count):
        services[service] = "\(service.title) \(count.grouped) customers"
      case .singles(let service, let count, let total):
        return "\(service.title) \(count.grouped)/\(total.grouped)"
      case .organizations(let count): return "comparing, \(count.grouped)"
      }
      return BillingService.allCases.compactMap { services[$0] }.joined(separator: ", ")
    }
  }
}

extension OrgViewModel.BillingFinding {
  /// A finding as the screen has it.
  fileprivate init(_ finding: OrgIntegrations.BillingFinding) {
    self.init(
      code: finding.code.rawValue,
      rank: OrgIntegrations.BillingFinding.Code.allCases.firstIndex(of: finding.code) ?? 0,
      severity: finding.code == .unknown ? .unknown : finding.isNote ? .note : .wrong,
      service: finding.service.title, organization: finding.organization, fields: finding.fields,
      customer: finding.customer, text: finding.text, repair: finding.repair)
  }
}
