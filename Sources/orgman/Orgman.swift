import ArgumentParser
import CLinux
import Glibc
import OrgCore
import OrgIntegrations
import OrgFileStore
import OrgRuntime
import OrgTerminal
import OrgViewModel

/// The command line, the only place that knows all modules and connects them.
@main
struct Orgman: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orgman",
    abstract: "Browse organizations and their members, and change them with a few keys.",
    usage: """
      orgman [--data <data>] [--read-only]
      orgman --demo
      orgman --demo-postgres
      orgman [--data <data>] <command>
      """,
    discussion: """
      orgman shows the organizations of a service and who belongs to them, as they are now and as others \
      change them, and lets you change roles, plans, statuses and billing ids. The data are two JSON files, \
      organizations.json and org_users.json, in one directory, or tables of a PostgreSQL database. The service and other \
      admins may use them at the same time.

      The directory or the database's address (postgres://HOST/DATABASE, or what else psql takes) is the one that you \
      name with --data; else the one that the environment variable \
      ORGMAN_DATA names; else the one that the configuration names; else /var/lib/orgman, if it is there; else orgman in your own data directory \
      (XDG_DATA_HOME, or ~/.local/share). A directory that isn't there is created only when you say so.

      Options that all commands have, such as --data, can also come before the command. Press ? in the program for its keys. With --read-only you can look, but change nothing. To look around \
      without any data of your own, try orgman --demo: a sample of 200 organizations in a temporary \
      directory, which is removed at the end, as is the server of orgman --demo-postgres.

      Commands exit with 0 when what was asked for is done, or was there before: then they print "No changes \
      needed." They exit with 1 when it is refused or fails, when standard input is empty where ids or records are \
      expected, and when the data that were read are damaged; with 2 when something isn't found; with 3 when \
      a change expects what is no longer there, or diff or review finds a difference; with 64 for wrong usage.
      """,
    version: "orgman 0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Looking",
        subcommands: [
          BrowseCommand.self, ListCommand.self, ShowCommand.self, MembersCommand.self, UserCommand.self,
          UsersCommand.self, PlansCommand.self, ReviewCommand.self, ExportCommand.self, DiffCommand.self,
        ]),
      CommandGroup(
        name: "Changing",
        subcommands: [
          CreateCommand.self, SetCommand.self, AddCommand.self, RemoveCommand.self, RoleCommand.self,
          TransferCommand.self, OffboardCommand.self, ImportCommand.self, ApplyCommand.self,
        ]),
      CommandGroup(
        name: "Keeping",
        subcommands: [
          HistoryCommand.self, UndoCommand.self, RedoCommand.self, AcceptCommand.self, DoctorCommand.self,
          VerifyCommand.self, InfoCommand.self,
          BackupCommand.self,
          RestoreCommand.self, EraseCommand.self, InstallCommand.self, ConfigCommand.self,
        ] + databaseCommands),
    ],
    defaultSubcommand: BrowseCommand.self)

  static func main() {
    dropInjectedEnvironment()
    let typed = Array(CommandLine.arguments.dropFirst())
    var hint = "See orgman --help."
    do {
      let arguments = try CommandArguments(typed)
      hint = arguments.hint
      var command = try parseAsRoot(arguments.arguments)
      try command.run()
    } catch {
      guard exitCode(for: error) == .validationFailure, !(error is ExitCode) else { exit(withError: error) }
      FileHandle.standardError("orgman: \(usageError(message(for: error)).escapedForDisplay) \(hint)\n")
      Glibc.exit(ExitCode.validationFailure.rawValue)
    }
  }

  /// What is wrong with the arguments, in a single line. They are untrusted text.
  private static func usageError(_ message: String) -> String {
    var lines = message.split(whereSeparator: \.isNewline).map(String.init)
    let choices = lines.filter { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
    if !choices.isEmpty { lines = [lines[0], choices.alternatives] }
    var sentence = lines.joined(separator: " ")
    if let number = sentence.firstMatch(of: /^Unknown option '(-[0-9.]+)'/) {
      sentence = "'\(number.1)' is invalid: a number can't be negative here"
    }
    return sentence.hasSuffix(".") || sentence.hasSuffix("?") ? sentence : sentence + "."
  }
}

