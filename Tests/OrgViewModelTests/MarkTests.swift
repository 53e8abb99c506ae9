import OrgCore
import Testing

@testable import OrgViewModel

extension Driver {
  /// The names of the organizations that are marked and shown.
  var marked: [String] {
    (0..<model.organizationList.count).filter { model.organizations.isMarked(row: $0) }
      .map { model.organizationList.organization(at: $0).name }
  }

  /// The members that are marked, of the organization that is shown.
  var markedMembers: [String] {
    (0..<model.detailLineCount).compactMap {
      if case .member(let member, _, true, _, _) = model.detailLine($0) { member.userID } else { nil }
    }
  }
}

@Suite struct MarkTests {
  @Test func `Space marks and goes on, and again unmarks`() {
    var driver = Driver()
    driver.press(.mark, .mark, .moveDown, .mark)
    #expect(driver.marked == ["Acme", "Bravo", "Delta"])
    #expect(driver.model.markCount == 3)
    #expect(driver.selected == "org_echo")
    driver.press(.moveToFirst, .mark)
    #expect(driver.marked == ["Bravo", "Delta"])
    driver.press(.moveToLast, .mark, .mark)
    #expect(driver.marked == ["Bravo", "Delta"])
    driver.press(.unmarkAll)
    #expect(driver.marked == [])
    #expect(driver.message == "Unmarked 2.")
    driver.press(.unmarkAll)
    #expect(driver.message == "Nothing is marked.")
  }

  @Test func `a range follows the selection both ways and through pages, until v ends it`() {
    var driver = Driver()
    driver.press(.moveDown, .moveDown, .markRange)
    #expect(driver.marked == ["Charlie"])
    driver.press(.moveDown, .moveDown)
    #expect(driver.marked == ["Charlie", "Delta", "Echo"])
    driver.press(.moveToFirst)
    #expect(driver.marked == ["Acme", "Bravo", "Charlie"])
    driver.press(.markRange, .moveToLast)
    #expect(driver.marked == ["Acme", "Bravo", "Charlie"])
    #expect(!driver.model.isMarkingRange)
  }

  @Test func `Esc takes back what a range has marked, and nothing else`() {
    var driver = Driver()
    driver.press(.moveDown, .mark, .moveToFirst, .markRange, .moveDown, .moveDown, .back)
    #expect(driver.marked == ["Bravo"])
    #expect(driver.model.context == .list)
    #expect(!driver.model.isMarkingRange)
  }

  @Test func `all that the filter shows is marked, and marks survive filters and orders`() {
    var driver = Driver()
    driver.press(.mark, .filter, .insert("t"), .accept)
    #expect(driver.names == ["Delta", "Foxtrot", "Hotel", "Juliett"])
    driver.press(.markAll)
    #expect(driver.message == "Marked 4 organizations; 1 more is marked that the filter hides.")
    driver.press(.back, .invertOrder)
    #expect(driver.marked == ["Juliett", "Hotel", "Foxtrot", "Delta", "Acme"])
    #expect(driver.model.markCount == 5)
  }

  @Test func `marks stay on their records whatever others do, and those that went away are counted`() {
    var driver = Driver(rows: 20)
    driver.press(.moveDown, .mark, .moveDown, .mark, .moveToLast, .mark)
    #expect(driver.marked == ["Bravo", "Delta", "Juliett"])
    driver.others { organizations, _ in
      organizations.insert(Sample.organization("org_new", "Aaa"), at: 0)
      organizations.removeAll { $0.id == "org_delta" }
      organizations.swapAt(2, 8)
      organizations.append(Sample.organization("org_newer", "Zzz"))
    }
    #expect(driver.marked == ["Bravo", "Juliett"])
    #expect(driver.message == "Of what was marked, 1 organization went away.")
    driver.others { organizations, _ in
      for index in organizations.indices where organizations[index].id == "org_bravo" {
        organizations[index].name = "Zulu"
      }
    }
    #expect(driver.marked == ["Juliett", "Zulu"])
  }

