import OrgCore

/// What happened, newest first, as far as it has been read: the rows of the history.
package struct HistoryRows: ListRows {
  /// A generation, ready to be drawn.
  package struct Row: Sendable {
    /// What happened.
    package let entry: HistoryEntry
    /// What became of it since.
    package let fate: Fate
    /// Which of its changes is named in the list: the first that was looked for.
    let headline: Int

    /// What it did, in a few words; text of the data is escaped.
    package var text: String {
      var text =
        switch fate {
        case .holds: ""
        case .undone: "undone: "
        case .takenBack: "taken back: "
        }
      text += entry.kind.prefix
      if headline < entry.changes.count {
        if entry.changes.count > 1 { text += "\(entry.changes.count.grouped) changes: " }
        text += entry.changes[headline].summary
      } else {
        text += entry.note?.escapedForDisplay ?? "the form of the files alone"
      }
      return text
    }

    /// Who did it, in a few words.
    package var actor: String {
      entry.kind == .foreign ? entry.writer?.description ?? "outside" : entry.actor.description
    }
  }

  /// What became of a generation.
  package enum Fate: Sendable, Hashable {
    /// It holds, as far as the history says.
    case holds
    /// A later generation undid it.
    case undone(by: UInt64)
    /// Another program took it back.
    case takenBack(by: UInt64)
  }

  /// The rows.
  package let rows: [Row]
  /// Whether the history ends with the last of what was read.
  package let isComplete: Bool
  package let total: Int

  /// Finds the rows of a subject that have all words of a query.
  ///
  /// - Parameters:
  ///   - entries: what was read, newest first.
  ///   - isComplete: whether there is nothing before them.
  package init(_ entries: [HistoryEntry], isComplete: Bool, subject: HistorySubject, query: String) {
    let filter = subject.filter
    let words = query.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    var fates: [UInt64: Fate] = [:]
    var rows: [Row] = []
    var total = 0
    for entry in entries {
      switch entry.kind {
      // What happened last to a generation counts, and that comes first.
      case .undo(let generation) where fates[generation] == nil:
        fates[generation] = .undone(by: entry.generation)
      case .redo(let generation) where fates[generation] == nil: fates[generation] = .holds
      default: break
      }
      for generation in entry.reverted where fates[generation] == nil {
        fates[generation] = .takenBack(by: entry.generation)
      }
      guard filter.includes(entry) else { continue }
      total += 1
      guard let headline = Self.match(entry, filter, words) else { continue }
      rows.append(Row(entry: entry, fate: fates[entry.generation] ?? .holds, headline: headline))
    }
    self.rows = rows
    self.isComplete = isComplete
    self.total = total
  }

  /// The first change that has what is looked for; `nil` if the entry hasn't.
  private static func match(_ entry: HistoryEntry, _ filter: HistoryFilter, _ words: [String]) -> Int? {
    let first = entry.changes.firstIndex { filter.includes($0.change) } ?? 0
    let head = entry.searchText
    let rest = words.filter { !head.contains($0) }
    guard !rest.isEmpty else { return first }
    return entry.changes.indices.first { index in
      guard filter.includes(entry.changes[index].change) else { return false }
      let text = entry.changes[index].searchText
      return rest.allSatisfy(text.contains)
    }
  }

  package var count: Int { rows.count }

  package func id(at row: Int) -> String? { String(rows[row].entry.generation) }

  package func row(of id: String) -> Int? {
    guard let generation = UInt64(id) else { return nil }
    // Generations fall from row to row.
    let place = rows.firstPlace { $0.entry.generation <= generation }
    return place < rows.count && rows[place].entry.generation == generation ? place : nil
  }
}

extension HistorySubject {
  /// The part of the history that is about it.
  package var filter: HistoryFilter {
    switch self {
    case .all: HistoryFilter()
    case .organization(let id): HistoryFilter(organization: id)
    case .member(let user, let id): HistoryFilter(organization: id, user: user)
    case .user(let user): HistoryFilter(user: user)
    }
  }
}

extension HistoryEntry.Kind {
  /// What stands before what was changed: `undid 12: `
  var prefix: String {
    switch self {
    case .edit: ""
    case .undo(let generation): "undid \(generation): "
    case .redo(let generation): "redid \(generation): "
    // Who did it says that already.
    case .foreign: ""
    case .repair: "repaired: "
    case .restore: "restored: "
    case .erase: "erased: "
    }
  }
}

extension HistoryEntry.Kind {
  var title: String {
    switch self {
    case .edit: "edit"
    case .undo(let generation): "undo of \(generation)"
    case .redo(let generation): "redo of \(generation)"
    case .foreign: "outside"
    case .repair: "repair"
    case .restore: "restore"
    case .erase: "erasure"
    }
  }
}

extension HistoryEntry {
  /// What a filter looks at, but for the changes.
  fileprivate var searchText: String {
    [
      "\(generation)", time.description, actor.description, actor.host, actor.claimedSSHClient ?? "",
      kind == .foreign ? "outside \(writer?.description ?? "")" : "", kind.prefix, note ?? "",
    ].joined(separator: "\n").lowercased()
  }
}

extension RecordedChange {
  /// What a filter looks at.
  fileprivate var searchText: String {
    let field: String =
      switch change {
      case .setField(let field, _, _, _): field.rawValue
      case .setRole: "role"
      default: ""
      }
    return [summary, organizationName, change.organizationID, change.userID ?? "", field]
      .joined(separator: "\n").lowercased()
  }
}
