import Testing

@testable import OrgViewModel

@Suite struct CatalogueTests {
  @Test func `every action has one name, and every name one action`() {
    let entries = Action.catalogue
    #expect(Set(entries.map(\.name)).count == entries.count)
    #expect(Set(entries.map(\.action)).count == entries.count)
    for entry in entries {
      #expect(Action(name: entry.name) == entry.action)
      #expect(entry.action.entry?.name == entry.name)
    }
    #expect(Action(name: "no-such") == nil)
    #expect(Action.insert("x").entry == nil)
  }

  @Test func `names are lower-case words, titles are for people`() {
    for entry in Action.catalogue {
      #expect(entry.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(entry.name)")
      #expect(entry.title.first?.isUppercase == true && !entry.title.hasSuffix("."), "\(entry.title)")
    }
  }
}
