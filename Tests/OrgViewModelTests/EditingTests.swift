import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct RoleTests {
  /// The detail with bob selected.
  private func onBob() -> Driver {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveDown)
    return driver
  }

  @Test func `r and a letter change the role and say so`() {
    for (action, role) in [(Action.choose(.owner), Role.owner), (.choose(.billingAdmin), .billingAdmin)] {
      var driver = onBob()
      driver.press(.changeRole)
      #expect(driver.model.context == .roleChoice)
      driver.press(action)
      #expect(driver.role("bob") == role)
      #expect(driver.message == "Role of bob in Acme: member → \(role.title).")
      #expect(driver.model.selectedMember?.userID == "bob")
    }
  }

  @Test func `an edit is undone and redone, one after the other, and each says what it did`() {
    var driver = onBob()
    driver.press(.undo)
    #expect(driver.message == "There is nothing of yours to undo.")
    driver.press(.changeRole, .choose(.owner), .undo)
    #expect(driver.role("bob") == .member)
    #expect(driver.message?.hasPrefix("Undid generation 1 by memory, 20") == true)
    #expect(driver.message?.hasSuffix(" UTC: Role of bob in Acme: owner → member.") == true)
    driver.press(.redo)
    #expect(driver.role("bob") == .owner)
    #expect(driver.message?.hasPrefix("Redid generation 1, undone by memory, 20") == true)
    #expect(driver.message?.hasSuffix(" UTC: Role of bob in Acme: member → owner.") == true)
    #expect(driver.model.selectedMember?.userID == "bob")
    driver.othersSetRole("bob", .billingAdmin)
    driver.press(.undo)
    #expect(driver.role("bob") == .billingAdmin)
    #expect(driver.model.message?.kind == .refusal)
  }

  @Test func `what is saved is said before the data after it are read, once`() throws {
    let change = Change.setRole(user: "bob", organization: "org_acme", from: .member, to: .owner)
    for goesOn in [false, true] {
      var driver = onBob()
      driver.holds = true
      driver.press(.changeRole, .choose(.owner))
      driver.model.receive(committed: [change])
      #expect(driver.message == "Role of bob in Acme: member → owner.")
      #expect(driver.model.message?.canBeUndone == true)
      #expect(driver.model.selectedMember?.role == .member)
      // A key after it takes the message away, and it doesn't come back.
      if goesOn { driver.press(.moveUp) }
      driver.release()
      #expect(driver.message == (goesOn ? nil : "Role of bob in Acme: member → owner."))
      #expect(driver.role("bob") == .owner)
    }
  }

  @Test func `an undo waits for what is on its way`() {
    var driver = onBob()
    driver.holds = true
    driver.press(.changeRole, .choose(.owner), .undo)
    #expect(driver.held.count == 1)
    driver.release()
    #expect(driver.role("bob") == .member)
  }

  @Test func `a role that the member has already is no change`() {
    var driver = onBob()
    driver.press(.changeRole, .choose(.member))
    #expect(driver.message == "bob is member already.")
    #expect(driver.commits.isEmpty)
  }

  @Test func `Esc and everything else that isn't an answer changes nothing`() {
    var driver = onBob()
    driver.press(.changeRole, .moveDown, .paste("o"), .confirm, .back)
    #expect(driver.model.context == .detail)
    #expect(driver.commits.isEmpty)
  }

  @Test func `the last owner keeps the role, with the reason`() {
    var driver = Driver()
    driver.press(.open, .changeRole)
    #expect(driver.model.context == .detail)
    #expect(driver.role("alice") == .owner)
    #expect(driver.message == "alice is the last owner of Acme; make someone else an owner first.")
    #expect(driver.model.message?.kind == .refusal)
  }

  @Test func `a role that another changed unseen is a conflict, and what is there is shown`() {
    var driver = onBob()
    driver.store.change { _, members in members[1].role = .billingAdmin }
    driver.press(.changeRole, .choose(.owner))
    #expect(driver.role("bob") == .billingAdmin)
    #expect(
      driver.message == "bob is billing in Acme now, no longer member, so the role was not changed.")
    #expect(driver.model.selectedMember?.role == .billingAdmin)
  }

  @Test func `a role that another changed while one was chosen is shown, and the choice expects it`() {
    for role in [Role.owner, .member] {
      var driver = onBob()
      driver.press(.changeRole)
      driver.othersSetRole("bob", .billingAdmin)
      let menu = driver.model.workspace.overlay as? RoleMenu
      #expect(
        menu?.question(driver.model.workspace)
          == "Role of bob in Acme, now billing (others changed it meanwhile):")
      driver.press(.choose(role))
      #expect(
        driver.commits == [[.setRole(user: "bob", organization: "org_acme", from: .billingAdmin, to: role)]])
    }
  }

  @Test func `two quick changes are both made, the second on top of the first`() {
    var driver = onBob()
    driver.holds = true
    driver.press(.changeRole, .choose(.owner), .changeRole, .choose(.billingAdmin))
    #expect(driver.commits.count == 1)
    driver.release()
    #expect(driver.role("bob") == .billingAdmin)
    #expect(
      driver.commits == [
        [.setRole(user: "bob", organization: "org_acme", from: .member, to: .owner)],
        [.setRole(user: "bob", organization: "org_acme", from: .owner, to: .billingAdmin)],
      ])
  }

  @Test func `a quick change back is made too`() {
    var driver = onBob()
    driver.holds = true
    driver.press(.changeRole, .choose(.owner), .changeRole, .choose(.member), .changeRole, .choose(.member))
    driver.release()
    #expect(driver.role("bob") == .member)
    #expect(driver.commits.count == 2)
  }

  @Test func `when the first of two changes fails the second is made all the same, and both are said`() {
    var driver = onBob()
    driver.store.fail(OrgError(.locked, "Somebody has the lock."))
    driver.holds = true
    driver.press(.changeRole, .choose(.owner), .changeRole, .choose(.billingAdmin))
    driver.release()
    #expect(driver.role("bob") == .billingAdmin)
    #expect(driver.message == "Somebody has the lock. Role of bob in Acme: member → billing.")
    #expect(driver.model.message?.kind == .refusal)
  }

  @Test func `a choice that was open while an own change finished goes on from there`() {
    var driver = onBob()
    driver.holds = true
    driver.press(.changeRole, .choose(.owner), .changeRole)
    driver.release()
    guard case .member(let member)? = (driver.model.workspace.overlay as? RoleMenu)?.subject else {
      return #expect(Bool(false))
    }
    #expect(member.role == .owner)
    driver.press(.choose(.member))
    #expect(driver.role("bob") == .member)
  }

  @Test func `a removal asked for while a role changes expects the new role`() {
    var driver = onBob()
    driver.holds = true
    driver.press(.changeRole, .choose(.owner), .remove)
    driver.release()
    driver.press(.confirm)
    #expect(driver.role("bob") == nil)
  }

  @Test func `a commit that takes long says so, until it is done`() {
    var driver = onBob()
    driver.model.receiveSaving()
    #expect(driver.message == nil)
    driver.holds = true
    driver.press(.changeRole, .choose(.owner))
    driver.model.receiveSaving()
    #expect(driver.message == "Saving…")
    driver.model.receive(
      Contention(program: "billingd", origin: .process(4121), user: "root", waitedMilliseconds: 3200))
    driver.model.receiveSaving()
    #expect(driver.message?.contains("billingd") == true)
    driver.release()
    #expect(driver.message?.hasPrefix("Role of bob in Acme: member → owner.") == true)
  }

  @Test func `several changes that wait are named, and taken back one by one`() {
    let holder = Contention(
      program: "billingd", origin: .process(4121), user: "root", waitedMilliseconds: 3200)
    var driver = Driver(rows: 20)
    driver.holds = true
    driver.press(.changePlan, .choosePlan("starter"), .moveDown, .changePlan, .choosePlan("enterprise"))
    driver.press(
      .moveDown, .changeStatus, .chooseStatus(.suspended), .moveDown, .changePlan, .choosePlan("starter"))
    driver.model.receive(holder)
    #expect(
      driver.message
        == "4 changes wait (^C takes back the newest, Esc all): Plan of Acme: founders_friend → starter; "
        + "Plan of Bravo: founders_friend → enterprise; 2 more. The data are held by billingd, pid 4121 (root), 3.2 s."
    )
    driver.press(.cancel)
    #expect(driver.message == "Taken back: Plan of Delta: founders_friend → starter.")
    driver.press(.cancel)
    #expect(driver.message == "Taken back: Status of Charlie: active → suspended.")
    driver.model.receive(holder)
    #expect(
      driver.message?.hasPrefix("2 changes wait (^C takes back the newest, Esc all): Plan of Acme") == true)
    driver.release()
    #expect(driver.store.data.organization(id: "org_bravo")?.planTier == "enterprise")
    #expect(driver.store.data.organization(id: "org_charlie")?.status == .active)
    #expect(driver.store.data.organization(id: "org_delta")?.planTier == "founders_friend")
    // Esc takes back all of them.
    driver.holds = true
    driver.press(.changePlan, .choosePlan("professional"), .moveUp, .changePlan, .choosePlan("professional"))
    driver.model.receive(holder)
    driver.press(.back)
    #expect(driver.model.unsavedChanges.count == 1)
    #expect(driver.held.contains(.runtime(.cancelCommit)))
  }

  @Test func `waiting for a lock is said, and Esc cancels it`() {
    var driver = onBob()
    driver.holds = true
    driver.press(.changeRole, .choose(.owner))
    driver.model.receive(
      Contention(program: "billingd", origin: .process(4121), user: "root", waitedMilliseconds: 3200))
    #expect(driver.message == "The data are held by billingd, pid 4121 (root), 3.2 s. Esc cancels.")
    #expect(driver.model.workspace.commits.isWaiting)
    driver.press(.moveDown, .back)
    #expect(driver.log.last == .runtime(.cancelCommit))
    _ = driver.model.receive(.failed(OrgError(.cancelled, "Cancelled; nothing was changed.")))
    #expect(!driver.model.workspace.commits.isWaiting)
    #expect(driver.message == "Cancelled; nothing was changed.")
    #expect(driver.model.context == .detail)
    driver.model.receive(
      Contention(program: "late", origin: .process(1), user: "root", waitedMilliseconds: 1))
    #expect(!driver.model.workspace.commits.isWaiting)
  }
}

