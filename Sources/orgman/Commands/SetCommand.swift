import ArgumentParser
import OrgCore
import OrgFileStore

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

extension Organization.Status: ExpressibleByArgument {}
