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
      try options.read(listing.damage) { reader in
        try show(targets.organizations(in: reader), in: reader)
      }
    }
  }

  private func show(_ organizations: [Organization], in reader: any StoreReader) throws {
    let output = StandardOutput()
    let format = listing.format(options, on: output)
    switch format {
    case .csv, .spreadsheet:
      var list = try Listing(ListCommand.columns.map(\.column), as: format, on: output)
      for found in organizations {
        try list.add(found.cells + [.number(reader.row(of: found.id)?.memberCount ?? 0)])
      }
      try list.finish()
    case .json:
      let isList = organization == "-"
      for (number, found) in organizations.enumerated() {
        let start = isList ? (number == 0 ? "[\n" : ",\n") : ""
        let members = try reader.members(of: found.id)
        try output.write { bytes in
          bytes += start.utf8
          JSONOutput.append(found, members, to: &bytes)
        }
      }
      try output.write(isList ? "\n]\n" : "\n")
    case .table, .text:
      for (number, found) in organizations.enumerated() {
        if number > 0 { try output.write("\n") }
        try output.write(lines(found, in: reader, format))
      }
    }
    try output.flush()
  }

  private func lines(
    _ organization: Organization, in reader: any StoreReader, _ format: OutputFormat
  ) throws(OrgError) -> String {
    func display(_ text: String?) -> String { text?.escapedForDisplay ?? "" }
    let defaults = try reader.row(of: organization.id)?.defaults ?? []
    var members: [MemberRow] = []
    try reader.forEachMember(of: organization.id) { members.append($0) }
    if format == .text {
      let fields = zip(Column.organization, organization.cells(defaults)).map { column, cell in
        let isDefault = if case .defaulted = cell { true } else { false }
        return "\(column.key)\t\(display(cell.text))\(isDefault ? "\tdefault" : "")\n"
      }
      let users = members.map(\.member).map { member in
        let time = display(Cell.time(member.joinedAt).text)
        return "user\t\(display(member.userID))\t\(member.role.rawValue)\t\(time)\n"
      }
      return (fields + users).joined()
    }
    let width = members.reduce(0) { max($0, min(40, display($1.member.userID).displayed.displayWidth)) }
    var lines = [
      "\(display(organization.name))  \(defaults.shown(organization.status.rawValue, .status))",
      display(organization.id), "",
    ]
    let isHidden = reader.summary.hiddenBilling.contains(organization.id)
    let time = ConfigurationFile.load().configuration.preferences.timeZone.fullText(organization.createdAt)
    let facts: [(title: String, value: String?)] =
      [("Plan", defaults.shown(organization.planTier, .planTier)), ("Created", time)]
      + OrganizationField.optional.map { ($0.descriptor.heading, isHidden ? "hidden" : organization[$0]) }
    let titleWidth = facts.reduce(0) { max($0, $1.title.count) } + 2
    lines += facts.map { title, value in
      "\(title)\(String(repeating: " ", count: titleWidth - title.count))\(value.map(display) ?? "none")"
    }
    lines += ["", "Members  \(members.count)"]
    lines += members.map { row in
      let member = row.member
      let user = display(member.userID).displayed
      let role = row.defaults.shown(member.role.title, .role)
      return user + String(repeating: " ", count: max(0, width - user.displayWidth) + 2) + role
        + String(repeating: " ", count: 15 - role.count) + member.joinedAt.dayText
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
