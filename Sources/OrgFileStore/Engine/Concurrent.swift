import Dispatch
import Synchronization

/// A value that another core works out meanwhile.
final class Concurrent<Value: Sendable>: Sendable {
  private let result = Mutex<Value?>(nil)
  private let group = DispatchGroup()

  init(_ work: @escaping @Sendable () -> Value) {
    DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
      let value = work()
      result.withLock { $0 = value }
    }
  }

  /// The value, once it is there.
  var value: Value {
    group.wait()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("the work ended without a value") }
    return value
  }
}
