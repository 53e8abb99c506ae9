import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman role`
struct RoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "Print the role of a member, or set it.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: "The user's id.")
  var user: String

  @Argument(help: "The new role; without it, the present one is printed.")
  var role: Role?

  @Flag(help: "Even if the organization loses its last owner by it.")
  var allowOwnerless = false

  @OptionGroup var damage: DamageOptions
  @OptionGroup var options: EditOptions

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      guard let role else { return try printRole(targets) }
      try options.edit(isInputTaken: targets.areListed) { (reader) throws(OrgError) in
        var set = ChangeSet([], allowsOwnerless: allowOwnerless)
        for organization in try targets.organizations(in: reader) {
          set.changes.append(
            .setRole(
              user: user, organization: organization.id,
              from: try reader.memberRole(user, of: organization), to: role))
        }
        return set
      }
    }
  }

  private func printRole(_ targets: Targets) throws {
    try options.options.read(damage) { reader in
      let output = StandardOutput()
      for organization in try targets.organizations(in: reader) {
        let present = try reader.memberRole(user, of: organization).rawValue
        try output.write(options.options.json ? "\"\(present)\"\n" : present + "\n")
      }
      try output.flush()
    }
  }
}

extension Role: ExpressibleByArgument {}
