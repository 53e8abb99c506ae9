import OrgCore

extension StoreBehavior {
  /// What a commit returns.
  static let receipts: [StoreBehavior] = [
    StoreBehavior("the revision rises with each committed change, and the newest generation by one") {
      manager, sample in
      try manager.commit(sample.adding())
      for number in 1...5 {
        let (revision, generation) = (try manager.reader().revision, try manager.newestGeneration())
        let commit = try manager.commit(
          number == 1
            ? sample.plan(to: "plan 1") : sample.plan(from: "plan \(number - 1)", to: "plan \(number)"))
        try expect("the revision is later", commit.reader.revision > revision)
        try expect("the revision", try manager.reader().revision, is: commit.reader.revision)
        try expect("the generation", try manager.newestGeneration(), is: generation.map { $0 &+ 1 })
      }
    },
    StoreBehavior("a large set is one revision") { manager, sample in
      let commit = try manager.commit(
        sample.adding(members: ["a": .owner, "b": .owner, "c": .owner, "d": .owner]))
      try expect("the revision", try manager.reader().revision, is: commit.reader.revision)
      try expect("the history", try manager.history().count, is: 1)
    },
    StoreBehavior("a receipt has the data after the change") { manager, sample in
      let commit = try manager.commit(sample.adding(members: ["ann": .owner]))
      try expect("the organization", try commit.reader.organization(id: sample.acme)?.name, is: "Acme")
      try expect("the records", try Records(commit.reader), is: try manager.records())
    },
    StoreBehavior("a receipt names what was done, in order, without what was so already") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner]))
      let done: [Change] = [
        .addMember(sample.member("bob")),
        .setField(.planTier, organization: sample.acme, from: PlanTier.default, to: "gold"),
      ]
      let same = Change.addMember(sample.member("ann", .owner))
      let commit = try manager.commit(ChangeSet([done[0], same, done[1]]))
      try expect("what was done", commit.changes, is: done)
    },
    StoreBehavior("an edit that is a trial, or that nobody agrees to, changes nothing") { manager, sample in
      try manager.commit(sample.adding())
      let (records, history) = (try manager.records(), try manager.history())
      let trial = try manager.edit(isTrial: true) { (_) throws(OrgError) in sample.plan(to: "gold") }
      let refused = try manager.edit(committingIf: { _ in false }) { (_) throws(OrgError) in
        sample.plan(to: "gold")
      }
      for edit in [trial, refused] {
        try expect("no commit", edit.commit == nil)
        try expect(
          "the preview", edit.preview.recorded.map(\.summary), is: ["Plan of Acme: founders_friend → gold"])
      }
      try expect("the records", try manager.records(), is: records)
      try expect("the history", try manager.history(), is: history)
    },
    StoreBehavior("an edit is made of the data as they are, and committed") { manager, sample in
      try manager.commit(sample.adding(plan: "starter"))
      let edit = try manager.edit { (reader) throws(OrgError) in
        sample.plan(from: try reader.organization(id: sample.acme)?.planTier ?? "", to: "gold")
      }
      try expect("what was done", edit.commit?.changes, is: sample.plan(from: "starter", to: "gold").changes)
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
    },
  ]
}
