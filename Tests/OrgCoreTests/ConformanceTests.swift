import OrgCore
import OrgStoreTesting
import Testing

@Suite struct ConformanceTests {
  @Test(arguments: StoreBehavior.all())
  func `the store in memory does what every store does`(behavior: StoreBehavior) throws {
    let store = InMemoryStore()
    try behavior.check(StoreUnderTest { store })
  }
}