  @Test func `marks follow through data that came with rows of no use`() {
    var driver = Driver()
    driver.press(.moveDown, .mark)
    let start = driver.model.organizationList
    driver.holds = true
    driver.press(.filter, .insert("o"))
    driver.store.change { organizations, _ in organizations.remove(at: 0) }
    // Made before the request, and so of no use; it says all the same where everything went.
    let between = OrganizationList(driver.store.data, for: ListRequest(serial: -1), after: start)
    _ = driver.model.receive(between)
    driver.store.change { organizations, _ in organizations.remove(at: 3) }
    let request = ListRequest(serial: 9, query: "o")
    _ = driver.model.receive(OrganizationList(driver.store.data, for: request, after: between))
    #expect(driver.marked == ["Bravo"])
    #expect(driver.model.markCount == 1)
  }

  @Test func `marks are right even where nobody has worked out where organizations went`() {
    var driver = Driver()
    driver.press(.moveDown, .mark, .mark)
    driver.store.change { organizations, _ in organizations.remove(at: 2) }
    _ = driver.model.receive(OrganizationList(driver.store.data, for: ListRequest(serial: 5)))
    #expect(driver.marked == ["Bravo"])
  }

  @Test func `a range goes on from its record when others insert rows`() {
    var driver = Driver(rows: 20)
    driver.press(.moveDown, .markRange, .moveDown)
    driver.others { organizations, _ in organizations.insert(Sample.organization("org_a", "Aaa"), at: 0) }
    driver.press(.moveDown)
    #expect(driver.marked == ["Bravo", "Charlie", "Delta"])
    driver.othersRemove("org_bravo")
    driver.press(.moveDown)
    #expect(driver.marked == ["Charlie", "Delta"])
    #expect(!driver.model.isMarkingRange)
  }

  @Test func `members are marked by their organization, and fields can't be`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .mark, .markRange, .moveDown, .moveDown, .markRange)
    #expect(driver.markedMembers == ["alice", "bob", "carol"])
    driver.press(.unmarkAll, .moveToFirst, .mark)
    #expect(driver.markedMembers == [])
    #expect(driver.message == "Choose a member first: Enter opens the organization.")
    driver.press(.markAll)
    #expect(driver.message == "Marked 3 members.")
    driver.press(.back)
    #expect(driver.model.markCount == 0)
    driver.press(.moveDown, .moveUp, .open)
    #expect(driver.model.markCount == 3)
    driver.others { _, members in members.removeAll { $0.userID == "bob" } }
    #expect(driver.markedMembers == ["alice", "carol"])
    #expect(driver.message == "Of what was marked, 1 member went away.")
    driver.others { _, members in members.append(Sample.member("bob", .member)) }
    #expect(driver.markedMembers == ["alice", "carol"])
  }

  @Test func `to mark a hundred thousand rows takes no time that anybody notices`() {
    let organizations = (0..<100_000).map { Sample.organization("org_\($0)", "Name \($0)") }
    var driver = Driver(organizations, [])
    let time = ContinuousClock().measure { driver.press(.markAll, .markRange, .moveToLast, .markRange) }
    #expect(driver.model.markCount == 100_000)
    #expect(time < .milliseconds(500), "\(time)")
  }
}

@Suite struct BulkTests {
  /// Acme with its three members, all marked.
  private func members() -> Driver {
    var driver = Driver(rows: 20)
    driver.press(.open, .markAll)
    return driver
  }

  private func question(_ driver: Driver) -> String? {
    driver.question?.text
  }

