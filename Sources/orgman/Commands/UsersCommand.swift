import ArgumentParser
import OrgCore

/// `orgman users`
struct UsersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users", abstract: "List the users, with how many organizations each has in which role.",
    discussion: """
      A user is everyone who is a member of an organization, in the order of the ids. Words are looked for in the ids, \
      whatever the case; all of them must be there.

      Prints a table on a terminal, as wide as that is, and lines with tabs elsewhere: user_id, organizations, and a \
      count for each role.
      """)

  @Argument(help: "Words that the ids have in them.")
  var query: [String] = []

  @Option(parsing: .unconditional, help: "Print at most so many.", transform: number(from: 1))
  var limit: Int?

  @Flag(help: "Print how many there are, and nothing else.")
  var count = false

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func validate() throws {
    if count, limit != nil || listing.csv {
      throw ValidationError("--count prints a number alone; leave --limit and --csv out.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      try options.read(listing.damage) { reader in
        let output = StandardOutput()
        let users = try reader.users(matching: query.joined(separator: " "), after: nil)
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
        if users.count == 0, let word = query.first {
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
}
