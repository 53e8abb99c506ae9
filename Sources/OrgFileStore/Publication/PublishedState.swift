import Synchronization

/// What a store knows of the files as they were published last, from one transaction to the next.
final class PublishedState: Sendable {
  struct State {
    /// What the files were like then, as far as it was saved.
    var published: Published?
    /// The hashes of the files that `Places` were written for, with their intermediate states.
    var places: (hashes: [String: String], running: [String: RunningHash])?
  }

  private let state = Mutex(State())

  func withLock<Value>(_ body: (inout sending State) -> sending Value) -> sending Value {
    state.withLock(body)
  }
}
