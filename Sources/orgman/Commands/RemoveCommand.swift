import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman remove`
struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove members from an organization.",
    discussion: "Prints what changed. If one of them isn't a member, none is removed.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: userIDsHelp)
  var users: [String]

  @Flag(help: "Even if the organization loses its last owner by it.")
  var allowOwnerless = false

  @OptionGroup var options: EditOptions

  func validate() throws { try checkInput(organization, users) }

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      let lines = try InputLine.all(users, "ids of users")
      try options.edit(isInputTaken: organization == "-" || users == ["-"]) {
        (reader) throws(OrgError) in
        var set = ChangeSet([], allowsOwnerless: allowOwnerless)
        let lines = try reader.userIDs(lines)
        for organization in try targets.organizations(in: reader) {
          let roles = try reader.roles(of: lines, in: organization)
          for line in lines {
            guard let role = roles[line.text] else { throw reader.notAMember(line, of: organization) }
            set.changes.append(.removeMember(user: line.text, organization: organization.id, role: role))
          }
        }
        return set
      }
    }
  }
}
