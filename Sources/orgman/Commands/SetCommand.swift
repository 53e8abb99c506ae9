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

  @OptionGroup var plans: PlanOptions

  @Option(help: "The new status.")
  var status: Organization.Status?

  @Option(help: ArgumentHelp("The new Lago customer id.", valueName: "id"))
  var lago: String?

  @Option(help: ArgumentHelp("The new Stripe customer id.", valueName: "id"))
  var stripe: String?

  @Option(
    help: ArgumentHelp(
      "Billing ids to clear: \(SetCommand.words.joined(separator: ", ")) or \(SetCommand.words.count == 2 ? "both" : "several") with a comma between.",
      valueName: "ids"),
    completion: .list(SetCommand.clearable))
  var clear: String?

  @OptionGroup var options: EditOptions

  private var cleared: [String] { clear?.split(separator: ",").map(String.init) ?? [] }

  func validate() throws {
    for id in cleared where !Self.words.contains(id) {
      throw ValidationError("--clear takes \(Self.clearable.alternatives); \(id.quoted) is no billing id.")
    }
    if clear?.isEmpty == true { throw ValidationError("--clear names no billing id.") }
    for (field, value) in optional where value != nil && cleared.contains(field.descriptor.word) {
      let word = field.descriptor.word
      throw ValidationError("--\(word) and --clear \(word) contradict.")
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
    for case (let field, let value?) in optional { values.append((field, value)) }
    for field in OrganizationField.optional where cleared.contains(field.descriptor.word) {
      values.append((field, nil))
    }
    return values
  }

  /// The optional fields that have an option of their own.
  private var optional: [(field: OrganizationField, value: String?)] {
    [(.lagoCustomerID, lago), (.stripeCustomerID, stripe)]
  }

  private static let words = OrganizationField.optional.map(\.descriptor.word)
  private static let clearable = words + [words.joined(separator: ",")]

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      try options.edit(isInputTaken: targets.areListed) { (reader) throws(OrgError) in
        let found = try targets.organizations(in: reader)
        try plans.check(plan, in: reader)
        try BillingIDs(lago: lago, stripe: stripe).check(for: found, in: reader)
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
