#if PostgreSQL
  import OrgCore
  import OrgFileStore
  import OrgPostgresStore

  /// Moves the data of files to a database.
  ///
  /// Some organizations with their members at a time go through temporary tables into the service's, each time in one
  /// transaction. Beside them is kept what the tables have no room for, and the hash of what the files say of each
  /// organization: a migration that was ended goes on with those whose hash isn't there or is another.
  package struct FileMigration {
    private let store: FileStore
    private let loader: TableLoader
    private let ids: StoreIDs
    private let progress: MigrationProgress
    /// As many records are moved in a transaction.
    private let batch: Int
    /// Fewer, if they take so many bytes.
    private static let batchBytes = 16 << 20
    package static let usualBatch = 10_000

    /// Opens both sides; changes nothing.
    package init(
      from store: FileStore, to settings: ConnectionSettings, actor: Actor, batch: Int = usualBatch,
      progress: @escaping MigrationProgress = { _, _, _ in }
    ) throws(OrgError) {
      (self.store, self.batch, self.progress) = (store, batch, progress)
      loader = try TableLoader(settings, actor: actor)
      ids = StoreIDs(loader.hasUUIDs ? .uuid : .text(length: loader.idLength))
    }

    // MARK: Looking first

    /// What a migration would do.
    package struct Plan: Sendable {
      package var organizations = 0
      package var members = 0
      package var generations: UInt64 = 0
      /// Organizations whose id isn't `org_` and a UUID, so that they get another.
      package var otherIDs = 0
      /// Records whose text is kept beside the tables.
      package var keptRecords = 0
      /// Entries that belong to no organization, which are kept, too.
      package var leftovers = 0
      /// What isn't as it should be, and is moved all the same, each in a sentence.
      package var notes: [String] = []
      /// Why it can't be done, each in a sentence, and how many more there are.
      package var problems: [String] = []
      package var problemCount = 0
      /// Whether it goes on with one that was ended.
      package var isResumed = false
      /// Whether there is nothing in the database yet.
      package var isNew = false

      mutating func note(_ problem: String) {
        problemCount += 1
        if problems.count < 20 { problems.append(problem) }
      }
    }

    /// Looks at every record and at the database.
    ///
    /// - Parameter isCutOver: whether the database may have the data already, and only what changed since is moved.
    package func plan(isCutOver: Bool) throws(OrgError) -> Plan {
      let pieces = try FilePieces(try store.backup())
      var plan = plan(pieces)
      plan.generations = try store.newestGeneration() ?? 0
      try checkTarget(isCutOver: isCutOver, &plan)
      return plan
    }

    private func checkTarget(isCutOver: Bool, _ plan: inout Plan) throws(OrgError) {
      let state = try loader.state()
      let name = loader.name.escapedForDisplay
      if let source = state.source {
        guard source == self.source else {
          return plan.note("\(name) has the data of \(source.escapedForDisplay).")
        }
        plan.isResumed = !state.isFinished
        if state.isFinished, !isCutOver {
          plan.note("\(name) has these data already; --cut-over moves what changed since.")
        } else if state.isFinished, state.hasChanged {
          plan.note(
            "\(name) has been changed since the data were moved there; orgman diff shows what differs.")
        }
        return
      }
      guard state.organizations + state.members + state.generations > 0 else {
        plan.isNew = true
        return
      }
      let parts = [
        (state.organizations, "organization"), (state.members, "member"), (state.generations, "generation"),
      ]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
      plan.note("\(name) isn't empty: it has \(parts.joined(separator: ", ")).")
    }

    /// What the files are called in the database.
    private var source: String { "\(Actor.current().host):\(store.resolvedPath)" }

    private func plan(_ pieces: FilePieces) -> Plan {
      var plan = Plan()
      (plan.organizations, plan.members) = (pieces.count, pieces.memberCount)
      let form = loader.form
      var names: [String: Int] = [:]
      var locals: [String: Int] = [:]
      for index in 0..<pieces.count {
        let organization = pieces.organization(at: index)
        let label = "\(organization.name.escapedForDisplay) (\(organization.id.escapedForDisplay))"
        if let reason = form.obstacle(to: organization) { plan.note("\(label): \(reason).") }
        if let other = names.updateValue(index, forKey: organization.name) {
          plan.note("\(label) has the same name as \(pieces.id(at: other).escapedForDisplay).")
        }
        let local = ids.local(organization.id)
        if let other = locals.updateValue(index, forKey: local) {
          plan.note("\(label) would have the same id as \(pieces.id(at: other).escapedForDisplay).")
        }
        if !ids.isDerivable(organization.id) { plan.otherIDs += 1 }
        if !pieces.isUsual(form.stored(organization), at: index) { plan.keptRecords += 1 }
        let list = pieces.forEachMember(at: index) { user, role, time in
          guard !form.takes(user, role, hasTime: !time.isEmpty) else { return }
          let name = String(decoding: user, as: UTF8.self)
          if let reason = form.obstacle(toUser: name, role, hasTime: !time.isEmpty) {
            plan.note("\(name.escapedForDisplay) in \(label): \(reason).")
          }
        }
        if isKept(list) { plan.keptRecords += 1 }
        if index % 1000 == 999 { progress(.checking, index, pieces.count) }
      }
      plan.notes =
        SharedNameNotes(
          names.map { ($0.key, pieces.id(at: $0.value)) }
        ).sentences
      for file in FilePieces.File.allCases { plan.leftovers += pieces.leftovers(of: file).count }
      return plan
    }

    // MARK: Moving

    /// Moves the data.
    ///
    /// - Parameters:
    ///   - plan: what `plan(isCutOver:)` has found, if it was asked; what has changed since is looked at again.
    ///   - isCutOver: hold the lock of the files while the last changes are moved, so that none is missing.
    ///   - leavesReadOnly: let nobody change the files after that.
    package func run(
      _ plan: Plan? = nil, isCutOver: Bool = false, leavesReadOnly: Bool = false
    ) throws(OrgError)
      -> MigrationReport
    {
      var report = MigrationReport()
      var first: Plan
      if let plan { first = plan } else { first = try self.plan(isCutOver: isCutOver) }
      if plan != nil {
        // The target may have changed while the plan was waiting for an answer.
        var target = Plan()
        try checkTarget(isCutOver: isCutOver, &target)
        try check(target)
        (first.isNew, first.isResumed) = (target.isNew, target.isResumed)
      }
      try check(first)
      report.isResumed = first.isResumed
      let start = ContinuousClock.now
      try loader.begin(source: source, dropsIndexes: first.isNew)
      try move(FilePieces(try store.backup()), &report)
      try loader.createIndexes()
      report.seconds = seconds(since: start)
      guard isCutOver || leavesReadOnly else {
        try complete(FilePieces(try store.backup()), &report)
        return report
      }
      var result = report
      try store.withLockedFiles(leavingReadOnlyFor: leavesReadOnly ? loader.name : nil) {
        (backup) throws(OrgError) in
        let pieces = try FilePieces(backup)
        try check(self.plan(pieces))
        try complete(pieces, &result)
      }
      return result
    }

    private func check(_ plan: Plan) throws(OrgError) {
      guard let first = plan.problems.first else { return }
      throw OrgError(
        .invalidValue,
        "Nothing was moved. \(first)\(plan.problemCount > 1 ? " There are \(plan.problemCount - 1) more problems; --dry-run shows them." : "")"
      )
    }

    /// Moves what isn't in the database as it is in the files.
    private func move(_ pieces: FilePieces, _ report: inout MigrationReport) throws(OrgError) {
      let known = try loader.loaded()
      var present: Set<String> = []
      var (new, changed): ([Int], [Int]) = ([], [])
      for index in 0..<pieces.count {
        let local = ids.local(pieces.id(at: index))
        present.insert(local)
        guard let loaded = known[local] else {
          new.append(index)
          continue
        }
        if loaded.hash != pieces.hash(at: index) { changed.append(index) }
      }
      try loader.remove(known.keys.filter { !present.contains($0) })
      // In one transaction, for they may have taken each other's names.
      var rows = loader.rows()
      for index in changed { add(index, of: pieces, isReplaced: true, to: &rows) }
      var queue = LoadQueue(loader: loader)
      func flush() throws(OrgError) {
        try queue.add(rows)
        rows = loader.rows()
        progress(.moving, report.movedRecords + queue.count, pieces.count + pieces.memberCount)
      }
      try flush()
      try queue.finish()
      for index in new {
        add(index, of: pieces, isReplaced: false, to: &rows)
        if rows.count >= batch || rows.size >= Self.batchBytes { try flush() }
      }
      try flush()
      try queue.finish()
      report.movedRecords += queue.count
    }

    /// Whether the text of a list is kept.
    private func isKept(_ list: PieceList) -> Bool {
      !list.isUsual || !loader.form.holdsJoinedAt && list.count > 0
    }

    private func add(_ index: Int, of pieces: FilePieces, isReplaced: Bool, to rows: inout LoadedRows) {
      let organization = pieces.organization(at: index)
      let local = ids.local(organization.id)
      var order: [String] = []
      let list = pieces.forEachMember(at: index) { user, role, time in
        rows.addMember(user, of: local, role, time)
        order.append(String(decoding: user, as: UTF8.self))
      }
      var kept = LoadedRows.Kept(
        place: pieces.place(of: index, in: .organizations) ?? 0,
        listPlace: pieces.place(of: index, in: .lists),
        hash: pieces.hash(at: index))
      if !pieces.isUsual(loader.form.stored(organization), at: index) {
        kept.record = pieces.text(of: index, in: .organizations)
        kept.fields = pieces.unknownFields(at: index)
      }
      if isKept(list) {
        kept.list = pieces.text(of: index, in: .lists)
        kept.memberFields = pieces.unknownMemberFields(at: index)
      } else if !list.isInOrder {
        kept.members = order
      }
      var stored = organization
      stored.id = local
      rows.add(
        stored, kept, original: ids.isDerivable(organization.id) ? nil : organization.id,
        isReplaced: isReplaced)
    }

    /// Moves what has changed since, and what isn't about single organizations; then compares both sides.
    private func complete(_ pieces: FilePieces, _ report: inout MigrationReport) throws(OrgError) {
      try move(pieces, &report)
      let known = try loader.loaded()
      var moved: [(id: String, place: Int, listPlace: Int?)] = []
      for index in 0..<pieces.count {
        let local = ids.local(pieces.id(at: index))
        let (place, listPlace) = (
          pieces.place(of: index, in: .organizations) ?? 0, pieces.place(of: index, in: .lists)
        )
        if let loaded = known[local], loaded.place != place || loaded.listPlace != listPlace {
          moved.append((local, place, listPlace))
        }
      }
      try loader.keep(FilePieces.File.allCases.map { frame($0, pieces) }, moved: moved)
      report.generations = try moveHistory()
      let start = ContinuousClock.now
      let comparison = RecordComparison(
        pieces: pieces, sums: loader.sums, local: ids.local, progress: progress)
      if let difference = try comparison.run() {
        try loader.forget(difference.different)
        throw OrgError(
          .conflict,
          "\(loader.name.escapedForDisplay) doesn't have what was moved there: \(difference.sentence). Another program writes to it; stop it, delete what isn't in the files, and run the command again."
        )
      }
      report.comparingSeconds = seconds(since: start)
      (report.organizations, report.members) = (pieces.count, pieces.memberCount)
      try loader.finish(
        after: try store.newestGeneration() ?? 0,
        note: "the data came from the files in \(store.resolvedPath)")
    }

    private func frame(_ file: FilePieces.File, _ pieces: FilePieces) -> TableLoader.Frame {
      TableLoader.Frame(
        name: file.rawValue, head: Array(pieces.head(of: file)), tail: Array(pieces.tail(of: file)),
        entries: pieces.entryCount(of: file), size: pieces.bytes(of: file).count, hash: pieces.hash(of: file),
        leftovers: pieces.leftovers(of: file).map { ($0.place, Array($0.text)) })
    }

    /// Moves the generations that aren't there; returns how many there are.
    private func moveHistory() throws(OrgError) -> Int {
      let present = try loader.generations()
      let total = Int(clamping: try store.newestGeneration() ?? 0)
      var (position, done): (HistoryCursor?, Int) = (nil, 0)
      var originals: [String: String] = [:]
      repeat {
        let page = try store.history(from: position, limit: 500)
        let missing = page.entries.filter { !present.contains($0.generation) }
        if !missing.isEmpty {
          try loader.load(
            missing.map {
              $0.withIDs { id in
                let local = ids.local(id)
                if !ids.isDerivable(id) { originals[local] = id }
                return local
              }
            })
        }
        done += page.entries.count
        progress(.history, done, max(done, total))
        position = page.next
      } while position != nil
      try loader.keep(originals: originals)
      return done
    }
  }

  /// Loads rows while the next ones are made, on two connections: a server works on one processor for each.
  private struct LoadQueue {
    private let first: TableLoader
    private var lanes: [(loader: TableLoader, task: BackgroundTask<Result<Void, OrgError>>?)] = []
    private var next = 0
    private(set) var count = 0

    private static let width = 2

    init(loader: TableLoader) { first = loader }

    mutating func add(_ rows: LoadedRows) throws(OrgError) {
      guard !rows.isEmpty else { return }
      if lanes.count < Self.width, next == lanes.count {
        lanes.append((lanes.isEmpty ? first : try first.another(), nil))
      }
      try lanes[next].task?.value.get()
      count += rows.count
      let loader = lanes[next].loader
      lanes[next].task = BackgroundTask { Result { () throws(OrgError) in try loader.load(rows) } }
      next = (next + 1) % Self.width
    }

    mutating func finish() throws(OrgError) {
      for lane in lanes.indices {
        let task = lanes[lane].task
        lanes[lane].task = nil
        try task?.value.get()
      }
    }
  }
#endif
