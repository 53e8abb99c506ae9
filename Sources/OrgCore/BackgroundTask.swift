import Dispatch
import Synchronization

/// A value that another core works out meanwhile.
package final class BackgroundTask<Value: Sendable>: Sendable {
  private let result = Mutex<Value?>(nil)
  private let group = DispatchGroup()

  /// Begins with the work at once.
  package init(_ work: @escaping @Sendable () -> Value) {
    // A queue of its own: for the global ones the library wakes up every second to look after them.
    DispatchQueue(label: "orgman.concurrent", qos: .userInitiated).async(group: group) { [self] in
      let value = work()
      result.withLock { $0 = value }
    }
  }

  /// The value, once it is there.
  package var value: Value {
    group.wait()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("the work ended without a value") }
    return value
  }
}