@Suite struct RemovingTests {
  @Test func `d asks, and Enter is the safe answer`() {
    var driver = Driver()
    driver.press(.remove)
    guard let question = driver.question else { return #expect(Bool(false)) }
    #expect(question.text == "Set Acme to deleted? Its record and members stay.")
    #expect(!question.isYes)
    driver.press(.accept)
    #expect(driver.model.context == .list)
    #expect(driver.commits.isEmpty)
  }

  @Test func `y, or the other answer and Enter, deletes softly`() {
    for keys in [[Action.confirm], [.nextField, .accept], [.nextField, .nextField, .nextField, .accept]] {
      var driver = Driver()
      driver.press(.remove)
      for key in keys { driver.press(key) }
      #expect(driver.store.data.organization(id: "org_acme")?.status == .deleted)
      #expect(driver.selected == "org_acme")
      #expect(driver.message == "Status of Acme: active → deleted.")
    }
  }

  @Test func `n, q, Esc and ^C are no`() {
    for key in [Action.decline, .close, .back, .cancel] {
      var driver = Driver()
      driver.press(.remove, .nextField, key)
      #expect(driver.commits.isEmpty)
      #expect(!driver.log.contains(.terminal(.quit)))
    }
  }

  @Test func `what is deleted already is said to be`() {
    var driver = Driver()
    driver.press(.remove, .confirm, .remove)
    #expect(driver.message == "Acme is deleted already.")
    #expect(driver.model.context == .list)
  }

  @Test func `in the detail the member is removed, and nothing is selected then`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveDown, .remove)
    guard let question = driver.question else { return #expect(Bool(false)) }
    #expect(question.text == "Remove bob (member) from Acme?")
    driver.press(.confirm)
    #expect(driver.role("bob") == nil)
    #expect(driver.message == "Removed bob (member) from Acme.")
    driver.press(.remove)
    #expect(driver.model.context == .detail)
  }