  @Test func `p changes the plan of the selected organization at once`() {
    var driver = Driver()
    driver.press(.moveDown, .changePlan)
    #expect(driver.model.context == .planChoice)
    driver.press(.choosePlan("starter"))
    #expect(driver.message == "Plan of Bravo: founders_friend → starter.")
    driver.press(.changePlan, .choosePlan("starter"))
    #expect(driver.message == "Plan of Bravo is starter already.")
    #expect(driver.commits.count == 1)
    driver.press(.changePlan, .back, .changePlan, .chooseOtherPlan)
    #expect(driver.form?.title == "Edit Bravo")
    #expect(driver.form?.focus == 1)
  }

  @Test func `S changes the status of the selected organization, and asks before it deletes it`() {
    var driver = Driver()
    driver.press(.changeStatus, .chooseStatus(.suspended))
    #expect(driver.message == "Status of Acme: active → suspended.")
    driver.press(.changeStatus, .chooseStatus(.deleted))
    #expect(question(driver) == "Set Acme to deleted? Its record and members stay.")
    driver.press(.confirm)
    #expect(driver.store.data.organization(id: "org_acme")?.status == .deleted)
  }

  @Test func `the one record that is marked and selected is asked about no more than today`() {
    var driver = Driver(rows: 20)
    driver.press(.mark, .moveUp, .changePlan, .choosePlan("starter"))
    #expect(driver.message == "Plan of Acme: founders_friend → starter.")
    driver.press(.open, .moveDown, .mark, .moveUp, .changeRole, .choose(.owner))
    #expect(driver.role("bob") == .owner)
  }

  @Test func `an edit of all marked says what it will do, hidden ones too, before it does`() {
    var driver = Driver()
    driver.press(.moveDown, .changePlan, .choosePlan("starter"), .markAll)
    driver.press(.filter, .insert("a"), .accept, .changePlan, .choosePlan("starter"))
    #expect(driver.commits.count == 1)
    let text =
      "Put 10 organizations on starter? 9 will change, 1 needs no change, the filter hides 5 of them."
    #expect(question(driver) == text)
    driver.press(.accept)
    #expect(driver.commits.count == 1)
    driver.press(.changePlan, .choosePlan("starter"), .confirm)
    #expect(driver.store.data.records.organizations.allSatisfy { $0.planTier == "starter" })
    #expect(driver.message == "Put 10 organizations on starter: done, 9 changed, 1 needed no change.")
    #expect(driver.model.markCount == 10)
    driver.press(.changePlan, .choosePlan("starter"))
    #expect(driver.message == "No changes needed.")
  }

  @Test func `a plan of all marked can be typed, and one that can't be stored is refused`() {
    var driver = Driver()
    driver.press(.mark, .mark, .changePlan, .chooseOtherPlan)
    #expect(driver.model.context == .form)
    driver.press(.deleteToStart, .save)
    #expect(driver.form?.problem?.text == "A plan can't be empty.")
    driver.press(.paste(" custom "), .accept, .confirm)
    #expect(question(driver) == "Put 2 organizations on custom? 2 will change.")
    driver.press(.confirm)
    #expect(driver.store.data.organization(id: "org_bravo")?.planTier == "custom")
  }

