import Foundation
import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct ViewTests {
  private func save(_ name: String, _ driver: inout Driver) {
    driver.press(.saveView)
    driver.type(name)
    driver.press(.accept)
  }

  @Test func `filter and sort are saved under a name, and opened by key and palette`() {
    var driver = Driver()
    driver.press(.filter)
    driver.type("no:stripe")
    driver.press(.accept, .sort, .sortBy(.members))
    save("without stripe", &driver)
    let view = SavedView(name: "without stripe", filter: "no:stripe", sort: "members")
    #expect(driver.log.contains(.runtime(.saveView(view))))
    #expect(
      driver.message == "Saved the view without stripe. V opens it, or orgman list --view.")
    driver.press(.back, .sort, .sortBy(.name))
    #expect(driver.model.query == "")
    driver.press(.openView, .accept)
    #expect(driver.model.query == "no:stripe")
    #expect(driver.model.workspace.data.request.order.column == .members)
    driver.press(.back, .showUsers, .palette)
    driver.type("without")
    driver.press(.accept)
    #expect(driver.model.query == "no:stripe")
    #expect(driver.model.context == .list)
  }

  @Test func `a view of the same name is replaced once that is confirmed`() {
    var driver = Driver()
    save("all", &driver)
    driver.press(.filter)
    driver.type("a")
    driver.press(.accept)
    save("all", &driver)
    #expect(driver.message == "There is a view all already; Enter again replaces it.")
    driver.press(.accept)
    #expect(driver.model.workspace.views == [SavedView(name: "all", filter: "a")])
  }

  @Test func `users and the history have views, a single person has none`() {
    var driver = Driver()
    driver.press(.showUsers, .filter)
    driver.type("ali")
    driver.press(.accept)
    save("alices", &driver)
    driver.press(.showOrganizations, .openView, .accept)
    #expect(driver.model.context == .users)
    #expect(driver.model.screen.filter == "ali")
    driver.press(.open, .saveView)
    #expect(driver.message?.hasPrefix("Views are of the organizations, the users") == true)
  }

  @Test func `what users and the history are sorted by is saved with the view, and opened with it`() {
    var driver = Driver()
    driver.press(.showUsers, .sort, .sortBy(UserColumn.owner), .invertOrder)
    save("owners last", &driver)
    let users = SavedView(name: "owners last", list: .users, filter: "", sort: "-owner")
    #expect(driver.log.contains(.runtime(.saveView(users))))
    driver.press(.sort, .sortBy(UserColumn.user), .showHistory, .sort, .sortBy(.oldestFirst))
    save("from the start", &driver)
    let history = SavedView(name: "from the start", list: .history, filter: "", sort: "oldest")
    #expect(driver.log.contains(.runtime(.saveView(history))))
    driver.press(.invertOrder, .showOrganizations, .palette)
    driver.type("owners last")
    driver.press(.accept)
    #expect(driver.model.context == .users)
    #expect((driver.model.screen as? UsersScreen)?.order == UserOrder(.owner, isDescending: false))
    driver.press(.palette)
    driver.type("from the start")
    driver.press(.accept)
    #expect(driver.model.history?.order == .oldestFirst)
    // The usual order needs no word.
    driver.press(.invertOrder)
    save("usual", &driver)
    #expect(driver.log.contains(.runtime(.saveView(SavedView(name: "usual", list: .history, filter: "")))))
  }

  @Test func `without a view the key says how one comes about`() {
    var driver = Driver()
    driver.press(.openView)
    #expect(driver.message == "No view is saved yet; filter, and then :save view saves one.")
  }
}

@Suite struct ExportTests {
  private let path = FileManager.default.temporaryDirectory.appendingPathComponent(
    "orgman-export-\(UUID().uuidString).csv"
  ).path

  private func export(_ format: ExportRequest.Format, _ driver: inout Driver) {
    driver.press(.export, .export(format), .deleteToStart, .paste(path), .accept)
  }

