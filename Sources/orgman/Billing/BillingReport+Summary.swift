import OrgIntegrations

extension BillingReport {
  /// What isn't right and stays so.
  private func remaining(isFixed: Bool) -> [BillingFinding] {
    findings.filter { !$0.isNote && !(isFixed && $0.repair != nil) }
  }

  /// How much was found and asked.
  ///
  /// - Parameters:
  ///   - isFixed: whether what can be repaired was.
  ///   - isOnScreen: whether there is a key that repairs.
  func summary(isFixed: Bool = false, isOnScreen: Bool = false) -> String {
    func count(_ number: Int, _ one: String, _ several: String) -> String {
      "\(number) \(number == 1 ? one : several)"
    }
    let left = remaining(isFixed: isFixed)
    let unknown = left.count { $0.code == .unknown }
    var sentence =
      count(left.count - unknown, "finding", "findings")
      + (isFixed ? " that can't be repaired here" : "") + " in "
      + count(organizationCount, "organization", "organizations")
    if unknown > 0 { sentence += "; \(unknown) more that couldn't be found out" }
    let repairable = findings.count { $0.repair != nil }
    if !isFixed, repairable > 0 {
      sentence += isOnScreen ? "; \(repairable) can be repaired" : "; --fix can repair \(repairable)"
    }
    let asked = BillingService.allCases.compactMap { service in
      requests[service].map { count($0, "request", "requests") + " to \(service.title)" }
    }
    return sentence + ". " + asked.joined(separator: ", ") + "."
  }

  /// The exit status; `nil` where everything is right.
  func exitStatus(isFixed: Bool) -> Int32? {
    let left = remaining(isFixed: isFixed)
    return left.isEmpty ? nil : left.contains { $0.code != .unknown } ? 1 : 2
  }
}
