import OrgCore

extension PostgresReader {
  func overview() throws(OrgError) -> Overview { try overview { _ in } }

  func overview(counted: (Overview) -> Void) throws(OrgError) -> Overview {
    var overview = try organizationCounts()
    counted(overview)
    overview.members = try memberCounts(of: overview.organizationCount)
    counted(overview)
    overview.sharedBillingIDs = try sharedBillingIDs(limit: Overview.topCount)
    counted(overview)
    overview.similarNameCount = try similarNameCount()
    return overview
  }

  private func similarNameCount() throws(OrgError) -> Int {
    let start = monotonicMilliseconds()
    if !readsOneMoment, let known = database.similarNames.withLock({ $0 }), known.isCurrent(at: start) {
      return known.value
    }
    let count = try ask("select sum(n)::bigint from (\(raw: tables.similarNames)) alike").number(0, 0) ?? 0
    database.similarNames.withLock {
      $0 = RareCount(value: count, time: start...max(start, monotonicMilliseconds()))
    }
    return count
  }

  func sharedBillingIDs(limit: Int) throws(OrgError) -> [SharedBillingID] {
    let organizations = tables.organizations
    let names = "(array_agg(\(tables.text(.name)) order by \(tables.dataOrder)))"
    var found: [SharedBillingID] = []
    for field in OrganizationField.optional {
      let value = tables.text(field)
      // Names are looked up for the few that there are at the end, not for all.
      let rows = try ask(
        """
        with shared as materialized (select \(raw: value) as id, count(*) as n from \(raw: organizations) o \
        where \(raw: value) is not null group by 1 having count(*) > 1 order by 2 desc, 1 limit \(limit)) \
        select shared.id, shared.n, \(raw: (1...SharedBillingID.nameLimit).map { "\(names)[\($0)]" }.joined(separator: ", ")) \
        from shared join \(raw: organizations) o on \(raw: value) = shared.id group by 1, 2 order by 2 desc, 1
        """)
      found += (0..<rows.count).map { row in
        SharedBillingID(
          field, rows.text(row, 0) ?? "", count: rows.number(row, 1) ?? 0,
          names: (0..<SharedBillingID.nameLimit).compactMap { rows.text(row, 2 + $0) })
      }
    }
    return Array(
      found.sorted { ($1.count, $0.field.rawValue, $0.value) < ($0.count, $1.field.rawValue, $1.value) }
        .prefix(limit))
  }

  /// What is known of the organizations without their members: one look at each, which several processes of the server
  /// share.
  private func organizationCounts() throws(OrgError) -> Overview {
    let organizations = tables.organizations
    let optional = OrganizationField.optional
    let absences = optional.map { "\(tables.text($0)) is null" }
    let places = (1...2 + absences.count).map(String.init).joined(separator: ", ")
    let answers = try ask([
      """
      select \(raw: ([tables.status, tables.plan] + absences).joined(separator: ", ")), count(*) \
      from \(raw: organizations) o group by \(raw: places)
      """,
      """
      select \(raw: tables.organizationColumns) from \(raw: organizations) o \
      order by \(raw: tables.creation) desc, o.id limit \(Overview.topCount)
      """,
    ])
    var overview = Overview()
    for row in 0..<answers[0].count {
      let count = answers[0].number(row, 2 + absences.count) ?? 0
      let status = answers[0].text(row, 0).flatMap(Organization.Status.init(rawValue:)) ?? .active
      let plan = answers[0].text(row, 1) ?? ""
      overview.organizationCount += count
      overview.statuses[status, default: 0] += count
      overview.plans[plan.lowercased(), default: (plan, 0)].count += count
      var hasAny = false
      for (place, field) in optional.enumerated() {
        if answers[0].isTrue(row, 2 + place) {
          overview.absences[field, default: 0] += count
        } else {
          hasAny = true
        }
      }
      if !hasAny { overview.withoutOptional += count }
    }
    overview.newest = (0..<answers[1].count).map { tables.organization(answers[1], $0).0 }
    return overview
  }

  /// What is known of the members: from the counts of each organization, where they are kept.
  private func memberCounts(of organizationCount: Int) throws(OrgError) -> Overview.Members {
    let organizations = tables.organizations
    let counts =
      tables.isInstalled
      ? """
      select organization, sum(members)::bigint as members, bool_or(role = 'owner') as is_owned, \
      bool_and(role = 'billing_admin') as sees_to_billing from orgman.role_count
      """
      : """
      select \(tables.memberOrganization) as organization, count(*) as members, bool_or(\(tables.role) = 'owner') as is_owned, \
      bool_and(\(tables.role) = 'billing_admin') as sees_to_billing \
      from \(tables.members) m
      """
    let rows = try ask(
      """
      with counts as materialized (\(raw: counts) group by 1), \
      largest as (select organization, members from counts where members >= (select min(members) from \
      (select members from counts order by members desc limit \(Overview.topCount)) most)) \
      select \(raw: tables.rowColumns), largest.members, sums.all_of_them, sums.owned, suspended.n \
      from (select count(*) as all_of_them, count(*) filter (where is_owned) as owned from counts) sums \
      cross join (select count(*) as n from counts join \(raw: organizations) o on o.id = counts.organization \
      where sees_to_billing and \(raw: tables.status) = 'suspended') suspended \
      left join (largest join \(raw: organizations) o on o.id = largest.organization) on true \
      order by largest.members desc, \(raw: tables.dataOrder) limit \(Overview.topCount)
      """, without: ["enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan"])
    var members = Overview.Members()
    let column = Tables.organizationWidth + 1
    members.memberless = max(0, organizationCount - (rows.number(0, column + 1) ?? 0))
    members.ownerless = max(0, organizationCount - (rows.number(0, column + 2) ?? 0))
    members.suspendedForBilling = rows.number(0, column + 3) ?? 0
    members.largest = (0..<rows.count).compactMap { row in
      rows.number(row, column).map { (tables.organization(rows, row).0, $0) }
    }
    return members
  }
}
