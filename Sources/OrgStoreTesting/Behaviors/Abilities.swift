import OrgCore

extension StoreBehavior {
  /// What outlives a store.
  static let reopening: [StoreBehavior] = [
    StoreBehavior("a store that is opened again has all records and the history", abilities: .canBeReopened) {
      store, sample in
      /// Returns without the store.
      func fill() throws -> (Records, [HistoryEntry]) {
        let manager = try store.manager()
        try manager.commit(sample.adding(plan: "gold", members: ["ann": .owner, "é\n👩‍👩‍👧‍👦": sample.thirdRole]))
        try manager.commit(sample.adding(sample.globex, named: "Globex"))
        try manager.updateBillingIDs(of: sample.globex, lago: "l1")
        return (try manager.records(), try manager.history())
      }
      let (records, history) = try fill()
      try expect("the records", try store.manager().records(), is: records)
      try expect("the history", try store.manager().history(), is: history)
      try expect(
        "the newest generation", try store.manager().newestGeneration(), is: history.first?.generation)
    },
    StoreBehavior("undo and redo go on where a store was opened again", abilities: .canBeReopened) {
      store, sample in
      try store.manager().commit(sample.adding())
      try store.manager().updatePlan(of: sample.acme, to: "silver")
      try store.manager().updatePlan(of: sample.acme, to: "gold")
      func undo() throws { try store.manager().commit(try store.manager().undoing(by: nil).set) }
      func redo() throws { try store.manager().commit(try store.manager().redoing(by: nil).set) }
      try undo()
      try expect("the plan", try store.manager().value(.planTier, of: sample.acme), is: "silver")
      try undo()
      try expect(
        "the first plan", try store.manager().value(.planTier, of: sample.acme), is: PlanTier.default)
      try redo()
      try redo()
      try expect("the plan again", try store.manager().value(.planTier, of: sample.acme), is: "gold")
      try expect("what can be redone", try store.manager().redoable(by: nil), is: nil)
    },
    StoreBehavior("generations go on from the last where a store was opened again", abilities: .canBeReopened)
    {
      store, sample in
      try store.manager().commit(sample.adding())
      for number in 1...4 { try store.manager().updatePlan(of: sample.acme, to: "plan \(number)") }
      let generations = try store.manager().history().map(\.generation)
      try expect("how many", generations.count, is: 5)
      let newest = try need("the newest", generations.first)
      try expect("the generations", generations, is: (0..<5).map { newest &- $0 })
    },
    StoreBehavior("what was refused is not there where a store was opened again", abilities: .canBeReopened) {
      store, sample in
      try store.manager().commit(sample.adding(members: ["ann": .owner]))
      try store.manager().expectRefusal(.conflict, of: "a stale plan") {
        try $0.commit(sample.plan(from: "stale", to: "gold"))
      }
      try store.manager().expectRefusal(.lastOwner, of: "removing ann") {
        try $0.removeUser("ann", from: sample.acme)
      }
      try expect("the plan", try store.manager().value(.planTier, of: sample.acme), is: PlanTier.default)
      try expect("the members", try store.manager().userIDs(of: sample.acme), is: ["ann"])
      try expect("the history", try store.manager().history().count, is: 1)
    },
  ]

  /// What happens while somebody else holds the data up.
  static let waiting: [StoreBehavior] = [
    StoreBehavior(
      "a commit that waits says for whom and how long, and can be cancelled", abilities: .canBeHeldUp
    ) {
      store, sample in
      let manager = try store.manager()
      try manager.commit(sample.adding())
      try store.whileHeldUp {
        var holders: [Contention] = []
        try manager.expectRefusal(.cancelled, of: "a commit that is given up") {
          try $0.commit(sample.plan(to: "gold")) { holder in
            holders.append(holder)
            return holders.count < 2
          }
        }
        try expect("how often it was asked", holders.count, is: 2)
        try expect("who holds it up", holders.map(\.program.isEmpty), is: [false, false])
        try expect("times that rise", holders[0].waitedMilliseconds < holders[1].waitedMilliseconds)
      }
    },
    StoreBehavior("after it was cancelled a commit can be made again", abilities: .canBeHeldUp) {
      store, sample in
      let manager = try store.manager()
      try manager.commit(sample.adding())
      try store.whileHeldUp {
        try expectError(.cancelled, "a commit") { try manager.commit(sample.plan(to: "gold")) { _ in false } }
      }
      try manager.commit(sample.plan(to: "gold")) { _ in true }
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
      try expect("the history", try manager.history().count, is: 2)
    },
    StoreBehavior("a commit that waits is made as soon as it can be", abilities: .canBeHeldUp) {
      store, sample in
      let manager = try store.manager()
      try manager.commit(sample.adding())
      var commit: BackgroundTask<Result<Commit, any Error>>?
      try store.whileHeldUp {
        let isWaiting = WaitingSign()
        commit = BackgroundTask {
          Result {
            // Whether it waits or not, nobody waits for it in vain.
            defer { isWaiting.give() }
            return try manager.commit(sample.plan(to: "gold")) { _ in
              isWaiting.give()
              return true
            }
          }
        }
        isWaiting.wait()
        try expect(
          "the plan while it waits", try manager.value(.planTier, of: sample.acme), is: PlanTier.default)
      }
      try expect("what was done", try need("the commit", commit).value.get().changes.count, is: 1)
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
    },
    StoreBehavior("nobody waits to read", abilities: .canBeHeldUp) { store, sample in
      let manager = try store.manager()
      try manager.commit(sample.adding(members: ["ann": .owner]))
      let records = try manager.records()
      try store.whileHeldUp {
        try expect("the records", try manager.records(), is: records)
        try expect("the records of another", try store.manager().records(), is: records)
        try expect("the history", try manager.history().count, is: 1)
      }
    },
  ]
}
