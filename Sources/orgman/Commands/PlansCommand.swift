import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman plans`
struct PlansCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plans", abstract: "Count the organizations by plan and status.",
    discussion: "The known plans come first, in rising order, then the others.")

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      try options.read(listing.damage) { try printCounts(of: $0) }
    }
  }

  private func printCounts(of reader: any StoreReader) throws {
    var counts: [String: [Organization.Status: Int]] = [:]
    try reader.forEachOrganization { row in
      let organization = row.organization
      counts[organization.planTier, default: [:]][organization.status, default: 0] += 1
    }
    let known = ConfigurationFile.load().configuration.preferences.planTiers
    let others = counts.keys.filter { !known.contains($0) }.sorted()
    let output = StandardOutput()
    var list = try Listing(
      [Column("plan_tier", "Plan")]
        + Organization.Status.allCases.map { Column($0.rawValue, $0.rawValue.capitalizedASCII) }
        + [Column("total", "Total")], as: listing.format(options, on: output), on: output)
    for plan in known + others {
      let own = counts[plan] ?? [:]
      try list.add(
        [.text(plan)] + Organization.Status.allCases.map { .number(own[$0] ?? 0) }
          + [.number(own.values.reduce(0, +))])
    }
    try list.finish()
  }
}

extension String {
  var capitalizedASCII: String { prefix(1).uppercased() + dropFirst() }
}
