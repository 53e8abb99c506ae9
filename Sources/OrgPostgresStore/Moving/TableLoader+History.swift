import FoundationEssentials
import OrgCore

// The history of files.
extension TableLoader {
  /// Adds generations to the history, with the ids of the tables in their changes.
  package func load(_ entries: [HistoryEntry]) throws(OrgError) {
    var (history, changes) = (CopyRows(), CopyRows())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) -> String {
      // U+0000 can't be in PostgreSQL's values.
      (try? encoder.encode(value)).map {
        String(decoding: $0, as: UTF8.self).replacing(#"\u0000"#, with: #"\ufffd"#)
      } ?? "{}"
    }
    for entry in entries {
      let transaction = String(Self.carried + entry.generation)
      history.add(transaction)
      history.add(String(entry.generation))
      history.add(entry.time == .unknown ? "epoch" : entry.time.description + "+00")
      history.add(entry.kind.name)
      history.add(entry.kind.subject.map { String($0) })
      history.add(json(entry.actor))
      history.add(entry.note?.replacing("\0", with: "\u{FFFD}"))
      let isPlain = entry.reverted.isEmpty && entry.refused.isEmpty
      history.add(
        isPlain
          ? nil
          : json(HistoryDetails(reverted: entry.reverted, refused: entry.refused.map { ChangeRecord($0) })))
      history.add(entry.erasedCount)
      history.add("t")
      history.endRow()
      for change in entry.changes {
        let id = change.change.organizationID
        changes.add(transaction)
        changes.add(String(id.unicodeScalars.prefix(SchemaExpressions.keyLength).map(Character.init)))
        changes.add(
          change.change.userID.map {
            String($0.unicodeScalars.prefix(SchemaExpressions.keyLength).map(Character.init)).replacing(
              "\0", with: "\u{FFFD}")
          })
        changes.add(json(ChangeRecord(change)))
        changes.endRow()
      }
    }
    try transaction { () throws(PostgresError) in
      try connection.copy(
        history.bytes,
        to:
          "copy orgman.history (transaction, generation, at, kind, subject, actor, note, details, erased, settled) from stdin"
      )
      try connection.copy(
        changes.bytes, to: "copy orgman.change (transaction, organization, member, record) from stdin")
    }
  }

  /// Numbers for the transactions of other places, which none here will have.
  static let carried: UInt64 = 1 << 63
}
