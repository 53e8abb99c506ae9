import OrgCore

extension StoreBehavior {
  /// What is read page by page, and what screens show.
  static let listings: [StoreBehavior] = [
    StoreBehavior("organizations are found by their ids, in the order of the data") { manager, sample in
      try manager.addOrganizations(sample)
      let found = try manager.reader().organizations(ids: ["c", "none", "d", "a"].map(sample.id))
      try expect("those that there are", found.map(\.id), is: ["d", "a", "c"].map(sample.id))
    },
    StoreBehavior("pages of organizations together are all that match, in the order of the data") {
      manager, sample in
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      for limit in 1...5 {
        var ids: [String] = []
        while true {
          let page = try reader.organizations(matching: Query("plan:gold"), after: ids.last, limit: limit)
          try expect("at most \(limit)", page.count <= limit)
          ids += page.map(\.organization.id)
          if page.count < limit || ids.count > 4 { break }
        }
        try expect("the ids, \(limit) at a time", ids, is: ["d", "a", "c"].map(sample.id))
      }
    },
    StoreBehavior("pages of members have those at their places") { manager, sample in
      let users = (1...7).map { "user\($0)" }
      try manager.commit(sample.adding())
      try manager.commit(
        ChangeSet(users.enumerated().map { .addMember(sample.member($0.element, at: $0.offset)) }))
      let reader = try manager.reader()
      func page(_ places: Range<Int>) throws -> [String] {
        try reader.members(of: sample.acme, in: places).map(\.member.userID)
      }
      try expect("the first", try page(0..<3), is: ["user1", "user2", "user3"])
      try expect("those after them", try page(3..<6), is: ["user4", "user5", "user6"])
      try expect("the last", try page(6..<9), is: ["user7"])
      try expect("those beyond the end", try page(9..<12), is: [])
      try expect(
        "those of an unknown organization", try reader.members(of: sample.unknown, in: 0..<3), is: [])
      try expect("all", try reader.members(of: sample.acme).map(\.userID), is: users)
      try expect("the count", try reader.row(of: sample.acme)?.memberCount, is: 7)
    },
    StoreBehavior("a listing has the organizations in the order that is asked for") { manager, sample in
      try manager.addOrganizations(sample)
      let orders: [(ListOrder, [String])] = [
        (ListOrder(), ["a", "b", "c", "d"]),
        (ListOrder(isDescending: true), ["d", "c", "b", "a"]),
        (ListOrder(.plan, planTiers: ["silver", "gold"]), ["b", "a", "c", "d"]),
        (ListOrder(.status), ["a", "b", "d", "c"]),
        (ListOrder(.members, isDescending: true), ["b", "a", "c", "d"]),
        (ListOrder(.created), ["d", "a", "b", "c"]),
      ]
      let reader = try manager.reader()
      for (order, names) in orders {
        try expect("by \(order.column.rawValue)", try reader.ids("", order), is: names.map(sample.id))
      }
    },
    StoreBehavior("a listing has the organizations that a query matches") { manager, sample in
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      for (text, names) in [
        ("", ["a", "b", "c", "d"]), ("ALPHA", ["a"]),
        ("\(sample.commonIDText) plan:gold", ["a", "c", "d"]),
        ("members:1", ["a"]), ("user:ann", ["a", "b"]), ("user:ann !role:owner", ["b"]),
        ("owners:0", ["b", "c", "d"]), ("status:suspended", ["c"]), ("nothing", []),
      ] {
        try expect("\"\(text)\"", try reader.ids(text), is: names.map(sample.id))
      }
    },
    StoreBehavior("a listing that is made after another has what one that is made alone has") {
      manager, sample in
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      var listing: (any OrganizationListing)?
      for text in ["", "a", "al", "a", "owners:0", "owners:0 c"] {
        for order in [ListOrder(), ListOrder(.created, isDescending: true)] {
          let next = try reader.listing(Query(text), order, after: listing)
          try expect("\"\(text)\" after another", next.ids, is: try reader.ids(text, order))
          listing = next
        }
      }
      try manager.updatePlan(of: sample.id("c"), to: "silver")
      try manager.commit(sample.adding(sample.id("e"), named: "Echo"))
      let changed = try manager.reader()
      let next = try changed.listing(Query("plan:silver"), ListOrder(), after: listing)
      try expect("after a change", next.ids, is: ["b", "c"].map(sample.id))
      try expect("its revision", next.summary.revision, is: changed.revision)
    },
    StoreBehavior("a listing knows the row of each organization that it shows") { manager, sample in
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      for (text, order) in [("", ListOrder()), ("plan:gold", ListOrder(.created, isDescending: true))] {
        let listing = try reader.listing(Query(text), order, after: nil)
        try listing.fetch(0..<listing.count)
        for (row, id) in listing.ids.enumerated() {
          try expect("the row of \(id)", listing.position(of: id), is: row)
          try expect("what it shows", listing.row(at: row), is: try reader.row(of: id))
        }
      }
      let listing = try reader.listing(Query("plan:gold"), ListOrder(), after: nil)
      try expect("the row of a hidden one", listing.position(of: sample.id("b")), is: nil)
      try expect("that there is a hidden one", listing.contains(sample.id("b")))
      try expect("the row of an unknown one", listing.position(of: sample.unknown), is: nil)
      try expect("that there is no unknown one", !listing.contains(sample.unknown))
      // A list that isn't whole knows the names alone of rows that were fetched.
      let named = listing.organizationID(named: " BRAVO")
      try expect("the one with a name", named ?? sample.id("b"), is: sample.id("b"))
      try expect("that a whole list knows it", named != nil || !listing.isWhole)
      try expect("the count of all", listing.summary.organizationCount, is: 4)
    },
    StoreBehavior("a listing finds the next row that matches, in both directions and around the end") {
      manager, sample in
      try manager.addOrganizations(sample)
      let listing = try manager.reader().listing(Query(), ListOrder(), after: nil)
      func next(_ text: String, _ row: Int, _ isForward: Bool) throws -> Int? {
        try listing.row(matching: Query(text), from: row, isForward: isForward)
      }
      try expect("forward", try next("plan:gold", 0, true), is: 2)
      try expect("forward around the end", try next("alpha", 2, true), is: 0)
      try expect("backward", try next("plan:gold", 2, false), is: 0)
      try expect("backward around the end", try next("plan:gold", 0, false), is: 3)
      try expect("the same", try next("bravo", 1, true), is: 1)
      try expect("nothing", try next("nothing", 1, false), is: nil)
    },
    StoreBehavior("a listing has each organization with its members, hidden or not") { manager, sample in
      try manager.addOrganizations(sample)
      let listing = try manager.reader().listing(Query("alpha"), ListOrder(), after: nil)
      try listing.fetch([sample.id("b")], members: 0..<2)
      let bravo = try need("Bravo", listing.detail(of: sample.id("b")))
      try expect("its name", bravo.organization.name, is: "Bravo")
      try expect(
        "its count", [bravo.memberCount, bravo.roleCounts.total, bravo.roleCounts.owner], is: [2, 2, 0])
      let users = (0..<2).map { bravo.member(at: $0)?.member.userID }
      try expect("its members", users, is: ["ann", "bob"])
      try expect("the place of bob", bravo.place(of: "bob"), is: 1)
      try expect("the place of a stranger", bravo.place(of: "eve"), is: nil)
      try expect("no unknown one", listing.detail(of: sample.unknown) == nil)
    },
    StoreBehavior("the overview counts what the queries of its lines find") { manager, sample in
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      let overview = try reader.overview()
      try expect("the organizations", overview.organizationCount, is: 4)
      for status in Organization.Status.allCases {
        let ids = try reader.ids("status:\(status.rawValue)")
        try expect("those that are \(status.rawValue)", overview.statuses[status] ?? 0, is: ids.count)
      }
      try expect("on gold", overview.plans["gold"]?.count, is: try reader.ids("plan:gold").count)
      try expect(
        "without a Lago id", overview.absences[.lagoCustomerID] ?? 0, is: try reader.ids("no:lago").count)
      try expect("without an owner", overview.members?.ownerless, is: try reader.ids("owners:0").count)
      try expect("without members", overview.members?.memberless, is: try reader.ids("members:0").count)
      try expect(
        "the largest", overview.members?.largest.map(\.organization.id), is: ["b", "a"].map(sample.id))
      try expect("the newest", overview.newest.map(\.id), is: ["c", "b", "a", "d"].map(sample.id))
    },
    StoreBehavior("billing ids that several organizations have are found, and who has one") {
      manager, sample in
      try manager.addOrganizations(sample)
      let before = try manager.reader()
      try expect("the shared ones", try before.sharedBillingIDs(limit: 9).map(\.value), is: [])
      for (id, stripe, lago) in [
        ("a", "cus_1", "l_1"), ("b", "cus_1", "l_2"), ("c", "cus_1", "l_2"), ("d", "cus_10", "cus_1"),
      ] {
        try manager.updateBillingIDs(of: sample.id(id), lago: lago, stripe: stripe)
      }
      let reader = try manager.reader()
      let shared = try reader.sharedBillingIDs(limit: 9)
      try expect("the shared ones", shared.map(\.value), is: ["cus_1", "l_2"])
      try expect("whose they are", shared.map(\.field), is: [.stripeCustomerID, .lagoCustomerID])
      try expect("how many have them", shared.map(\.count), is: [3, 2])
      try expect("how many names there are", shared.map(\.names.count), is: [3, 2])
      try expect("the most common one", try reader.sharedBillingIDs(limit: 1), is: [shared[0]])
      try expect("those of the overview", try reader.overview().sharedBillingIDs, is: shared)
      let found = try reader.organizations(withBillingID: "cus_1", in: .stripeCustomerID)
      try expect("who has one", Set(found.map(\.id)), is: Set(["a", "b", "c"].map(sample.id)))
      try expect(
        "who has another", try reader.organizations(withBillingID: "cus_1\"", in: .stripeCustomerID), is: [])
    },
    StoreBehavior("a billing id finds just the organizations that have it, and duplicates are found") {
      manager, sample in
      try manager.addOrganizations(sample)
      for (id, stripe, lago) in [
        ("a", "cus_1", "cus_10"), ("b", "cus_1", "l_2"), ("c", "CUS_1", "l_3"), ("d", "cus_10", "cus_1"),
      ] {
        try manager.updateBillingIDs(of: sample.id(id), lago: lago, stripe: stripe)
      }
      let reader = try manager.reader()
      for (query, ids) in [
        ("stripe:cus_1", ["a", "b"]), ("stripe:CUS_1", ["c"]), ("stripe:cus_10", ["d"]),
        ("lago:cus_1", ["d"]),
        ("stripe:cus", []), ("!stripe:cus_1", ["c", "d"]), ("stripe:\"cus_%\"", []),
        ("duplicate:stripe", ["a", "b"]), ("duplicate:lago", []), ("!duplicate:stripe", ["c", "d"]),
      ] {
        try expect(query, try reader.ids(query), is: ids.map(sample.id))
      }
      let listing = try reader.listing(Query("duplicate:stripe"), ListOrder(), after: nil)
      try manager.updateBillingIDs(of: sample.id("a"), lago: nil, stripe: "cus_10")
      let after = try manager.reader().listing(Query("duplicate:stripe"), ListOrder(), after: listing)
      try expect("those after a change", after.ids, is: ["a", "d"].map(sample.id))
    },
    StoreBehavior("similar names are found, whatever their case, punctuation and legal form") {
      manager, sample in
      try manager.addOrganizations(sample)
      func create(_ id: String, _ name: String) throws {
        try manager.commit(
          ChangeSet([
            .createOrganization(sample.organization(sample.id(id), named: name, plan: "gold", at: 0))
          ]))
      }
      try expect("none at first", try manager.reader().ids("duplicate:name"), is: [])
      for (id, name) in [
        ("e", "ALPHA, Inc."), ("f", "bravo GmbH & Co. KG"), ("g", "Zoë-Öl  Ltd"), ("h", "zoë\u{2013}öl"),
        ("i", "Alphabet"),
        ("j", "Inc Co"), ("k", "co"), ("l", "O'Neil Income"), ("m", "O\u{2019}NEIL income S.A."),
        ("n", "株式会社"),
        ("o", "!!!"), ("p", "???"),
      ] {
        try create(id, name)
      }
      func found() throws -> Set<String> { try Set(manager.reader().ids("duplicate:name")) }
      func all(_ ids: [String]) -> Set<String> { Set(ids.map(sample.id)) }
      try expect("those with similar names", try found(), is: all(["a", "e", "b", "f", "g", "h", "l", "m"]))
      let reader = try manager.reader()
      try expect("how many", try reader.overview().similarNameCount, is: 8)
      let similar = try reader.similarNames(limit: 9)
      try expect("in groups", similar.map(\.count), is: [2, 2, 2, 2])
      try expect("the limit", try reader.similarNames(limit: 1).count, is: 1)
      let listing = try reader.listing(Query("duplicate:name"), ListOrder(), after: nil)
      try manager.updateStatus(of: sample.id("e"), to: .deleted)
      try manager.rename(sample.id("f"), to: "Charlie AG")
      let names = all(["c", "f", "g", "h", "l", "m"])
      let after = try manager.reader().listing(Query("duplicate:name"), ListOrder(), after: listing)
      try expect("those after changes", Set(after.ids), is: names)
      try expect("those when asked anew", try found(), is: names)
      try expect("how many are left", try manager.reader().overview().similarNameCount, is: 6)
    },
    StoreBehavior("suspended organizations of which the members see to the billing alone are counted") {
      manager, sample in
      guard sample.rules.roles.contains(.billingAdmin) else { return }
      try manager.addOrganizations(sample)
      try manager.commit(
        ChangeSet([
          .addMember(sample.member("eve", .billingAdmin, of: sample.id("c"))),
          .addMember(sample.member("eve", .billingAdmin, of: sample.id("d"))),
          .addMember(sample.member("eve", .billingAdmin, of: sample.id("b"))),
        ]))
      try manager.updateStatus(of: sample.id("b"), to: .suspended)
      let reader = try manager.reader()
      try expect("the count", try reader.overview().members?.suspendedForBilling, is: 1)
      let query = "status:suspended role:billing !role:owner !role:member"
      try expect("which", try reader.ids(query), is: [sample.id("c")])
    },
    StoreBehavior("organizations that are gone since an earlier state are named") { manager, sample in
      try manager.addOrganizations(sample)
      let earlier = try manager.reader()
      let delta = try need("Delta", try earlier.organization(id: sample.id("d")))
      try manager.commit(ChangeSet([.removeOrganization(delta)]))
      try manager.updatePlan(of: sample.id("c"), to: "silver")
      let difference = try need("the difference", try manager.reader().difference(since: earlier))
      try expect("those that are gone", difference.removed, is: [sample.id("d")])
      try expect("those that changed", difference.changed, is: [sample.id("c")])
    },
  ]
}

