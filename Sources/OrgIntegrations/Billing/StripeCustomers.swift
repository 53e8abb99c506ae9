import FoundationEssentials
import OrgCore

/// Stripe's customers, each with its subscriptions.
struct StripeCustomers: CustomerSource {
  let service = BillingService.stripe
  let client: ServiceClient
  /// States in which a subscription is or will be paid for.
  private static let live: Set<String> = ["active", "trialing", "past_due", "unpaid", "paused"]

  private struct List: Decodable {
    let data: [Record]
    let has_more: Bool
  }

  private struct Record: Decodable {
    let id: String
    let deleted: Bool?
    let metadata: [String: String]?
    let subscriptions: Subscriptions?

    struct Subscriptions: Decodable {
      let data: [Subscription]
    }

    struct Subscription: Decodable {
      let status: String
      let items: Items?
    }

    struct Items: Decodable {
      let data: [Item]
    }

    struct Item: Decodable {
      let price: Price?
      /// The same, at accounts with a version of the API from before there were prices.
      let plan: Price?
    }

    struct Price: Decodable {
      let id: String
      let lookup_key: String?
      let product: String?
    }

    var customer: Customer {
      var customer = Customer(named: metadata?["org_id"].flatMap { $0.isEmpty ? nil : $0.limited })
      for subscription in subscriptions?.data ?? [] where StripeCustomers.live.contains(subscription.status) {
        customer.isLive = true
        let prices = (subscription.items?.data ?? []).compactMap { $0.price ?? $0.plan }
        customer.plans += prices.map { [$0.lookup_key, $0.id, $0.product].compactMap { $0?.limited } }
      }
      return customer
    }
  }

  private struct Refusal: Decodable {
    struct Details: Decodable {
      let type: String?
      let code: String?
      let message: String?
    }

    let error: Details
  }

  func customers(
    from position: String?, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Page<(id: String, customer: Customer)> {
    var query = [("limit", "100"), ("expand[]", "data.subscriptions")]
    if let position { query.append(("starting_after", position)) }
    let answer = try client.get(["v1", "customers"], query, in: session)
    guard answer.status == 200 else { throw client.refusal(answer) }
    let list: List = try client.decode(answer)
    let items = list.data.filter { $0.deleted != true }.map { (id: $0.id, customer: $0.customer) }
    return Page(items: items, next: list.has_more ? list.data.last?.id : nil)
  }

  func subscriptions(
    from position: String?, isLive: Bool, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Page<SubscriptionRecord>? { nil }

  func customer(
    _ id: String, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> SingleAnswer {
    let answer = try client.get(["v1", "customers", id], [("expand[]", "subscriptions")], in: session)
    if answer.status == 200 {
      let record: Record = try client.decode(answer)
      guard record.id == id else { throw client.unusable }
      return record.deleted == true ? .deleted : .present(record.customer)
    }
    let refusal: Refusal? = try? client.decode(answer)
    if answer.status == 403 {
      if refusal?.error.code == "account_invalid" { return .otherAccount }
      throw client.refusal(answer)
    }
    let message = refusal?.error.message ?? ""
    if message.contains("similar object exists in") { return .otherMode }
    // A 404 that isn't Stripe's may be of a wrong address, of which Stripe itself has none either. Servers that stand in for
    // Stripe leave the code out.
    guard let error = refusal?.error,
      error.code == "resource_missing" || message.hasPrefix("No such customer")
        || error.code == nil && error.type == "invalid_request_error" && !message.hasPrefix("Unrecognized")
    else { throw client.unusable }
    return .missing
  }
}

extension ServiceClient {
  /// What an answer has.
  func decode<Value: Decodable>(_ answer: Answer) throws(ServiceFailure) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(answer.body))
    } catch {
      throw unusable
    }
  }

  /// The failure of an answer that isn't what the service documents.
  var unusable: ServiceFailure {
    ServiceFailure(.unusable, "\(name) answered something else than it documents; is the address right?")
  }

  /// The failure of an answer that refuses.
  func refusal(_ answer: Answer) -> ServiceFailure {
    answer.status == 403
      ? ServiceFailure(.refused, "The key may not read customers and subscriptions of \(name) (403).")
      : unusable
  }
}
