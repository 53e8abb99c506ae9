import FoundationEssentials
import OrgCore

/// Lago's customers, by the ids that the service gave them, and its subscriptions.
struct LagoCustomers: CustomerSource {
  let service = BillingService.lago
  let client: ServiceClient

  private struct Meta: Decodable {
    let next_page: Int?
  }

  private struct CustomerPage: Decodable {
    let customers: [Record]
    let meta: Meta
  }

  private struct Single: Decodable {
    let customer: Record
  }

  private struct Record: Decodable {
    let lago_id: String
    let external_id: String
    let billing_configuration: Billing?
    let metadata: [Entry]?

    struct Billing: Decodable {
      let payment_provider: String?
      let provider_customer_id: String?
    }

    struct Entry: Decodable {
      let key: String
      let value: String?
    }

    var customer: Customer {
      let named = metadata?.first { $0.key == "org_id" }?.value
      let isAtStripe = billing_configuration?.payment_provider.map { $0 == "stripe" } ?? true
      let stripe = isAtStripe ? billing_configuration?.provider_customer_id : nil
      return Customer(
        named: named.flatMap { $0.isEmpty ? nil : $0.limited }, ownID: lago_id.limited,
        stripeID: stripe.flatMap { $0.isEmpty ? nil : $0.limited })
    }
  }

  private struct SubscriptionPage: Decodable {
    let subscriptions: [Subscription]
    let meta: Meta
  }

  private struct Subscription: Decodable {
    let lago_id: String
    let external_customer_id: String
    let plan_code: String?
  }

  private struct Refusal: Decodable {
    let code: String?
  }

  /// The number of the next page, which must be a later one.
  private func next(_ meta: Meta, after page: Int) throws(ServiceFailure) -> String? {
    guard let next = meta.next_page, next > 0 else { return nil }
    guard next > page else {
      throw ServiceFailure(.unusable, "Lago sent the same page again, so its list never ends.")
    }
    return String(next)
  }

  private func number(_ position: String?) -> Int { position.flatMap { Int($0) } ?? 1 }

  func customers(
    from position: String?, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Page<(id: String, customer: Customer)> {
    let page = number(position)
    let answer = try client.get(
      ["api", "v1", "customers"], [("page", String(page)), ("per_page", "100")], in: session)
    guard answer.status == 200 else { throw client.refusal(answer) }
    let list: CustomerPage = try client.decode(answer)
    return Page(
      items: list.customers.map { (id: $0.external_id, customer: $0.customer) },
      next: try next(list.meta, after: page))
  }

  func subscriptions(
    from position: String?, isLive: Bool, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Page<SubscriptionRecord>? {
    let page = number(position)
    let states = isLive ? ["active", "pending"] : ["canceled", "terminated"]
    let answer = try client.get(
      ["api", "v1", "subscriptions"],
      [("page", String(page)), ("per_page", "100")] + states.map { ("status[]", $0) }, in: session)
    guard answer.status == 200 else { throw client.refusal(answer) }
    let list: SubscriptionPage = try client.decode(answer)
    return Page(
      items: list.subscriptions.map {
        SubscriptionRecord(id: $0.lago_id, customer: $0.external_customer_id, plan: $0.plan_code?.limited)
      }, next: try next(list.meta, after: page))
  }

  func customer(
    _ id: String, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> SingleAnswer {
    let answer = try client.get(["api", "v1", "customers", id], in: session)
    switch answer.status {
    case 200:
      let single: Single = try client.decode(answer)
      guard single.customer.external_id == id else { throw client.unusable }
      return .present(single.customer.customer)
    case 403: throw client.refusal(answer)
    default:
      // A 404 that isn't Lago's may be of a wrong address.
      let refusal: Refusal? = try? client.decode(answer)
      guard refusal?.code?.hasSuffix("_not_found") == true else { throw client.unusable }
      return .missing
    }
  }
}
