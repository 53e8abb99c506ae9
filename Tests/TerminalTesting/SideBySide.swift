import Foundation
import Testing

/// Runs tests that mostly wait for other processes side by side, on threads of their own. Without it, as many run at once
/// as there are cores, and each keeps a thread from the tests that compute.
public struct SideBySide: SuiteTrait, TestTrait, TestScoping {
  /// Several at a time, however many cores there are.
  private static let width = 4
  private static let threads = Threads(width)

  /// Whether the tests of a suite have the trait as well.
  public let isRecursive = true

  /// Runs a test on one of the threads.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(Self.threads) { try await function() }
  }

  /// Threads that take one job after the other.
  private final class Threads: TaskExecutor {
    private let queue = OperationQueue()

    init(_ width: Int) { queue.maxConcurrentOperationCount = width }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.addOperation { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}

extension Trait where Self == SideBySide {
  /// Runs the tests side by side, on threads of their own.
  public static var sideBySide: Self { SideBySide() }
}
