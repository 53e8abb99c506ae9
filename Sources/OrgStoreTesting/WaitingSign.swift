import Dispatch

/// A sign that one thread gives and another waits for.
final class WaitingSign: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func give() { semaphore.signal() }

  func wait() { semaphore.wait() }
}