  @Test func `what the filter shows is written for the person alone, and nothing is replaced unasked`() throws
  {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var driver = Driver()
    driver.press(.filter)
    driver.type("bravo")
    driver.press(.accept)
    export(.csv, &driver)
    #expect(driver.message?.hasPrefix("Wrote 1 row to ") == true)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("id,name,"))
    #expect(lines[1].contains(",Bravo,"))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    driver.press(.back)
    export(.csv, &driver)
    #expect(driver.message?.hasSuffix(" already exists; press Enter again to replace it.") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n").count == 2)
    driver.press(.accept)
    #expect(driver.message?.hasPrefix("Wrote ") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n").count > 2)
  }

  @Test func `marked rows alone are written as JSON`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var driver = Driver()
    driver.press(.mark)
    export(.json, &driver)
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [[String: Any]])
    #expect(rows.count == 1)
    #expect(rows[0]["name"] as? String == "Acme")
  }

  @Test(arguments: [HistoryFilter.Order.newestFirst, .oldestFirst])
  func `all that the filter finds of the history is written, read for the screen or not`(
    order: HistoryFilter.Order
  ) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var driver = Driver()
    driver.store.fillHistory(2500, undoing: 1234)
    driver.press(.showHistory, .sortBy(order))
    #expect(driver.model.screen.goesOn)
    export(.csv, &driver)
    #expect(driver.message?.hasPrefix("Wrote 2,501 rows to ") == true)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
    #expect(lines.count == 2502)
    #expect(lines.count { $0.contains(",undone: ") } == 1)
    #expect(lines[order == .newestFirst ? 1 : 2501].hasPrefix("2501,"))
    try FileManager.default.removeItem(atPath: path)
    driver.press(.filter)
    driver.type("plan1234 kind:edit")
    driver.press(.accept)
    export(.csv, &driver)
    let found = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
    #expect(found.count == 3, "\(found)")
    #expect(found.contains { $0.hasPrefix("1234,") && $0.contains("undone: ") })
  }

  @Test func `an export that takes long goes on while other things are done, and can be cancelled`() throws {
    var driver = Driver()
    driver.press(.showHistory, .showOrganizations)
    driver.holds = true
    export(.csv, &driver)
    guard case .runtime(.export(let request))? = driver.held.last else { return #expect(Bool(false)) }
    driver.model.receive(exporting: request, count: 12_000)
    #expect(driver.model.context == .list)
    #expect(driver.message?.hasSuffix(": 12,000 rows so far. ^C cancels.") == true)
    driver.model.receive(exporting: request, count: 24_000)
    #expect(driver.message?.contains("24,000") == true)
    driver.press(.moveDown, .export)
    #expect(driver.message == "Rows are being exported; ^C cancels that.")
    // What is said of something else stays.
    driver.model.receive(exporting: request, count: 36_000)
    #expect(driver.message == "Rows are being exported; ^C cancels that.")
    driver.press(.cancel)
    #expect(driver.log.last == .runtime(.cancelExport))
    #expect(driver.message == "Cancelled; no file was written.")
    driver.carryOut(driver.model.receive(request, .failure(OrgError(.cancelled, "Cancelled."))))
    #expect(driver.message == "Cancelled; no file was written.")
    driver.press(.export)
    #expect(driver.model.context == .exportChoice)
  }

  @Test(arguments: [Action.showUsers, .showHistory, .showOverview])
  func `every list is copied with tabs`(screen: Action) {
    var driver = Driver()
    driver.press(.open, .moveToLast, .changeRole, .choose(.owner), screen, .export, .export(.clipboard))
    let copied = driver.log.compactMap { if case .terminal(.copy(let text)) = $0 { text } else { nil } }
    #expect(copied.count == 1)
    #expect(copied.first?.contains("\t") == true)
  }
}

@Suite struct ShareTests {
  @Test func `shares are whole numbers that add up to a hundred`() {
    for parts in [[1, 1, 1], [2, 1], [0, 0, 7], [997, 1, 1, 1], [33, 33, 34]] {
      #expect(OverviewRows.percents(parts).reduce(0, +) == 100, "\(parts)")
    }
    #expect(OverviewRows.percents([1, 1, 1]) == [34, 33, 33])
    #expect(OverviewRows.percents([0, 0]) == [0, 0])
  }
}
