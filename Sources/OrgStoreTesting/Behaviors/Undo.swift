import OrgCore

extension OrgManager {
  /// Commits what undoes the latest edit.
  @discardableResult
  fileprivate func undo() throws -> Commit { try commit(try undoing(by: nil).set) }

  /// Commits what redoes the latest undo.
  @discardableResult
  fileprivate func redo() throws -> Commit { try commit(try redoing(by: nil).set) }
}

extension StoreBehavior {
  /// Undo and redo.
  static let undo: [StoreBehavior] = [
    StoreBehavior("where nothing happened there is nothing to undo or redo") { manager, sample in
      try expect("what can be undone", try manager.undoable(by: nil), is: nil)
      try expect("what can be redone", try manager.redoable(by: nil), is: nil)
      try expectError(.dataNotFound, "undoing") { try manager.undoing(by: nil) }
      try expectError(.dataNotFound, "redoing") { try manager.redoing(by: nil) }
    },
    StoreBehavior("every kind of change is undone step by step, and done again") { manager, sample in
      let steps = [
        sample.adding(members: ["ann": .owner]),
        sample.adding(sample.globex, named: "Globex"), sample.plan(to: "gold"),
        ChangeSet([.setField(.name, organization: sample.acme, from: "Acme", to: "Acme Ltd")]),
        ChangeSet([.setField(.lagoCustomerID, organization: sample.acme, from: nil, to: "l1")]),
        ChangeSet([.setField(.status, organization: sample.acme, from: "active", to: "deleted")]),
        ChangeSet([.addMember(sample.member("bob"))]),
        ChangeSet([.setRole(user: "bob", organization: sample.acme, from: .member, to: .owner)]),
        ChangeSet([.removeMember(user: "bob", organization: sample.acme, role: .owner)]),
        ChangeSet([.removeOrganization(sample.organization(sample.globex, named: "Globex"))]),
      ]
      var states = [try manager.records()]
      for step in steps {
        try manager.commit(step)
        states.append(try manager.records())
      }
      for index in steps.indices.reversed() {
        try manager.undo()
        try expect("the records after step \(index) was undone", try manager.records(), is: states[index])
      }
      try expect("what can be undone", try manager.undoable(by: nil), is: nil)
      for index in steps.indices {
        try manager.redo()
        try expect("the records after step \(index) was redone", try manager.records(), is: states[index + 1])
      }
      try expect("what can be redone", try manager.redoable(by: nil), is: nil)
    },
    StoreBehavior("an undo and a redo are generations that say what they are about") { manager, sample in
      try manager.commit(sample.adding())
      try manager.commit(sample.plan(to: "gold"))
      let edit = try need("the newest generation", try manager.newestGeneration())
      try manager.undo()
      try manager.redo()
      try expect(
        "the kinds", try manager.history().map(\.kind), is: [.redo(of: edit), .undo(of: edit), .edit, .edit])
      try expect("what can be undone", try manager.undoable(by: nil)?.generation, is: edit)
    },
    StoreBehavior("a preview of an undo says what it would do") { manager, sample in
      try manager.commit(sample.adding())
      try manager.commit(sample.plan(to: "gold"))
      let (entry, set) = try manager.undoing(by: nil)
      try expect(
        "the preview", try manager.preview(set, of: entry).map(\.summary),
        is: ["Plan of Acme: gold → founders_friend"])
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "gold")
    },
    StoreBehavior("after a new edit nothing is redone, and undo reaches what was before") { manager, sample in
      try manager.commit(sample.adding())
      try manager.commit(sample.plan(to: "gold"))
      try manager.undo()
      try manager.updateStatus(of: sample.acme, to: .suspended)
      try expect("what can be redone", try manager.redoable(by: nil), is: nil)
      try manager.undo()
      try manager.undo()
      try expect("the organizations", try manager.organizations(), is: [])
    },
    StoreBehavior("what is undone or redone is one's own") { manager, sample in
      try manager.commit(sample.adding())
      let entry = try need("the entry", try manager.history().first)
      let (own, other) = (entry.actor.uid, entry.actor.uid ^ 1)
      try expect("what the user can undo", try manager.undoable(by: own), is: entry)
      try expect("what another can undo", try manager.undoable(by: other), is: nil)
      try manager.undo()
      try expect(
        "what the user can redo", try manager.redoable(by: own)?.kind, is: .undo(of: entry.generation))
      try expect("what another can redo", try manager.redoable(by: other), is: nil)
    },
    StoreBehavior("an undo of what another changed since is a conflict") { manager, sample in
      try manager.commit(sample.adding(plan: "starter"))
      try manager.commit(sample.plan(from: "starter", to: "gold"))
      let (_, set) = try manager.undoing(by: nil)
      try manager.updatePlan(of: sample.acme, to: "silver")
      let error = try manager.expectRefusal(.conflict, of: "the undo") { try $0.commit(set) }
      let conflict = try need("the conflict", error.conflicts.first)
      try expect(
        "base, theirs and mine", [conflict.base, conflict.theirs, conflict.mine],
        is: ["gold", "silver", "starter"])
    },
    StoreBehavior("a redo of what another changed since is a conflict") { manager, sample in
      try manager.commit(sample.adding(plan: "starter"))
      try manager.commit(sample.plan(from: "starter", to: "gold"))
      try manager.undo()
      let (_, set) = try manager.redoing(by: nil)
      try manager.updatePlan(of: sample.acme, to: "silver")
      try manager.expectRefusal(.conflict, of: "the redo") { try $0.commit(set) }
    },
    StoreBehavior("an undo takes back what is left of a set, and leaves other fields alone") {
      manager, sample in
      try manager.commit(sample.adding(plan: "starter"))
      try manager.commit(
        ChangeSet(
          sample.plan(from: "starter", to: "gold").changes + [
            .setField(.status, organization: sample.acme, from: "active", to: "suspended")
          ]))
      let (_, set) = try manager.undoing(by: nil)
      try manager.updateStatus(of: sample.acme, to: .active)
      try manager.rename(sample.acme, to: "Acme Ltd")
      let commit = try manager.commit(set)
      try expect("what was done", commit.changes, is: sample.plan(from: "gold", to: "starter").changes)
      try expect("the plan", try manager.value(.planTier, of: sample.acme), is: "starter")
      try expect("the status", try manager.value(.status, of: sample.acme), is: "active")
      try expect("the name", try manager.value(.name, of: sample.acme), is: "Acme Ltd")
    },
    StoreBehavior("a created organization that got members is not undone until they are gone") {
      manager, sample in
      try manager.commit(sample.adding())
      let (_, set) = try manager.undoing(by: nil)
      try manager.addUser("bob", to: sample.acme)
      try manager.expectRefusal(.conflict, of: "the undo") { try $0.commit(set) }
      try manager.removeUser("bob", from: sample.acme)
      try manager.commit(set)
      try expect("the organizations", try manager.organizations(), is: [])
    },
    StoreBehavior("an undo that would take the last owner away is refused, unless it is allowed to") {
      manager, sample in
      try manager.commit(sample.adding())
      try manager.addUser("ann", to: sample.acme, role: .owner)
      var (_, set) = try manager.undoing(by: nil)
      try manager.expectRefusal(.lastOwner, of: "the undo") { try $0.commit(set) }
      set.allowsOwnerless = true
      try manager.commit(set)
      try expect("the members", try manager.userIDs(of: sample.acme), is: [])
    },
    StoreBehavior("an edit whose text was trimmed is undone and done again") { manager, sample in
      let id = try manager.createOrganization(name: " Acme ", planTier: " gold ")
      try manager.rename(id, to: "\tOther ")
      try manager.updateBillingIDs(of: id, lago: " l1 ")
      for _ in 0..<3 { try manager.undo() }
      try expect("the organizations", try manager.organizations(), is: [])
      for _ in 0..<3 { try manager.redo() }
      try expect("the name", try manager.value(.name, of: id), is: "Other")
      try expect("the plan", try manager.value(.planTier, of: id), is: "gold")
      try expect("the Lago id", try manager.value(.lagoCustomerID, of: id), is: "l1")
    },
    StoreBehavior("a member comes back with the time of joining") { manager, sample in
      try manager.commit(sample.adding(members: ["ann": .owner, "bob": sample.thirdRole]))
      try manager.removeUser("bob", from: sample.acme)
      try manager.undo()
      try expect(
        "bob", try manager.users(of: sample.acme).last,
        is: sample.member("bob", sample.thirdRole, at: 1))
    },
  ]
}