  @Test func `what is blocked stays, the others change, and both are said`() {
    var driver = members()
    driver.press(.changeRole, .choose(.member))
    #expect(
      question(driver)
        == "alice is the last owner of Acme; make someone else an owner first. Give 3 members the role member? "
        + "1 will change, 1 needs no change, 1 can't be changed.")
    driver.press(.confirm)
    #expect(driver.role("alice") == .owner)
    #expect(driver.role("carol") == .member)
    #expect(
      driver.message
        == "Give 3 members the role member: done, 1 changed, 1 needed no change, 1 stayed as before.")
    #expect(driver.markedMembers == ["alice", "bob", "carol"])
  }

  @Test func `all marked members are removed but the last owner`() {
    var driver = members()
    driver.press(.remove)
    #expect(question(driver)?.hasSuffix("Remove 3 members? 2 will change, 1 can't be changed.") == true)
    driver.press(.confirm)
    #expect(driver.role("bob") == nil)
    #expect(driver.role("alice") == .owner)
    #expect(driver.message == "Remove 3 members: done, 2 changed, 1 stayed as before.")
    #expect(driver.markedMembers == ["alice"])
  }

  @Test func `of three owners who would all go, none is called the last one`() {
    let owners = ["alice", "bob", "carol"].map { Sample.member($0, .owner) }
    var driver = Driver(Sample.organizations, owners + [Sample.member("dave", .member)], rows: 20)
    driver.press(.open, .markAll, .remove)
    #expect(
      question(driver)
        == "3 of these 4 are the only owners of Acme (alice, bob and carol); one of them must stay. "
        + "Remove 4 members? 1 will change, 3 can't be changed.")
    driver.press(.decline, .moveToLast, .mark, .remove)
    #expect(question(driver) == nil)
    #expect(
      driver.message
        == "alice, bob and carol are the only owners of Acme; one of them must stay.")
    driver.press(.changeRole, .choose(.billingAdmin))
    #expect(driver.message?.hasSuffix("; one of them must stay an owner.") == true)
    #expect(driver.role("alice") == .owner && driver.role("carol") == .owner)
  }

  @Test func `two owners in one go`() {
    var driver = members()
    driver.press(.moveToLast, .mark, .changeRole, .choose(.owner))
    #expect(question(driver) == "Give 2 members the role owner? 1 will change, 1 needs no change.")
  }

  @Test func `all marked organizations are set to deleted after a question`() {
    var driver = Driver()
    driver.press(.mark, .mark, .remove)
    #expect(question(driver) == "Set 2 organizations to deleted? 2 will change.")
    driver.press(.confirm)
    #expect(driver.store.data.records.organizations.count { $0.status == .deleted } == 2)
  }

  @Test func `keys wait for the question, and Control-C gives it up`() {
    var driver = Driver()
    driver.press(.mark, .mark)
    driver.holds = true
    driver.press(.changePlan, .choosePlan("starter"))
    #expect(driver.model.awaitsRows)
    driver.press(.cancel)
    #expect(!driver.model.awaitsRows)
    driver.release()
    #expect(question(driver) == nil)
    #expect(driver.model.context == .list)
  }

  @Test func `what others changed during the question is asked about again, and nothing is changed`() {
    var driver = Driver()
    driver.press(.mark, .mark, .changePlan, .choosePlan("starter"))
    driver.store.change { organizations, _ in organizations[1].planTier = "enterprise" }
    driver.press(.confirm)
    #expect(driver.question?.isRecounted == true)
    #expect(driver.store.data.organization(id: "org_acme")?.planTier == "founders_friend")
  }

  @Test func `an undo that can't be done as a whole says what it will do first`() {
    var driver = members()
    driver.press(.changeRole, .choose(.owner), .confirm)
    #expect(driver.role("carol") == .owner)
    driver.othersSetRole("bob", .billingAdmin)
    let undo = ChangeSet(
      [("carol", Role.billingAdmin), ("bob", .member)].map {
        .setRole(user: $0.0, organization: "org_acme", from: .owner, to: $0.1)
      }, purpose: .undo(of: 1))
    driver.holds = true
    driver.press(.undo)
    driver.held = []
    driver.holds = false
    driver.carryOut(driver.model.receive(.partial(undo, OrgError(.conflict, "Somebody changed it."))))
    #expect(
      question(driver)
        == "bob is billing in Acme now, no longer owner, so the role was not changed. "
        + "Undo the rest of generation 1? 1 will change, 1 can't be changed.")
    driver.press(.confirm)
    #expect(driver.role("carol") == .billingAdmin)
    #expect(driver.role("bob") == .billingAdmin)
    #expect(driver.message == "Undo the rest of generation 1: done, 1 changed, 1 stayed as before.")
    #expect(driver.store.history().first?.kind == .undo(of: 1))
  }
}

