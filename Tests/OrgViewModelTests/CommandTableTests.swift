import Testing

@testable import OrgViewModel

@Suite struct CommandTableTests {
  let table = CommandTable.standard

  @Test func `every name means one action, with one title`() {
    var titles: [String: String] = [:]
    for action in (table.bindings.map(\.action)) {
      #expect(titles[action.name] == nil || titles[action.name] == action.title, "\(action.name)")
      titles[action.name] = action.title
      #expect(table.action(named: action.name) == action)
    }
    #expect(Set(table.actions).count == table.actions.count)
    #expect(table.action(named: "no-such") == nil)
  }

  @Test func `names are lower-case words, titles are for people`() {
    for action in table.actions {
      #expect(action.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(action.name)")
      #expect(action.title.first?.isUppercase == true && !action.title.hasSuffix("."), "\(action.title)")
    }
  }

  @Test func `every screen can be left, filtered and explained`() {
    for screen in Registry.screens {
      let names = Set(screen.bindings.map(\.action))
      #expect(names.isSuperset(of: [.back, .close, .quit, .filter, .help, .palette]), "\(screen)")
    }
  }

  @Test func `plans that are configured can be chosen by their first free letter`() {
    let table = CommandTable(planTiers: ["gold", "green", "other"])
    let keys = table.bindings.filter { $0.contexts == [.planChoice] && $0.section == .answering }
    #expect(keys.first { $0.action == .choosePlan("gold") }?.keys == ["g"])
    #expect(keys.first { $0.action == .choosePlan("green") }?.keys == ["r"])
    #expect(keys.first { $0.action == .choosePlan("other") }?.keys == ["t"])
  }
}
