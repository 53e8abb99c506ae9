import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman members`
struct MembersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "List the members of an organization.",
    discussion: "Without a terminal: org_id, user_id, role and joined_at, with tabs between.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      try options.read(listing.damage) { reader in
        let organizations = try targets.organizations(in: reader)
        let output = StandardOutput()
        var list = try Listing(Column.member, as: listing.format(options, on: output), on: output)
        for organization in organizations {
          try reader.forEachMember(of: organization.id) { row throws(OrgError) in
            try list.add(row.member.cells(row.defaults))
          }
        }
        try list.finish()
      }
    }
  }
}
