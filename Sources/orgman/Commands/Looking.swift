import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore

/// How an organization is named on the command line.
let organizationHelp: ArgumentHelp =
  "The organization: its id, the unique start of one, or its exact name; - reads ids from standard input."

/// `orgman list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the organizations that match a query, or all.",
    discussion: """
      All terms of the query must match. A word, or "two words" in double quotes, is looked for in names, ids and \
      billing ids, whatever the case; ~acr looks for these characters in this order. Fields: plan:starter, \
      status:active, role:owner, user:bob (with role: beside it, the role of that user), members:>10, owners:0, \
      created:<2026-01-01 (with >, >=, <, <=, = or nothing), no:stripe and no:lago. An exclamation mark in front of \
      a term negates it, as in !status:deleted.

      A shell takes quotes, <, > and ! for itself, so put the query in single quotes.

      Prints a table on a terminal and lines with tabs elsewhere: id, name, created_at, plan_tier, \
      lago_customer_id, stripe_customer_id, status and the count of members. Control characters are escaped there; \
      --json and --csv have every value exactly.
      """)

  @Argument(help: "The terms of the query.")
  var query: [String] = []

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    let text = query.joined(separator: " ")
    let parsed: Query
    do throws(QueryError) {
      parsed = try Query(text)
    } catch {
      FileHandle.standardError(
        "orgman: The query can't be read at character \(error.offset + 1): \(error.message)\n")
      throw ExitCode.validationFailure
    }
    try exitingWithStatus {
      try options.read(listing.damage) { snapshot in
        let output = StandardOutput()
        let columns = Self.columns
        let contents = snapshot.contents
        var list = try Listing(columns, as: listing.format(options, on: output), on: output)
        for (index, organization) in snapshot.organizations.enumerated()
        where parsed.isEmpty || parsed.matches(organization, at: index, in: snapshot) {
          let cells = organization.cells(contents.defaultedFields(at: index))
          try list.add(cells + [.number(contents.memberCount(at: index))])
        }
        try list.finish()
      }
    }
  }

  static let columns = Column.organization + [Column("members", "Members")]
}

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
    lines += [
      ("Plan", defaults.shown(organization.planTier, .planTier)),
      (
        "Created",
        organization.createdAt == .unknown ? "unknown" : organization.createdAt.description + " UTC"
      ),
      ("Lago", organization.lagoCustomerID), ("Stripe", organization.stripeCustomerID),
    ].map { title, value in
      "\(title)\(String(repeating: " ", count: 9 - title.count))\(value.map(display) ?? "none")"
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

/// `orgman members`
struct MembersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "List the members of an organization.",
    discussion: "Without a terminal: org_id, user_id, role and joined_at, with tabs between.")

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      try options.read(listing.damage) { snapshot in
        let organizations = try targets.organizations(in: snapshot)
        let output = StandardOutput()
        var list = try Listing(Column.member, as: listing.format(options, on: output), on: output)
        for organization in organizations {
          let contents = snapshot.contents
          guard let index = contents.index(ofOrganization: organization.id) else { continue }
          for place in 0..<contents.memberCount(at: index) {
            let defaults = contents.defaultedFields(ofMember: place, at: index)
            try list.add(contents.member(place, at: index).cells(defaults))
          }
        }
        try list.finish()
      }
    }
  }
}

/// `orgman user`
struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "List the organizations of a user, with the role in each.",
    discussion: """
      Without a terminal: the seven fields of the organization and the role, with tabs between. Exits with 2 if \
      the user is in no organization.
      """)

  @Argument(help: "The user's id.")
  var user: String

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    try exitingWithStatus {
      try options.read(listing.damage) { snapshot in
        let contents = snapshot.contents
        let output = StandardOutput()
        var list = try Listing(
          Column.organization + [Column("role", "Role")], as: listing.format(options, on: output), on: output)
        let indices = contents.organizations(ofUser: user)
        for index in indices {
          guard let place = contents.memberIndex(ofUser: user, at: index) else { continue }
          let role = contents.member(place, at: index).role.rawValue
          let isDefault = contents.defaultedFields(ofMember: place, at: index).contains(.role)
          let cells = contents.organization(at: index).cells(contents.defaultedFields(at: index))
          try list.add(cells + [isDefault ? .defaulted(role) : .text(role)])
        }
        try list.finish()
        guard !indices.isEmpty else {
          throw snapshot.notFound("The user \(user.quoted) is in no organization.", .memberNotFound)
        }
      }
    }
  }
}

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

  private func printCounts(of snapshot: Snapshot) throws {
    var counts: [String: [Organization.Status: Int]] = [:]
    for organization in snapshot.organizations {
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
  fileprivate var capitalizedASCII: String { prefix(1).uppercased() + dropFirst() }
}
