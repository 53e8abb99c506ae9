import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

/// `orgman create`
struct CreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create an organization, and print its id.",
    discussion: "Put a name that begins with - after --, as in orgman create -- -name.")

  @Argument(help: "The name; no other organization has it, whatever the case.")
  var name: String

  @Option(help: "The plan.", completion: .plans)
  var plan = PlanTier.default

  @Option(help: ArgumentHelp("The id of a user who becomes its owner.", valueName: "user"))
  var owner: String?

  @OptionGroup var options: EditOptions

  func run() throws {
    try exitingWithStatus {
      let organization = Organization(id: Organization.newID(), name: name, createdAt: .now(), planTier: plan)
      var changes = [Change.createOrganization(organization)]
      if let owner {
        changes.append(
          .addMember(
            OrgUser(
              organizationID: organization.id, userID: owner, role: .owner, joinedAt: organization.createdAt))
        )
      }
      let set = ChangeSet(changes)
      let isJSON = options.options.json
      try options.edit { (_) throws(OrgError) in
        set
      } report: { (output, commit) throws(OrgError) in
        if isJSON, let made = commit.snapshot.organization(id: organization.id) {
          try output.write { JSONOutput.append(made, commit.snapshot.members(of: made.id), to: &$0) }
          try output.write("\n")
        } else {
          try output.write(organization.id + "\n")
        }
      }
    }
  }
}

/// `orgman set`
struct SetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set the name, plan, status or billing ids of an organization.",
    discussion: """
      Prints what changed. A value that begins with - follows an equals sign, as in --name=-name. With -, what \
      changes several organizations asks first.
      """)

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Option(help: "The new name.")
  var name: String?

  @Option(help: "The new plan.", completion: .plans)
  var plan: String?

  @Option(help: "The new status.")
  var status: Organization.Status?

  @Option(help: ArgumentHelp("The new Lago customer id.", valueName: "id"))
  var lago: String?

  @Option(help: ArgumentHelp("The new Stripe customer id.", valueName: "id"))
  var stripe: String?

  @Option(
    help: ArgumentHelp("Billing ids to clear: lago, stripe or both with a comma between.", valueName: "ids"),
    completion: .list(["lago", "stripe", "lago,stripe"]))
  var clear: String?

  @OptionGroup var options: EditOptions

  private var cleared: [String] { clear?.split(separator: ",").map(String.init) ?? [] }

  func validate() throws {
    for id in cleared where !["lago", "stripe"].contains(id) {
      throw ValidationError("--clear takes lago, stripe or lago,stripe; \(id.quoted) is no billing id.")
    }
    if clear?.isEmpty == true { throw ValidationError("--clear names no billing id.") }
    if lago != nil, cleared.contains("lago") { throw ValidationError("--lago and --clear lago contradict.") }
    if stripe != nil, cleared.contains("stripe") {
      throw ValidationError("--stripe and --clear stripe contradict.")
    }
    if values.isEmpty {
      throw ValidationError("Say what to set: --name, --plan, --status, --lago, --stripe or --clear.")
    }
    if organization == "-", name != nil {
      throw ValidationError("Several organizations can't have one name; leave --name out.")
    }
  }

  private var values: [(field: OrganizationField, value: String?)] {
    var values: [(OrganizationField, String?)] = []
    if let name { values.append((.name, name)) }
    if let plan { values.append((.planTier, plan)) }
    if let status { values.append((.status, status.rawValue)) }
    if let lago { values.append((.lagoCustomerID, lago)) }
    if let stripe { values.append((.stripeCustomerID, stripe)) }
    if cleared.contains("lago") { values.append((.lagoCustomerID, nil)) }
    if cleared.contains("stripe") { values.append((.stripeCustomerID, nil)) }
    return values
  }

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      try options.edit(isInputTaken: targets.areListed) { (snapshot) throws(OrgError) in
        let found = try targets.organizations(in: snapshot)
        return ChangeSet(
          found.flatMap { present in
            values.map {
              .setField($0.field, organization: present.id, from: present[$0.field], to: $0.value)
            }
          })
      }
    }
  }
}

