import ArgumentParser
import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

/// Measures the store on data of its own making and prints what it saw.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orgman-bench", abstract: "Measure orgman's store on generated data, and print a table.")

  @Option(help: "How much data: small, documented or tenfold.")
  var scale = Scale.documented

  @Option(help: "How often each figure is measured.")
  var runs = 25

  enum Scale: String, ExpressibleByArgument {
    case small, documented, tenfold

    var organizations: Int {
      switch self {
      case .small: 1000
      case .documented: 10_000
      case .tenfold: 100_000
      }
    }
  }

  func run() throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "orgman-bench-\(UUID().uuidString)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileStore.create(at: directory)
    try Sample.fill(directory, organizations: scale.organizations)
    let clock = ContinuousClock()
    var table: [(name: String, times: [Duration])] = []
    func measure(_ name: String, _ count: Int, _ body: (Int) throws -> Void) rethrows {
      var times: [Duration] = []
      for run in 0..<count { times.append(try clock.measure { try body(run) }) }
      table.append((name, times.sorted()))
    }

    let members = try Data(contentsOf: URL(filePath: directory + "/org_users.json"))
    try measure("floor: write org_users.json anew, fsync, rename", runs) { _ in
      try writeDurably(members, to: directory + "/floor")
    }
    try FileManager.default.removeItem(atPath: directory + "/floor")
    try measure("open and read both files", max(3, runs / 5)) { _ in
      _ = try FileStore(path: directory).snapshot()
    }
    let store = try FileStore(path: directory)
    let manager = OrgManager(store: store)
    let ids = try manager.snapshot().organizations.map(\.id)
    _ = try manager.updatePlan(of: ids[0], to: "starter")
    try measure("role edit, durable", runs) { run in
      let id = ids[(run * 7919) % ids.count]
      let member = try manager.users(of: id)[0]
      try manager.updateRole(
        of: member.userID, in: id, to: member.role == .owner ? .member : .owner, allowingOwnerless: true)
    }
    try measure("1,000 role edits in one change set", max(3, runs / 5)) { run in
      let snapshot = try manager.snapshot()
      let changes = (0..<1000).map { index -> Change in
        let member = snapshot.members(of: ids[(index * 9) % ids.count])[(index * 9) / ids.count]
        let role: Role = member.role == .owner ? .member : .owner
        return .setRole(user: member.userID, organization: member.organizationID, from: member.role, to: role)
      }
      try manager.commit(ChangeSet(changes, allowsOwnerless: true))
    }
    try measure("open after that, with recovery", max(3, runs / 5)) { _ in
      _ = try FileStore(path: directory).maintain()
    }
    print("| \(scale.rawValue): \(ids.count) organizations, \(ids.count * 10) members | median | slowest |")
    print("|---|---:|---:|")
    for row in table {
      print(
        "| \(row.name) | \(row.times[row.times.count / 2].milliseconds) ms | \(row.times[row.times.count - 1].milliseconds) ms |"
      )
    }
  }
}

/// What any durable change of a file costs at the least that replaces it as a whole.
private func writeDurably(_ data: Data, to path: String) throws {
  let draft = path + ".new"
  let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  let written = data.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  guard written == data.count, fsync(file) == 0, close(file) == 0, rename(draft, path) == 0 else {
    throw OrgError(.system, "The floor can't be measured in \(path).", errno: errno)
  }
}

extension Duration {
  fileprivate var milliseconds: String {
    let tenths = Int((self / .milliseconds(1) * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// Data in the form of the service, the same every time.
enum Sample {
  static func fill(_ directory: String, organizations count: Int) throws {
    var organizations = "{"
    var users = "{"
    for number in 0..<count {
      let digits = String(number)
      let id = "org_00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
      organizations += """
        \(number == 0 ? "" : ",")
          "\(id)": {
            "id": "\(id)",
            "name": "Organization \(number)",
            "created_at": "2026-01-01 00:00:00.123456",
            "plan_tier": "\(PlanTier.known[number % 4])",
            "lago_customer_id": \(number % 3 == 0 ? "null" : "\"lago_cust_\(number)\""),
            "stripe_customer_id": null,
            "status": "active"
          }
        """
      users += "\(number == 0 ? "" : ",")\n  \"\(id)\": ["
      for member in 0..<10 {
        users += """
          \(member == 0 ? "" : ",")
              {
                "org_id": "\(id)",
                "user_id": "user_0000000-0000-4000-8000-\((number * 10 + member) % (count * 3))",
                "role": "\(member == 0 ? "owner" : "member")",
                "joined_at": "2026-02-02 00:00:00.654321"
              }
          """
      }
      users += "\n  ]"
    }
    try Data((organizations + "\n}").utf8).write(to: URL(filePath: directory + "/organizations.json"))
    try Data((users + "\n}").utf8).write(to: URL(filePath: directory + "/org_users.json"))
  }
}
