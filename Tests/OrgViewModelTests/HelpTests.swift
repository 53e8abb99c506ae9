import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct HelpTests {
  private func help(_ driver: Driver) -> Help? { driver.model.workspace.overlay as? Help }

  private func headings(_ driver: Driver) -> [String] {
    (help(driver)?.lines ?? []).compactMap { if case .heading(let title) = $0 { title } else { nil } }
  }

  private func rows(_ driver: Driver) -> [String] {
    (help(driver)?.lines ?? []).reduce(into: []) { rows, line in
      guard case .keys(let keys, let text) = line else { return }
      if keys.isEmpty, let last = rows.popLast() {
        rows.append("\(last) \(text)")
      } else {
        rows.append("\(keys): \(text)")
      }
    }
  }

  @Test func `the keys of the screen come first, then what keys do elsewhere, by where`() throws {
    var driver = Driver()
    driver.press(.showUsers, .help)
    let titles = headings(driver)
    #expect(titles.first == "Changing")
    #expect(!titles.contains("The list of users"))
    let here = try #require(titles.firstIndex(of: "The program"))
    let list = try #require(titles.firstIndex(of: "The list of organizations"))
    #expect(here < list)
    let rows = rows(driver)
    let users = try #require(rows.firstIndex(of: "Enter l Right: the user's organizations"))
    let organizations = try #require(rows.firstIndex(of: "Enter l Right: open the organization"))
    #expect(users < organizations)
  }

  @Test(arguments: CommandTable.standard.contexts)
  func `no group says the same key twice, and every group has a name of its own`(context: Context) {
    let groups = KeySheet.standard.page(for: context)
    #expect(Set(groups.map(\.title)).count == groups.count)
    for group in groups {
      #expect(!group.title.isEmpty)
      #expect(group.rows.allSatisfy { !$0.text.isEmpty })
      let keys = group.rows.map(\.keys)
      #expect(Set(keys).count == keys.count, "\(group.title) of \(context.name)")
    }
  }

  @Test(arguments: CommandTable.standard.contexts)
  func `every key that works in a context is among the first groups`(context: Context) {
    let sections = Set(Binding.Section.allCases.map(\.rawValue))
    let here = KeySheet.standard.page(for: context).filter { sections.contains($0.title) }
    let keys = Set(here.flatMap(\.rows).flatMap(\.keys))
    for entry in KeySheet.standard.entries where entry.contexts.contains(context) {
      #expect(keys.isSuperset(of: entry.keys), "\(entry.action.name) in \(context.name)")
    }
  }

  @Test func `a key is found by what it does, by other words for that, and by itself`() {
    var driver = Driver()
    driver.press(.help, .filter)
    driver.type("rename")
    #expect(rows(driver) == ["e F2: edit name, plan, status, Lago and Stripe id"])
    driver.press(.deleteToStart)
    driver.type("D")
    #expect(
      headings(driver) == [
        "One organization and its members", "The list of users", "One user's organizations",
      ])
    #expect(
      Set(rows(driver)) == ["D: offboard the user, or all marked: remove from all organizations; asks"])
    driver.press(.deleteToStart)
    driver.type("mark all filter members")
    #expect(rows(driver) == ["*: mark all that the filter shows"])
    driver.press(.deleteToStart)
    driver.type("zzz")
    #expect(rows(driver) == [])
  }

  @Test func `what was looked for is kept, then cleared, then the page is closed`() {
    var driver = Driver()
    driver.press(.help)
    let all = rows(driver)
    driver.press(.filter)
    driver.type("mark")
    #expect(driver.model.context == .helpSearch)
    let found = rows(driver)
    #expect(found.count < all.count)
    driver.press(.accept)
    #expect(driver.model.context == .help)
    #expect(rows(driver) == found)
    driver.press(.back)
    #expect(rows(driver) == all)
    driver.press(.filter, .insert("x"), .back)
    #expect(rows(driver) == all)
    driver.press(.back)
    #expect(driver.model.context == .list)
  }
}
