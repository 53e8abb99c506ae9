import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman role`
struct RoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "Print the role of a member, or set it.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: userIDHelp)
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
      try options.options.check(role)
      try options.edit(isInputTaken: targets.areListed) { (reader) throws(OrgError) in
        var set = ChangeSet([], allowsOwnerless: allowOwnerless)
        let user = try reader.userID(user)
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
      let user = try reader.userID(user)
      for organization in try targets.organizations(in: reader) {
        let present = try reader.memberRole(user, of: organization)
        let text =
          options.options.json
          ? "\"\(present.rawValue)\"" : output.isTerminal ? present.title : present.rawValue
        try output.write(text + "\n")
      }
      try output.flush()
    }
  }
}

extension Role: ExpressibleByArgument {
  /// Reads a role as the data or the screens write it; `nil` for anything else.
  public init?(argument: String) { self.init(typed: argument) }

  /// What help and shells offer, which don't know the data: the roles of the files.
  public static var allValueStrings: [String] { Rules.files.roles.map(\.title) }
}

extension DataOptions {
  /// Looks whether members of the data can be given a role that the files don't have: naming an unknown one is wrong usage.
  func check(_ role: Role) throws {
    guard !Rules.files.roles.contains(role) else { return }
    do throws(OrgError) {
      try store(isReadOnly: true).reader().rules.check(role)
    } catch {
      throw error.code == .invalidValue ? ValidationError(error.message) : error as any Error
    }
  }
}
