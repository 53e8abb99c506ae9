import OrgCore
import Testing

@testable import OrgStoreTesting

/// The conformance suite finds what is wrong with a store.
@Suite struct BrokenStoreTests {
  private static let all = StoreBehavior.all(for: [.canBeReopened, .canBeHeldUp])

  private func failure(_ behavior: StoreBehavior, _ fault: StoreFault?) -> BehaviorFailure? {
    do throws(BehaviorFailure) {
      try behavior.check(BrokenStore.underTest(fault))
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: all)
  func `a double without a fault does what every store does`(behavior: StoreBehavior) {
    #expect(failure(behavior, nil) == nil)
  }

  @Test(arguments: StoreFault.allCases)
  func `each fault is found, and the failure names the behavior`(fault: StoreFault) throws {
    let behavior = try #require(Self.all.first { $0.name == fault.finder })
    let found = try #require(failure(behavior, fault))
    #expect(found.behavior == fault.finder)
    #expect(found.description.hasPrefix("\(fault.finder): "))
    #expect(found.expected != found.found)
  }

  /// A behavior that can't fail would show nothing. That a store does nothing is found too easily to count.
  @Test func `each behavior finds a fault`() {
    let finders = Set(StoreFault.allCases.map(\.finder))
    let large = Set(StoreBehavior.largeSets.map(\.name))
    for behavior in Self.all where !finders.contains(behavior.name) {
      // Other faults take long with so many changes.
      let faults: [StoreFault] =
        large.contains(behavior.name)
        ? [.acceptsAll, .forgetsPlans] : StoreFault.allCases.filter { $0 != .forgetsCommits }
      #expect(faults.contains { failure(behavior, $0) != nil }, "\(behavior.name) finds nothing")
    }
  }

  @Test func `behaviors have names of their own, and each is asked of stores that are able to it`() {
    let names = Self.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count >= 100)
    #expect(StoreBehavior.all().allSatisfy { $0.abilities.isEmpty })
    let able = StoreBehavior.all(for: .canBeReopened).filter { !$0.abilities.isEmpty }
    #expect(able.map(\.name) == StoreBehavior.reopening.map(\.name))
    #expect(StoreBehavior.all().count + able.count + StoreBehavior.waiting.count == names.count)
  }

  @Test func `a failure says what was expected of what, and what was found`() throws {
    let behavior = try #require(Self.all.first { $0.name == StoreFault.forgetsOptional.finder })
    #expect(
      failure(behavior, .forgetsOptional)?.description
        == "billing ids are set one by one or both at once: lago stays: expected Optional(\"l1\"), found nil")
  }
}
