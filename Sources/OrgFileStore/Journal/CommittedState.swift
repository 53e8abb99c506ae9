import OrgCore
import Synchronization

/// What a store knows about committed data between transactions.
final class CommittedState: Sendable {
  struct State {
    /// The journal, up to the position where it was last read.
    var journal: Journal?
    /// The data as of the newest line of the journal.
    var current: (generation: UInt64, contents: FileContents)? { didSet { hashes = [:] } }
    /// The hashes of its files, as far as they have been computed.
    var hashes: [String: RunningHash] = [:]
    /// The size of a journal segment, in bytes, after which a new one is started.
    var segmentLimit = 2 << 20
    /// Descriptions of automatic repairs, oldest first.
    var repairs: [String] = []
  }

  private let state = Mutex(State())

  func withLock<Value>(_ body: (inout sending State) -> sending Value) -> sending Value {
    state.withLock(body)
  }
}