extension OrgManager {
  /// Delta, Alpha, Bravo and Charlie, in this order; they differ in all that lists are sorted and filtered by.
  func addOrganizations(_ sample: Sample) throws {
    func organization(_ id: String, _ name: String, _ plan: String, day: Int) -> Change {
      .createOrganization(sample.organization(sample.id(id), named: name, plan: plan, at: day * 86_400))
    }
    func member(_ user: String, _ role: Role, of id: String, at second: Int = 0) -> Change {
      .addMember(sample.member(user, role, of: sample.id(id), at: second))
    }
    try commit(
      ChangeSet([
        organization("d", "delta", "gold", day: 0), organization("a", "alpha", "gold", day: 1),
        organization("b", "Bravo", "silver", day: 2), organization("c", "Charlie", "gold", day: 3),
        member("ann", .owner, of: "a"), member("ann", .member, of: "b"),
        member("bob", .member, of: "b", at: 1),
      ]))
    try updateStatus(of: sample.id("c"), to: .suspended)
  }
}

extension StoreReader {
  /// The ids of the organizations in a listing.
  fileprivate func ids(_ query: String, _ order: ListOrder = ListOrder()) throws -> [String] {
    try listing(Query(query), order, after: nil).ids
  }
}

extension OrganizationListing {
  fileprivate var ids: [String] { (0..<count).map(id(at:)) }
}
