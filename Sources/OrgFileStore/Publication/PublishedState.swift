import Synchronization

/// What a store knows about the published files between transactions.
final class PublishedState: Sendable {
  struct State {
    /// The saved identities of the files.
    var published: Published?
    /// The hashes of the files for which `Places` were saved, and their intermediate states.
    var places: (hashes: [String: String], running: [String: RunningHash])?
  }

  private let state = Mutex(State())

  func withLock<Value>(_ body: (inout sending State) -> sending Value) -> sending Value {
    state.withLock(body)
  }
}