  @Test func `a second removal asked for in the meantime is still about the first member`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveDown)
    driver.holds = true
    driver.press(.remove, .confirm, .remove, .confirm)
    driver.release()
    #expect(driver.store.data.members(of: "org_acme", in: 0..<9).map(\.member.userID) == ["alice", "carol"])
  }

  @Test func `the last owner stays, with the reason`() {
    var driver = Driver()
    driver.press(.open, .remove)
    #expect(driver.question == nil)
    #expect(driver.role("alice") == .owner)
    #expect(driver.message == "alice is the last owner of Acme; make someone else an owner first.")
  }

  @Test func `what is being saved counts before it is asked about an owner`() {
    for action in [Action.remove, .changeRole] {
      // bob is to be an owner, too: then alice can go.
      var driver = Driver(rows: 20)
      driver.press(.open, .moveDown)
      driver.holds = true
      driver.press(.changeRole, .choose(.owner), .moveUp, action)
      #expect(driver.model.workspace.overlay == nil)
      driver.release()
      #expect(driver.role("bob") == .owner)
      #expect(driver.model.context == (action == .remove ? .question : .roleChoice))
      // The other way round, she can't.
      driver = Driver(
        Sample.organizations, [Sample.member("alice", .owner), Sample.member("bob", .owner)], rows: 20)
      driver.press(.open, .moveDown)
      driver.holds = true
      driver.press(.changeRole, .choose(.member), .moveUp, action)
      driver.release()
      #expect(driver.model.workspace.overlay == nil)
      #expect(driver.message == "alice is the last owner of Acme; make someone else an owner first.")
    }
  }

  @Test func `an owner whose role is being changed is asked about as what the role will be`() {
    var driver = Driver(
      Sample.organizations, [Sample.member("alice", .owner), Sample.member("bob", .owner)], rows: 20)
    driver.press(.open, .moveDown)
    driver.holds = true
    driver.press(.changeRole, .choose(.member), .remove)
    driver.release()
    driver.press(.confirm)
    #expect(driver.role("bob") == nil)
  }

  @Test func `a record that can't be edited is refused before a form or a menu is opened`() {
    for (scope, actions) in [
      (DataProblem.Scope.organization("org_acme"), [Action.edit, .changePlan, .changeStatus, .remove]),
      (.members(organization: "org_acme"), [.open]),
      (.member(user: "alice", organization: "org_acme"), [.open]),
    ] {
      var driver = Driver(rows: 20)
      driver.store.damageRecords(
        DataProblem(place: "org_users.json, byte 5", reason: "the key is there twice", scope: scope))
      driver.carryOut(driver.model.refresh())
      for action in actions == [.open] ? [Action.remove, .changeRole, .open] : actions {
        if actions == [.open], driver.model.context != .detail { driver.press(.open) }
        driver.press(action)
        #expect(driver.model.workspace.overlay == nil, "\(action)")
        #expect(driver.message?.hasPrefix("This record can't be changed. org_users.json, byte 5") == true)
      }
    }
  }
}

