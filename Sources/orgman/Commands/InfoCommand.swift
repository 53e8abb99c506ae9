import ArgumentParser
import CLinux
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore
import OrgTerminal

#if PostgreSQL
  import OrgPostgresStore
#endif

/// `orgman info`
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print every path, what the terminal can, the lock, the size of the data, and what is wrong.",
    discussion: """
      What belongs into a bug report. It has no names, ids or values of the data in it but those that are wrong. It \
      works where the data are damaged, can't be read or aren't there, and changes nothing.
      """)

  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let report = Report(options)
      if options.json { return try printJSON(report) }
      let output = StandardOutput()
      try output.write(report.text)
      try output.flush()
    }
  }
}

/// Information about an installation, as names and values under headings. Untrusted text is escaped.
private struct Report: Encodable {
  struct Section: Encodable {
    let title: String
    var lines: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(Dictionary(lines) { first, _ in first })
    }
  }

  private(set) var sections: [Section] = []
  private(set) var problems: [String] = []
  /// Whether the data are in files, which can be repaired.
  private var areFiles = false
  private static let problemLimit = 20

  enum CodingKeys: String, CodingKey {
    case program, paths, data, lock, terminal, locale, problems
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for section in sections {
      guard let key = CodingKeys(rawValue: section.title.lowercased()) else { continue }
      try container.encode(section, forKey: key)
    }
    try container.encode(problems, forKey: .problems)
  }

  init(_ options: DataOptions) {
    let terminal = TerminalAbilities.current()
    sections = [program(terminal)]
    do throws(OrgError) {
      let access = try ActingUser.access(options.actingAs)
      sections[0].add("acting as", access.user?.escapedForDisplay ?? "a platform admin")
      switch try DataLocation(options.data) {
      case .directory(let directory):
        areFiles = true
        sections.append(paths(directory, options))
        // What is said of the data is about all of them.
        if access == .platformAdmin { sections += [data(directory), lock(directory)] }
      #if PostgreSQL
        case .database(let settings, let replica):
          sections.append(paths(nil, options))
          if access == .platformAdmin { sections.append(data(settings, replica)) }
      #endif
      }
    } catch {
      problems.append(error.message)
    }
    sections += [self.terminal(terminal), locale(terminal)]
    problems += ConfigurationFile.load().problems.map { ConfigurationFile.sentence($0) }
  }

  var text: String {
    var text = ""
    for section in sections {
      text += section.title + "\n"
      let width = section.lines.reduce(0) { max($0, $1.name.count) } + 2
      for line in section.lines {
        text += "  " + line.name + String(repeating: " ", count: width - line.name.count) + line.value + "\n"
      }
      text += "\n"
    }
    text += "Problems\n"
    if problems.isEmpty { text += "  none\n" }
    for problem in problems.prefix(Self.problemLimit) { text += "  \(problem)\n" }
    if problems.count > Self.problemLimit {
      text += "  and \(problems.count - Self.problemLimit) more\(areFiles ? ": see orgman doctor" : "")\n"
    }
    return text
  }

  // MARK: Sections

  private func program(_ terminal: TerminalAbilities) -> Section {
    var section = Section(title: "Program")
    section.add("version", Orgman.configuration.version)
    section.add("curses", terminal.library)
    var system = utsname()
    if uname(&system) == 0 {
      func text<Value>(_ value: Value) -> String {
        withUnsafeBytes(of: value) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      }
      section.add("system", "\(text(system.sysname)) \(text(system.release)) \(text(system.machine))")
    }
    section.add("user", "\(getuid())" + (geteuid() == getuid() ? "" : ", with the rights of \(geteuid())"))
    return section
  }

  /// - Parameter directory: the one with the data; `nil` for a database.
  private func paths(_ directory: String?, _ options: DataOptions) -> Section {
    var section = Section(title: "Paths")
    let reason =
      switch DataLocation.origin(options.data) {
      case .argument: "by --data"
      case .variable: "by ORGMAN_DATA"
      case .configuration: "by the configuration"
      case .none: "out of the box"
      }
    if let directory {
      section.add("data", "\(Self.described(directory)), \(reason)")
      for (name, file) in [
        ("organizations", "organizations.json"), ("members", "org_users.json"),
        ("journal", ".orgman/journal"),
        ("lock", ".orgman/lock"),
      ] {
        section.add(name, Self.described("\(directory)/\(file)"))
      }
    }
    section.add("configuration", ConfigurationFile.path.map(Self.described) ?? "nowhere: there is no HOME")
    section.add(
      "state",
      UserDirectory.path("XDG_STATE_HOME", ".local/state").map(Self.described) ?? "nowhere: there is no HOME")
    section.add(
      "log",
      options.log.logFile.map(Self.described)
        ?? (options.log.logLevel == nil
          ? "none, as --log-file and --log-level aren't set" : "the journal of systemd"))
    return section
  }

  /// A path and what is there: its size, owner, mode, and modification time.
  private static func described(_ path: String) -> String {
    var status = stat()
    let name = path.escapedForDisplay
    guard stat(path, &status) == 0 else {
      return errno == ENOENT ? "\(name), not there" : "\(name): \(String(cString: strerror(errno)))"
    }
    let kind = status.st_mode & S_IFMT
    let mode = String(status.st_mode & 0o7777, radix: 8)
    let time = Timestamp(sinceEpoch: .seconds(Int64(status.st_mtim.tv_sec)))
    let size = kind == S_IFREG ? ", \(status.st_size) bytes" : kind == S_IFDIR ? "" : ", no plain file"
    return "\(name)\(size), owner \(status.st_uid):\(status.st_gid), mode \(mode), changed \(time)"
  }

  private mutating func data(_ directory: String) -> Section {
    var section = Section(title: "Data")
    do throws(OrgError) {
      let store = try FileStore(path: directory, isReadOnly: true)
      let data = try store.reader().summary
      section.add("organizations", "\(data.organizationCount)")
      section.add("members", "\(data.memberCount)")
      section.add(
        "generation", try store.newestGeneration().map { "\($0)" } ?? "none: there is no history yet")
      section.add("editors", store.editors.joined(separator: ", "))
      section.add("changes", store.writeObstacle.map { "not possible: \($0.reason)" } ?? "possible")
      section.add("owner after a change", store.newOwner ?? "as before")
      section.add("leases", store.leaseObstacle.map { "none: \($0)" } ?? "yes")
      problems += data.problems.filter { $0.kind == .wiped }.map { "error: \($0.sentence)" }
      let findings = try store.examine()
      problems += findings.filter { $0.severity != .note }.map { "\($0.severity.rawValue): \($0.text)" }
    } catch {
      problems.append(error.message)
    }
    let (count, size) = Self.extent("\(directory)/.orgman/journal")
    section.add("journal", "\(size) bytes in \(count) file\(count == 1 ? "" : "s")")
    return section
  }

  #if PostgreSQL
    private mutating func data(_ settings: ConnectionSettings, _ replica: ConnectionSettings?) -> Section {
      var section = Section(title: "Data")
      section.add("database", settings.display.escapedForDisplay)
      do throws(OrgError) {
        let store = try PostgresStore(
          settings, PostgresStore.Options(actor: .current(), isReadOnly: true, replica: replica))
        let data = try store.reader().summary
        problems += data.problems.map { "error: \($0.sentence)" }
        for fact in store.facts { section.add(fact.name, fact.value.escapedForDisplay) }
        section.add("organizations", "\(data.organizationCount)")
        section.add("members", "\(data.memberCount)")
        section.add(
          "generation", try store.newestGeneration().map { "\($0)" } ?? "none: there is no history yet")
      } catch {
        problems.append(error.message)
      }
      return section
    }
  #endif

  /// The number of files in a directory, and their total size in bytes.
  private static func extent(_ path: String) -> (count: Int, size: UInt64) {
    guard let directory = opendir(path) else { return (0, 0) }
    defer { closedir(directory) }
    var (count, size) = (0, UInt64(0))
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      count += 1
      // A sparse file may have any size.
      let (sum, isTooMuch) = size.addingReportingOverflow(UInt64(max(0, status.st_size)))
      size = isTooMuch ? .max : sum
    }
    return (count, size)
  }

  private func lock(_ directory: String) -> Section {
    var section = Section(title: "Lock")
    if let holder = FileStore.lockHolder(inDirectory: directory) {
      section.add("holder", holder.program.isEmpty ? "unknown" : holder.program.escapedForDisplay)
      if case .process(let pid) = holder.origin {
        section.add("process", "\(pid) of \(holder.user.escapedForDisplay), \(holder.state.rawValue)")
      }
      section.add("since", holder.since.map { "\($0) UTC" } ?? "unknown")
    } else {
      section.add("holder", "none")
    }
    return section
  }

  private mutating func terminal(_ terminal: TerminalAbilities) -> Section {
    var section = Section(title: "Terminal")
    section.add("TERM", terminal.name?.escapedForDisplay ?? "not set")
    section.add(
      "colors",
      "\(terminal.colors)" + (UserDirectory.variable("NO_COLOR") == nil ? "" : ", not used: NO_COLOR"))
    section.add("UTF-8", terminal.isUTF8 ? "yes" : "no")
    section.add(
      "size", terminal.size.map { "\($0.columns)x\($0.rows)" } ?? "unknown: standard output is no terminal")
    section.add("clipboard", terminal.clipboardObstacle ?? "by OSC 52")
    section.add("mouse", terminal.hasMouse ? "yes" : "no")
    let emoji = ConfigurationFile.load().configuration.emoji
    section.add("emoji", "\((emoji ?? terminal.emoji).rawValue)\(emoji == nil ? "" : ", configured")")
    section.add("paste", terminal.tellsPaste ? "told from what is typed" : "not told from what is typed")
    let ways = [("TMUX", "tmux"), ("STY", "screen"), ("SSH_CONNECTION", "SSH")]
    section.add(
      "through",
      ways.filter { UserDirectory.variable($0.0) != nil }.map(\.1).joined(separator: ", ").ifEmpty("nothing"))
    if let obstacle = terminal.obstacle, isatty(STDOUT_FILENO) == 1, isatty(STDIN_FILENO) == 1 {
      problems.append(obstacle)
    }
    return section
  }

  private mutating func locale(_ terminal: TerminalAbilities) -> Section {
    var section = Section(title: "Locale")
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      section.add(name, UserDirectory.variable(name)?.escapedForDisplay ?? "not set")
    }
    section.add("character set", terminal.characterSet.escapedForDisplay)
    if !terminal.isUTF8 {
      problems.append("The locale isn't UTF-8, so only ASCII is shown; try LANG=C.UTF-8.")
    }
    return section
  }
}

extension String {
  fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
