import Foundation
import OrgCore

@testable import OrgFileStore

/// Writes a long history at once: what a store would have written in years.
struct JournalWriting {
  /// How many lines a segment has.
  var linesPerSegment = 1000
  /// Text that is put into every line, so that it is as long as real ones.
  var filler = ""
  /// Who did the change of a generation.
  var uid: (UInt64) -> UInt32 = { _ in 0 }
  /// What the change of a generation was.
  var kind: (UInt64) -> (JournalRecord.Kind, of: UInt64?) = { _ in (.edit, nil) }

  /// Adds generations to the journal of a directory with the reference data: each gives one organization another plan.
  /// The data stay as they are, so only the newest generation tells what is in the files.
  func add(_ generations: ClosedRange<UInt64>, to scratch: Scratch) throws {
    let store = try scratch.store()
    if !FileManager.default.fileExists(atPath: scratch.path + "/.orgman") {
      _ = try store.commit(Sample.plan)
    }
    let stateDirectory = try StateDirectory(store.directory)
    let newest = try Journal.everything(stateDirectory.journal, SystemCalls()).lines.last
    guard let newest else { return }
    let contents = store.parts.files.contentsNow()
    let ids = (0..<contents.organizationCount).map { contents.organization(at: $0).id }
    var hash = newest.hash
    var record = newest.record
    let start = Timestamp(record.time)?.microseconds ?? 0
    var text: [UInt8] = []
    var name = ""
    for (count, generation) in generations.enumerated() {
      if count % linesPerSegment == 0 {
        if !name.isEmpty { try scratch.write(".orgman/journal/\(name)", text) }
        text = []
        let digits = String(generation - 1)
        name = String(repeating: "0", count: 12 - digits.count) + digits + "_.jsonl"
      }
      record.generation = generation
      record.previous = hash
      record.time = Timestamp(microseconds: start + Int64(count) * 1_000_000).description
      (record.kind, record.of) = kind(generation)
      record.actor.who.uid = uid(generation)
      record.data.splices = nil
      record.note = filler.isEmpty ? nil : filler
      record.changes = [
        ChangeRecord(
          RecordedChange(
            .setField(
              .planTier, organization: ids[Int(generation) % ids.count], from: "a\(generation)",
              to: "b\(generation)"), organizationName: "Acme"))
      ]
      let line = try Journal.encode(record)
      text += line.bytes
      hash = line.hash
    }
    try scratch.write(".orgman/journal/\(name)", text)
    try stateDirectory.writeCheckpoint(contents, generation: generations.upperBound)
  }
}
