import Glibc

/// Moving all the data: from the database to files, and from these to an empty database on the same server.
struct MigrationRows {
  let sample: DatabaseSample
  /// A directory that exists.
  let directory: String
  let runs: Int

  private static let database = "orgman_bench_moved"
  private var program: String { get throws(BenchFailure) { try Program.path } }
  /// The number of records.
  private var count: Int { sample.scale.organizations + sample.scale.members }
  /// The address of the empty database; a later value of a keyword replaces an earlier one.
  private var target: String {
    guard sample.address.contains("://") else { return sample.address + " dbname=" + Self.database }
    return sample.address + (sample.address.contains("?") ? "&" : "?") + "dbname=" + Self.database
  }

  func measure() throws(BenchFailure) -> [Figure] {
    let server = try Psql(sample.address)
    var (there, back, copied): ([Double], [Double], [Double]) = ([], [], [])
    defer { _ = try? server.run("drop database if exists \(Self.database);") }
    for run in 0..<(sample.scale == .hundredfold ? 1 : max(3, runs / 8)) {
      let files = "\(directory)/files\(run)"
      back.append(try move(sample.address, files))
      try server.run("drop database if exists \(Self.database); create database \(Self.database);")
      there.append(try move(files, target))
      copied.append(try copy())
      for name in ["organizations.json", "org_users.json"] { unlink("\(files)/\(name)") }
    }
    return [
      figure(.migrate, there), figure(.migrateBack, back),
      Figure(.copyIn, sample.scale, copied, ofDatabase: true),
    ]
  }

  private func figure(_ row: Row, _ rates: [Double]) -> Figure {
    Figure(row, sample.scale, rates, note: "\(count.grouped) records, compared at the end", ofDatabase: true)
  }

  /// Moves all records, and returns how many it were in a second.
  private func move(_ from: String, _ to: String) throws(BenchFailure) -> Double {
    Double(count) / (try run([try program, "migrate", "--yes", from, to]) / 1000)
  }

  /// What it takes at least: members into a table that has their indexes and nothing else, in one statement.
  private func copy() throws(BenchFailure) -> Double {
    let file = directory + "/members"
    defer { unlink(file) }
    let psql = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", target, "-c"]
    _ = try run(psql + ["\\copy organization_members to '\(file)'"])
    _ = try run(psql + ["create table plain (like organization_members including all)"])
    return Double(sample.scale.members) / (try run(psql + ["\\copy plain from '\(file)'"]) / 1000)
  }
}
