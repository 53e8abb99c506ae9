import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct MovingTests {
  @Test func `moving stops at both ends`() {
    var driver = Driver()
    driver.press(.moveUp)
    #expect(driver.selected == "org_acme")
    driver.press(.moveDown, .moveDown)
    #expect(driver.selected == "org_charlie")
    driver.press(.moveToLast, .moveDown)
    #expect(driver.selected == "org_juliett")
    driver.press(.moveToFirst)
    #expect(driver.selected == "org_acme")
  }

  @Test func `a page keeps one row in sight and half a page half of them`() {
    var driver = Driver(rows: 5)
    driver.press(.pageDown)
    #expect(driver.model.selectedRow == 4)
    driver.press(.pageDown, .pageDown, .pageDown)
    #expect(driver.model.selectedRow == 9)
    #expect(driver.model.visibleRows == 5..<10)
    driver.press(.pageUp)
    #expect(driver.model.selectedRow == 5)
    driver.press(.halfPageUp)
    #expect(driver.model.selectedRow == 3)
    #expect(driver.model.visibleRows == 3..<8)
    driver.press(.halfPageDown)
    #expect(driver.model.selectedRow == 5)
  }

  @Test func `in an empty list no key does harm`() {
    var driver = Driver([], [])
    for action in allActions where action != .quit && action != .close {
      driver.press(action)
      #expect(driver.model.selectedOrganization == nil)
      driver.press(.back, .confirm)
    }
    #expect(driver.commits.isEmpty)
    driver.press(.open)
    #expect(driver.message == "There is no organization to choose.")
  }

  @Test func `a smaller screen keeps the selected row in sight`() {
    var driver = Driver(rows: 9)
    driver.press(.moveToLast)
    driver.model.receive(Driver.viewport(rows: 2))
    #expect(driver.model.visibleRows == 8..<10)
    driver.model.receive(Driver.viewport(rows: 50))
    #expect(driver.model.visibleRows == 0..<10)
  }
}

@Suite struct PaneTests {
  @Test func `open goes into the detail and back comes out without quitting`() {
    var driver = Driver()
    driver.press(.open)
    #expect(driver.model.context == .detail)
    #expect(driver.model.selectedMember?.userID == "alice")
    driver.press(.back, .back, .back)
    #expect(driver.model.context == .list)
    #expect(!driver.log.contains(.terminal(.quit)))
  }

  @Test func `close leaves the detail first and then the program`() {
    var driver = Driver()
    driver.press(.open, .close)
    #expect(driver.model.context == .list)
    driver.press(.close)
    #expect(driver.log == [.terminal(.quit)])
  }

  @Test func `the next pane and the previous one are each other`() {
    var driver = Driver()
    driver.press(.nextPane)
    #expect(driver.model.context == .detail)
    driver.press(.previousPane)
    #expect(driver.model.context == .list)
  }

  @Test func `the detail moves over what can be selected and skips the rest`() {
    var driver = Driver(rows: 20)
    driver.press(.open, .moveToFirst)
    var seen: [DetailItem?] = [driver.model.detail.id]
    for _ in 0..<8 {
      driver.press(.moveDown)
      seen.append(driver.model.detail.id)
    }
    #expect(
      seen == [
        .field(.name), .field(.planTier), .field(.lagoCustomerID), .field(.stripeCustomerID),
        .member("alice"),
        .member("bob"), .member("carol"), .member("carol"), .member("carol"),
      ])
    driver.press(.moveToFirst, .moveUp)
    #expect(driver.model.detail.id == .field(.name))
  }

  @Test func `the keys can be read from a form and the form is as it was behind them`() {
    var driver = Driver()
    driver.press(.edit)
    driver.type("x")
    driver.press(.help)
    #expect(driver.model.context == .help)
    driver.press(.moveDown, .paste("q"), .insert("j"))
    #expect(driver.model.context == .help)
    driver.others { organizations, _ in organizations[0].planTier = "starter" }
    driver.press(.back)
    #expect(driver.form?.fields[0].input.text == "Acmex")
    #expect(driver.form?.externalChangeNotice == "Changed meanwhile: Plan is starter now.")
  }

  @Test func `the page with the keys doesn't scroll beyond its end, not even on a larger screen`() {
    var driver = Driver(rows: 5)
    func help() -> Help? { driver.model.workspace.overlay as? Help }
    driver.press(.help, .moveToLast, .moveDown)
    let count = help()?.lines.count ?? 0
    #expect(help()?.top == count - 5)
    driver.model.receive(Driver.viewport(rows: 18))
    #expect(help()?.top == count - 18)
  }
}

@Suite struct FilterTests {
  @Test func `a query that doesn't parse says where, and the list stays`() {
    var driver = Driver()
    driver.press(.filter)
    driver.press(.paste("el"))
    driver.press(.paste(" status:"))
    #expect(driver.names == ["Delta", "Hotel"])
    #expect(driver.model.status?.kind == .refusal)
    driver.press(.paste("active !hot"))
    #expect(driver.names == ["Delta"])
    #expect(driver.model.status == nil)
    driver.press(.deleteToStart)
    driver.type("members:>0 owners:>0")
    #expect(driver.names.contains("Acme"))
  }

