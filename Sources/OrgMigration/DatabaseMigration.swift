#if PostgreSQL
  import OrgCore
  import OrgFileStore
  import OrgPostgresStore

  /// Moves the data of a database to files.
  ///
  /// All of it is read as it was at one moment. The files are written some organizations at a time, and get their names
  /// when they are whole. Where the database counts generations, a migration that was ended goes on if it is still at the
  /// same one.
  package struct DatabaseMigration {
    private let dump: TableDump
    private let path: String
    private let ids: StoreIDs
    private let progress: MigrationProgress
    /// As many organizations are read at a time.
    private let batch: Int

    /// Opens the database; changes nothing.
    ///
    /// - Parameter isLocking: whether nobody may change the data until the files are there.
    package init(
      from settings: ConnectionSettings, toFilesIn path: String, isLocking: Bool = false, batch: Int = 1000,
      progress: @escaping MigrationProgress = { _, _, _ in }
    ) throws(OrgError) {
      (self.path, self.batch, self.progress) = (path, max(1, batch), progress)
      dump = try TableDump(settings, isLocking: isLocking)
      ids = StoreIDs(dump.hasUUIDs ? .uuid : .text(length: dump.idLength), originals: try dump.originalIDs())
    }

    // MARK: Looking first

    /// What a migration would do.
    package struct Plan: Sendable {
      package var organizations = 0
      package var members = 0
      package var generations: UInt64 = 0
      /// Why it can't be done, each in a sentence.
      package var problems: [String] = []
      /// What isn't as it should be, and is moved all the same, each in a sentence.
      package var notes: [String] = []
    }

    /// Looks whether files can hold all there is.
    package func plan() throws(OrgError) -> Plan {
      var plan = Plan()
      (plan.organizations, plan.members) = try dump.counts()
      plan.generations = try dump.generation() ?? 0
      if let source = try dump.unfinishedSource() {
        plan.problems.append(
          "\(dump.name.escapedForDisplay) isn't all there yet: run orgman migrate from \(source.escapedForDisplay) again first."
        )
      }
      let roles = Set(Rules.files.roles.map(\.rawValue))
      for (role, count) in try dump.roles().sorted(by: { $0.key < $1.key }) where !roles.contains(role) {
        plan.problems.append(
          "\(count) member\(count == 1 ? " has" : "s have") the role \(role.quoted), which files can't hold; give \(count == 1 ? "it" : "them") another one first."
        )
      }
      for (status, count) in try dump.statuses().sorted(by: { $0.key < $1.key })
      where Organization.Status(rawValue: status) == nil {
        plan.problems.append(
          "\(count) organization\(count == 1 ? " has" : "s have") the status \(status.quoted), which files can't hold."
        )
      }
      for (count, what) in try dump.unusableRecords() where count > 0 {
        plan.problems.append("\(count) \(what), which files can't hold.")
      }
      plan.notes = SharedNameNotes(try dump.sharedNames()).sentences
      return plan
    }

    // MARK: Moving

    /// Moves the data.
    package func run() throws(OrgError) -> MigrationReport {
      let plan = try plan()
      if let problem = plan.problems.first { throw OrgError(.invalidValue, "Nothing was moved. \(problem)") }
      return try FileAssembly.make(at: path) { (assembly) throws(OrgError) in try move(plan, into: assembly) }
    }

    /// An entry of a file.
    private enum Entry {
      case organization(String)
      /// One whose members are no entry unless there are any.
      case organizationWithoutList(String)
      /// A text that belongs to no organization.
      case leftover([UInt8])

      var id: String? {
        switch self {
        case .organization(let id), .organizationWithoutList(let id): id
        case .leftover: nil
        }
      }
    }

    private func move(_ plan: Plan, into assembly: FileAssembly) throws(OrgError) -> MigrationReport {
      var report = MigrationReport()
      let start = ContinuousClock.now
      let revision = try dump.generation()
      var state = FileAssembly.State(source: dump.name, revision: revision)
      if let before = assembly.state, before.source == state.source, revision != nil,
        before.revision == revision
      {
        (state, report.isResumed) = (before, true)
      }
      let places = try dump.places()
      let frames = try dump.frames()
      let known = try check(places)
      var total = 0
      if !assembly.isPublished {
        try assembly.begin(after: state)
        let entries = (organizations(places, frames, known), lists(places, frames))
        total = entries.0.count + entries.1.count
        try write(entries.0, to: .organizations, frames, &state, assembly, &report, total)
        try write(entries.1, to: .lists, frames, &state, assembly, &report, total)
      }
      report.seconds = seconds(since: start)
      let pieces = try assembly.pieces()
      let compared = ContinuousClock.now
      let comparison = RecordComparison(
        pieces: pieces, sums: dump.sums, local: { known[$0] ?? ids.local($0) }, progress: progress)
      if let difference = try comparison.run() {
        throw OrgError(
          .damagedData,
          "The files don't have what is in \(dump.name.escapedForDisplay): \(difference.sentence).")
      }
      report.comparingSeconds = seconds(since: compared)
      (report.organizations, report.members) = (pieces.count, pieces.memberCount)
      let kept = FilePieces.File.allCases.map { frames[$0.rawValue]?.hash }
      if !kept.contains(nil) { report.areFilesUnchanged = FilePieces.File.allCases.map(pieces.hash) == kept }
      var generations = 0
      try assembly.publish(newest: revision) { (add) throws(OrgError) in
        generations = try moveHistory(upTo: revision ?? 0, add)
      }
      report.generations = generations
      return report
    }

    /// The ids of the tables by those of the files.
    ///
    /// - Throws: `invalidIdentifier` if two organizations would have one id.
    private func check(_ places: [TableDump.Place]) throws(OrgError) -> [String: String] {
      var known: [String: String] = [:]
      for place in places {
        let portable = ids.portable(place.id)
        if let other = known.updateValue(place.id, forKey: portable) {
          throw OrgError(
            .invalidIdentifier,
            "\(other.escapedForDisplay) and \(place.id.escapedForDisplay) would both be \(portable.escapedForDisplay) in files."
          )
        }
      }
      return known
    }

    // MARK: Entries

    private func inOrder(_ placed: [(place: Int, entry: Entry)], _ others: [Entry]) -> [Entry] {
      placed.sorted { $0.place < $1.place }.map(\.entry) + others
    }

    private func organizations(
      _ places: [TableDump.Place], _ frames: [String: TableLoader.Frame], _ known: [String: String]
    ) -> [Entry] {
      var placed: [(place: Int, entry: Entry)] = []
      var others: [Entry] = []
      for place in places {
        if let number = place.place {
          placed.append((number, .organization(place.id)))
        } else {
          others.append(.organization(place.id))
        }
      }
      for piece in frames[FilePieces.File.organizations.rawValue]?.leftovers ?? [] {
        // Without its organization, it would be one itself.
        if let id = PieceText.key(of: piece.text), known[id] != nil {
          placed.append((piece.place, .leftover(piece.text)))
        }
      }
      return inOrder(placed, others)
    }

    private func lists(_ places: [TableDump.Place], _ frames: [String: TableLoader.Frame]) -> [Entry] {
      var placed: [(place: Int, entry: Entry)] = []
      var others: [Entry] = []
      for place in places {
        if let number = place.listPlace {
          placed.append((number, .organization(place.id)))
        } else if place.place == nil {
          others.append(.organization(place.id))
        } else {
          // Files had no list of it; an empty one isn't added.
          others.append(.organizationWithoutList(place.id))
        }
      }
      for piece in frames[FilePieces.File.lists.rawValue]?.leftovers ?? [] {
        placed.append((piece.place, .leftover(piece.text)))
      }
      return inOrder(placed, others)
    }

    // MARK: Writing

    /// Writes the entries of a file that aren't written yet, and what is around them.
    private func write(
      _ entries: [Entry], to file: FilePieces.File, _ frames: [String: TableLoader.Frame],
      _ state: inout FileAssembly.State, _ assembly: FileAssembly, _ report: inout MigrationReport,
      _ total: Int
    ) throws(OrgError) {
      let name = file.rawValue
      let kept = frames[name].map { ($0.head, $0.tail, $0.entries) }
      guard state.entries[name] != Self.whole else { return }
      let done = state.entries[name] ?? 0
      // What was written ends with the batch before.
      var isFirst = done == 0
      for start in stride(from: done, to: entries.count, by: batch) {
        let batch = entries[start..<min(start + batch, entries.count)]
        for text in try texts(batch, in: file, &report) {
          if isFirst { try assembly.append(PieceText.frame(kept: kept, hasEntries: true).head, to: file) }
          let entry = PieceText.withoutSeparator(text)
          if isFirst {
            try assembly.append(entry, to: file)
          } else if entry.startIndex == 0 {
            try assembly.append(PieceText.separator + entry, to: file)
          } else {
            try assembly.append(text, to: file)
          }
          isFirst = false
        }
        state.entries[name] = start + batch.count
        try assembly.save(state)
        progress(.moving, report.movedRecords, max(total, report.movedRecords))
      }
      let frame = PieceText.frame(kept: kept, hasEntries: !isFirst)
      if isFirst { try assembly.append(frame.head, to: file) }
      try assembly.append(frame.tail, to: file)
      state.entries[name] = Self.whole
      try assembly.save(state)
    }

    /// As many entries count as written when what is after them is, too.
    private static let whole = Int.max

    /// The texts of some entries, each with what is before it if that isn't the usual separator.
    private func texts(
      _ entries: ArraySlice<Entry>, in file: FilePieces.File, _ report: inout MigrationReport
    ) throws(OrgError) -> [[UInt8]] {
      let locals = entries.compactMap(\.id)
      let organizations = file == .organizations ? try dump.organizations(locals) : [:]
      let lists = file == .lists ? try dump.lists(locals) : [:]
      var texts: [[UInt8]] = []
      for entry in entries {
        switch entry {
        case .leftover(let text): texts.append(text)
        case .organization(let id) where file == .organizations:
          guard let record = organizations[id] else { continue }
          var organization = record.organization
          organization.id = ids.portable(id)
          let kept = record.record.flatMap {
            PieceText.entry(kept: $0, organization, stored: dump.form.stored)
          }
          texts.append(kept ?? PieceText.entry(organization))
          report.movedRecords += 1
        case .organization(let id), .organizationWithoutList(let id):
          let list = lists[id] ?? TableDump.List()
          if case .organizationWithoutList = entry, list.members.isEmpty { continue }
          texts.append(text(of: list, ids.portable(id)))
          report.movedRecords += list.members.count
        }
      }
      return texts
    }

    private func text(of list: TableDump.List, _ id: String) -> [UInt8] {
      var members = list.members
      for place in members.indices { members[place].organizationID = id }
      if let kept = list.text.flatMap({
        PieceText.list(kept: $0, id, members, knowsTimes: dump.form.holdsJoinedAt)
      }) {
        return kept
      }
      if let order = list.order {
        let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
        // New ones come after those that files had.
        members = members.enumerated().sorted {
          (places[$0.element.userID] ?? .max, $0.offset) < (places[$1.element.userID] ?? .max, $1.offset)
        }.map(\.element)
      }
      return PieceText.list(id, members)
    }

    // MARK: The history

    private func moveHistory(
      upTo last: UInt64, _ add: (HistoryEntry) throws(OrgError) -> Void
    ) throws(OrgError) -> Int {
      var (generation, count): (UInt64, Int) = (0, 0)
      while true {
        let page = try dump.history(after: generation, upTo: last, limit: 1000)
        for entry in page { try add(entry.withIDs(ids.portable)) }
        count += page.count
        progress(.history, count, max(count, Int(clamping: last)))
        guard let newest = page.last?.generation, page.count == 1000 else { return count }
        generation = newest
      }
    }
  }
#endif
