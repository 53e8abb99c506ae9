import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman user`
struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "List the organizations of a user, with the role in each.",
    discussion: """
      Without a terminal: the seven fields of the organization and the role, with tabs between. Exits with 2 if \
      the user is in no organization.
      """)

  @Argument(help: userIDHelp)
  var user: String

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      try options.read(listing.damage) { reader in
        let output = StandardOutput()
        var list = try Listing(
          Column.organization + [Column("role", "Role")], as: listing.format(options, on: output), on: output)
        let user = try reader.userID(user)
        let memberships = try reader.memberships(of: user)
        for membership in memberships {
          let cells = membership.organization.cells(membership.defaults)
          try list.add(
            cells + [.role(membership.member.role, isDefaulted: membership.defaults.contains(.role))])
        }
        try list.finish()
        guard !memberships.isEmpty else {
          let near = try QuerySuggestion.users(user, reader)
          let question = near.isEmpty ? "" : " Did you mean \(near.map(\.escapedForDisplay).alternatives)?"
          throw reader.notFound("The user \(user.quoted) is in no organization.\(question)", .memberNotFound)
        }
      }
    }
  }
}
