import Glibc
import OrgCore
import OrgTerminal

/// The user's own directories according to the XDG Base Directory Specification.
enum UserDirectory {
  /// orgman's subdirectory of a base directory; `nil` if neither the variable nor HOME determines it.
  ///
  /// - Parameters:
  ///   - name: the variable with the base directory. As the specification requires, a relative path is ignored.
  ///   - fallback: the default, relative to HOME.
  static func path(_ name: String, _ fallback: String) -> String? {
    if let base = variable(name), base.hasPrefix("/") { return base + "/orgman" }
    return variable("HOME").map { "\($0)/\(fallback)/orgman" }
  }

  /// The value of an environment variable; `nil` if it is unset or empty.
  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// The configuration file.
enum ConfigurationFile {
  /// The maximum size in bytes: no file written by hand is larger.
  private static let limit = 256 << 10

  /// The path of the file; `nil` if there is no home directory.
  static var path: String? { UserDirectory.path("XDG_CONFIG_HOME", ".config").map { $0 + "/config.toml" } }

  /// The path of the system's file, for users without a file of their own. What it says of whose rights count is for all.
  static let systemPath = "/etc/orgman/config.toml"

  /// Loads the configuration, and reports the problems in it. If there are any, or there is no file, the default
  /// configuration is returned.
  static func load() -> (configuration: Configuration, problems: [ConfigurationProblem]) {
    let contents = contents
    return (contents.problems.isEmpty ? contents.configuration : Configuration(), contents.problems)
  }

  /// What a file says, as far as it can be read.
  private struct Contents {
    var path: String?
    var configuration = Configuration()
    var problems: [ConfigurationProblem] = []
    var text = ""

    /// Reads a file; `nil` if there is none.
    init?(_ path: String) {
      self.path = path
      switch ConfigurationFile.text(path) {
      case .success(nil): return nil
      case .success(let text?):
        self.text = text
        (configuration, problems) = Configuration.read(text)
        problems += ConfigurationFile.addressProblems(configuration)
        problems += ConfigurationFile.directoryProblems(configuration)
      case .failure(let problem): problems = [problem]
      }
    }

    init() {}
  }

  private static let system = Contents(systemPath)
  /// The user's own file counts; without one, the system's.
  private static let contents = path.flatMap { Contents($0) } ?? system ?? Contents()

  /// Whose rights count, as the system's file says.
  ///
  /// - Throws: `invalidValue` if that can't be read.
  static func systemActingAs() throws(OrgError) -> ActingAs {
    guard let system else { return ActingAs() }
    if let problem = system.problems.first {
      throw OrgError(
        .invalidValue,
        "It isn't known whose rights you have: \(sentence(problem, in: systemPath)) Ask the administrator of this machine."
      )
    }
    return system.configuration.actingAs
  }

  /// Whose rights count, as the user's own file says.
  ///
  /// - Throws: `invalidValue` if that can't be read.
  static func ownActingAs() throws(OrgError) -> ActingAs {
    if let problem = contents.problems.first, contents.text.contains("acting-as") {
      throw OrgError(.invalidValue, "It isn't known whose rights are to count: \(sentence(problem))")
    }
    return contents.configuration.actingAs
  }

  /// Where the data are, and the replica to read them from. They count whatever else is wrong with the file: the default
  /// would be other data.
  ///
  /// - Throws: `invalidValue` if the file names data and it can't be read which.
  static func addresses() throws(OrgError) -> (data: String?, read: String?) {
    let (configuration, problems, text) = (contents.configuration, contents.problems, contents.text)
    if let problem = problems.first, configuration.data == nil, configuration.read == nil {
      let namesData = text.split(whereSeparator: \.isNewline).contains { line in
        let words = line.split(whereSeparator: { " \t=".contains($0) })
        return line.contains("=") && ["data", "read"].contains(words.first)
      }
      if namesData { throw OrgError(.invalidValue, sentence(problem)) }
    }
    return (configuration.data?.text, configuration.read?.text)
  }

  private static func addressProblems(_ configuration: Configuration) -> [ConfigurationProblem] {
    [configuration.data, configuration.read].compactMap { $0 }.compactMap { address in
      do throws(OrgError) {
        try DataLocation.check(address.text, isReplica: address == configuration.read)
        return nil
      } catch {
        return ConfigurationProblem(place: address.place, message: error.message)
      }
    }
  }

  private static func directoryProblems(_ configuration: Configuration) -> [ConfigurationProblem] {
    configuration.directories.compactMap { settings in
      settings.problem.map { ConfigurationProblem(place: settings.place, message: $0) }
    }
  }

  /// A problem with its position, in a format that editors understand.
  static func sentence(_ problem: ConfigurationProblem) -> String {
    sentence(problem, in: contents.path ?? path ?? "config.toml")
  }

  private static func sentence(_ problem: ConfigurationProblem, in path: String) -> String {
    let place = problem.place.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(path.escapedForDisplay)\(place): \(problem.message)"
  }

  /// What the file says now; nothing where there is none.
  static func currentText() throws(ConfigurationProblem) -> String {
    guard let path else { return "" }
    return try text(path).get() ?? ""
  }

  private static func text(_ path: String) -> Result<String?, ConfigurationProblem> {
    func failure(_ reason: String) -> Result<String?, ConfigurationProblem> {
      .failure(ConfigurationProblem(place: nil, message: reason))
    }
    // A named pipe would block the program.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else {
      return errno == ENOENT || errno == ENOTDIR
        ? .success(nil) : failure("The file can't be read: \(String(cString: strerror(errno))).")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return failure("This is no file with text.")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return failure("The file can't be read: \(String(cString: strerror(errno))).") }
      if count == 0 { break }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { return failure("The file is longer than 256 KiB.") }
    }
    if let text = String(validating: bytes, as: UTF8.self) { return .success(text) }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    return .failure(
      ConfigurationProblem(
        place: TextPlace(line: line + 1, column: 1), message: "In this line are bytes that are no UTF-8."))
  }
}
