import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the organizations that match a query, or all.",
    discussion: """
      All terms of the query must match. A word, or "two words" in double quotes, is looked for in names, ids and \
      billing ids, whatever the case; ~acr looks for these characters in this order. Fields: plan:starter, \
      status:active, role:owner, user:bob (with role: beside it, the role of that user), members:>10, owners:0, \
      created:<2026-01-01 (with >, >=, <, <=, = or nothing), \(absences). An exclamation mark in front of \
      a term negates it, as in !status:deleted.

      A shell takes quotes, <, > and ! for itself, so put the query in single quotes.

      Prints a table on a terminal and lines with tabs elsewhere: \(Column.organization.map(\.key).joined(separator: ", ")) \
      and the count of members. Control characters are escaped there; \
      --json and --csv have every value exactly.
      """)

  /// For example, `no:stripe and no:lago`.
  private static var absences: String {
    let terms = OrganizationField.optional.reversed().map { "no:\($0.descriptor.word)" }
    return terms.alternatives.replacing(" or ", with: " and ")
  }

  @Argument(help: "The terms of the query.")
  var query: [String] = []

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: DataOptions

  func run() throws {
    let text = query.joined(separator: " ")
    // What can't be read whichever roles there are is refused before the data are read.
    if (try? Query(text, roles: Role.allCases)) == nil { _ = try parse(text, roles: Rules.files.roles) }
    try exitingWithStatus {
      try options.read(listing.damage) { reader in
        let parsed = try parse(text, roles: reader.summary.roles)
        let output = StandardOutput()
        let columns = Self.columns
        var list = try Listing(columns, as: listing.format(options, on: output), on: output)
        try reader.forEachOrganization(matching: parsed) { row throws(OrgError) in
          try list.add(row.organization.cells(row.defaults) + [.number(row.memberCount)])
        }
        try list.finish()
      }
    }
  }

  private func parse(_ text: String, roles: [Role]) throws -> Query {
    do throws(QueryError) {
      return try Query(text, roles: roles)
    } catch {
      FileHandle.standardError(
        "orgman: The query can't be read at character \(error.offset + 1): \(error.message)\n")
      throw ExitCode.validationFailure
    }
  }

  static let columns = Column.organization + [Column("members", "Members")]
}
