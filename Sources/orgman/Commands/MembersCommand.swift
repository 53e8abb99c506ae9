import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman members`
struct MembersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "List the members of an organization.",
    discussion: """
      All terms of the query must match: words, or "two words", in the ids of the users, or in their names and e-mail \
      addresses if a directory of users is configured; user:ann, role:owner, joined:<2026-01-01. An exclamation mark in \
      front of a term negates it.

      Without a terminal: org_id, user_id, role and joined_at, with tabs between.
      """)

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: "The terms of the query.")
  var query: [String] = []

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    let text = query.joined(separator: " ")
    // What can't be read whichever roles there are is refused before the data are read.
    if (try? MemberQuery(text, roles: Role.allCases)) == nil {
      _ = try MemberQuery(argument: text, roles: Rules.files.roles)
    }
    try exitingWithStatus {
      let targets = try Targets(organization)
      try options.read(listing.damage) { reader in
        let typed = try MemberQuery(argument: text, roles: reader.summary.roles)
        let parsed = typed.knowing(try UserNames.terms(typed.names, in: reader))
        let organizations = try targets.organizations(in: reader)
        let output = StandardOutput()
        var list = try Listing(Column.member, as: listing.format(options, on: output), on: output)
        for organization in organizations {
          guard parsed.isEmpty else {
            try reader.forEachMember(of: organization.id, matching: parsed) { row throws(OrgError) in
              try list.add(row.member.cells(row.defaults))
            }
            continue
          }
          try reader.forEachMember(of: organization.id) { row throws(OrgError) in
            try list.add(row.member.cells(row.defaults))
          }
        }
        try list.finish()
      }
    }
  }
}

extension StoreReader {
  /// Hands over the members of an organization that match a query, in the order of the data.
  fileprivate func forEachMember(
    of organization: String, matching query: MemberQuery, _ body: (MemberRow) throws(OrgError) -> Void
  ) throws(OrgError) {
    let members = try members(of: organization, matching: query, by: MemberOrder(), after: nil)
    for start in stride(from: 0, to: members.count, by: 1000) {
      let rows = start..<min(members.count, start + 1000)
      try members.fetch(rows)
      for row in rows { if let member = members.member(at: row) { try body(member) } }
    }
  }
}
