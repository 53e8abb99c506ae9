extension SchemaScript {
  /// The indexes for what orgman reads.
  ///
  /// Creating one keeps others from writing for as long as it takes. Where that is too long, they can be created before the
  /// rest, outside a transaction: `indexes(concurrently: true)`.
  package var indexes: [String] { indexes(concurrently: false) }

  /// The statements that create the indexes.
  ///
  /// - Parameter concurrently: whether others can write meanwhile; then each is for a transaction of its own.
  package func indexes(concurrently: Bool) -> [String] {
    named.map { index in
      """
      -- \(index.purpose)
      create index \(concurrently ? "concurrently " : "")if not exists \(index.name.asIdentifier)
        on \(index.table) \(index.definition);
      """
    }
  }

  /// The names of the indexes.
  var indexNames: [String] { named.map(\.name) }

  /// The statements that take the indexes away.
  var dropIndexes: [String] {
    let schema = shape.organizations?.schema ?? shape.server.schema
    return [
      "-- Remove the indexes.\ndrop index if exists "
        + named.map { "\(schema.asIdentifier).\($0.name.asIdentifier)" }.joined(separator: ", ") + ";"
    ]
  }

  /// The statements for the extensions that are still to be created.
  var extensions: [String] {
    guard case .creatable = shape.server.trigrams else { return [] }
    return [
      """
      -- Let text be found in the middle of names.
      create extension if not exists pg_trgm with schema \(trigramSchema.asIdentifier);
      """
    ]
  }

  private struct Index {
    let name: String
    let purpose: String
    let table: String
    let definition: String
  }

  private var trigramSchema: String {
    if case .installed(let schema) = shape.server.trigrams { return schema }
    return shape.organizations?.schema ?? shape.server.schema
  }

  private var named: [Index] {
    var indexes = [
      Index(
        name: "orgman_organizations_created", purpose: "Find organizations in the order of the data.",
        table: sql.organizations, definition: "(\(parenthesized(sql.createdOrder())), \(sql.idOrder()))"),
      Index(
        name: "orgman_organizations_name", purpose: "Find organizations by name, whatever the case.",
        table: sql.organizations, definition: "(\(sql.nameOrder()), \(sql.idOrder()))"),
      Index(
        name: "orgman_organizations_key", purpose: "Find out whether a name is taken.",
        table: sql.organizations, definition: "(\(sql.nameKey()))"),
      Index(
        name: "orgman_members_joined",
        purpose: "Find the members of an organization in the order of the data.",
        table: sql.members,
        definition: "(\(sql.memberOrganization()), \(parenthesized(sql.joinedOrder())), \(sql.userOrder()))"),
      Index(
        name: "orgman_members_user",
        purpose: "Find users in the order of their ids, and their organizations.",
        table: sql.members, definition: "(\(sql.userOrder()), \(sql.memberOrganization()))"),
    ]
    if shape.server.trigrams != .unavailable {
      indexes.append(
        Index(
          name: "orgman_organizations_text", purpose: "Find text in the middle of names and ids.",
          table: sql.organizations,
          definition: "using gin ((\(sql.searchText())) \(trigramSchema.asIdentifier).gin_trgm_ops)"))
    }
    return indexes
  }

  private func parenthesized(_ expression: String) -> String { "(\(expression))" }
}
