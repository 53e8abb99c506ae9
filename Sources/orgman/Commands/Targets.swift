import ArgumentParser
import Glibc
import OrgCore
import SystemPackage

/// The help text for an organization argument.
let organizationHelp: ArgumentHelp =
  "The organization: its id, the unique start of one, or its exact name; - reads ids from standard input."

/// The help text for an argument with a user.
let userIDHelp: ArgumentHelp = "The user's id, or an e-mail address that the directory of users knows."

/// The help text for an argument with users.
let userIDsHelp: ArgumentHelp =
  "The ids of the users, or e-mail addresses that the directory of users knows; - reads them from standard input."

/// The organizations named by an argument: a single one, or for `-` those whose IDs are in standard input. Standard
/// input can only be read once, so its lines are kept in case they must be looked up again after the data have changed.
struct Targets {
  /// Whether their IDs are read from standard input.
  let areListed: Bool
  private let name: String
  private let lines: [InputLine]

  /// - Throws: the errors of `InputLine.all`.
  init(_ argument: String) throws(OrgError) {
    name = argument
    areListed = argument == "-"
    // The output of orgman list can be piped in unchanged.
    lines = areListed ? try InputLine.all("ids of organizations").map { $0.firstField } : []
  }

  /// Looks up the organizations among the data.
  ///
  /// - Throws: `organizationNotFound` for the first one that doesn't exist, with its line; `damagedData` if it may be
  ///   among unreadable records.
  func organizations(in reader: any StoreReader) throws(OrgError) -> [Organization] {
    guard areListed else { return [try reader.organization(named: name)] }
    var organizations: [Organization] = []
    var unknown: [InputLine] = []
    for line in lines {
      if let organization = try reader.organization(id: line.text) {
        organizations.append(organization)
      } else {
        unknown.append(line)
      }
    }
    guard let first = unknown.first else { return organizations }
    let more = unknown.count - 1
    throw reader.notFound(
      first.place + "there is no organization with the id \(first.text.shortened.quoted)"
        + (more == 0 ? "." : "; \(more) more id\(more == 1 ? " is" : "s are") unknown."))
  }
}

/// A line of standard input, or an argument used in its place.
struct InputLine {
  /// The line number, counted from 1; `nil` for an argument.
  let number: Int?
  let text: String
  private static let limit = 64 << 20

  /// The given arguments, or the lines of standard input if the only argument is `-`.
  ///
  /// - Parameter what: what the lines should contain, for a message.
  static func all(_ arguments: [String], _ what: String) throws(OrgError) -> [InputLine] {
    guard arguments == ["-"] else { return arguments.map { InputLine(number: nil, text: $0) } }
    return try all(what)
  }

  /// The nonempty lines of standard input.
  ///
  /// - Parameter what: what the lines should contain, for a message.
  /// - Throws: `system` if it can't be read, `invalidValue` if it is empty, larger than 64 MiB, or not UTF-8.
  static func all(_ what: String) throws(OrgError) -> [InputLine] {
    if isatty(STDIN_FILENO) == 1 { FileHandle.standardError("Type \(what), one a line; ^D ends them.\n") }
    var lines: [InputLine] = []
    for (index, line) in try bytes().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard !line.isEmpty else { continue }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw OrgError(.invalidValue, "Standard input, line \(index + 1): this is not UTF-8.")
      }
      lines.append(InputLine(number: index + 1, text: text))
    }
    guard !lines.isEmpty else {
      throw OrgError(.invalidValue, "Standard input is empty; it should have \(what), one a line.")
    }
    return lines
  }

  private static func bytes() throws(OrgError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw OrgError(Errno(rawValue: errno), "Standard input can't be read")
      }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else {
        throw OrgError(.invalidValue, "Standard input has more than 64 MiB; pass on fewer ids at a time.")
      }
    }
  }

  /// The location as the beginning of a message; empty for an argument.
  var place: String { number.map { "Standard input, line \($0): " } ?? "" }

  /// The line up to its first tab.
  var firstField: InputLine { InputLine(number: number, text: String(text.prefix { $0 != "\t" })) }

  /// Checks the ID of a new member. A line with a tab probably comes from a table, and other invisible
  /// characters are hardly intended.
  ///
  /// - Throws: `invalidIdentifier`.
  func checkNewID() throws(OrgError) {
    guard number != nil, !text.unicodeScalars.allSatisfy(\.isPlain) else { return }
    throw OrgError(
      .invalidIdentifier,
      "\(place)the user id \(text.shortened.quoted) has control characters; no one was added.")
  }
}