  @Test func `rows follow every letter, by name, id and billing ids in any case`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("E")
    #expect(driver.names == ["Acme", "Charlie", "Delta", "Echo", "Hotel", "Juliett"])
    driver.type("L")
    #expect(driver.names == ["Delta", "Hotel"].filter { $0.lowercased().contains("el") })
    for (query, names) in [
      ("cus_9", ["Acme"]), ("LAGO", ["Acme"]), ("org_golf", ["Golf"]), ("a lf", []), ("o lf", ["Golf"]),
    ] {
      driver.press(.deleteToStart)
      driver.type(query)
      #expect(driver.names == names, "\(query)")
    }
  }

  @Test func `accepting keeps the filter and back clears it, with the same record selected`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("golf")
    driver.press(.accept)
    #expect(driver.model.context == .list)
    #expect(driver.names == ["Golf"])
    driver.press(.back)
    #expect(driver.names.count == 10)
    #expect(driver.selected == "org_golf")
  }

  @Test func `Esc brings back the filter, the rows and the selection from before`() {
    var driver = Driver()
    driver.press(.moveDown, .moveDown, .filter)
    driver.type("zzz")
    #expect(driver.names.isEmpty)
    #expect(driver.selected == nil)
    driver.press(.back)
    #expect(driver.model.query == "")
    #expect(driver.selected == "org_charlie")
    driver.press(.filter)
    driver.type("o")
    driver.press(.accept, .filter)
    driver.type("zzz")
    driver.press(.cancel)
    #expect(driver.model.query == "o")
    #expect(
      driver.names == [
        "Acme", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett",
      ])
  }

  @Test func `a typing error that is corrected leaves the selection where it was`() {
    var driver = Driver()
    driver.press(.moveToLast, .filter)
    driver.type("jx")
    driver.press(.deleteBackward)
    #expect(driver.selected == "org_juliett")
    driver.press(.deleteBackward, .moveUp)
    driver.type("i")
    #expect(driver.selected == "org_india")
  }

  @Test func `rows can be chosen while the filter is being typed`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("el")
    driver.press(.moveDown, .accept)
    #expect(driver.selected == "org_hotel")
  }

  @Test func `keys after an accepted filter wait for its rows, keys within it don't`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.filter)
    driver.type("golf")
    #expect(!driver.model.awaitsRows)
    driver.press(.accept)
    #expect(driver.model.awaitsRows)
    driver.release()
    #expect(!driver.model.awaitsRows)
    #expect(driver.selected == "org_golf")
  }

  @Test func `rows that come late don't replace newer ones`() {
    var driver = Driver()
    let data = driver.store.data
    driver.holds = true
    driver.press(.filter)
    driver.type("in")
    let requests = driver.held.compactMap {
      if case .runtime(.arrange(let request)) = $0 { request } else { nil }
    }
    #expect(requests.map(\.query) == ["i", "in"])
    _ = driver.model.receive(OrganizationList(data, for: requests[1]))
    _ = driver.model.receive(OrganizationList(data, for: requests[0]))
    #expect(driver.names == ["India"])
  }

  @Test func `rows and data that overtake each other end in the newest of both`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.filter)
    driver.type("o")
    let old = driver.store.data
    driver.store.change { organizations, _ in organizations[1].name = "Zorro" }
    // Data with the rows of the filter before: of no use but for what changed in them.
    let data = OrganizationList(
      driver.store.data, for: ListRequest(), after: driver.model.organizationList)
    _ = driver.model.receive(OrganizationList(old, for: ListRequest(serial: 1, query: "o")))
    driver.held = []
    driver.carryOut(driver.model.receive(data))
    guard case .runtime(.arrange(let request)) = driver.held.first else {
      return #expect(Bool(false), "\(driver.held)")
    }
    #expect(request.query == "o")
    let effects = driver.model.receive(OrganizationList(driver.store.data, for: request, after: data))
    #expect(driver.names.contains("Zorro"))
    #expect(effects == [.terminal(.endFlashSoon)])
    #expect(driver.model.flashing == ["org_bravo"])
  }

  @Test func `data that can't be read are said, and the rows of the filter asked for again`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.filter)
    driver.type("g")
    driver.press(.accept)
    let effects = driver.model.receive(OrgError(.system, "It can't be read."))
    #expect(driver.message == "It can't be read.")
    guard case .runtime(.arrange(let request)) = effects.first else {
      return #expect(Bool(false), "\(effects)")
    }
    #expect(request.query == "g")
    #expect(driver.model.receive(OrgError(.system, "It can't be read.")).count == 1)
  }

  @Test func `reading again says so when it is done and not before`() {
    var driver = Driver()
    driver.holds = true
    driver.press(.reload)
    _ = driver.model.receive(driver.model.organizationList)
    #expect(driver.message == nil)
    driver.release()
    #expect(driver.message == "Read again.")
  }
}

/// One of each.
let allActions: [Action] =
  CommandTable.standard.actions + [
    .insert("o"), .insert("e\u{301}"), .insert("👩\u{200D}"), .paste("l\u{202E} x"),
  ]
