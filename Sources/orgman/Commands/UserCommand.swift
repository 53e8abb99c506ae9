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

  @Argument(help: "The user's id.")
  var user: String

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      try options.read(listing.damage) { snapshot in
        let contents = snapshot.contents
        let output = StandardOutput()
        var list = try Listing(
          Column.organization + [Column("role", "Role")], as: listing.format(options, on: output), on: output)
        let indices = contents.organizations(ofUser: user)
        for index in indices {
          guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
          let role = contents.member(place, at: index).role.rawValue
          let isDefault = contents.defaultedFields(ofMember: place, at: index).contains(.role)
          let cells = contents.organization(at: index).cells(contents.defaultedFields(at: index))
          try list.add(cells + [isDefault ? .defaulted(role) : .text(role)])
        }
        try list.finish()
        guard !indices.isEmpty else {
          throw snapshot.notFound("The user \(user.quoted) is in no organization.", .memberNotFound)
        }
      }
    }
  }
}
