import Foundation
import Testing

/// Runs tests that mostly wait for other processes on threads of their own. Without it, as many tests run at once as
/// there are cores; these keep a thread from the tests that compute, and wait in line for it again and again.
public struct SideBySide: SuiteTrait, TestTrait, TestScoping {
  /// The end-to-end tests share a few threads, however many cores there are.
  fileprivate static let shared = Threads(8)

  fileprivate let threads: Threads

  /// Whether the tests of a suite have the trait as well.
  public let isRecursive = true

  /// Runs a test on one of the threads.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(threads) { try await function() }
  }

  /// Threads that take one job after the other.
  fileprivate final class Threads: TaskExecutor {
    private let queue = OperationQueue()

    init(_ width: Int) { queue.maxConcurrentOperationCount = width }

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.addOperation { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}

extension Trait where Self == SideBySide {
  /// Runs the tests side by side, on a few threads of their own.
  public static var sideBySide: Self { SideBySide(threads: SideBySide.shared) }

  /// Runs the tests on threads of their own, as many at once.
  public static func onOwnThreads(_ count: Int) -> Self { SideBySide(threads: SideBySide.Threads(count)) }
}
