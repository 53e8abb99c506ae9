import OrgCore

/// Something about billing that isn't as it should be, or isn't known.
public struct BillingFinding: Sendable, Hashable {
  /// What is wrong.
  public let code: Code
  /// At which service.
  public let service: BillingService
  /// The organization that it is about, if it is about one of ours, as it was when it was compared.
  public let organization: Organization?
  /// The id of the customer: as it is stored where it is about that, else as the service has it.
  public let customer: String?
  /// A sentence for people; text of the data and of the service is escaped.
  public let text: String
  /// What would make it right in our data, if that is certain.
  public let repair: Change?

  /// What can be wrong. The names don't change.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Stripe has no customer with the stored id.
    case stripeMissing = "stripe-missing"
    /// The customer was deleted at Stripe.
    case stripeDeleted = "stripe-deleted"
    /// Lago has no customer with the stored id, or has deleted it: it doesn't tell these apart.
    case lagoMissing = "lago-missing"
    /// The customer is in Stripe's other mode: in the test mode while the key is for the live one, or the other way around.
    case otherMode = "other-mode"
    /// The customer belongs to another account than the key.
    case otherAccount = "other-account"
    /// Another organization has the same customer.
    case sharedCustomer = "shared-customer"
    /// The service has several customers for one organization.
    case severalCustomers = "several-customers"
    /// No organization has the customer.
    case orphanCustomer = "orphan-customer"
    /// The customer's metadata name another organization.
    case metadataNamesOther = "metadata-names-other"
    /// The customer at Lago is charged as another customer at Stripe than the stored one.
    case lagoStripeDiffers = "lago-stripe-differs"
    /// The stored id is that of a subscription.
    case lagoIDIsSubscription = "lago-id-is-subscription"
    /// The stored id is an e-mail address.
    case lagoIDIsEmail = "lago-id-is-email"
    /// The stored id is Lago's own id of the customer, by which it can't be asked for.
    case lagoIDIsLagoID = "lago-id-is-lago-id"
    /// The plan of the subscription isn't that of the organization.
    case planDiffers = "plan-differs"
    /// A suspended or deleted organization has a live subscription.
    case liveSubscriptionOfInactive = "live-subscription-of-inactive"
    /// An organization is on a paid plan without a live subscription.
    case paidWithoutSubscription = "paid-without-subscription"
    /// It couldn't be found out: there was no answer, or the key may not ask.
    case unknown
  }

  /// Whether it is worth knowing, but not wrong.
  public let isNote: Bool

  init(
    _ code: Code, _ service: BillingService, _ organization: Organization?, _ customer: String?,
    _ text: String, repair: Change? = nil, isNote: Bool = false
  ) {
    (self.code, self.service, self.customer) = (code, service, customer)
    (self.organization, self.text, self.repair, self.isNote) = (organization, text, repair, isNote)
  }

  /// The fields of the organization that it follows from, the one that it is about first: where one of them has another value
  /// by now, it may no longer hold.
  public var fields: [OrganizationField] {
    let ids = [service.field] + BillingService.allCases.map(\.field).filter { $0 != service.field }
    return switch code {
    case .stripeMissing, .stripeDeleted, .lagoMissing, .otherMode, .sharedCustomer, .severalCustomers,
      .orphanCustomer, .metadataNamesOther, .lagoIDIsSubscription, .lagoIDIsEmail, .lagoIDIsLagoID, .unknown:
      [service.field]
    // Which customer is charged follows from the Lago id.
    case .otherAccount: ids
    case .lagoStripeDiffers: ids.reversed()
    case .planDiffers: [.planTier, .status] + ids
    case .liveSubscriptionOfInactive: [.status] + ids
    case .paidWithoutSubscription: [.planTier, .status] + ids
    }
  }
}
