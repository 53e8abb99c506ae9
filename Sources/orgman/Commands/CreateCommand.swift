import ArgumentParser
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

  @OptionGroup var plans: PlanOptions

  @Option(help: ArgumentHelp("The id of a user who becomes its owner.", valueName: "user"))
  var owner: String?

  @Option(help: "The status.")
  var status = Organization.Status.active

  @Option(help: ArgumentHelp("The Lago customer id.", valueName: "id"))
  var lago: String?

  @Option(help: ArgumentHelp("The Stripe customer id.", valueName: "id"))
  var stripe: String?

  @OptionGroup var directory: UserOptions
  @OptionGroup var options: EditOptions

  func run() throws {
    try exitingWithStatus {
      if let owner { try directory.check([owner]) }
      var id = ""
      let time = Timestamp.now()
      let isJSON = options.options.json
      try options.edit { (reader) throws(OrgError) in
        if plan != PlanTier.default { try plans.check(plan, in: reader) }
        if id.isEmpty { id = reader.rules.newID() }
        var organization = Organization(id: id, name: name, createdAt: time, planTier: plan, status: status)
        let billingIDs = BillingIDs(lago: lago, stripe: stripe)
        try billingIDs.check(for: [organization], in: reader)
        for (field, value) in billingIDs.values { organization[field] = value }
        var set = ChangeSet([.createOrganization(organization)])
        if let owner = try owner.map({ (name) throws(OrgError) in try reader.userID(name) }) {
          try InputLine(number: nil, text: owner).checkNewUser(in: reader)
          set.changes.append(
            .addMember(OrgUser(organizationID: id, userID: owner, role: .owner, joinedAt: time)))
        }
        return set
      } report: { (output, commit) throws(OrgError) in
        if isJSON, let made = try commit.reader.organization(id: id) {
          let members = try commit.reader.members(of: made.id)
          try output.write { JSONOutput.append(made, members, to: &$0) }
          try output.write("\n")
        } else {
          try output.write(id + "\n")
        }
      }
    }
  }
}
