import OrgCore

/// What tells an older state from a change that was meant.
extension Reconciliation {
  /// One generation of the history: what it changed, and how it came about.
  struct Step {
    /// Where the changes of a generation came from.
    enum Origin {
      /// Through orgman.
      case own
      /// From another program, found in a file that had been displaced: the program itself may not see it in
      /// what it reads next.
      case displaced
      /// From another program, in the file itself.
      case foreign
    }

    let generation: UInt64
    let time: Timestamp
    let origin: Origin
    private let content: Content
    /// The hashes of the values that it changed, rising, where looking at the changes is dear.
    private let touched: [Int]?

    /// What it changed, found out when it is asked for, and kept.
    private final class Content {
      private let load: () -> [RecordedChange]
      lazy var changes = load()

      init(_ load: @escaping () -> [RecordedChange]) { self.load = load }
    }

    init(
      generation: UInt64, time: Timestamp, origin: Origin, touched: [Int]? = nil,
      changes: @escaping () -> [RecordedChange]
    ) {
      (self.generation, self.time, self.origin, self.touched) = (generation, time, origin, touched)
      content = Content(changes)
    }

    var changes: [RecordedChange] { content.changes }

    /// Whether it can have changed one of some values.
    func mayHaveChanged(_ cells: Set<Cell>) -> Bool {
      guard let touched else { return true }
      return cells.contains { cell in
        let place = touched.firstIndex(above: cell.hashValue, orAt: true)
        return place < touched.count && touched[place] == cell.hashValue
      }
    }

    /// What it changed in a file, with the values before.
    func cells(in file: String) -> [(cell: Cell, before: String?)] {
      changes.flatMap { change in
        change.cellsBefore.filter { item in
          guard item.cell.file == file else { return false }
          // Other programs write an organization and its list one after the other.
          if origin != .own, case .createOrganization = change.change, case .list = item.cell { return false }
          return true
        }
      }
    }
  }

  /// A file that was written to after it had been exchanged for a newer one.
  struct Displaced {
    var file: String
    /// The generation that took its place.
    var generation: UInt64
    /// When it was written to, where that is known.
    var written: Timestamp?
  }

  /// What of a file another program changed, and what it merely has as it was before changes that it didn't know
  /// of.
  struct Verdict {
    var theirs: Set<Cell>
    var kept: Set<Cell> = []
    /// Of whom it didn't know.
    var generations: [UInt64] = []
    /// What it changed in a displaced file, and somebody else behind that.
    var overtaken: Set<Cell> = []

    /// - Parameter generation: the one that displaced the file, if one did: the other program opened it before.
    init(
      of found: FileContents, _ differing: Set<Cell>, in file: String,
      history: some Sequence<Reconciliation.Step>, written: Timestamp?, before generation: UInt64?
    ) {
      theirs = differing
      guard !differing.isEmpty else { return }
      var older = OlderState(differing.count)
      var fewest = differing.count
      var newer: Set<Cell> = []
      var passed: [UInt64] = []
      var own = OwnValues(differing)
      for step in history {
        let isKnown =
          generation.map { step.generation < $0 || step.generation == $0 && step.origin == .foreign } ?? true
        if isKnown, let written, written.microseconds - step.time.microseconds > longestOperation { break }
        var cells = isKnown && step.origin == .foreign ? [] : step.cells(in: file)
        if isKnown { cells = own.unknown(of: cells, changedBy: step, in: file) }
        guard !cells.isEmpty else { continue }
        older.goBack(cells, found, differing)
        if !isKnown {
          if let generation, step.generation > generation { newer.formUnion(cells.map(\.cell)) }
          fewest = older.count
          kept = older.cells(of: differing, sameIn: found)
        } else {
          passed.append(step.generation)
          if older.count < fewest {
            fewest = older.count
            kept = older.cells(of: differing, sameIn: found)
            generations = passed
          }
          if older.count > fewest + detour { break }
        }
      }
      theirs = differing.subtracting(kept)
      overtaken = theirs.intersection(newer)
    }
  }

  /// What another program has as it was before some change of ours, or one of a program that was found late: what that
  /// one reads next may be older than the merge.
  struct TakenBack {
    private(set) var cells: Set<Cell> = []
    private(set) var generations: [UInt64] = []

    init(
      _ theirs: Set<Cell>, in file: String, history: some Sequence<Reconciliation.Step>, found: FileContents,
      written: Timestamp?
    ) {
      guard !theirs.isEmpty else { return }
      var own = OwnValues(theirs)
      for step in history where step.mayHaveChanged(theirs) {
        if let written, written.microseconds - step.time.microseconds > longestOperation { break }
        let values = step.origin == .foreign ? [] : step.cells(in: file)
        let back = own.unknown(of: values, changedBy: step, in: file).filter {
          theirs.contains($0.cell) && $0.before == found[$0.cell]
        }
        guard !back.isEmpty else { continue }
        cells.formUnion(back.map(\.cell))
        generations.append(step.generation)
      }
    }
  }

  /// Values that another program changed itself. What it changed once more since, it knew: so of its changes that were
  /// found late only the latest of each value can be one that it doesn't know of when it writes again.
  private struct OwnValues {
    private let cells: Set<Cell>
    private var changed: Set<Cell> = []

    init(_ cells: Set<Cell>) { self.cells = cells }

    /// Those of the values that a step changed, newest first, that the program may not know of.
    mutating func unknown(
      of values: [(cell: Cell, before: String?)], changedBy step: Step, in file: String
    ) -> [(cell: Cell, before: String?)] {
      guard step.origin != .own, step.mayHaveChanged(cells) else { return values }
      defer { changed.formUnion(step.cells(in: file).lazy.map(\.cell).filter(cells.contains)) }
      return values.filter { !changed.contains($0.cell) }
    }
  }

  /// An earlier state, as values that differ from the present one.
  struct OlderState {
    /// How many values differ from what was found.
    private(set) var count: Int
    private var values: [String: [Cell: String?]] = [:]

    init(_ count: Int) {
      self.count = count
    }

    mutating func goBack(
      _ cells: [(cell: Cell, before: String?)], _ found: FileContents, _ differing: Set<Cell>
    ) {
      for (cell, before) in cells.reversed() {
        set(cell, before, found, differing)
        // Before its creation an organization had nothing.
        guard before == nil, cell.isContainer, let inside = values[cell.organization] else { continue }
        for other in inside.keys where other != cell && other.file == cell.file {
          set(other, nil, found, differing)
        }
      }
    }

    private mutating func set(_ cell: Cell, _ value: String?, _ found: FileContents, _ differing: Set<Cell>) {
      let present = found[cell]
      let wasDifferent = values[cell.organization]?[cell].map { $0 != present } ?? differing.contains(cell)
      values[cell.organization, default: [:]].updateValue(value, forKey: cell)
      count += (value != present ? 1 : 0) - (wasDifferent ? 1 : 0)
    }

    /// Which of the cells had the values that were found.
    func cells(of differing: Set<Cell>, sameIn found: FileContents) -> Set<Cell> {
      differing.filter { cell in values[cell.organization]?[cell].map { $0 == found[cell] } ?? false }
    }
  }
}
