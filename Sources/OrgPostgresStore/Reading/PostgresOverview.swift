import OrgCore

extension PostgresReader {
  /// What there is, counted by the server.
  func overview() throws(OrgError) -> Overview {
    let organizations = tables.organizations
    let absences = OrganizationField.optional.map { "count(*) filter (where \(tables.text($0)) is null)" }
    let allAbsent = OrganizationField.optional.map { "\(tables.text($0)) is null" }.joined(separator: " and ")
    let counts = "select o.id, \(tables.memberCount) as members from \(organizations) o"
    let answers = try ask([
      """
      select count(*), count(*) filter (where \(raw: allAbsent.isEmpty ? "true" : allAbsent)), \
      \(raw: (absences + ["0"]).joined(separator: ", ")) from \(raw: organizations) o
      """,
      "select \(raw: tables.status), count(*) from \(raw: organizations) o group by 1",
      """
      select \(raw: tables.lowercase(tables.plan)), min(\(raw: tables.plan)), count(*) from \(raw: organizations) o group by 1
      """,
      """
      select count(*) filter (where \(raw: tables.count(of: .owner)) = 0), \
      count(*) filter (where \(raw: tables.memberCount) = 0) from \(raw: organizations) o
      """,
      """
      select \(raw: tables.rowColumns) from (\(raw: counts) order by members desc, o.id limit \(Overview.topCount)) top \
      join \(raw: organizations) o using (id) where top.members > 0 order by top.members desc, \(raw: tables.dataOrder)
      """,
      """
      select \(raw: tables.organizationColumns) from \(raw: organizations) o \
      order by \(raw: tables.creation) desc, o.id limit \(Overview.topCount)
      """,
    ])
    var overview = Overview()
    overview.organizationCount = answers[0].number(0, 0) ?? 0
    overview.withoutOptional = answers[0].number(0, 1) ?? 0
    for (place, field) in OrganizationField.optional.enumerated() {
      overview.absences[field] = answers[0].number(0, 2 + place).flatMap { $0 > 0 ? $0 : nil }
    }
    for row in 0..<answers[1].count {
      let status = answers[1].text(row, 0).flatMap(Organization.Status.init(rawValue:)) ?? .active
      overview.statuses[status, default: 0] += answers[1].number(row, 1) ?? 0
    }
    for row in 0..<answers[2].count {
      let name = answers[2].text(row, 1) ?? ""
      overview.plans[answers[2].text(row, 0) ?? ""] = (name, answers[2].number(row, 2) ?? 0)
    }
    var members = Overview.Members()
    members.ownerless = answers[3].number(0, 0) ?? 0
    members.memberless = answers[3].number(0, 1) ?? 0
    members.largest = (0..<answers[4].count).map { row in
      (tables.organization(answers[4], row).0, answers[4].number(row, Tables.organizationWidth) ?? 0)
    }
    overview.members = members
    overview.newest = (0..<answers[5].count).map { tables.organization(answers[5], $0).0 }
    return overview
  }
}
