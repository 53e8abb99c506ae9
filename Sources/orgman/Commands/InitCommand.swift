#if PostgreSQL
  import ArgumentParser
  import OrgCore
  import OrgPostgresStore

  /// `orgman init`
  struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Prepare a PostgreSQL database: history, revision, and counts.",
      discussion: """
        Creates the service's tables if the database has none, and beside them a schema orgman, whose triggers record who \
        changed what. What is there is adopted, and nothing of it is changed. Runs in one transaction; a second time it \
        does nothing. The database's role must own the tables.
        """)

    @Argument(help: ArgumentHelp("The database, as psql takes it.", valueName: "address"))
    var address: String

    @Option(help: ArgumentHelp("Let this role of the database look at everything.", valueName: "role"))
    var reader: [String] = []

    @Option(
      help: ArgumentHelp("Let this role look, and change organizations and members.", valueName: "role"))
    var editor: [String] = []

    @Option(
      help: ArgumentHelp(
        "Let this role act for a user, by row-level security: it sees and changes the organizations alone that the user owns.",
        valueName: "role=user"))
    var rowSecurity: [String] = []

    @Flag(help: "Print the SQL, and do nothing.")
    var dryRun = false

    @OptionGroup(title: "Logging") var log: LogOptions

    func validate() throws {
      for text in rowSecurity where ActingRole(text) == nil {
        throw ValidationError("--row-security takes ROLE=USER, not \(text.quoted).")
      }
    }

    func run() throws {
      try exitingWithStatus {
        try ActingUser.requirePlatformAdmin(for: "orgman init")
        guard case .database(let settings, _) = try DataLocation(named: address) else {
          throw OrgError(
            .invalidValue,
            "\(address.quoted) is no database's address; write it as postgres://HOST/DATABASE, or as keywords such as service=NAME."
          )
        }
        try log.start(data: settings.display)
        let installer = try SchemaInstaller(
          settings, readers: reader, editors: editor, acting: rowSecurity.compactMap { ActingRole($0) })
        let output = StandardOutput()
        if dryRun {
          try output.write((["begin;"] + installer.statements + ["commit;"]).joined(separator: "\n\n") + "\n")
          return try output.flush()
        }
        for notice in installer.notices { FileHandle.standardError("orgman: \(notice)\n") }
        try installer.install()
        try output.write(
          installer.statements.isEmpty
            ? "No changes needed.\n" : "Installed in \(settings.display.escapedForDisplay).\n")
        try output.flush()
      }
    }
  }
#endif