/// `orgman add`
struct AddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add members to an organization.",
    discussion: "Prints what changed. If one of them is a member already, none is added.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: "The ids of the users; - reads them from standard input.")
  var users: [String]

  @Option(help: "Their role.")
  var role = Role.member

  @OptionGroup var options: EditOptions

  func validate() throws { try checkInput(organization, users) }

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      let lines = try InputLine.all(users, "ids of users")
      for line in lines { try line.checkNewID() }
      let time = Timestamp.now()
      try options.edit(isInputTaken: organization == "-" || users == ["-"]) {
        (snapshot) throws(OrgError) in
        var set = ChangeSet([])
        for organization in try targets.organizations(in: snapshot) {
          let roles = snapshot.roles(of: lines, in: organization)
          for line in lines {
            let user = line.text
            if let present = roles[user] {
              throw OrgError(
                .alreadyMember,
                line.place
                  + "\(user.escapedForDisplay) is in \(organization.name.escapedForDisplay) already, as "
                  + "\(present.rawValue); orgman role changes that.")
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

/// `orgman remove`
struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove members from an organization.",
    discussion: "Prints what changed. If one of them isn't a member, none is removed.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: "The ids of the users; - reads them from standard input.")
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
        (snapshot) throws(OrgError) in
        var set = ChangeSet([], allowsOwnerless: allowOwnerless)
        for organization in try targets.organizations(in: snapshot) {
          let roles = snapshot.roles(of: lines, in: organization)
          for line in lines {
            guard let role = roles[line.text] else { throw snapshot.notAMember(line, of: organization) }
            set.changes.append(.removeMember(user: line.text, organization: organization.id, role: role))
          }
        }
        return set
      }
    }
  }
}

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
      try options.edit(isInputTaken: targets.areListed) { (snapshot) throws(OrgError) in
        var set = ChangeSet([], allowsOwnerless: allowOwnerless)
        for organization in try targets.organizations(in: snapshot) {
          set.changes.append(
            .setRole(
              user: user, organization: organization.id,
              from: try snapshot.memberRole(user, of: organization), to: role))
        }
        return set
      }
    }
  }

  private func printRole(_ targets: Targets) throws {
    try options.options.read(damage) { snapshot in
      let output = StandardOutput()
      for organization in try targets.organizations(in: snapshot) {
        let present = try snapshot.memberRole(user, of: organization).rawValue
        try output.write(options.options.json ? "\"\(present)\"\n" : present + "\n")
      }
      try output.flush()
    }
  }
}

private func checkInput(_ organization: String, _ users: [String]) throws {
  if organization == "-", users.contains("-") {
    throw ValidationError("Standard input can be the organizations or the users, not both.")
  }
  if users.contains("-"), users.count > 1 {
    throw ValidationError("- reads the users from standard input; don't name others.")
  }
}

extension Snapshot {
  fileprivate func memberRole(_ user: String, of organization: Organization) throws(OrgError) -> Role {
    guard let role = role(of: user, in: organization.id) else {
      throw notAMember(InputLine(number: nil, text: user), of: organization)
    }
    return role
  }

  fileprivate func notAMember(_ user: InputLine, of organization: Organization) -> OrgError {
    notFound(
      "\(user.place)\(user.text.quoted) is not a member of \(organization.name.escapedForDisplay).",
      .memberNotFound)
  }

  /// The roles of those among some users who are members, in one pass over the members where there are many users.
  fileprivate func roles(of users: [InputLine], in organization: Organization) -> [String: Role] {
    if users.count <= 8 {
      let pairs = users.compactMap { user in role(of: user.text, in: organization.id).map { (user.text, $0) }
      }
      return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
    return Dictionary(
      members(of: organization.id).map { ($0.userID, $0.role) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Role: ExpressibleByArgument {}
extension Organization.Status: ExpressibleByArgument {}
