import ArgumentParser
import FoundationEssentials
import OrgCore

/// The man page, generated from the help of the commands.
enum ManPage {
  /// The source of the page in the `man(7)` format.
  static func text() throws -> String {
    let info = try JSONDecoder().decode(ToolInfo.self, from: Data(Orgman._dumpHelp().utf8))
    let root = info.command
    var lines = [
      ".\\\" Made by orgman install of what the commands say of themselves.",
      ".TH ORGMAN 1 \"\" \"\(Orgman.configuration.version)\" \"User Commands\"",
      ".SH NAME", "orgman \\- " + escaped(lowered(root.abstract ?? "")), ".SH SYNOPSIS", ".nf",
    ]
    lines += (Orgman.configuration.usage ?? "").split(separator: "\n").map { escaped(String($0)) }
    lines += [".fi", ".SH DESCRIPTION"] + paragraphs(root.discussion) + [".SH COMMANDS"]
    for command in root.subcommands ?? [] where command.shouldDisplay && command.commandName != "help" {
      lines += describe(command)
      for subcommand in command.subcommands ?? []
      where subcommand.shouldDisplay && subcommand.commandName != "help" {
        lines += describe(subcommand, of: command.commandName + " ")
      }
    }
    lines += [
      ".SH NAMES",
      "With a directory of users in the configuration, the screens show people's names beside their ids, and whether their accounts are disabled or gone; as long as it can't be asked, they show ids alone, and everything else works.",
      "Words in the queries of users and members find people by their names and e\\-mail addresses, too, and directory:disabled and directory:gone find users whose accounts aren't in use.",
      "An e\\-mail address that names a user, but is no user's id in the data, means the one person whom the directory knows by it; commands say so on standard error.",
      "Changes, the history, exports and logs have ids, and never names.",
      ".SH EXIT STATUS", ".TP", ".B 0", "Done, or no changes were needed.", ".TP", ".B 1",
      "Refused or failed; read from damaged data; standard input was empty.", ".TP", ".B 2",
      "Not found.",
      ".TP", ".B 3", "A conflict: what a change expected is no longer there.", ".TP", ".B 64", "Wrong usage.",
      ".PP", "One line on standard error says what and why.", ".SH ENVIRONMENT", ".TP", ".B ORGMAN_DATA",
      "The directory or the database with the data, where \\-\\-data names none.", ".TP", ".B ORGMAN_READ",
      "A replica of the database, to read from.", ".TP", ".B ORGMAN_STRIPE_KEY\\fR, \\fBORGMAN_LAGO_KEY",
      "Keys to the services that bill, for orgman verify, where neither a systemd credential nor a file has them.",
      ".TP", ".B ORGMAN_\\fINAME\\fB_PASSWORD\\fR, \\fBORGMAN_\\fINAME\\fB_SECRET",
      "The password or the secret for the directory of users in the table directory.NAME of the configuration, in the same way.",
      ".TP", ".B NO_COLOR",
      "Set to anything, takes the colors away.", ".TP", ".B XDG_CONFIG_HOME",
      "The directory in which orgman/config.toml is looked for.", ".TP", ".B XDG_STATE_HOME",
      "The directory in which orgman/drafts is kept.", ".TP", ".B XDG_CACHE_HOME",
      "The directory in which orgman/verify.json is kept, for orgman verify \\-\\-resume.", ".SH FILES",
      ".TP",
      ".I organizations.json\\fR, \\fIorg_users.json",
      "The data; other programs may use them at the same time.", ".TP", ".I .orgman",
      "The history and what else orgman keeps beside the data.", ".TP", ".I config.toml",
      "The configuration, in orgman under XDG_CONFIG_HOME or ~/.config: see orgman config \\-\\-default.",
      ".TP",
      ".I drafts",
      "What was typed and not saved, in orgman under XDG_STATE_HOME or ~/.local/state; offered at the next start.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func describe(_ command: Command, of parent: String = "") -> [String] {
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && $0.name != "--version" }
    let name = parent + command.commandName
    var usage = "orgman " + name
    for argument in arguments where argument.name != "--help" {
      let whole = argument.kind == "positional" ? "<\(argument.valueName ?? "")>" : argument.usage
      let repeated = argument.isRepeating ? whole + " ..." : whole
      usage += argument.isOptional ? " [\(repeated)]" : " \(repeated)"
    }
    var lines = [".SS \(escaped(name))", escaped(command.abstract ?? ""), ".PP", ".nf"]
    lines += [escaped(usage), ".fi"] + (command.discussion.map { [".PP"] + paragraphs($0) } ?? [])
    for argument in arguments where argument.name != "--help" {
      let names = argument.kind == "positional" ? ["<\(argument.valueName ?? "")>"] : argument.spellings
      lines += [".TP", ".B " + escaped(names.joined(separator: ", "))]
      var text = argument.abstract ?? ""
      if let value = argument.defaultValue, argument.kind != "flag" { text += " (default: \(value))" }
      lines.append(escaped(text))
    }
    return lines
  }

  private static func paragraphs(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n", omittingEmptySubsequences: true).enumerated().flatMap {
      ($0 > 0 ? [".PP"] : []) + [escaped(String($1))]
    }
  }

  /// Lowercases the first letter and removes the final period, as is customary in man pages.
  private static func lowered(_ text: String) -> String {
    let text = text.hasSuffix(".") ? text.dropLast() : text[...]
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "~": result += "\\(ti"
      case "^": result += "\\(ha"
      case "`": result += "\\(ga"
      case "'": result += "\\(aq"
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") ? "\\&" + result : result
  }

  // MARK: Output of ArgumentParser

  private struct ToolInfo: Decodable {
    let command: Command
  }

  private struct Command: Decodable {
    let commandName: String
    let abstract, discussion: String?
    let shouldDisplay: Bool
    let subcommands: [Command]?
    let arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      let kind, name: String

      var spelling: String { (kind == "long" ? "--" : "-") + name }
    }

    let kind: String
    let names: [Name]?
    let valueName, abstract, defaultValue: String?
    let isOptional, isRepeating, shouldDisplay: Bool

    var name: String? { names?.first { $0.kind == "long" }?.spelling }
    /// For example, `--plan <plan>`.
    var usage: String { (name ?? "") + (kind == "option" ? " <\(valueName ?? "")>" : "") }
    var spellings: [String] {
      (names ?? []).map { $0.spelling + (kind == "option" ? " <\(valueName ?? "")>" : "") }
    }
  }
}
