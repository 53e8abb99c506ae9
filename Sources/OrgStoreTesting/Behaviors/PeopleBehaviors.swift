import OrgCore

extension StoreBehavior {
  /// What lists of members, of users, and of a user's organizations show.
  static let people: [StoreBehavior] = [
    StoreBehavior("members of an organization come as a query and an order ask for them") { manager, sample in
      try manager.addMembers(sample)
      let reader = try manager.reader()
      func ids(_ query: String, _ order: MemberOrder = MemberOrder()) throws -> [String] {
        let listing = try reader.members(of: sample.acme, matching: MemberQuery(query), by: order, after: nil)
        return (0..<listing.count).map(listing.id(at:))
      }
      for (query, users) in [
        ("", ["dora", "Bob", "carl", "ann"]), ("A", ["dora", "carl", "ann"]), ("~da", ["dora"]),
        ("role:owner", ["dora", "ann"]), ("!role:owner", ["Bob", "carl"]), ("role:owner n", ["ann"]),
        ("user:Bob", ["Bob"]), ("user:bob", []), ("joined:2020-01-02", ["dora", "Bob"]),
        ("joined:>2020-01-02", ["carl", "ann"]), ("!joined:>2020-01-02 b", ["Bob"]), ("nothing", []),
        ("%", []), ("_", []),
      ] {
        try expect("\"\(query)\"", try ids(query), is: users)
      }
      let orders: [(MemberOrder, [String])] = [
        (MemberOrder(isDescending: true), ["ann", "carl", "Bob", "dora"]),
        (MemberOrder(.user), ["Bob", "ann", "carl", "dora"]),
        (MemberOrder(.user, isDescending: true), ["dora", "carl", "ann", "Bob"]),
        (MemberOrder(.role), ["dora", "ann", "Bob", "carl"]),
        (MemberOrder(.role, isDescending: true), ["Bob", "carl", "dora", "ann"]),
      ]
      for (order, users) in orders {
        try expect(
          "by \(order.column.rawValue)\(order.isDescending ? ", the last first" : "")", try ids("", order),
          is: users)
      }
      try expect("those that match, sorted", try ids("role:owner", MemberOrder(.user)), is: ["ann", "dora"])
    },
    StoreBehavior("a list of members has each in its row, and knows how many there are") { manager, sample in
      try manager.addMembers(sample)
      let reader = try manager.reader()
      for query in ["", "role:owner", "nothing"] {
        let listing = try reader.members(
          of: sample.acme, matching: MemberQuery(query), by: MemberOrder(.user), after: nil)
        try listing.fetch(0..<listing.count)
        try expect("how many there are", listing.total, is: 4)
        for row in 0..<listing.count {
          let id = listing.id(at: row)
          try expect("the row of \(id)", listing.position(of: id), is: row)
          try expect(
            "what it shows", listing.member(at: row)?.member, is: try reader.member(id, of: sample.acme))
        }
      }
      let owners = try reader.members(
        of: sample.acme, matching: MemberQuery("role:owner"), by: MemberOrder(), after: nil)
      try expect("the row of a hidden one", owners.position(of: "Bob"), is: nil)
      try expect("the row of a stranger", owners.position(of: "eve"), is: nil)
      try manager.updateRole(of: "Bob", in: sample.acme, to: .owner)
      let after = try manager.reader().members(
        of: sample.acme, matching: MemberQuery("role:owner"), by: MemberOrder(), after: owners)
      try expect("those after a change", (0..<after.count).map(after.id(at:)), is: ["dora", "Bob", "ann"])
      let none = try reader.members(
        of: sample.unknown, matching: MemberQuery(), by: MemberOrder(), after: nil)
      try expect("members of an unknown organization", [none.count, none.total], is: [0, 0])
    },
    StoreBehavior("what is typed of a user's id finds those that begin with it, and then those that have it")
    {
      manager, sample in
      try manager.addMembers(sample)
      try manager.addOrganizations(sample)
      try manager.addUser("Joan", to: sample.id("c"))
      try manager.addUser("an_na@example.com", to: sample.id("c"))
      let reader = try manager.reader()
      for (text, users) in [
        ("an", ["an_na@example.com", "ann", "Joan"]), ("AN", ["an_na@example.com", "ann", "Joan"]),
        ("ann", ["ann"]), ("b", ["Bob", "bob"]), ("o", ["Bob", "Joan", "an_na@example.com", "bob", "dora"]),
        ("n_", ["an_na@example.com"]), ("%", []), ("\"a", []), ("nobody", []),
      ] {
        try expect("\"\(text)\"", try reader.users(completing: text, limit: 10), is: users)
      }
      try expect("no more than that", try reader.users(completing: "o", limit: 2), is: ["Bob", "Joan"])
      try manager.removeUser("Joan", from: sample.id("c"))
      try expect(
        "after a change", try manager.reader().users(completing: "jo", limit: 10), is: [])
    },
    StoreBehavior("words find users whom a directory knows by them, too") { manager, sample in
      try manager.addMembers(sample)
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      let directory = DirectoryTerms(
        users: ["jane": ["BOB", "carl", "stranger", "o'neill", "%"], "doe": ["carl"], "an": []],
        states: [.disabled: ["dora"], .gone: ["ann", "bob"]])
      for (query, users) in [
        ("jane", ["Bob", "bob", "carl"]), ("jane doe", ["carl"]), ("!jane", ["ann", "dora"]),
        ("doe", ["carl"]), ("an", ["ann"]), ("jane b", ["Bob", "bob"]),
        ("jane owners:0", ["Bob", "bob", "carl"]),
        ("directory:disabled", ["dora"]), ("directory:gone", ["Bob", "ann", "bob"]),
        ("!directory:gone", ["carl", "dora"]), ("directory:gone an", ["ann"]),
        ("directory:gone owners:>0", ["ann"]),
      ] {
        for order in [UserOrder(), UserOrder(.organizations)] {
          let listing = try reader.users(matching: UserQuery(query).knowing(directory), by: order, after: nil)
          try expect("users of \"\(query)\"", try listing.ids().sorted(), is: users)
        }
      }
      try expect(
        "users of a directory that wasn't asked",
        try reader.users("directory:gone", UserOrder(), after: nil).count,
        is: 0)
      for (query, users) in [
        ("jane", ["Bob", "carl"]), ("jane doe", ["carl"]), ("!jane", ["dora", "ann"]), ("an", ["ann"]),
        ("role:owner jane", []), ("user:doe", []),
      ] {
        let listing = try reader.members(
          of: sample.acme, matching: MemberQuery(query).knowing(directory), by: MemberOrder(), after: nil)
        try expect("members of \"\(query)\"", (0..<listing.count).map(listing.id(at:)), is: users)
      }
      func organizations(_ query: String) throws -> [String] {
        let listing = try reader.listing(Query(query).knowing(directory), ListOrder(), after: nil)
        return (0..<listing.count).map(listing.id(at:))
      }
      try expect(
        "organizations of a user by name",
        try organizations("user:doe"), is: organizations("user:carl"))
      try expect("organizations of a name of several", try organizations("user:jane"), is: [])
    },
    StoreBehavior("users come by their ids, with how many organizations have them in which role") {
      manager, sample in
      try manager.addOrganizations(sample)
      let reader = try manager.reader()
      let all = try reader.users("", UserOrder(), after: nil)
      try expect("all", try all.ids(), is: ["ann", "bob"])
      let ann = try need("ann", all.user(at: 0))
      try expect(
        "the roles of ann", [ann.organizationCount, ann.roles.owner, ann.roles.member], is: [2, 1, 1])
      try expect("the row of bob", all.position(of: "bob"), is: 1)
      let some = try reader.users("B", UserOrder(), after: all)
      try expect("those with b", try some.ids(), is: ["bob"])
      try expect("how many there are", some.total, is: 2)
      try manager.addUser("abe", to: sample.id("c"))
      try expect(
        "after a change", try manager.reader().users("", UserOrder(), after: some).ids(),
        is: ["abe", "ann", "bob"])
    },
    StoreBehavior("users come as a query and an order ask for them") { manager, sample in
      try manager.addOrganizations(sample)
      try manager.commit(
        ChangeSet([
          .addMember(sample.member("carl", .owner, of: sample.id("c"))),
          .addMember(sample.member("carl", .owner, of: sample.id("d"))),
          .addMember(sample.member("dora", sample.thirdRole, of: sample.id("a"))),
        ]))
      try manager.updateStatus(of: sample.id("d"), to: .deleted)
      let reader = try manager.reader()
      for (query, users) in [
        ("role:owner", ["ann", "carl"]), ("!role:owner", ["bob", "dora"]), ("owners:>1", ["carl"]),
        ("organizations:1", ["bob", "dora"]), ("!organizations:1", ["ann", "carl"]),
        ("members:>=1", ["ann", "bob"]), ("in:suspended", ["carl"]), ("in:deleted", ["carl"]),
        ("!in:deleted", ["ann", "bob", "dora"]), ("in:active role:owner", ["ann"]),
        ("in:active !role:owner", ["ann", "bob", "dora"]), ("in:suspended in:deleted", ["carl"]),
        ("in:suspended role:member", []), ("owners:1 N", ["ann"]), ("~cl", ["carl"]), ("!A", ["bob"]),
      ] {
        let listing = try reader.users(query, UserOrder(), after: nil)
        try expect("\"\(query)\"", try listing.ids(), is: users)
        try expect("how many there are beside \"\(query)\"", listing.total, is: 4)
      }
      let orders: [(UserOrder, [String])] = [
        (UserOrder(isDescending: true), ["dora", "carl", "bob", "ann"]),
        (UserOrder(.organizations), ["bob", "dora", "ann", "carl"]),
        (UserOrder(.organizations, isDescending: true), ["ann", "carl", "bob", "dora"]),
        (UserOrder(.owner, isDescending: true), ["carl", "ann", "bob", "dora"]),
        (UserOrder(.member), ["carl", "dora", "ann", "bob"]),
      ]
      for (order, users) in orders {
        let listing = try reader.users("", order, after: nil)
        try expect("by \(order.column.rawValue)", try listing.ids(), is: users)
        for (row, id) in users.enumerated() {
          try listing.fetch(row..<row + 1)
          try expect("the user in row \(row)", listing.user(at: row)?.id, is: id)
          try expect("the row of \(id)", listing.position(of: id), is: row)
        }
        try expect(
          "the counts in it", listing.user(at: listing.position(of: "carl") ?? 0)?.roles.owner, is: 2)
      }
    },
    StoreBehavior("a user's organizations come as a query and an order ask for them") { manager, sample in
      try manager.addOrganizations(sample)
      try manager.commit(ChangeSet([.addMember(sample.member("ann", of: sample.id("c"), at: 90_000))]))
      let reader = try manager.reader()
      func listing(
        _ query: String, _ order: MembershipOrder = MembershipOrder()
      ) throws -> any MembershipListing {
        try reader.memberships(of: "ann", matching: MembershipQuery(query), by: order)
      }
      func ids(_ listing: any MembershipListing) -> [String] { (0..<listing.count).map(listing.id(at:)) }
      for (query, names) in [
        ("", ["a", "b", "c"]), ("BRAVO role:member", ["b"]), ("role:owner", ["a"]),
        ("!role:owner", ["b", "c"]), ("plan:gold", ["a", "c"]), ("status:suspended", ["c"]),
        ("user:bob", ["b"]), ("owners:0", ["b", "c"]), ("members:2", ["b"]), ("joined:>2020-01-02", ["c"]),
        ("joined:2020-01-02 plan:gold", ["a"]), ("nothing", []),
      ] {
        try expect("\"\(query)\"", ids(try listing(query)), is: names.map(sample.id))
      }
      let orders: [(MembershipOrder, [String])] = [
        (MembershipOrder(isDescending: true), ["c", "b", "a"]),
        (MembershipOrder(.role), ["a", "b", "c"]),
        (MembershipOrder(.plan, planTiers: ["silver", "gold"]), ["b", "a", "c"]),
        (MembershipOrder(.status, isDescending: true), ["c", "a", "b"]),
        (MembershipOrder(.joined, isDescending: true), ["c", "a", "b"]),
        (MembershipOrder(.created, isDescending: true), ["c", "b", "a"]),
      ]
      for (order, names) in orders {
        let sorted = try listing("", order)
        try expect("by \(order.column.rawValue)", ids(sorted), is: names.map(sample.id))
        try sorted.fetch(0..<sorted.count)
        for (row, name) in names.enumerated() {
          try expect("the row of \(name)", sorted.position(of: sample.id(name)), is: row)
          try expect("what it shows", sorted.row(at: row)?.organization.id, is: sample.id(name))
        }
      }
      let some = try listing("BRAVO")
      try expect("how many there are", some.total, is: 3)
      try expect("the row of a hidden one", some.position(of: sample.id("a")), is: nil)
      try expect(
        "that the user is in a hidden one", some.contains(sample.id("a")) && !some.contains(sample.id("d")))
      try expect("the roles", try some.members().map(\.role), is: [.owner, .member, .member])
      try expect(
        "a stranger's",
        try reader.memberships(of: "eve", matching: MembershipQuery(), by: MembershipOrder()).count, is: 0)
    },
  ]
}

extension OrgManager {
  /// Acme with dora, Bob, carl and ann, who joined in this order; carl and ann on another day.
  fileprivate func addMembers(_ sample: Sample) throws {
    try commit(sample.adding())
    let day = 86_400
    try commit(
      ChangeSet([
        .addMember(sample.member("dora", .owner, at: 0)), .addMember(sample.member("Bob", .member, at: 1)),
        .addMember(sample.member("carl", .member, at: 2 * day)),
        .addMember(sample.member("ann", .owner, at: 3 * day)),
      ]))
  }
}

extension StoreReader {
  fileprivate func users(
    _ query: String, _ order: UserOrder, after earlier: (any UserListing)?
  ) throws -> any UserListing {
    try users(matching: UserQuery(query), by: order, after: earlier)
  }
}

extension UserListing {
  fileprivate func ids() throws -> [String] { try ids(in: 0..<count) }
}
