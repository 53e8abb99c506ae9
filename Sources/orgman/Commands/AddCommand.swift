import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman add`
struct AddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add members to an organization.",
    discussion: "Prints what changed. If one of them is a member already, none is added.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: userIDsHelp)
  var users: [String]

  @Option(help: "Their role.")
  var role = Role.member

  @OptionGroup var directory: UserOptions
  @OptionGroup var options: EditOptions

  func validate() throws { try checkInput(organization, users) }

  func run() throws {
    try exitingWithStatus {
      try options.options.check(role)
      let targets = try Targets(organization)
      let lines = try InputLine.all(users, "ids of users")
      for line in lines { try line.checkNewID() }
      try directory.check(lines.map(\.text))
      let time = Timestamp.now()
      try options.edit(isInputTaken: organization == "-" || users == ["-"]) {
        (reader) throws(OrgError) in
        var set = ChangeSet([])
        let lines = try reader.userIDs(lines)
        for line in lines { try line.checkNewUser(in: reader) }
        for organization in try targets.organizations(in: reader) {
          let roles = try reader.roles(of: lines, in: organization)
          for line in lines {
            let user = line.text
            if let present = roles[user] {
              throw OrgError(
                .alreadyMember,
                line.place
                  + "\(user.escapedForDisplay) is in \(organization.name.escapedForDisplay) already, as "
                  + "\(present.title); orgman role changes that.")
            }
            set.changes.append(
              .addMember(OrgUser(organizationID: organization.id, userID: user, role: role, joinedAt: time)))
          }
        }
        return set
      }
    }
  }
}
