import OrgCore

extension StoreBehavior {
  /// What is read page by page, and what screens show.
  static let listings: [StoreBehavior] = [
    StoreBehavior("organizations are found by their ids, in the order of the data") { manager in
      try manager.addOrganizations()
      let found = try manager.reader().organizations(ids: ["org_c", "org_none", "org_d", "org_a"])
      try expect("those that there are", found.map(\.id), is: ["org_d", "org_c", "org_a"])
    },
    StoreBehavior("pages of organizations together are all that match, in the order of the data") { manager in
      try manager.addOrganizations()
      let reader = try manager.reader()
      for limit in 1...5 {
        var ids: [String] = []
        while true {
          let page = try reader.organizations(matching: Query("plan:gold"), after: ids.last, limit: limit)
          try expect("at most \(limit)", page.count <= limit)
          ids += page.map(\.organization.id)
          if page.count < limit || ids.count > 4 { break }
        }
        try expect("the ids, \(limit) at a time", ids, is: ["org_d", "org_c", "org_a"])
      }
    },
    StoreBehavior("pages of members have those at their places") { manager in
      let users = (1...7).map { "user\($0)" }
      try manager.commit(Sample.adding())
      try manager.commit(ChangeSet(users.map { .addMember(Sample.member($0)) }))
      let reader = try manager.reader()
      func page(_ places: Range<Int>, of id: String = Sample.acme) throws -> [String] {
        try reader.members(of: id, in: places).map(\.member.userID)
      }
      try expect("the first", try page(0..<3), is: ["user1", "user2", "user3"])
      try expect("those after them", try page(3..<6), is: ["user4", "user5", "user6"])
      try expect("the last", try page(6..<9), is: ["user7"])
      try expect("those beyond the end", try page(9..<12), is: [])
      try expect("those of an unknown organization", try page(0..<3, of: "org_none"), is: [])
      try expect("all", try reader.members(of: Sample.acme).map(\.userID), is: users)
      try expect("the count", try reader.row(of: Sample.acme)?.memberCount, is: 7)
    },
    StoreBehavior("a listing has the organizations in the order that is asked for") { manager in
      try manager.addOrganizations()
      let orders: [(ListOrder, [String])] = [
        (ListOrder(), ["org_a", "org_b", "org_c", "org_d"]),
        (ListOrder(isDescending: true), ["org_d", "org_c", "org_b", "org_a"]),
        (ListOrder(.plan, planTiers: ["silver", "gold"]), ["org_b", "org_a", "org_c", "org_d"]),
        (ListOrder(.status), ["org_a", "org_b", "org_d", "org_c"]),
        (ListOrder(.members, isDescending: true), ["org_b", "org_a", "org_c", "org_d"]),
        (ListOrder(.created), ["org_d", "org_a", "org_b", "org_c"]),
      ]
      let reader = try manager.reader()
      for (order, ids) in orders {
        try expect("by \(order.column.rawValue)", try reader.ids("", order), is: ids)
      }
    },
    StoreBehavior("a listing has the organizations that a query matches") { manager in
      try manager.addOrganizations()
      let reader = try manager.reader()
      for (text, ids) in [
        ("", ["org_a", "org_b", "org_c", "org_d"]), ("ALPHA", ["org_a"]),
        ("org_ plan:gold", ["org_a", "org_c", "org_d"]),
        ("members:1", ["org_a"]), ("user:ann", ["org_a", "org_b"]), ("user:ann !role:owner", ["org_b"]),
        ("owners:0", ["org_b", "org_c", "org_d"]), ("status:suspended", ["org_c"]), ("nothing", []),
      ] {
        try expect("\"\(text)\"", try reader.ids(text), is: ids)
      }
    },
    StoreBehavior("a listing that is made after another has what one that is made alone has") { manager in
      try manager.addOrganizations()
      let reader = try manager.reader()
      var listing: (any OrganizationListing)?
      for text in ["", "a", "al", "a", "owners:0", "owners:0 c"] {
        for order in [ListOrder(), ListOrder(.created, isDescending: true)] {
          let next = try reader.listing(Query(text), order, after: listing)
          try expect("\"\(text)\" after another", next.ids, is: try reader.ids(text, order))
          listing = next
        }
      }
      try manager.updatePlan(of: "org_c", to: "silver")
      try manager.commit(Sample.adding("org_e", named: "Echo"))
      let changed = try manager.reader()
      let next = try changed.listing(Query("plan:silver"), ListOrder(), after: listing)
      try expect("after a change", next.ids, is: ["org_b", "org_c"])
      try expect("its revision", next.summary.revision, is: changed.revision)
    },
    StoreBehavior("a listing knows the row of each organization that it shows") { manager in
      try manager.addOrganizations()
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
      try expect("the row of a hidden one", listing.position(of: "org_b"), is: nil)
      try expect("that there is a hidden one", listing.contains("org_b"))
      try expect("the row of an unknown one", listing.position(of: "org_none"), is: nil)
      try expect("that there is no unknown one", !listing.contains("org_none"))
      try expect("the one with a name", listing.organizationID(named: " BRAVO"), is: "org_b")
      try expect("the count of all", listing.summary.organizationCount, is: 4)
    },
    StoreBehavior("a listing finds the next row that matches, in both directions and around the end") {
      manager in
      try manager.addOrganizations()
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
    StoreBehavior("a listing has each organization with its members, hidden or not") { manager in
      try manager.addOrganizations()
      let listing = try manager.reader().listing(Query("alpha"), ListOrder(), after: nil)
      try listing.fetch("org_b", members: 0..<2)
      let bravo = try need("Bravo", listing.detail(of: "org_b"))
      try expect("its name", bravo.organization.name, is: "Bravo")
      try expect(
        "its count", [bravo.memberCount, bravo.roleCounts.total, bravo.roleCounts.owner], is: [2, 2, 0])
      let users = (0..<2).map { bravo.member(at: $0)?.member.userID }
      try expect("its members", users, is: ["ann", "bob"])
      try expect("the place of bob", bravo.place(of: "bob"), is: 1)
      try expect("the place of a stranger", bravo.place(of: "eve"), is: nil)
      try expect("no unknown one", listing.detail(of: "org_none") == nil)
    },
    StoreBehavior("users come by their ids, with how many organizations have them in which role") { manager in
      try manager.addOrganizations()
      let reader = try manager.reader()
      let all = try reader.users(matching: "", after: nil)
      func ids(_ users: any UserListing) -> [String?] { (0..<users.count).map { users.user(at: $0)?.id } }
      try expect("all", ids(all), is: ["ann", "bob"])
      let ann = try need("ann", all.user(at: 0))
      try expect(
        "the roles of ann", [ann.organizationCount, ann.roles.owner, ann.roles.member], is: [2, 1, 1])
      try expect("the row of bob", all.position(of: "bob"), is: 1)
      let some = try reader.users(matching: "B", after: all)
      try expect("those with b", ids(some), is: ["bob"])
      try expect("how many there are", some.total, is: 2)
      try manager.addUser("abe", to: "org_c")
      try expect(
        "after a change", ids(try manager.reader().users(matching: "", after: some)),
        is: ["abe", "ann", "bob"])
    },
    StoreBehavior("a user's organizations come by name, and are found by words") { manager in
      try manager.addOrganizations()
      let reader = try manager.reader()
      let all = try reader.memberships(of: "ann", matching: "")
      func ids(_ listing: any MembershipListing) -> [String] { (0..<listing.count).map(listing.id(at:)) }
      try expect("all", ids(all), is: ["org_a", "org_b"])
      let some = try reader.memberships(of: "ann", matching: "BRAVO member")
      try expect("those with the words", ids(some), is: ["org_b"])
      try expect("how many there are", some.total, is: 2)
      try expect("the row of a hidden one", some.position(of: "org_a"), is: nil)
      try expect("that the user is in a hidden one", some.contains("org_a") && !some.contains("org_c"))
      try expect("the roles", try some.members().map(\.role), is: [.owner, .member])
      try expect("a stranger's", try reader.memberships(of: "eve", matching: "").count, is: 0)
    },
    StoreBehavior("the overview counts what the queries of its lines find") { manager in
      try manager.addOrganizations()
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
      try expect("the largest", overview.members?.largest.map(\.organization.id), is: ["org_b", "org_a"])
      try expect("the newest", overview.newest.map(\.id), is: ["org_c", "org_b", "org_a", "org_d"])
    },
    StoreBehavior("organizations that are gone since an earlier state are named") { manager in
      try manager.addOrganizations()
      let earlier = try manager.reader()
      let delta = try need("Delta", try earlier.organization(id: "org_d"))
      try manager.commit(ChangeSet([.removeOrganization(delta)]))
      try manager.updatePlan(of: "org_c", to: "silver")
      let difference = try need("the difference", try manager.reader().difference(since: earlier))
      try expect("those that are gone", difference.removed, is: ["org_d"])
      try expect("those that changed", difference.changed, is: ["org_c"])
    },
  ]
}

extension OrgManager {
  /// Delta, Charlie, Bravo and Alpha, in this order; they differ in all that lists are sorted and filtered by.
  fileprivate func addOrganizations() throws {
    func organization(_ id: String, _ name: String, _ plan: String, day: Int64) -> Change {
      let time = Timestamp(microseconds: Moment.first.microseconds + day * 86_400_000_000)
      return .createOrganization(Organization(id: id, name: name, createdAt: time, planTier: plan))
    }
    try commit(
      ChangeSet([
        organization("org_d", "delta", "gold", day: 0), organization("org_c", "Charlie", "gold", day: 3),
        organization("org_b", "Bravo", "silver", day: 2), organization("org_a", "alpha", "gold", day: 1),
        .addMember(Sample.member("ann", .owner, of: "org_a")), .addMember(Sample.member("ann", of: "org_b")),
        .addMember(Sample.member("bob", of: "org_b")),
      ]))
    try updateStatus(of: "org_c", to: .suspended)
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
