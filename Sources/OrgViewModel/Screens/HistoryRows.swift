import OrgCore

/// What happened, as far as it has been read: the rows of the history.
package struct HistoryRows: ListRows {
  /// A generation, ready to be drawn.
  package struct Row: Sendable {
    /// What happened.
    package let entry: HistoryEntry
    /// What became of it since.
    package let fate: Fate
    /// Which of its changes is named in the list: the first that was looked for.
    let headline: Int
    /// What it undid or did again, where that has been read.
    let reversed: HistoryEntry?
    /// The zone in which its time is shown.
    package let zone: DisplayZone

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
        let others = entry.changes.indices.filter { $0 != headline }
        if others.count > 1 { text += "\(entry.changes.count.grouped) changes: " }
        text += entry.changes[headline].summary
        if others.count == 1 { text += "; \(entry.changes[others[0]].summary)" }
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
  /// Whether there are more without the query than that.
  package let totalGoesOn: Bool
  /// What comes first.
  package let order: HistoryFilter.Order
  /// The zone in which times are shown.
  package let zone: DisplayZone

  /// Finds the rows of a subject that a query matches.
  ///
  /// - Parameters:
  ///   - entries: what was read, in the order.
  ///   - isComplete: whether there is nothing beyond them.
  ///   - order: what comes first.
  ///   - reversals: what undid, redid or took back others, newest first, where the entries don't have it.
  ///   - total: how many there are without the query, if that is known.
  ///   - totalGoesOn: whether there are more than that.
  ///   - zone: in which times are shown, and days begin.
  ///   - now: what `yesterday` is about.
  package init(
    _ entries: [HistoryEntry], isComplete: Bool, subject: HistorySubject, query: String,
    order: HistoryFilter.Order = .newestFirst, reversals: [HistoryEntry]? = nil, total: Int? = nil,
    totalGoesOn: Bool = false,
    zone: DisplayZone = .utc, now: Timestamp = .now()
  ) {
    let subject = subject.filter
    let filter = HistoryQuery.filter(query, of: subject, now: now, zone: zone)
    var fates = Fates()
    fates.add(reversals ?? (order == .newestFirst ? entries : entries.reversed()))
    var rows: [Row] = []
    var counted = 0
    for entry in entries where subject.includes(entry) {
      counted += 1
      guard let headline = filter.place(in: entry) else { continue }
      var reversed: HistoryEntry?
      if let generation = entry.kind.subject { reversed = Self.entry(generation, in: entries, order) }
      rows.append(
        Row(
          entry: entry, fate: fates[entry.generation], headline: headline, reversed: reversed,
          zone: zone))
    }
    self.rows = rows
    self.isComplete = isComplete
    self.total = total ?? counted
    self.totalGoesOn = total == nil ? !isComplete : totalGoesOn
    self.order = order
    self.zone = zone
  }

  /// What became of generations since.
  struct Fates {
    private var fates: [UInt64: Fate] = [:]

    subscript(generation: UInt64) -> Fate { fates[generation] ?? .holds }

    /// Takes note of entries that come before those that were noted.
    mutating func add(_ entries: [HistoryEntry]) {
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
      }
    }
  }

  /// A generation among entries.
  private static func entry(
    _ generation: UInt64, in entries: [HistoryEntry], _ order: HistoryFilter.Order
  ) -> HistoryEntry? {
    let place = entries.firstPlace {
      order == .newestFirst ? $0.generation <= generation : $0.generation >= generation
    }
    return place < entries.count && entries[place].generation == generation ? entries[place] : nil
  }

  package var count: Int { rows.count }

  package func id(at row: Int) -> String? { String(rows[row].entry.generation) }

  package func row(of id: String) -> Int? {
    guard let generation = UInt64(id) else { return nil }
    // Generations fall from row to row, or rise.
    let place = rows.firstPlace {
      order == .newestFirst ? $0.entry.generation <= generation : $0.entry.generation >= generation
    }
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

extension HistoryQuery {
  /// What a store is asked for by a query; by its words, where it can't be read.
  ///
  /// - Parameters:
  ///   - text: the query.
  ///   - subject: whose history it is.
  static func filter(
    _ text: String, of subject: HistoryFilter, now: Timestamp, zone: DisplayZone
  ) -> HistoryFilter {
    let words = text.split(whereSeparator: \.isWhitespace)
    let query =
      (try? HistoryQuery(text))
      ?? HistoryQuery(terms: words.map { QueryTerm(.filter(.text(String($0)))) })
    return query.filter(subject, now: now, zone: zone)
  }
}
