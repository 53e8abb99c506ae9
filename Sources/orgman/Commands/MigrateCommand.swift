#if PostgreSQL
  import ArgumentParser
  import OrgCore
  import OrgFileStore
  import OrgMigration
  import OrgPostgresStore

  /// `orgman migrate`
  struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "migrate", abstract: "Move the data between files and a PostgreSQL database.",
      discussion: """
        FROM and TO are a directory with the two files and a database's address, or the other way around. Looks at \
        everything first, shows what would be moved, and asks; with --dry-run, that is all. TO must be empty. A migration \
        that was ended goes on where it was when the command is run again. At the end, the number of records and a hash of \
        each are compared on both sides.

        The history is moved, too. What tables have no room for, such as unknown fields, formatting and order, is kept \
        beside them, so that the way back makes the same files, byte for byte.

        FROM may be used meanwhile. To change over, stop the service, and run the command with --cut-over: it holds the lock \
        while it moves what has changed since.
        """)

    @Argument(
      help: "Where the data are: a directory with the two files, or a database's address.",
      completion: .directory)
    var from: String

    @Argument(help: "Where they go.", completion: .directory)
    var to: String

    @Flag(help: "Hold the lock while the last changes are moved, so that none is missing.")
    var cutOver = false

    @Flag(help: "Let nobody change the files after that; needs --cut-over.")
    var leaveReadOnly = false

    @Option(
      help: ArgumentHelp(
        "Move so many records in one transaction; a migration that is ended loses no more.",
        valueName: "records"))
    var batch = FileMigration.usualBatch

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func validate() throws {
      if batch < 1 { throw ValidationError("--batch is at least 1.") }
      if leaveReadOnly, !cutOver { throw ValidationError("--leave-read-only needs --cut-over.") }
    }

    func run() throws {
      try exitingWithStatus {
        try ActingUser.requirePlatformAdmin(for: "orgman migrate")
        let (source, target) = (try DataLocation(named: from), try DataLocation(named: to))
        try log.start(data: source.display)
        switch (source, target) {
        case (.directory(let directory), .database(let settings, _)):
          try migrate(filesIn: directory, to: settings)
        case (.database(let settings, _), .directory(let directory)):
          try migrate(settings, toFilesIn: directory)
        case (.directory, .directory):
          throw OrgError(
            .invalidValue, "Both are directories; copy the files with orgman backup and orgman restore.")
        case (.database, .database):
          throw OrgError(.invalidValue, "Both are databases; use pg_dump and pg_restore.")
        }
      }
    }

    private func migrate(filesIn directory: String, to settings: ConnectionSettings) throws {
      let shown = MigrationProgressBar()
      let store = try FileStore(
        path: directory, isReadOnly: confirmation.dryRun || !cutOver, isShortLived: true)
      let migration = try FileMigration(
        from: store, to: settings, actor: .current(), batch: batch, progress: shown.show)
      let plan = try migration.plan(isCutOver: cutOver)
      shown.clear()
      let output = StandardOutput()
      if !json || !confirmation.dryRun { try tell(plan, directory, settings) }
      if let first = plan.problems.first {
        for problem in plan.problems.dropFirst() { FileHandle.standardError("orgman: \(problem)\n") }
        let more = plan.problemCount - plan.problems.count
        if more > 0 { FileHandle.standardError("orgman: There are \(more) more problems.\n") }
        throw OrgError(.invalidValue, "The data can't be moved. \(first)")
      }
      if confirmation.dryRun { return }
      try confirmation.confirm("Move them?")
      let report = try migration.run(plan, isCutOver: cutOver, leavesReadOnly: leaveReadOnly)
      shown.clear()
      try print(report, output)
    }

    private func tell(_ plan: FileMigration.Plan, _ directory: String, _ settings: ConnectionSettings) throws
    {
      var lines = [
        "\(plan.organizations.grouped) organizations, \(plan.members.grouped) members and \(Int(clamping: plan.generations).grouped) generations of \(directory.escapedForDisplay) go to \(settings.display.escapedForDisplay)."
      ]
      if plan.isResumed { lines.append("A migration that was ended goes on.") }
      if plan.otherIDs > 0 {
        lines.append(
          "\(plan.otherIDs.grouped) ids aren't org_ and a UUID: those organizations get UUIDs made of their ids."
        )
      }
      if plan.keptRecords > 0 {
        lines.append(
          "\(plan.keptRecords.grouped) records have fields or a form that tables don't hold: their text is kept."
        )
      }
      if plan.leftovers > 0 {
        lines.append("\(plan.leftovers.grouped) entries belong to no organization: their text is kept.")
      }
      FileHandle.standardError((lines + plan.notes).map { $0 + "\n" }.joined())
    }

    private func print(_ report: MigrationReport, _ output: StandardOutput) throws {
      if json {
        try output.write(try encodedJSON(report) + "\n")
      } else {
        let rate = report.movedRecords > 0 ? " (\(report.rate.grouped) records/s)" : ""
        try output.write(
          "Moved \(report.organizations.grouped) organizations, \(report.members.grouped) members and \(report.generations.grouped) generations\(rate); both sides have the same records.\n"
        )
        if report.areFilesUnchanged == true {
          try output.write("The files are byte for byte those that were moved to the database before.\n")
        }
      }
      try output.flush()
    }

    private func migrate(_ settings: ConnectionSettings, toFilesIn directory: String) throws {
      if leaveReadOnly {
        throw OrgError(
          .invalidValue, "--leave-read-only is about files that are left; a database isn't changed.")
      }
      let shown = MigrationProgressBar()
      let migration = try DatabaseMigration(
        from: settings, toFilesIn: directory, isLocking: cutOver, batch: max(1, batch / 10),
        progress: shown.show)
      let plan = try migration.plan()
      FileHandle.standardError(
        "\(plan.organizations.grouped) organizations, \(plan.members.grouped) members and \(Int(clamping: plan.generations).grouped) generations of \(settings.display.escapedForDisplay) go to \(directory.escapedForDisplay).\n"
          + plan.notes.map { $0 + "\n" }.joined()
      )
      if let first = plan.problems.first {
        for problem in plan.problems.dropFirst() { FileHandle.standardError("orgman: \(problem)\n") }
        throw OrgError(.invalidValue, "The data can't be moved. \(first)")
      }
      if confirmation.dryRun { return }
      try confirmation.confirm("Move them?")
      let report = try migration.run()
      shown.clear()
      try print(report, StandardOutput())
    }
  }

  /// Shows how far a migration has come, and how many records it moves a second.
  private final class MigrationProgressBar {
    private let bar = Progress()
    private var stage: MigrationStage?
    private var start = ContinuousClock.now
    private var first = 0

    func show(_ stage: MigrationStage, _ done: Int, _ total: Int) {
      if stage != self.stage { (self.stage, start, first) = (stage, .now, done) }
      let (seconds, fraction) = (ContinuousClock.now - start).components
      let elapsed = Double(seconds) + Double(fraction) / 1e18
      let rate = elapsed > 0.5 ? ", \(Int(Double(done - first) / elapsed).grouped) records/s" : ""
      let what =
        switch stage {
        case .checking: "Checking"
        case .moving: "Moving\(rate)"
        case .history: "Moving the history"
        case .comparing: "Comparing"
        }
      bar.show(what, Double(done) / Double(max(1, total)))
    }

    func clear() { bar.clear() }
  }
#endif