@Suite struct MatchTests {
  @Test func `n and N go through what the filter shows, and around with a word about it`() {
    var driver = Driver()
    driver.press(.filter, .insert("t"), .accept)
    #expect(driver.selected == "org_delta")
    driver.press(.nextMatch, .nextMatch)
    #expect(driver.selected == "org_hotel")
    driver.press(.previousMatch, .previousMatch, .previousMatch)
    #expect(driver.selected == "org_juliett")
    #expect(driver.message == "On from the end.")
    driver.press(.nextMatch)
    #expect(driver.selected == "org_delta")
    #expect(driver.message == "On from the start.")
  }

  @Test func `after the filter was cleared they find what it would match`() {
    var driver = Driver()
    driver.press(.nextMatch)
    #expect(driver.message == "There is nothing to look for yet: filter first.")
    driver.press(.filter, .insert("hot"), .accept, .back, .moveToFirst)
    #expect(driver.names.count == 10)
    driver.press(.nextMatch)
    #expect(driver.selected == "org_hotel")
    driver.press(.nextMatch)
    #expect(driver.message == "This is the only one that matches \"hot\".")
    driver.othersRemove("org_hotel")
    driver.press(.nextMatch)
    #expect(driver.message == "Nothing matches \"hot\".")
  }
}

@Suite struct CopyTests {
  private func copied(_ driver: Driver) -> [String] {
    driver.log.compactMap { if case .terminal(.copy(let text)) = $0 { text } else { nil } }
  }

  @Test func `y copies the id, the user or the value, and Y all of the row`() {
    var driver = Driver(rows: 20)
    driver.press(.copy)
    #expect(driver.message == "Copied org_acme.")
    driver.press(.copyRow)
    #expect(driver.message == "Copied the row of Acme.")
    driver.press(.open, .copy, .copyRow, .moveUp, .copy)
    #expect(driver.message == "Copied cus_9.")
    #expect(
      copied(driver) == [
        "org_acme", "org_acme\tAcme\t2025-10-09 08:53:20\tfounders_friend\tlago_1\tcus_9\tactive\t3", "alice",
        "org_acme\talice\towner\t2025-10-09 08:53:20", "cus_9",
      ])
  }

  @Test func `what isn't there is not copied, and says so`() {
    var driver = Driver(rows: 20)
    driver.press(.moveDown, .open, .moveDown, .copy)
    #expect(driver.message == "There is nothing to copy: the Lago id is empty.")
    #expect(copied(driver) == [])
    driver.model.receive(copied: "org_acme", problem: "This terminal can't.")
    #expect(driver.model.message == StatusLine.Message(text: "This terminal can't.", kind: .refusal))
  }

  @Test func `nothing that is copied acts where it is pasted, and each value stays in its column`() {
    let evil = "org_x\nrm -rf ~\t\u{1B}[201~\u{2028}"
    var driver = Driver([Organization(id: evil, name: "a\tb", createdAt: Sample.time)], [])
    driver.press(.copy, .copyRow)
    for text in copied(driver) {
      #expect(!text.unicodeScalars.contains { $0 != "\t" && $0.properties.generalCategory == .control })
      #expect(text.hasPrefix("org_x\\nrm -rf ~\\t\\u{1B}[201~"))
    }
    #expect(copied(driver).last?.split(separator: "\t", omittingEmptySubsequences: false).count == 8)
  }
}

@Suite struct UndoHintTests {
  @Test func `after an edit the status says that it can be undone, and after anything else it doesn't`() {
    var driver = Driver()
    driver.press(.changePlan, .choosePlan("starter"))
    #expect(driver.model.message?.canBeUndone == true)
    driver.press(.undo)
    #expect(driver.model.message?.canBeUndone == false)
    driver.press(.changePlan, .choosePlan("founders_friend"))
    #expect(driver.model.message?.canBeUndone == false)
  }
}
