import ArgumentParser
import OrgCore

/// `orgman users`
struct UsersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users", abstract: "List the users, with how many organizations each has in which role.",
    discussion: """
      A user is everyone who is a member of an organization, in the order of the ids. All terms of the query must match: \
      words, or "two words", in the ids, whatever the case; ~acr for these characters in this order; role:owner, \
      in:deleted (in an organization with that status; with role: beside it, the role in that one), organizations:>2, \
      owners:>3, members:0 and billing:1 (in so many organizations, with >, >=, <, <=, = or nothing); directory:disabled \
      and directory:gone (disabled in the directory of users, or not in it). Words find users by their names and e-mail \
      addresses in that directory, too. An exclamation \
      mark in front of a term negates it. A shell takes <, > and ! for itself, so put the query in single quotes.

      Prints a table on a terminal, as wide as that is, and lines with tabs elsewhere: user_id, organizations, and a \
      count for each role.
      """)

  @Argument(help: "The terms of the query.")
  var query: [String] = []

  @Option(
    help: ArgumentHelp(
      "Sort by \(UserColumn.allCases.map(\.rawValue).alternatives); those with the most first, and the other way round with a - in front, as in --sort=-owner.",
      valueName: "column"), completion: .list(UserColumn.allCases.map(\.rawValue)),
    transform: UsersCommand.order)
  var sort: UserOrder?

  @Option(parsing: .unconditional, help: "Print at most so many.", transform: number(from: 1))
  var limit: Int?

  @Flag(help: "Print how many there are, and nothing else.")
  var count = false

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func validate() throws {
    if count, sort != nil || limit != nil || listing.csv {
      throw ValidationError("--count prints a number alone; leave --sort, --limit and --csv out.")
    }
  }

  func run() throws {
    let text = query.joined(separator: " ")
    // What can't be read whichever roles there are is refused before the data are read.
    if (try? UserQuery(text, roles: Role.allCases)) == nil {
      _ = try UserQuery(argument: text, roles: Rules.files.roles)
    }
    try exitingWithStatus {
      try options.read(listing.damage) { reader in
        let output = StandardOutput()
        let parsed = try UserQuery(argument: text, roles: reader.summary.roles)
        let directory = try UserNames.terms(parsed.names, states: parsed.directoryStates, in: reader)
        let users = try reader.users(
          matching: parsed.knowing(directory), by: sort ?? UserOrder(), after: nil)
        if count {
          try output.write("\(users.count)\n")
          return try output.flush()
        }
        let roles = reader.summary.countedRoles
        var list = try Listing(
          [Column("user_id", "User"), Column("organizations", "Organizations", isRight: true)]
            + roles.map { Column($0.rawValue, $0.title.capitalizedASCII, isRight: true) },
          as: listing.format(options, on: output), on: output)
        let (end, size) = (min(limit ?? .max, users.count), 1000)
        for start in stride(from: 0, to: end, by: size) {
          let rows = start..<min(end, start + size)
          try users.fetch(rows)
          for row in rows {
            guard let user = users.user(at: row) else { continue }
            try list.add(
              [.text(user.id), .number(user.organizationCount)] + roles.map { .number(user.roles[$0]) })
          }
        }
        try list.finish()
        if users.count == 0, case .text(let word)? = parsed.terms.first?.condition {
          let near = try QuerySuggestion.users(word, reader)
          if !near.isEmpty {
            FileHandle.standardError(
              "orgman: No user has \(word.quoted) in the id. Did you mean \(near.map(\.escapedForDisplay).alternatives)?\n"
            )
          }
        }
      }
    }
  }

  /// What `--sort` names.
  private static func order(_ text: String) throws -> UserOrder {
    let name = text.drop { $0 == "-" }
    guard text.count - name.count <= 1, let column = UserColumn(rawValue: name.lowercased()) else {
      throw ValidationError("use \(UserColumn.allCases.map(\.rawValue).alternatives)")
    }
    return UserOrder(column, isDescending: column.isDescendingAtFirst != text.hasPrefix("-"))
  }
}

extension ListQuery {
  /// Reads the query of a command, or ends the command with a sentence.
  init(argument text: String, roles: [Role]) throws {
    do throws(QueryError) {
      self = try Self(text, roles: roles)
    } catch {
      FileHandle.standardError(
        "orgman: The query can't be read at character \(error.offset + 1): \(error.message)\n")
      throw ExitCode.validationFailure
    }
  }
}
