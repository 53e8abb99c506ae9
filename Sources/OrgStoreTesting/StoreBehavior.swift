import OrgCore

/// One thing that every store does, to be checked on an empty store. All of them together are the conformance suite: run each
/// as a test case of its own, so that a failure names the behavior.
///
/// ```swift
/// @Test(arguments: StoreBehavior.all(for: [.canBeReopened]))
/// func `the store conforms`(behavior: StoreBehavior) throws {
///   let database = try Database.temporary()
///   try behavior.check(StoreUnderTest { try MyStore(database) })
/// }
/// ```
public struct StoreBehavior: Sendable, Identifiable, CustomStringConvertible {
  /// What the store does, as a sentence.
  public let name: String
  /// What a store must be able to do to be asked for it.
  public let abilities: StoreAbilities
  private let body: @Sendable (StoreUnderTest, Sample) throws -> Void

  /// A behavior that one manager on the store shows.
  init(_ name: String, _ body: @escaping @Sendable (OrgManager, Sample) throws -> Void) {
    self.init(name, abilities: []) { try body(try $0.manager(), $1) }
  }

  /// A behavior that takes several managers on the same data, or an ability.
  init(
    _ name: String, abilities: StoreAbilities,
    _ body: @escaping @Sendable (StoreUnderTest, Sample) throws -> Void
  ) {
    (self.name, self.abilities, self.body) = (name, abilities, body)
  }

  /// Its name: no two behaviors have the same.
  public var id: String { name }
  /// Its name.
  public var description: String { name }

  /// Checks that a store shows the behavior.
  ///
  /// - Parameter store: an empty store that nothing else uses.
  /// - Throws: `BehaviorFailure`, which says what was expected and what was found.
  public func check(_ store: StoreUnderTest) throws(BehaviorFailure) {
    do {
      try body(store, Sample(rules: store.rules))
    } catch let failure as BehaviorFailure {
      throw failure.of(name)
    } catch {
      throw BehaviorFailure("every step", expected: "no error", found: "\(error)").of(name)
    }
  }

  /// Every behavior that a store with these abilities must show, in the order of the suite.
  public static func all(for abilities: StoreAbilities = []) -> [StoreBehavior] {
    let all =
      reading + listings + people + organizations + members + validation + conflicts + owners + changeSets
      + removals
      + history
      + historyPages + undo + rights + sharing + receipts + keptTexts + largeSets + reopening + waiting
    return all.filter { $0.abilities.isSubset(of: abilities) }
  }
}

/// What only some stores can do.
public struct StoreAbilities: OptionSet, Sendable, Hashable {
  /// One bit an ability.
  public let rawValue: UInt8

  /// Abilities by their bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The data outlive the store: another one that is opened later finds them, and their history.
  public static let canBeReopened = StoreAbilities(rawValue: 1)
  /// A commit waits while somebody else holds the data up; see `StoreUnderTest.init`.
  public static let canBeHeldUp = StoreAbilities(rawValue: 2)
}

/// A behavior that a store doesn't show.
public struct BehaviorFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The behavior's name.
  public private(set) var behavior = ""
  /// What of it was looked at.
  public let subject: String
  /// What was expected of that.
  public let expected: String
  /// What was found instead.
  public let found: String

  init(_ subject: String, expected: String, found: String) {
    (self.subject, self.expected, self.found) = (subject, expected, found)
  }

  fileprivate func of(_ behavior: String) -> BehaviorFailure {
    var failure = self
    failure.behavior = behavior
    return failure
  }

  /// `renaming keeps the members: the members: expected ["ann"], found []`
  public var description: String { "\(behavior): \(subject): expected \(expected), found \(found)" }
}
