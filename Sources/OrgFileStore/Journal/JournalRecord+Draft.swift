import Glibc
import OrgCore

extension JournalRecord {
  /// A line that this process is about to write, with the current time. Its files are added later.
  static func draft(
    _ generation: UInt64, _ kind: JournalRecord.Kind, _ changes: [RecordedChange],
    with access: Access = .platformAdmin
  ) -> JournalRecord {
    JournalRecord(
      generation: generation, previous: "", time: Timestamp.now().description, kind: kind,
      actor: JournalRecord.JournalActor(.current().acting(with: access), pid: getpid()),
      changes: changes.map { ChangeRecord($0) })
  }
}

extension JournalRecord.Kind {
  init(_ purpose: ChangeSet.Purpose) {
    switch purpose {
    case .edit: self = .edit
    case .undo: self = .undo
    case .redo: self = .redo
    }
  }
}
