import OrgCore

extension StoreBehavior {
  /// Makes four generations about two organizations and two users.
  ///
  /// - Returns: the history.
  @discardableResult
  private static func begin(_ manager: OrgManager, _ sample: Sample) throws -> [HistoryEntry] {
    try manager.commit(sample.adding(members: ["ann": .owner]))
    try manager.commit(
      sample.adding(sample.globex, named: "Globex", members: ["ann": .owner, "bob": .owner]))
    try manager.commit(sample.plan(to: "gold"))
    try manager.updateRole(of: "bob", in: sample.globex, to: .member)
    let history = try manager.history()
    try expect("how many generations", history.count, is: 4)
    return history
  }

  private static func count(
    _ manager: OrgManager, since: Timestamp? = nil, until: Timestamp? = nil
  ) throws -> Int {
    try manager.history(matching: HistoryFilter(since: since, until: until), limit: 10).entries.count
  }

  /// What a query finds.
  private static func found(_ manager: OrgManager, _ text: String) throws -> [HistoryEntry] {
    let filter = try HistoryQuery(text).filter(now: Timestamp.now(), zone: .utc)
    return try manager.history(matching: filter, limit: 10).entries
  }

  /// What is remembered of the changes.
  static let history: [StoreBehavior] = [
    StoreBehavior("the history has the newest first, each commit once") { manager, sample in
      let history = try begin(manager, sample)
      let generations = history.map(\.generation)
      try expect("the generations", generations, is: generations.sorted(by: >))
      try expect("the kinds", history.map(\.kind), is: [.edit, .edit, .edit, .edit])
      try expect(
        "the last", history.first?.changes.map(\.summary), is: ["Role of bob in Globex: owner → member"])
    },
    StoreBehavior("an entry has the changes of the set in order, with before and after") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      let set = ChangeSet([
        .setRole(user: "bob", organization: sample.acme, from: .member, to: .owner),
        .setField(.lagoCustomerID, organization: sample.acme, from: nil, to: "l1"),
        .removeMember(user: "ann", organization: sample.acme, role: .owner),
        .setField(.status, organization: sample.acme, from: "active", to: "suspended"),
      ])
      try manager.commit(set)
      let entry = try need("the entry", try manager.history().first)
      try expect("the changes", entry.changes.map(\.change), is: set.changes)
      try expect("the names", entry.changes.map(\.organizationName), is: Array(repeating: "Acme", count: 4))
    },
    StoreBehavior("an entry leaves out what was so already") { manager, sample in
      try manager.commit(sample.adding(plan: "gold"))
      try manager.commit(
        ChangeSet(
          sample.plan(to: "gold").changes + [
            .setField(.stripeCustomerID, organization: sample.acme, from: nil, to: "s1")
          ]))
      try expect("the entry", try manager.summaries().first, is: ["Stripe id of Acme: none → s1"])
    },
    StoreBehavior("an entry keeps the name that the organization had then") { manager, sample in
      try manager.commit(sample.adding())
      try manager.updatePlan(of: sample.acme, to: "gold")
      try manager.rename(sample.acme, to: "Other")
      try expect(
        "the history", try manager.summaries(),
        is: [
          ["Renamed Acme → Other"], ["Plan of Acme: founders_friend → gold"],
          ["Created Acme on founders_friend"],
        ])
    },
    StoreBehavior("an entry knows since when a removed member had been one") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": .member]))
      try manager.removeUser("bob", from: sample.acme)
      let change = try need("the change", try manager.history().first?.changes.first)
      try expect("since when", change.joinedAt, is: sample.member("bob", at: 1).joinedAt)
    },
    StoreBehavior("an entry is found by its generation, and an unknown one isn't") { manager, sample in
      try begin(manager, sample)
      for entry in try manager.history() {
        try expect("the entry", try manager.historyEntry(generation: entry.generation), is: entry)
      }
      let newest = try need("the newest generation", try manager.newestGeneration())
      try expect("the newest", newest, is: try manager.history().first?.generation ?? 0)
      try expect("a later one", try manager.historyEntry(generation: newest &+ 1), is: nil)
      try expect("the last possible one", try manager.historyEntry(generation: .max), is: nil)
    },
    StoreBehavior("the history of an organization has the changes of its members, too") { manager, sample in
      let history = try begin(manager, sample)
      let page = try manager.history(matching: HistoryFilter(organization: sample.globex), limit: 10)
      try expect("the entries", page.entries, is: [history[0], history[2]])
      let none = try manager.history(matching: HistoryFilter(organization: sample.unknown), limit: 10)
      try expect("those of an unknown one", none.entries, is: [])
    },
    StoreBehavior("the history of a user has the changes of its memberships alone") { manager, sample in
      let history = try begin(manager, sample)
      let ann = try manager.history(matching: HistoryFilter(user: "ann"), limit: 10)
      try expect("those of ann", ann.entries, is: [history[2], history[3]])
      let bob = try manager.history(matching: HistoryFilter(user: "bob"), limit: 10)
      try expect("those of bob", bob.entries, is: [history[0], history[2]])
    },
    StoreBehavior("the history of a person in an organization has that membership alone") { manager, sample in
      let history = try begin(manager, sample)
      let page = try manager.history(
        matching: HistoryFilter(organization: sample.acme, user: "ann"), limit: 10)
      try expect("the entries", page.entries, is: [history[3]])
      let bob = try manager.history(
        matching: HistoryFilter(organization: sample.acme, user: "bob"), limit: 10)
      try expect("those of a stranger", bob.entries, is: [])
    },
    StoreBehavior("the history of a time begins with it and ends before it") { manager, sample in
      let history = try begin(manager, sample)
      let (newest, oldest) = (history[0].time, history[3].time)
      try expect("since the first", try count(manager, since: oldest), is: 4)
      try expect(
        "since the last", try count(manager, since: newest), is: history.count { $0.time >= newest })
      try expect("until the first", try count(manager, until: oldest), is: 0)
      try expect("until the last", try count(manager, until: newest), is: history.count { $0.time < newest })
      let later = Timestamp(microseconds: newest.microseconds &+ 1)
      try expect("later", try count(manager, since: later), is: 0)
      try expect("all of it", try count(manager, since: oldest, until: later), is: 4)
    },
    StoreBehavior("terms find generations by kind, by who made them, by organization, user and words") {
      manager, sample in
      let history = try begin(manager, sample)
      let undo = try manager.undoing(by: nil).set
      try manager.commit(undo)
      let newest = try need("the undo", try manager.history().first)
      let all = [newest] + history
      let actor = newest.actor.user
      try expect("undos", try found(manager, "kind:undo"), is: [newest])
      try expect("edits", try found(manager, "kind:edit"), is: history)
      try expect("anything but edits", try found(manager, "!kind:edit"), is: [newest])
      try expect("edits and undos", try found(manager, "kind:undo,edit"), is: all)
      try expect("by the actor", try found(manager, "by:\"\(actor.uppercased())\""), is: all)
      try expect("by nobody known", try found(manager, "by:nobody-there"), is: [])
      try expect("not by the actor", try found(manager, "!by:\"\(actor)\""), is: [])
      try expect(
        "of an organization by name", try found(manager, "org:GLOB"), is: [newest, history[0], history[2]])
      try expect("by its id", try found(manager, "org:\(sample.acme)"), is: [history[1], history[3]])
      try expect("of the others", try found(manager, "!org:globex"), is: [history[1], history[3]])
      try expect("of a user", try found(manager, "user:bo"), is: [newest, history[0], history[2]])
      try expect("both of one change", try found(manager, "user:ann org:globex"), is: [history[2]])
      try expect("words", try found(manager, "role of bob"), is: [newest, history[0]])
      try expect("text in quotes", try found(manager, "\"plan of acme\""), is: [history[1]])
      try expect("characters in order", try found(manager, "~planofacmegold"), is: [history[1]])
      try expect("none of the words", try found(manager, "!bob !globex"), is: [history[1], history[3]])
      try expect("today", try found(manager, "since:1h kind:edit"), is: history)
      try expect("before", try found(manager, "until:1h"), is: [])
      try expect("not since", try found(manager, "!since:1h"), is: [])
    },
  ]

  /// All pages one after the other.
  private static func pages(
    of manager: OrgManager, _ filter: HistoryFilter = HistoryFilter(), limit: Int
  ) throws -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    var position: HistoryCursor?
    for _ in 0..<100 {
      let page = try manager.history(matching: filter, from: position, limit: limit)
      try expect("no more entries in a page than asked for", page.entries.count <= limit)
      entries += page.entries
      guard let next = page.next else { return entries }
      position = next
    }
    throw BehaviorFailure("the pages", expected: "an end", found: "none after 100 pages")
  }

  /// The history in pages.
  static let historyPages: [StoreBehavior] = [
    StoreBehavior("the pages of the history together are the history, whatever their length") {
      manager, sample in
      try manager.commit(sample.adding())
      for number in 1...9 { try manager.updatePlan(of: sample.acme, to: "plan \(number)") }
      let history = try manager.history()
      for limit in [1, 3, 10, 100] {
        try expect("pages of \(limit)", try pages(of: manager, limit: limit), is: history)
      }
    },
    StoreBehavior("the pages of a filter together are all that it lets through") { manager, sample in
      try begin(manager, sample)
      for number in 1...6 {
        try manager.updatePlan(of: number % 2 == 0 ? sample.acme : sample.globex, to: "plan \(number)")
      }
      let filter = HistoryFilter(organization: sample.acme)
      let wanted = try manager.history().filter(filter.includes)
      for limit in [1, 2, 50] {
        try expect("pages of \(limit)", try pages(of: manager, filter, limit: limit), is: wanted)
      }
      let terms = try HistoryQuery("!user:bob plan").filter(now: Timestamp.now(), zone: .utc)
      let others = try manager.history().filter(terms.includes)
      for limit in [1, 2, 50] {
        try expect("pages of terms, \(limit)", try pages(of: manager, terms, limit: limit), is: others)
      }
    },
    StoreBehavior("the oldest come first where that is asked for, with or without a filter") {
      manager, sample in
      try begin(manager, sample)
      for number in 1...6 {
        try manager.updatePlan(of: number % 2 == 0 ? sample.acme : sample.globex, to: "plan \(number)")
      }
      let filters = [
        HistoryFilter(), HistoryFilter(organization: sample.acme), HistoryFilter(user: "bob"),
        try HistoryQuery("!user:bob plan").filter(now: Timestamp.now(), zone: .utc),
      ]
      for filter in filters {
        let wanted = Array(try manager.history().filter(filter.includes).reversed())
        var inverse = filter
        inverse.order = .oldestFirst
        for limit in [1, 3, 50] {
          try expect("pages of \(limit)", try pages(of: manager, inverse, limit: limit), is: wanted)
        }
      }
    },
    StoreBehavior("an empty history is one empty page") { manager, sample in
      let page = try manager.history(from: nil, limit: 10)
      try expect("the entries", page.entries, is: [])
      try expect("no next page", page.next == nil)
    },
  ]
}
