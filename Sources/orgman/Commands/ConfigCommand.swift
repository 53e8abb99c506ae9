import ArgumentParser
import Glibc
import OrgCore
import OrgTerminal

/// `orgman config`
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Print, check or find the configuration.",
    discussion: """
      The configuration is one file, config.toml in orgman's directory under XDG_CONFIG_HOME or ~/.config: keys, the \
      theme, the mouse, plan tiers and saved queries. Begin with orgman config --default > "$(orgman config --path)".

      --check prints a line for each mistake, with its line and column, and exits with 1 if there is one. With a \
      mistake in it nothing in the file but data and read counts, and orgman starts as it is out of the box.
      """)

  @Flag(
    name: .customLong("default"),
    help: "Print a configuration with everything explained, as it is out of the box.")
  var printsDefault = false

  @Flag(help: "Say what is wrong with the configuration.")
  var check = false

  @Flag(help: "Print where the configuration belongs.")
  var path = false

  func validate() throws {
    guard [printsDefault, check, path].count(where: { $0 }) == 1 else {
      throw ValidationError("Say one of --default, --check and --path.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      let output = StandardOutput()
      if printsDefault {
        try output.write(Configuration.defaultText)
        return try output.flush()
      }
      guard let file = ConfigurationFile.path else {
        throw OrgError(
          .dataNotFound, "Neither XDG_CONFIG_HOME nor HOME says where the configuration belongs.")
      }
      if path {
        // A path that another program is going to open must be exact.
        try output.write((output.isTerminal ? file.escapedForDisplay : file) + "\n")
        return try output.flush()
      }
      let problems = ConfigurationFile.load().problems
      for problem in problems { try output.write(ConfigurationFile.sentence(problem) + "\n") }
      if problems.isEmpty {
        let isThere = access(file, F_OK) == 0
        try output.write(
          isThere
            ? "\(file.escapedForDisplay) is as it should be.\n"
            : "There is no \(file.escapedForDisplay): everything is as it is out of the box.\n")
      }
      try output.flush()
      if !problems.isEmpty { throw ExitCode(1) }
    }
  }
}
