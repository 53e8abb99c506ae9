import OrgCore

/// What is kept of a customer: what the comparison needs.
struct Customer: Sendable, Hashable, Codable {
  /// The id of an organization that its metadata have, as they have it.
  var named: String?
  /// At Lago: its own id.
  var ownID: String?
  /// At Lago: the customer's id at Stripe.
  var stripeID: String?
  /// The codes of the plans of its live subscriptions; of each the one that people know it by comes first.
  var plans: [[String]] = []
  /// Whether a subscription is live.
  var isLive = false
}

/// All customers of a service, as far as they were read.
struct CustomerList: Sendable, Codable {
  /// Customers by the id that organizations store.
  var customers: [String: Customer] = [:]
  /// At Lago: the customer of each live subscription, by Lago's own id of the subscription.
  var subscriptions: [String: String] = [:]
  /// Where the next page begins; `nil` at the beginning and at the end.
  var customerPosition: String?
  /// The same for subscriptions.
  var subscriptionPosition: String?
  /// Whether all customers were read.
  var hasAllCustomers = false
  /// Whether all subscriptions were read, too.
  var isComplete = false
}

/// A page of a list.
struct Page<Item: Sendable>: Sendable {
  let items: [Item]
  /// Where the next page begins; `nil` for the last page.
  let next: String?
}

/// What became of the question for a single customer.
enum SingleAnswer: Sendable, Hashable, Codable {
  case present(Customer)
  case deleted
  case missing
  case otherMode
  case otherAccount
  /// Why there was no answer.
  case unknown(String)
}

/// What can be asked of a service that bills.
protocol CustomerSource: Sendable {
  var service: BillingService { get }
  var client: ServiceClient { get }

  /// A page of customers from a position on, with their ids.
  func customers(
    from position: String?, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Page<(id: String, customer: Customer)>

  /// A page of subscriptions; `nil` where customers come with theirs.
  func subscriptions(
    from position: String?, isLive: Bool, _ session: borrowing ServiceClient.Session
  ) throws(ServiceFailure) -> Page<SubscriptionRecord>?

  /// One customer.
  func customer(_ id: String, _ session: borrowing ServiceClient.Session) throws(ServiceFailure)
    -> SingleAnswer
}

/// A subscription as a list has it.
struct SubscriptionRecord: Sendable {
  let id: String
  let customer: String
  let plan: String?
}

extension String {
  /// Whether it is as short as ids are, so that a service can't fill the memory with them.
  fileprivate var isShort: Bool { utf8.count <= 512 }

  /// As much of it as is compared and shown.
  var limited: String { isShort ? self : String(prefix(100)) + "…" }
}

extension CustomerSource {
  /// The most pages that are read: a service that makes up customers forever isn't followed.
  private var pageLimit: Int { 20_000 }

  private var repetition: ServiceFailure {
    ServiceFailure(.unusable, "\(service.title) sent the same page again, so its list never ends.")
  }

  /// Reads what is left of a list.
  ///
  /// - Parameter read: is told how many customers are known.
  /// - Returns: why it ended before its end.
  func complete(_ list: inout CustomerList, read: (Int) -> Void) -> ServiceFailure? {
    do throws(ServiceFailure) {
      let session = try client.session()
      var pages = 0
      while !list.hasAllCustomers {
        let page = try customers(from: list.customerPosition, session)
        let known = list.customers.count
        for (id, customer) in page.items {
          guard id.isShort else { throw client.unusable }
          list.customers[id] = customer
        }
        pages += 1
        if page.next != nil, list.customers.count == known || pages >= pageLimit { throw repetition }
        list.customerPosition = page.next
        list.hasAllCustomers = page.next == nil
        read(list.customers.count)
      }
      while !list.isComplete {
        guard let page = try subscriptions(from: list.subscriptionPosition, isLive: true, session) else {
          list.isComplete = true
          break
        }
        let known = list.subscriptions.count
        for subscription in page.items where list.subscriptions[subscription.id] == nil {
          guard subscription.id.isShort, subscription.customer.isShort else { throw client.unusable }
          list.subscriptions[subscription.id] = subscription.customer
          list.customers[subscription.customer]?.isLive = true
          if let plan = subscription.plan { list.customers[subscription.customer]?.plans.append([plan]) }
        }
        pages += 1
        if page.next != nil, list.subscriptions.count == known || pages >= pageLimit { throw repetition }
        list.subscriptionPosition = page.next
        list.isComplete = page.next == nil
        read(list.customers.count)
      }
      return nil
    } catch {
      return error
    }
  }

  /// The customers of subscriptions that have ended, by those of some ids that are subscriptions'.
  func endedSubscriptions(among ids: Set<String>) throws(ServiceFailure) -> [String: String] {
    let session = try client.session()
    var (found, seen): ([String: String], Set<String>) = ([:], [])
    var (position, pages): (String?, Int) = (nil, 0)
    while found.count < ids.count {
      guard let page = try subscriptions(from: position, isLive: false, session) else { break }
      let known = seen.count
      for subscription in page.items {
        seen.insert(subscription.id)
        if ids.contains(subscription.id) { found[subscription.id] = subscription.customer }
      }
      pages += 1
      guard let next = page.next else { break }
      if seen.count == known || pages >= pageLimit { throw repetition }
      position = next
    }
    return found
  }
}
