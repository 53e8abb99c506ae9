import Glibc

/// Other programs on the same database, and the cost of what the server does alone.
struct DatabasePeers {
  let sample: DatabaseSample
  let runs: Int

  func measure(_ row: Row) throws(BenchFailure) -> Figure {
    switch row {
    case .psql:
      let page =
        "select id, name, plan_tier, status from organizations order by lower(name) collate \"C\", id limit 30"
      return try time(row, ["psql", "-X", "-c", page, sample.address])
    case .pgcli:
      guard find("pgcli") != nil else { return Figure(row, missing: "pgcli") }
      return try time(row, ["pgcli", "--list", sample.address])
    case .copy:
      return try time(
        row, ["psql", "-X", "-c", "copy (select id from organizations) to stdout", sample.address])
    case .update: return try update()
    default: throw BenchFailure("\(row.rawValue) doesn't measure another program.")
    }
  }

  private func time(_ row: Row, _ arguments: [String]) throws(BenchFailure) -> Figure {
    var samples: [Double] = []
    for number in 0...max(3, runs / 3) {
      let taken = try run(arguments)
      if number > 0 { samples.append(taken) }
    }
    return Figure(row, sample.scale, samples)
  }

  /// What it takes at least to change one role durably, at the pace at which the edit is measured: the triggers run here,
  /// too. One statement right after the other takes half of that, for everything is in the processor's caches.
  private func update() throws(BenchFailure) -> Figure {
    let psql = try Psql(sample.address)
    var samples: [Double] = []
    for run in 0..<Warming.writes + runs {
      let role = run % 2 == 0 ? "billing_admin" : "member"
      usleep(60_000)
      let time = try psql.time(
        """
        update organization_members set role = '\(role)' where org_id = '\(sample.organization)' \
        and user_id = '\(sample.user)';
        """)
      if run >= Warming.writes { samples.append(time) }
    }
    return Figure(.update, sample.scale, samples)
  }
}
