import Glibc
import OrgCore

/// An empty store, and how to open another on the same data.
public struct StoreUnderTest: Sendable {
  /// Runs the body while somebody else holds the data up, so that a commit has to wait.
  public typealias HoldUp = @Sendable (_ body: () throws -> Void) throws -> Void
  /// Measures how long the body takes.
  public typealias Measure = @Sendable (_ body: () throws -> Void) throws -> Duration

  /// Measures the processor time of the thread.
  public static let processorTime: Measure = { body in
    func now() -> Duration {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    try body()
    return now() - start
  }

  /// What values the store may hold.
  let rules: Rules
  private let open: @Sendable () throws -> any OrgStore
  private let holdUp: HoldUp?
  private let measure: Measure

  /// Describes a store to the suite.
  ///
  /// - Parameters:
  ///   - rules: what values the store may hold, with three roles at least. Ids and roles of the samples are made by them.
  ///   - holdUp: for stores that `canBeHeldUp`: lets somebody else hold the data up while the body runs.
  ///   - measure: the clock by which large change sets are measured; by default what the calling thread computes, as a
  ///     busy machine makes all else take any time.
  ///   - open: opens the data. Each call may return another store, or the same one where the data end with it; what one
  ///     store commits the others must find.
  public init(
    rules: Rules = .files, holdUp: HoldUp? = nil,
    measure: @escaping Measure = processorTime,
    open: @escaping @Sendable () throws -> any OrgStore
  ) {
    (self.rules, self.open, self.holdUp, self.measure) = (rules, open, holdUp, measure)
  }

  /// A manager on a store that is opened now.
  func manager() throws -> OrgManager { OrgManager(store: try open()) }

  func whileHeldUp(_ body: () throws -> Void) throws {
    guard let holdUp else {
      throw BehaviorFailure("the store under test", expected: "a way to hold it up", found: "none")
    }
    try holdUp(body)
  }

  func time(_ body: () throws -> Void) throws -> Duration { try measure(body) }
}