@Suite struct ObstacleTests {
  @Test func `read-only data refuse every change with the reason`() {
    var driver = Driver(readOnly: "you can't write here")
    for action in [Action.add, .edit, .remove, .changeRole] {
      driver.press(action)
      #expect(driver.message == "Nothing can be changed: you can't write here.")
      #expect(driver.model.context == .list)
    }
    driver.press(.open)
    for action in [Action.add, .edit, .remove, .changeRole, .open] {
      driver.press(action)
      #expect(driver.message == "Nothing can be changed: you can't write here.")
      #expect(driver.model.context == .detail)
    }
  }

  @Test func `damaged data are said at once, refuse every change, and are well when mended`() {
    var driver = Driver()
    driver.store.damage(
      DataProblem(
        place: "organizations.json, byte 5", reason: "it ends there",
        remedy: DataProblem.Remedy("run orgman doctor --fix")))
    driver.carryOut(driver.model.refresh())
    #expect(driver.model.status?.text == "organizations.json, byte 5: it ends there")
    driver.press(.edit)
    #expect(
      driver.message
        == "Nothing can be changed; run orgman doctor --fix: organizations.json, byte 5: it ends there"
    )
    driver.store.damage()
    driver.carryOut(driver.model.refresh())
    driver.press(.edit)
    #expect(driver.model.context == .form)
  }

  @Test func `nothing to cancel is said together with the way out`() {
    var driver = Driver()
    driver.press(.cancel)
    #expect(driver.message == "Nothing is going on; q quits.")
  }

  @Test func `the program's own keys work in every mode`() {
    for mode in [[], [Action.filter], [.edit], [.remove], [.open, .changeRole], [.help]] {
      var driver = Driver()
      for action in mode { driver.press(action) }
      let context = driver.model.context
      driver.press(.redraw, .suspend)
      #expect(driver.log.suffix(2) == [.terminal(.redraw), .terminal(.suspend)])
      #expect(driver.model.context == context)
    }
  }
}
