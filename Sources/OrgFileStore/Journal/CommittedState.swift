import OrgCore
import Synchronization

/// What a store knows to be committed, from one transaction to the next.
final class CommittedState: Sendable {
  struct State {
    /// The journal, up to where it was read last.
    var journal: Journal?
    /// The data as the newest line of the journal has them.
    var current: (generation: UInt64, contents: FileContents)? { didSet { hashes = [:] } }
    /// The hashes of its files, as far as they were worked out.
    var hashes: [String: RunningHash] = [:]
    /// Bytes of a segment of the journal after which a new one begins.
    var segmentLimit = 2 << 20
    /// What was repaired without being asked for, in words, oldest first.
    var repairs: [String] = []
  }

  private let state = Mutex(State())

  func withLock<Value>(_ body: (inout sending State) -> sending Value) -> sending Value {
    state.withLock(body)
  }
}