#if PostgreSQL
  private let databaseCommands: [any ParsableCommand.Type] = [InitCommand.self, MigrateCommand.self]
#else
  private let databaseCommands: [any ParsableCommand.Type] = []
#endif

/// `orgman browse`, the default command of `orgman`.
struct BrowseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "browse", abstract: "Open the data in the terminal; what orgman does without a command.")

  @Option(
    help: ArgumentHelp(
      "Open the data in this directory, or in the PostgreSQL database with this address.", valueName: "data"))
  var data: String?

  @Flag(help: "Open a sample of 200 organizations in a temporary directory, which is removed at the end.")
  var demo = false

  #if PostgreSQL
    @Flag(help: "Open the same sample on a temporary PostgreSQL server, which is removed at the end.")
    var demoPostgres = false
  #endif

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Act as this user: see what the user may see, and change what the user's roles allow.",
      valueName: "user"))
  var actingAs: String?

  @Flag(help: "Look, but change nothing.")
  var readOnly = false

  @OptionGroup(title: "Logging") var log: LogOptions

  /// Whether the sample is opened, wherever it is.
  private var isDemo: Bool {
    #if PostgreSQL
      demo || demoPostgres
    #else
      demo
    #endif
  }

  func validate() throws {
    if isDemo, data != nil {
      throw ValidationError("--demo brings data of its own; leave --data out.")
    }
    #if PostgreSQL
      if demo, demoPostgres {
        throw ValidationError("--demo and --demo-postgres are two samples; choose one.")
      }
    #endif
    // An empty value probably comes from an unset variable in a script. Opening other data instead
    // would be a nasty surprise.
    if data?.isEmpty == true {
      throw ValidationError("--data names no directory; it is empty.")
    }
    if actingAs?.isEmpty == true { throw ValidationError("--as names no user; it is empty.") }
  }

  func run() throws {
    do {
      #if PostgreSQL
        if demoPostgres {
          let server = try Demo.startServer()
          defer { withExtendedLifetime(server) {} }
          return try open(.database(server.settings, replica: nil))
        }
      #endif
      guard demo else { return try open(DataLocation(data)) }
      let directory = try Demo.create()
      defer { Demo.remove(directory) }
      try open(.directory(directory))
    } catch let error as OrgError {
      Log.failure(error)
      throw Failure(error.message)
    } catch let error as TerminalError {
      throw Failure(error.message)
    }
  }

  private func open(_ location: DataLocation) throws {
    clinux_return_large_memory()
    try TerminalApp.check()
    try log.start(data: location.display)
    var (configuration, problems) = ConfigurationFile.load()
    let access = try ActingUser.access(actingAs)
    let opened = try open(location, as: access, configuration.preferences)
    let store = opened.store
    try ActingUser.checkSeesAny(store, access)
    let title = (isDemo ? "demo" : location.display) + (access.user.map { " as \($0)" } ?? "")
    let app = try TerminalApp()
    let inbox = Inbox(wake: app.wake)
    let watcher = opened.files?.watcher()
    let drafts =
      isDemo || store.readOnlyReason != nil
      ? nil : DraftStore(for: title) { inbox.post(.failure($0)) }
    let draft = drafts?.offer()
    let runtime = Runtime(
      store: store, isReadOnly: store.readOnlyReason != nil, inbox: inbox, uid: getuid(),
      order: configuration.preferences.order, showsDeleted: configuration.preferences.showsDeleted,
      drafts: drafts, views: ViewStore(), people: PeopleSources.configured,
      billing: access.user == nil ? ScreenVerifier() : nil, observer: LogObserver())
    let first = try runtime.start()
    configuration.bindKeys(to: first.reader.rules.roles)
    let feed = (store as? any RemoteStore)?.feed(
      changed: { inbox.post(.changed) }, became: { inbox.post(.liveness($0)) })
    defer { withExtendedLifetime(feed) {} }
    (store as? any RemoteStore)?.observeReplica { inbox.post(.replica($0)) }
    let ending = app.run(
      title: title, configuration: configuration,
      changes: watcher.map { watcher in ChangeSource(descriptor: watcher.descriptor) { watcher.drain() } },
      runtime: runtime
    ) {
      var model = AppModel(
        first, viewport: $0,
        settings: Settings(
          preferences: configuration.preferences, readOnlyReason: store.readOnlyReason,
          readOnlySummary: opened.files?.obstacle?.summary ?? "",
          connectionWarning: (store as? any RemoteStore)?.connectionWarning,
          hasDirectory: !configuration.directories.isEmpty,
          billingObstacle: BillingAccess.obstacle(as: access),
          keys: configuration.keymap.sheet),
        message: problems.first.map {
          StatusLine.Message(text: "Not configured: \(ConfigurationFile.sentence($0))", kind: .refusal)
        })
      if let draft { model.offer(draft) }
      return model
    }
    drafts?.finish()
    if ending.signal != 0 {
      if demo, case .directory(let directory) = location { Demo.remove(directory) }
      Log.signalled(ending.signal)
    }
    tell(ending)
    if !(ending.unsavedChanges + ending.unknownChanges).isEmpty { throw ExitCode(1) }
    if ending.signal != 0 { throw ExitCode(128 + ending.signal) }
  }

  /// Reports the changes that weren't saved before the end, or of which that isn't known, and the one that was saved
  /// although it should have been discarded.
  private func tell(_ ending: TerminalApp.Ending) {
    for change in ending.unknownChanges {
      FileHandle.standardError("orgman: It isn't known whether this change was saved: \(change)\n")
    }
    Log.unknown(ending.unknownChanges)
    let unsaved = ending.unsavedChanges
    if let first = unsaved.first {
      let shown = unsaved.prefix(20) + (unsaved.count > 20 ? ["and \(unsaved.count - 20) more"] : [])
      FileHandle.standardError(
        unsaved.count == 1
          ? "orgman: This change was not saved: \(first).\n"
          : "orgman: \(unsaved.count) changes were not saved: \(shown.joined(separator: "; ")).\n")
      Log.unsaved(unsaved)
    }
    if let change = ending.undiscardedChange {
      FileHandle.standardError("orgman: This change was saved before it could be discarded: \(change).\n")
    }
  }

  /// Opens the data. If there are none, offers to create empty files.
  private func open(
    _ location: DataLocation, as access: Access, _ preferences: Preferences
  ) throws -> OpenStore {
    let (isReadOnly, observer) = (readOnly, Log.historyObserver)
    @Sendable func open() throws(OrgError) -> OpenStore {
      try location.open(
        isReadOnly: isReadOnly, isShortLived: false, as: access, preferences, observer: observer)
    }
    do {
      #if PostgreSQL
        if case .database = location {
          return try FirstConnection.wait(for: location.display) { () throws(OrgError) in try open() }
        }
      #endif
      return try open()
    } catch let error as OrgError {
      guard case .directory(let directory) = location, error.code == .dataNotFound, !readOnly,
        access == .platformAdmin,
        isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1
      else { throw error }
      print("\(error.message) Begin there with no organizations? [y/N] ", terminator: "")
      fflush(nil)
      let answer = readLine()
      if answer == nil { print() }
      guard let answer, ["y", "yes"].contains(answer.lowercased()) else {
        throw OrgError(
          .dataNotFound, "Nothing was created. Name the directory with your data: orgman --data DIR")
      }
      try FileStore.create(at: directory)
      return try open()
    }
  }
}

/// Removes dangerous variables from the environment, which under `sudo` comes from the calling user. They could
/// otherwise make the program load terminal descriptions or libraries of that user's choice with elevated privileges.
private func dropInjectedEnvironment() {
  guard geteuid() == 0, getenv("SUDO_UID") != nil else { return }
  for name in [
    "TERMINFO", "TERMINFO_DIRS", "TERMPATH", "TERMCAP", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT",
    "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "SSLKEYLOGFILE", "OPENSSL_CONF", "OPENSSL_MODULES",
  ] {
    unsetenv(name)
  }
  // Terminal descriptions are also searched for in the home directory.
  setenv("HOME", "/root", 1)
}

/// A failure that has been converted to a sentence.
private struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ sentence: String) {
    description = sentence
  }
}