extension InputLine {
  /// Checks the ID of a user who may be a new one: one that is in the data is known to be right.
  ///
  /// - Throws: `invalidIdentifier`.
  func checkNewUser(in reader: any StoreReader) throws(OrgError) {
    let patterns = ConfigurationFile.load().configuration.preferences.idPatterns
    do throws(OrgError) { try patterns.checkUserID(text) } catch {
      // What is wrong with it in any case is said by the rules.
      guard !text.nameKey.isEmpty, try reader.memberships(of: text).isEmpty else { return }
      throw OrgError(error.code, place + error.message)
    }
  }
}

extension StoreReader {
  /// The organization with the given ID, unique ID prefix, or exact name.
  ///
  /// - Throws: `organizationNotFound`, also if several organizations match, in which case they are listed.
  ///   `damagedData` if it may be among unreadable records.
  func organization(named name: String) throws(OrgError) -> Organization {
    if let organization = try organization(id: name) { return organization }
    var named: [Organization] = []
    var begun: [Organization] = []
    let isStart = rules.isStartOfID(name)
    try forEachOrganization { row in
      if row.organization.name == name { named.append(row.organization) }
      if isStart, row.organization.id.hasPrefix(name) { begun.append(row.organization) }
    }
    let candidates = named.isEmpty ? begun : named
    guard let first = candidates.first else {
      let near = try QuerySuggestion.names(name, self)
      throw notFound(
        "There is no organization \(name.quoted)"
          + (near.isEmpty
            ? "; name it by its id, the unique start of one, or its exact name."
            : ". Did you mean \(near.map(\.escapedForDisplay).alternatives)?")
      )
    }
    guard candidates.count == 1 else {
      let list = candidates.prefix(5).map { "\($0.id.escapedForDisplay) (\($0.name.escapedForDisplay))" }
      let more = candidates.count > 5 ? ", …" : ""
      throw OrgError(
        .organizationNotFound,
        "\(name.quoted) fits \(candidates.count) organizations: \(list.joined(separator: ", "))\(more).")
    }
    return first
  }

  /// The error for a missing record. In damaged data, it may only be unreadable.
  func notFound(_ sentence: String, _ code: OrgError.Code = .organizationNotFound) -> OrgError {
    guard let problem = problems.first else { return OrgError(code, sentence) }
    let reason =
      problem.kind == .incomplete
      ? problem.sentence : "The data are damaged: it may be among what can't be read."
    return OrgError(.damagedData, "\(sentence) \(reason)")
  }
}

extension StoreReader {
  func memberRole(_ user: String, of organization: Organization) throws(OrgError) -> Role {
    guard let role = try role(of: user, in: organization.id) else {
      throw notAMember(InputLine(number: nil, text: user), of: organization)
    }
    return role
  }

  func notAMember(_ user: InputLine, of organization: Organization) -> OrgError {
    notFound(
      "\(user.place)\(user.text.quoted) is not a member of \(organization.name.escapedForDisplay).",
      .memberNotFound)
  }

  /// The roles of users who are members. If there are many users, this makes one pass over the members and returns
  /// the roles of all members.
  func roles(of users: [InputLine], in organization: Organization) throws(OrgError) -> [String: Role] {
    if users.count <= 8 {
      var roles: [String: Role] = [:]
      for user in users { roles[user.text] = try role(of: user.text, in: organization.id) }
      return roles
    }
    return Dictionary(
      try members(of: organization.id).map { ($0.userID, $0.role) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Checks that standard input isn't used for two purposes.
func checkInput(_ organization: String, _ users: [String]) throws {
  if organization == "-", users.contains("-") {
    throw ValidationError("Standard input can be the organizations or the users, not both.")
  }
  if users.contains("-"), users.count > 1 {
    throw ValidationError("- reads the users from standard input; don't name others.")
  }
}

extension String {
  /// The beginning of a long text, for a message.
  fileprivate var shortened: String {
    unicodeScalars.count <= 100 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(100))) + "…"
  }
}
