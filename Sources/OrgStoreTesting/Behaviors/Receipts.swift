import OrgCore

extension StoreBehavior {
  /// What a commit returns.
  static let receipts: [StoreBehavior] = [
    StoreBehavior("the revision rises with each committed change, and the newest generation by one") {
      manager in
      try manager.commit(Sample.adding())
      for number in 1...5 {
        let (revision, generation) = (try manager.reader().revision, try manager.newestGeneration())
        let commit = try manager.commit(
          number == 1
            ? Sample.plan(to: "plan 1") : Sample.plan(from: "plan \(number - 1)", to: "plan \(number)"))
        try expect("the revision is later", commit.reader.revision > revision)
        try expect("the revision", try manager.reader().revision, is: commit.reader.revision)
        try expect("the generation", try manager.newestGeneration(), is: generation.map { $0 &+ 1 })
      }
    },
    StoreBehavior("a large set is one revision") { manager in
      let commit = try manager.commit(
        Sample.adding(members: ["a": .owner, "b": .owner, "c": .owner, "d": .owner]))
      try expect("the revision", try manager.reader().revision, is: commit.reader.revision)
      try expect("the history", try manager.history().count, is: 1)
    },
    StoreBehavior("a receipt has the data after the change") { manager in
      let commit = try manager.commit(Sample.adding(members: ["ann": .owner]))
      try expect("the organization", try commit.reader.organization(id: Sample.acme)?.name, is: "Acme")
      try expect("the records", try Records(commit.reader), is: try manager.records())
    },
    StoreBehavior("a receipt names what was done, in order, without what was so already") { manager in
      try manager.commit(Sample.adding(members: ["ann": .owner]))
      let done: [Change] = [
        .addMember(Sample.member("bob")),
        .setField(.planTier, organization: Sample.acme, from: PlanTier.default, to: "gold"),
      ]
      let same = Change.addMember(Sample.member("ann", .owner))
      let commit = try manager.commit(ChangeSet([done[0], same, done[1]]))
      try expect("what was done", commit.changes, is: done)
    },
    StoreBehavior("an edit that is a trial, or that nobody agrees to, changes nothing") { manager in
      try manager.commit(Sample.adding())
      let (records, history) = (try manager.records(), try manager.history())
      let trial = try manager.edit(isTrial: true) { (_) throws(OrgError) in Sample.plan(to: "gold") }
      let refused = try manager.edit(committingIf: { _ in false }) { (_) throws(OrgError) in
        Sample.plan(to: "gold")
      }
      for edit in [trial, refused] {
        try expect("no commit", edit.commit == nil)
        try expect(
          "the preview", edit.preview.recorded.map(\.summary), is: ["Plan of Acme: founders_friend → gold"])
      }
      try expect("the records", try manager.records(), is: records)
      try expect("the history", try manager.history(), is: history)
    },
    StoreBehavior("an edit is made of the data as they are, and committed") { manager in
      try manager.commit(Sample.adding(plan: "starter"))
      let edit = try manager.edit { (reader) throws(OrgError) in
        Sample.plan(from: try reader.organization(id: Sample.acme)?.planTier ?? "", to: "gold")
      }
      try expect("what was done", edit.commit?.changes, is: Sample.plan(from: "starter", to: "gold").changes)
      try expect("the plan", try manager.value(.planTier), is: "gold")
    },
  ]
}
