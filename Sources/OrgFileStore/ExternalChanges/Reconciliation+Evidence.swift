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
    /// When its changes were written, as a generation: that of the file that they were found in, where it had been
    /// displaced, for they were merged later than they were written.
    let order: UInt64
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
      generation: UInt64, time: Timestamp, origin: Origin, displaced: UInt64? = nil, touched: [Int]? = nil,
      changes: @escaping () -> [RecordedChange]
    ) {
      (self.generation, self.time, self.origin, self.touched) = (generation, time, origin, touched)
      order = displaced ?? generation
      content = Content(changes)
    }

    var changes: [RecordedChange] { content.changes }

    /// Whether it can have changed one of some values.
    func mayHaveChanged(_ addresses: Set<FieldAddress>) -> Bool {
      guard let touched else { return true }
      return addresses.contains { address in
        let place = touched.firstIndex(above: address.hashValue, orAt: true)
        return place < touched.count && touched[place] == address.hashValue
      }
    }

    /// What it changed in a file, with the values before.
    func addresses(in file: String) -> [(address: FieldAddress, before: String?)] {
      changes.flatMap { change in
        change.addressesBefore.filter { item in
          guard item.address.file == file else { return false }
          // Other programs write an organization and its list one after the other.
          if origin != .own, case .createOrganization = change.change, case .list = item.address {
            return false
          }
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
    var theirs: Set<FieldAddress>
    var kept: Set<FieldAddress> = []
    /// Of whom it didn't know.
    var generations: [UInt64] = []
    /// What it changed in a displaced file, and somebody else after that.
    var overtaken: Set<FieldAddress> = []

    /// - Parameter generation: the one that displaced the file, if one did: the other program opened it before.
    init(
      of found: FileContents, _ differing: Set<FieldAddress>, in file: String,
      history: some Sequence<Reconciliation.Step>, written: Timestamp?, before generation: UInt64?
    ) {
      theirs = differing
      guard !differing.isEmpty else { return }
      var older = OlderState(differing.count)
      var fewest = differing.count
      var newer: Set<FieldAddress> = []
      var passed: [UInt64] = []
      var own = OwnValues(differing)
      for step in history {
        let isKnown =
          generation.map { step.generation < $0 || step.generation == $0 && step.origin == .foreign } ?? true
        if isKnown, let written, written.microseconds - step.time.microseconds > longestOperation { break }
        var addresses = isKnown && step.origin == .foreign ? [] : step.addresses(in: file)
        if isKnown { addresses = own.unknown(of: addresses, changedBy: step, in: file) }
        guard !addresses.isEmpty else { continue }
        older.goBack(addresses, found, differing)
        if !isKnown {
          // What was merged since wasn't in the file that the program had read; but it may have been written before.
          if let generation, step.order > generation { newer.formUnion(addresses.map(\.address)) }
          fewest = older.count
          kept = older.addresses(of: differing, sameIn: found)
        } else {
          passed.append(step.generation)
          if older.count < fewest {
            fewest = older.count
            kept = older.addresses(of: differing, sameIn: found)
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
    private(set) var addresses: Set<FieldAddress> = []
    private(set) var generations: [UInt64] = []

    init(
      _ theirs: Set<FieldAddress>, in file: String, history: some Sequence<Reconciliation.Step>,
      found: FileContents,
      written: Timestamp?
    ) {
      guard !theirs.isEmpty else { return }
      var own = OwnValues(theirs)
      for step in history where step.mayHaveChanged(theirs) {
        if let written, written.microseconds - step.time.microseconds > longestOperation { break }
        let values = step.origin == .foreign ? [] : step.addresses(in: file)
        let back = own.unknown(of: values, changedBy: step, in: file).filter {
          theirs.contains($0.address) && $0.before == found[$0.address]
        }
        guard !back.isEmpty else { continue }
        addresses.formUnion(back.map(\.address))
        generations.append(step.generation)
      }
    }
  }

  /// Values that another program changed itself. What it changed once more since, it knew: so of its changes that were
  /// found late only the latest of each value can be one that it doesn't know of when it writes again.
  private struct OwnValues {
    private let addresses: Set<FieldAddress>
    private var changed: Set<FieldAddress> = []

    init(_ addresses: Set<FieldAddress>) { self.addresses = addresses }

    /// Those of the values that a step changed, newest first, that the program may not know of.
    mutating func unknown(
      of values: [(address: FieldAddress, before: String?)], changedBy step: Step, in file: String
    ) -> [(address: FieldAddress, before: String?)] {
      guard step.origin != .own, step.mayHaveChanged(addresses) else { return values }
      defer { changed.formUnion(step.addresses(in: file).lazy.map(\.address).filter(addresses.contains)) }
      return values.filter { !changed.contains($0.address) }
    }
  }

  /// An earlier state, as values that differ from the present one.
  struct OlderState {
    /// How many values differ from what was found.
    private(set) var count: Int
    private var values: [String: [FieldAddress: String?]] = [:]

    init(_ count: Int) {
      self.count = count
    }

    mutating func goBack(
      _ addresses: [(address: FieldAddress, before: String?)], _ found: FileContents,
      _ differing: Set<FieldAddress>
    ) {
      for (address, before) in addresses.reversed() {
        set(address, before, found, differing)
        // Before its creation an organization had nothing.
        guard before == nil, address.isContainer, let inside = values[address.organization] else { continue }
        for other in inside.keys where other != address && other.file == address.file {
          set(other, nil, found, differing)
        }
      }
    }

    private mutating func set(
      _ address: FieldAddress, _ value: String?, _ found: FileContents, _ differing: Set<FieldAddress>
    ) {
      let present = found[address]
      let wasDifferent =
        values[address.organization]?[address].map { $0 != present } ?? differing.contains(address)
      values[address.organization, default: [:]].updateValue(value, forKey: address)
      count += (value != present ? 1 : 0) - (wasDifferent ? 1 : 0)
    }

    /// Which of the addresses had the values that were found.
    func addresses(of differing: Set<FieldAddress>, sameIn found: FileContents) -> Set<FieldAddress> {
      differing.filter { address in
        values[address.organization]?[address].map { $0 == found[address] } ?? false
      }
    }
  }
}
