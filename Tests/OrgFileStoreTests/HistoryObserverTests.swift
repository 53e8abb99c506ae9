import OrgCore
import Synchronization
import Testing

@testable import OrgFileStore

/// What a store tells of its history.
@Suite struct HistoryObserverTests {
  private final class Witness: HistoryObserver {
    private let seen = Mutex<[String]>([])

    /// What was told since the last time.
    func take() -> [String] {
      seen.withLock { seen in
        defer { seen = [] }
        return seen
      }
    }

    func didAdd(_ entry: HistoryEntry) {
      seen.withLock { $0.append("\(entry.generation) \(entry.kind.name) \(entry.changes.count)") }
    }

    func didBeginSegment(at generation: UInt64, by actor: Actor) {
      seen.withLock { $0.append("segment \(generation) \(actor.user)") }
    }
  }

  @Test func `an observer learns what its store adds, in order, and what other stores add not at all`() throws
  {
    let scratch = try Scratch.reference()
    let witness = Witness()
    let store = try FileStore(path: scratch.path, observer: witness)
    let manager = OrgManager(store: store)
    #expect(witness.take().isEmpty)
    #expect(try manager.updatePlan(of: Sample.globex, to: "gold"))
    let user = Actor.current().user
    #expect(witness.take() == ["segment 0 \(user)", "1 edit 1"])
    #expect(try scratch.manager().updatePlan(of: Sample.globex, to: "silver"))
    #expect(try store.maintain().snapshot.organization(id: Sample.globex)?.planTier == "silver")
    #expect(witness.take().isEmpty)
    let text = try scratch.read(OrganizationTable.file)
    try scratch.write(OrganizationTable.file, text.replacing("\"silver\"", with: "\"lead\""))
    // Both what another program did and the commit that had to ingest it.
    #expect(try manager.updateStatus(of: Sample.globex, to: .suspended))
    #expect(witness.take() == ["3 foreign 1", "4 edit 1"])
    #expect(code { try manager.updatePlan(of: Sample.globex, to: " ") } == .invalidValue)
    #expect(witness.take().isEmpty)
    try store.erase(.organization(Sample.globex), allowingOwnerless: true)
    #expect(
      witness.take().suffix(3).map { $0.prefix { $0 != " " } + ($0.contains("erase") ? " erase" : "") }
        == ["5", "6 erase", "segment"])
  }

  @Test func `an observer learns of what is put right when the store is opened`() throws {
    let scratch = try Scratch.reference()
    #expect(try scratch.manager().updatePlan(of: Sample.globex, to: "gold"))
    try scratch.write(OrganizationTable.file, "{")
    let witness = Witness()
    let store = try FileStore(path: scratch.path, observer: witness)
    _ = try store.snapshot()
    #expect(witness.take().map { $0.prefix(8) } == ["2 repair"])
  }
}
