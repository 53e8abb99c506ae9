import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman show`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an organization and its members.",
    discussion: """
      Without a terminal: a line for each field, its name and its value with a tab between, then one for each \
      member, with user, the id, the role and the time of joining. With --csv: the line that list prints. With \
      -, --json prints an array.
      """)

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      try options.read(listing.damage) { snapshot in
        try show(targets.organizations(in: snapshot), in: snapshot)
      }
    }
  }

  private func show(_ organizations: [Organization], in snapshot: Snapshot) throws {
    let output = StandardOutput()
    let format = listing.format(options, on: output)
    switch format {
    case .csv:
      var list = try Listing(ListCommand.columns, as: .csv, on: output)
      for found in organizations {
        let count = snapshot.contents.index(ofOrganization: found.id).map(snapshot.contents.memberCount(at:))
        try list.add(found.cells + [.number(count ?? 0)])
      }
      try list.finish()
    case .json:
      let isList = organization == "-"
      for (number, found) in organizations.enumerated() {
        let start = isList ? (number == 0 ? "[\n" : ",\n") : ""
        try output.write { bytes in
          bytes += start.utf8
          JSONOutput.append(found, snapshot.members(of: found.id), to: &bytes)
        }
      }
      try output.write(isList ? "\n]\n" : "\n")
    case .table, .text:
      for (number, found) in organizations.enumerated() {
        if number > 0 { try output.write("\n") }
        try output.write(lines(found, in: snapshot, format))
      }
    }
    try output.flush()
  }

  private func lines(
    _ organization: Organization, in snapshot: Snapshot, _ format: OutputFormat
  ) -> String {
    func display(_ text: String?) -> String { text?.escapedForDisplay ?? "" }
    let contents = snapshot.contents
    let members = snapshot.members(of: organization.id)
    let index = contents.index(ofOrganization: organization.id)
    let defaults = index.map { contents.defaultedFields(at: $0) } ?? []
    if format == .text {
      let fields = zip(Column.organization, organization.cells(defaults)).map { column, cell in
        let isDefault = if case .defaulted = cell { true } else { false }
        return "\(column.key)\t\(display(cell.text))\(isDefault ? "\tdefault" : "")\n"
      }
      let users = members.map { member in
        let time = display(Cell.time(member.joinedAt).text)
        return "user\t\(display(member.userID))\t\(member.role.rawValue)\t\(time)\n"
      }
      return (fields + users).joined()
    }
    let width = members.reduce(0) { max($0, min(40, display($1.userID).displayWidth)) }
    var lines = [
      "\(display(organization.name))  \(defaults.shown(organization.status.rawValue, .status))",
      display(organization.id), "",
    ]
    let time = organization.createdAt == .unknown ? "unknown" : organization.createdAt.description + " UTC"
    let facts: [(title: String, value: String?)] =
      [("Plan", defaults.shown(organization.planTier, .planTier)), ("Created", time)]
      + OrganizationField.optional.map { ($0.descriptor.heading, organization[$0]) }
    let titleWidth = facts.reduce(0) { max($0, $1.title.count) } + 2
    lines += facts.map { title, value in
      "\(title)\(String(repeating: " ", count: titleWidth - title.count))\(value.map(display) ?? "none")"
    }
    lines += ["", "Members  \(members.count)"]
    lines += members.enumerated().map { place, member in
      let user = display(member.userID)
      let memberDefaults = index.map { contents.defaultedFields(ofMember: place, at: $0) } ?? []
      let role = memberDefaults.shown(member.role.rawValue, .role)
      return user + String(repeating: " ", count: max(0, width - user.displayWidth) + 2) + role
        + String(repeating: " ", count: 15 - role.count) + member.joinedAt.dayText
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
