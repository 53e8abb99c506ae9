import OrgCore

extension StoreBehavior {
  /// What several managers on the same data see of each other.
  static let sharing: [StoreBehavior] = [
    StoreBehavior("what one manager commits another finds at once, with its history", abilities: []) {
      store, sample in
      let (one, other) = (try store.manager(), try store.manager())
      try expect("the records at first", try other.records(), is: try one.records())
      try one.commit(sample.adding(members: ["ann": .owner]))
      try expect("the members", try other.userIDs(of: sample.acme), is: ["ann"])
      try other.updatePlan(of: sample.acme, to: "gold")
      try expect("the plan", try one.value(.planTier, of: sample.acme), is: "gold")
      try expect("the history", try one.history(), is: try other.history())
      try expect("how many", try one.history().count, is: 2)
      try expect("the newest generation", try one.newestGeneration(), is: try other.newestGeneration())
    },
    StoreBehavior("managers that change the same field from the same picture conflict", abilities: []) {
      store, sample in
      let (one, other) = (try store.manager(), try store.manager())
      try one.commit(sample.adding(plan: "starter"))
      _ = try other.reader()
      try one.commit(sample.plan(from: "starter", to: "gold"))
      let error = try other.expectRefusal(.conflict, of: "the second change") {
        try $0.commit(sample.plan(from: "starter", to: "silver"))
      }
      try expect("theirs", error.conflicts.map(\.theirs), is: ["gold"])
      try expect(
        "the same change of the other", try other.commit(sample.plan(from: "starter", to: "gold")).changes,
        is: [])
    },
    StoreBehavior("managers that change different records from the same picture both succeed", abilities: [])
    {
      store, sample in
      let (one, other) = (try store.manager(), try store.manager())
      try one.commit(sample.adding(members: ["ann": .owner]))
      try other.commit(sample.adding(sample.globex, named: "Globex"))
      try one.commit(sample.plan(to: "gold"))
      try other.commit(ChangeSet([.addMember(sample.member("bob"))]))
      try other.commit(sample.plan(of: sample.globex, to: "silver"))
      try expect("the plans", try one.organizations().map(\.planTier), is: ["gold", "silver"])
      try expect("the members", try one.userIDs(of: sample.acme), is: ["ann", "bob"])
    },
    StoreBehavior("a name that one manager took is taken for the other", abilities: []) { store, sample in
      let (one, other) = (try store.manager(), try store.manager())
      _ = try other.reader()
      try one.commit(sample.adding())
      try other.expectRefusal(.nameTaken, of: "creating") { try $0.createOrganization(name: "acme") }
    },
    StoreBehavior("one manager undoes what the same user did with another", abilities: []) { store, sample in
      let (one, other) = (try store.manager(), try store.manager())
      try one.commit(sample.adding())
      try one.commit(sample.plan(to: "gold"))
      let uid = try need("the entry", try one.history().first).actor.uid
      try other.commit(try other.undoing(by: uid).set)
      try expect("the plan", try one.value(.planTier, of: sample.acme), is: PlanTier.default)
      try one.commit(try one.redoing(by: uid).set)
      try expect("the plan again", try other.value(.planTier, of: sample.acme), is: "gold")
    },
    StoreBehavior("commits from several threads at once all survive, each a generation", abilities: []) {
      store, sample in
      try store.manager().commit(sample.adding())
      let workers = (0..<3).map { worker in
        BackgroundTask {
          Result {
            let manager = try store.manager()
            for number in 0..<10 { try manager.addUser("user \(worker) \(number)", to: sample.acme) }
          }
        }
      }
      for worker in workers { try worker.value.get() }
      let manager = try store.manager()
      let users = (0..<3).flatMap { worker in (0..<10).map { "user \(worker) \($0)" } }
      try expect("the members", Set(try manager.userIDs(of: sample.acme)), is: Set(users))
      let history = try manager.history()
      try expect("how many generations", Set(history.map(\.generation)).count, is: 31)
      try expect(
        "the members in the history", history.flatMap(\.changes).compactMap(\.change.userID).sorted(),
        is: users.sorted())
    },
    StoreBehavior("operations that race for the same field look again until they succeed", abilities: []) {
      store, sample in
      try store.manager().commit(sample.adding())
      let workers = (0..<2).map { worker in
        BackgroundTask {
          Result {
            let manager = try store.manager()
            for number in 0..<10 { try manager.updatePlan(of: sample.acme, to: "plan \(worker) \(number)") }
          }
        }
      }
      for worker in workers { try worker.value.get() }
      let manager = try store.manager()
      let plans = try manager.history().reversed().flatMap(\.changes).compactMap { recorded -> [String?]? in
        guard case .setField(.planTier, _, let from, let to) = recorded.change else { return nil }
        return [from, to]
      }
      try expect("the changes of the plan", plans.count, is: 20)
      try expect(
        "each follows the one before", plans.dropFirst().map(\.first), is: plans.dropLast().map(\.last))
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: plans.last?.last ?? nil)
    },
  ]
}
