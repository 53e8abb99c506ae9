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
        try checkBillingIDs(of: found, in: reader)
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

extension SetCommand {
  /// Warns of ids that other organizations have.
  ///
  /// - Throws: `invalidValue` for what can't be an id of the service.
  private func checkBillingIDs(of found: [Organization], in reader: any StoreReader) throws(OrgError) {
    let patterns = ConfigurationFile.load().configuration.preferences.idPatterns
    let ids = Set(found.map(\.id))
    for case (let field, let value?) in optional {
      guard found.contains(where: { $0[field] != value }) else { continue }
      try patterns.check(value, for: field)
      let others = try reader.organizations(withBillingID: value, in: field).filter { !ids.contains($0.id) }
      let names = (found.count > 1 ? found : []).map(\.name) + others.map(\.name)
      guard !names.isEmpty else { continue }
      let shown =
        names.prefix(3).map(\.escapedForDisplay) + (names.count > 3 ? ["\(names.count - 3) more"] : [])
      FileHandle.standardError(
        "orgman: Warning: \(value.escapedForDisplay) is the \(field.title) of \(shown.conjunction)\(found.count > 1 ? " then" : ", too").\n"
      )
    }
  }
}

extension [String] {
  /// `a, b and c`, for a sentence.
  fileprivate var conjunction: String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + self[count - 1]
  }
}

extension Organization.Status: ExpressibleByArgument {}
