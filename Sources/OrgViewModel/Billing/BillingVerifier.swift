import OrgCore

/// Something about billing that isn't as it should be, or isn't known, as a comparison with the services found it.
package struct BillingFinding: Sendable, Hashable {
  /// How bad it is, the worst first.
  package enum Severity: Int, Sendable, Hashable {
    /// It isn't as it should be.
    case wrong
    /// It is worth knowing.
    case note
    /// It couldn't be found out.
    case unknown
  }

  /// What kind it is: `stripe-missing`
  package let code: String
  /// Where the kind comes when findings are sorted by it.
  package let rank: Int
  /// How bad it is.
  package let severity: Severity
  /// What people call the service.
  package let service: String
  /// The organization as it was when it was compared; `nil` if it is about none of ours.
  package let organization: Organization?
  /// The fields of the organization that it follows from, the one that it is about first.
  package let fields: [OrganizationField]
  /// The customer's id.
  package let customer: String?
  /// A sentence; text of the data and of the service is escaped.
  package let text: String
  /// What would make it right in our data, if that is certain.
  package let repair: Change?

  /// A finding.
  package init(
    code: String, rank: Int, severity: Severity, service: String, organization: Organization?,
    fields: [OrganizationField], customer: String?, text: String, repair: Change?
  ) {
    (self.code, self.rank, self.severity, self.service) = (code, rank, severity, service)
    (self.organization, self.fields, self.customer) = (organization, fields, customer)
    (self.text, self.repair) = (text, repair)
  }
}

/// What a comparison of billing with the services found.
package struct BillingReport: Sendable {
  /// What was found.
  package let findings: [BillingFinding]
  /// How many organizations were compared, and how many requests that took, in a sentence.
  package let summary: String
  /// What is better known about how the services were asked, in sentences.
  package let warnings: [String]

  /// A report.
  package init(findings: [BillingFinding], summary: String, warnings: [String] = []) {
    (self.findings, self.summary, self.warnings) = (findings, summary, warnings)
  }
}

/// A comparison that is going on.
package protocol BillingRun: Sendable {
  /// Whether more is still wanted; what is known is enough otherwise.
  var isWanted: Bool { get }
  /// The data as they are now.
  func reader() throws(OrgError) -> any StoreReader
  /// Says how far it is, in a few words: `Stripe 40/101`. May be called often, from any thread.
  func report(_ progress: String)
}

/// Compares billing with the services. Nothing is changed there.
package protocol BillingVerifier: Sendable {
  /// Compares all organizations. Takes a while, so it isn't called on the screen's thread.
  ///
  /// - Throws: any error if nothing could be compared. A service that doesn't answer is a finding.
  func verify(_ run: any BillingRun) throws(OrgError) -> BillingReport
}
