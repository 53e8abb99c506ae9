import Testing

@testable import OrgCore

/// Numbers that grow beyond what is usual.
@Suite struct NumberTests {
  @Test func `progress is a number of hundredths, whatever the sizes`() {
    #expect(ReadingProgress(done: 0, total: 0).percent == 0)
    #expect(ReadingProgress(done: 999, total: 1000).percent == 99)
    #expect(ReadingProgress(done: Int.max - 1, total: Int.max).percent == 99)
    #expect(ReadingProgress(done: Int.max, total: 1).percent == 100)
    #expect(ReadingProgress(done: -1, total: 10).percent == 0)
    #expect(ReadingProgress(done: 1, total: -10).percent == 0)
  }

  @Test func `a page of the history of any length is cut out`() throws {
    let store = InMemoryStore()
    let manager = OrgManager(store: store)
    for name in ["a", "b", "c"] { try manager.createOrganization(name: name) }
    #expect(try store.history(from: nil, limit: -1).entries.isEmpty)
    let first = try store.history(from: nil, limit: 2)
    #expect(first.entries.map(\.generation) == [3, 2])
    let rest = try store.history(from: first.next, limit: Int.max)
    #expect(rest.entries.map(\.generation) == [1] && rest.next == nil)
  }
}
