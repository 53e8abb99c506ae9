import OrgCore

/// Evidence that tells an outdated state from an intended change.
extension Reconciliation {
  /// One generation of the history: what it changed and how it came about.
  struct Step {
    /// Where a generation's changes came from.
    enum Origin {
      /// Made through orgman.
      case own
      /// Made by another program to a file that had been displaced. The program itself may not see the change the
      /// next time it reads the data.
      case displaced
      /// Made by another program to the live file.
      case foreign
    }

    let generation: UInt64
    let time: Timestamp
    let origin: Origin
    /// The generation at which its changes were written. For changes found in a displaced file, this is the generation
    /// of that file: they were merged later than they were written.
    let order: UInt64
    private let content: Content
    /// The sorted hashes of the addresses that it changed, if loading the changes is expensive.
    private let touched: [Int]?

    /// The changes, loaded on first use and cached.
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

    /// Whether it may have changed any of the given values.
    func mayHaveChanged(_ addresses: Set<FieldAddress>) -> Bool {
      guard let touched else { return true }
      return addresses.contains { address in
        let place = touched.firstIndex(above: address.hashValue, orAt: true)
        return place < touched.count && touched[place] == address.hashValue
      }
    }

    /// Whether it was merged late, but so long ago that its program must have read it by now. If the program writes
    /// another value after that, it means to.
    ///
    /// - Parameter unseen: see `Attribution`.
    func isOldValue(_ unseen: Set<UInt64>?) -> Bool {
      origin == .displaced && unseen.map { !$0.contains(generation) } ?? false
    }

    /// The addresses that it changed in a file, with their previous values.
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

  /// A file that was written to after a newer one had replaced it.
  struct Displaced {
    var file: String
    /// The generation that replaced it.
    var generation: UInt64
    /// When it was written to, if known.
    var written: Timestamp?
  }

  /// Which differences in a file are changes of another program, and which are values that are merely outdated because
  /// the program didn't know of later changes.
  struct Attribution {
    var theirs: Set<FieldAddress>
    var kept: Set<FieldAddress> = []
    /// The generations that it didn't know of.
    var generations: [UInt64] = []
    /// Values that it changed in a displaced file and that were changed again after that.
    var overtaken: Set<FieldAddress> = []

    /// - Parameters:
    ///   - unseen: generations that the program may not have seen, because they are so recent; `nil` if it isn't known
    ///     when it wrote.
    ///   - generation: the one that displaced the file, if any: the other program opened the file before it.
    init(
      of found: FileContents, _ differing: Set<FieldAddress>, in file: String,
      history: some Sequence<Reconciliation.Step>, written: Timestamp?, unseen: Set<UInt64>?,
      before generation: UInt64?
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
        let isOwnValue = step.origin == .foreign || generation == nil && step.isOldValue(unseen)
        var addresses = isKnown && isOwnValue ? [] : step.addresses(in: file)
        if isKnown { addresses = own.unknown(of: addresses, changedBy: step, in: file) }
        guard !addresses.isEmpty else { continue }
        older.goBack(addresses, found, differing)
        if !isKnown {
          // The program hadn't read changes that were merged later, but they may have been written earlier.
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

  /// Values that another program set back to what they were before a change of ours, or before a change of a program
  /// that was found late: what that program reads next may be older than the merge.
  struct TakenBack {
    private(set) var addresses: Set<FieldAddress> = []
    private(set) var generations: [UInt64] = []

    /// - Parameters:
    ///   - unseen: see `Attribution`.
    ///   - proof: returns the newest generation that the program certainly knew; see `newestKnown`. Called at most once.
    init(
      _ theirs: Set<FieldAddress>, in file: String, history: some Sequence<Reconciliation.Step>,
      found: FileContents, written: Timestamp?, unseen: Set<UInt64>?, proof: () -> UInt64?
    ) {
      guard !theirs.isEmpty else { return }
      var own = OwnValues(theirs)
      var newestKnown: UInt64??
      for step in history where step.mayHaveChanged(theirs) {
        if let written, written.microseconds - step.time.microseconds > longestOperation { break }
        let values = step.origin == .foreign ? [] : step.addresses(in: file)
        let back = own.unknown(of: values, changedBy: step, in: file).filter {
          theirs.contains($0.address) && $0.before == found[$0.address]
        }
        guard !back.isEmpty else { continue }
        if step.isOldValue(unseen) { continue }
        // No program reverts our change on purpose so soon, but it may well change a value of its own again.
        if let unseen, !unseen.contains(step.generation) || step.origin == .displaced {
          let known = newestKnown ?? proof()
          newestKnown = known
          if let known, known > step.generation { continue }
        }
        addresses.formUnion(back.map(\.address))
        generations.append(step.generation)
      }
    }
  }

  /// The newest of our generations that a file contains. The program that wrote the file has read that generation, so it
  /// knew all earlier ones as well.
  static func newestKnown(
    to found: FileContents, _ current: FileContents, in file: String, history: some Sequence<Step>,
    written: Timestamp
  ) -> UInt64? {
    var changed: Set<FieldAddress> = []
    for step in history {
      if written.microseconds - step.time.microseconds > longestOperation { break }
      for (address, before) in step.addresses(in: file) where changed.insert(address).inserted {
        let value = found[address]
        if step.origin == .own, value == current[address], value != before { return step.generation }
      }
    }
    return nil
  }

  /// Values that another program itself changed. A program knows its own change if it changed the same value
  /// again later. So of its changes that were found late, only the latest one of each value can be unknown to
  /// it when it writes again.
  private struct OwnValues {
    private let addresses: Set<FieldAddress>
    private var changed: Set<FieldAddress> = []

    init(_ addresses: Set<FieldAddress>) { self.addresses = addresses }

    /// Of the values that a step changed, those that the program may not know of. Steps are passed newest first.
    mutating func unknown(
      of values: [(address: FieldAddress, before: String?)], changedBy step: Step, in file: String
    ) -> [(address: FieldAddress, before: String?)] {
      guard step.origin != .own, step.mayHaveChanged(addresses) else { return values }
      defer { changed.formUnion(step.addresses(in: file).lazy.map(\.address).filter(addresses.contains)) }
      return values.filter { !changed.contains($0.address) }
    }
  }

  /// An earlier state, represented by the values that differ from the present one.
  struct OlderState {
    /// The number of values that differ from those found.
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
        // Before an organization was created, nothing in it existed.
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

    /// The addresses whose values in this state equal those found.
    func addresses(of differing: Set<FieldAddress>, sameIn found: FileContents) -> Set<FieldAddress> {
      differing.filter { address in
        values[address.organization]?[address].map { $0 == found[address] } ?? false
      }
    }
  }
}
