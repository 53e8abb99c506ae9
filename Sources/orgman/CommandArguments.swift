import ArgumentParser
import OrgCore

/// The arguments of the program. Options that all commands have may stand before the command, too, as in
/// `orgman --data DIR list`; the parser expects them after it.
struct CommandArguments {
  /// What the parser reads.
  let arguments: [String]
  /// The names of the command, as far as they were typed: `history prune`; empty without a command.
  let path: [String]

  /// Options of all commands that are followed by a value.
  private static let valued: Set = ["--data", "--as", "--log-level", "--log-file"]
  /// Options of all commands without a value.
  private static let flags: Set = ["--read-only", "--json", "--help", "-h"]
  /// What else commands are called by those who know other programs.
  private static let synonyms = [
    "ls": "list", "find": "list", "search": "list", "get": "show", "cat": "show", "rm": "remove",
    "delete": "remove", "new": "create", "edit": "set", "update": "set", "rename": "set", "log": "history",
    "open": "browse", "ui": "browse", "revert": "undo", "check": "doctor", "fsck": "doctor",
    "status": "info", "dump": "export", "load": "import", "settings": "config",
  ]

  /// - Parameter typed: what was typed after the name of the program.
  /// - Throws: `ValidationError` if the command, or one of those that help is asked for, doesn't exist.
  init(_ typed: [String]) throws {
    var global: [String] = []
    var rest = typed[...]
    while let word = rest.first, word.hasPrefix("-") {
      let name = word.prefix { $0 != "=" }
      if Self.valued.contains(word), rest.count > 1 {
        global += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if Self.flags.contains(word) || (Self.valued.contains(String(name)) && name != word) {
        global.append(word)
        rest = rest.dropFirst()
      } else {
        // The parser knows what to say of it.
        (arguments, path) = (typed, [])
        return
      }
    }
    var path: [String] = []
    if rest.first == "help" {
      try Self.checkHelp(rest.dropFirst())
      (arguments, self.path) = (Array(rest), [])
      return
    }
    if let name = rest.first {
      var command = try Self.command(name)
      path = [name]
      rest = rest.dropFirst()
      if let second = rest.first, let nested = command.subcommand(second) {
        path.append(second)
        rest = rest.dropFirst()
        command = nested
      }
    }
    arguments = path + global + rest
    self.path = path
  }

  /// How to get the help of the command.
  var hint: String { "See \((["orgman"] + path).joined(separator: " ")) --help." }

  private static func command(_ name: String) throws -> any ParsableCommand.Type {
    if let command = Orgman.subcommand(name) { return command }
    if name.contains("/") || name.hasPrefix("postgres") {
      throw ValidationError(
        "There is no command \(name.quoted). To open the data there, name them with --data, as in orgman --data \(name)."
      )
    }
    throw unknown(name, among: Orgman.self)
  }

  private static func checkHelp(_ names: ArraySlice<String>) throws {
    var command: any ParsableCommand.Type = Orgman.self
    for name in names where !name.hasPrefix("-") {
      guard let next = command.subcommand(name) else { throw unknown(name, among: command) }
      command = next
    }
  }

  private static func unknown(_ name: String, among command: any ParsableCommand.Type) -> ValidationError {
    let known = command.configuration.subcommands.compactMap { $0.configuration.commandName }
    var near = (known + ["help"]).near(name)
    if let other = synonyms[name.lowercased()], known.contains(other) {
      near = [other] + near.filter { $0 != other }
    }
    let question = near.isEmpty ? "" : " Did you mean \(near.alternatives)?"
    return ValidationError("There is no command \(name.quoted).\(question)")
  }
}

extension ParsableCommand {
  /// Its subcommand with a name.
  fileprivate static func subcommand(_ name: String) -> (any ParsableCommand.Type)? {
    configuration.subcommands.first {
      $0.configuration.commandName == name || $0.configuration.aliases.contains(name)
    }
  }
}

/// Reads a number from an argument.
///
/// - Parameter least: the smallest that makes sense.
/// - Returns: a function that throws `ValidationError` for anything else.
func number<Number: FixedWidthInteger & Sendable>(from least: Number) -> @Sendable (String) throws -> Number {
  { text in
    // A sign would only be in the way.
    let isWhole = !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    guard isWhole, let number = Number(text), number >= least else {
      throw ValidationError(
        isWhole && Number(text) == nil
          ? "it is too large" : "a whole number is expected, \(least) or more")
    }
    return number
  }
}
