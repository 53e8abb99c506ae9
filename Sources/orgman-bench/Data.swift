import Glibc
import OrgFileStore

/// The amount of data. Each scale is ten times the previous one.
enum Scale: String, CaseIterable, Codable {
  case small, documented, tenfold, hundredfold

  var organizations: Int {
    switch self {
    case .small: 1000
    case .documented: 10_000
    case .tenfold: 100_000
    case .hundredfold: 1_000_000
    }
  }

  var members: Int { organizations * 10 }
}

/// Generated data in the service's format. The bytes are the same in every run.
struct Sample {
  /// The data directory.
  let directory: String
  let scale: Scale
  /// An organization with ten members that is only used to measure the screen.
  private(set) var organization = ""
  /// Its last member, whose role is edited, and the one before, whose role another program
  /// changes. Neither is an owner.
  private(set) var user = ""
  private(set) var otherUser = ""

  var organizationsFile: String { directory + "/organizations.json" }
  var membersFile: String { directory + "/org_users.json" }
  /// The names of the organizations, one per line, for programs that filter lines.
  var namesFile: String { directory + "/names.txt" }

  /// Writes the files to an existing directory.
  init(_ scale: Scale, in directory: String) throws(BenchFailure) {
    self.directory = directory
    self.scale = scale
    var random = Generator(state: 20_261_122)
    var organizationsOutput = try OutputFile(organizationsFile)
    var membersOutput = try OutputFile(membersFile)
    var namesOutput = try OutputFile(namesFile)
    // Three times as many users as organizations: each user is in 3.3 organizations.
    let users = (0..<scale.organizations * 3).map { "user_\($0 + 1)_" + hex(8, &random) }
    // Each group of ten organizations has a hundred members in total; some have many and some have none.
    var counts = [0, 1, 2, 3, 4, 6, 10, 13, 19, 42]
    try organizationsOutput.write("{")
    try membersOutput.write("{")
    for number in 0..<scale.organizations {
      if number % counts.count == 0 { counts.shuffle(using: &random) }
      let count = counts[number % counts.count]
      let id = "org_" + uuid(&random)
      let name = pick(Self.names, &random) + " \(number + 1)"
      try namesOutput.write(name + "\n")
      try organizationsOutput.write((number == 0 ? "\n" : ",\n") + record(id, name, number, &random))
      try membersOutput.write((number == 0 ? "\n" : ",\n") + "  \"\(id)\": [")
      // Users at regular intervals in the list, so that no user occurs twice.
      let first = Int.random(in: 0..<users.count, using: &random)
      let step = 7 * scale.organizations / 100 + 1
      for member in 0..<count {
        let user = users[(first + member * step) % users.count]
        if organization.isEmpty, count == 10 { organization = id }
        let isChosen = organization == id
        if isChosen, member == count - 2 { otherUser = user }
        if isChosen, member == count - 1 { self.user = user }
        let role =
          member == 0
          ? "owner" : isChosen ? "member" : pick(["member", "member", "owner", "billing_admin"], &random)
        try membersOutput.write(
          """
          \(member == 0 ? "" : ",")
              {
                "org_id": "\(id)",
                "user_id": "\(user)",
                "role": "\(role)",
                "joined_at": "\(time(&random))"
              }
          """)
      }
      try membersOutput.write(count == 0 ? "]" : "\n  ]")
    }
    try organizationsOutput.write("\n}")
    try membersOutput.write("\n}")
    try organizationsOutput.finish()
    try membersOutput.finish()
    try namesOutput.finish()
  }

  /// An organization as written by Python's `json.dump` with an indent of two.
  private func record(_ id: String, _ name: String, _ number: Int, _ random: inout Generator) -> String {
    let lago = Bool.random(using: &random) ? "null" : "\"lago_cust_\(1000 + number)\""
    let stripe = Bool.random(using: &random) ? "null" : "\"cus_\(hex(14, &random))\""
    return """
        "\(id)": {
          "id": "\(id)",
          "name": "\(Self.escaped(name))",
          "created_at": "\(time(&random))",
          "plan_tier": "\(pick(Self.plans, &random))",
          "lago_customer_id": \(lago),
          "stripe_customer_id": \(stripe),
          "status": "\(pick(["active", "active", "active", "active", "active", "suspended", "deleted"], &random))"
        }
      """
  }

  /// Like Python, omits the microseconds if they are zero.
  private func time(_ random: inout Generator) -> String {
    func two(_ range: Range<Int>) -> String {
      let number = Int.random(in: range, using: &random)
      return number < 10 ? "0\(number)" : "\(number)"
    }
    let date = "202\(Int.random(in: 3..<7, using: &random))-\(two(1..<13))-\(two(1..<29))"
    let fraction =
      Int.random(in: 0..<20, using: &random) == 0 ? "" : ".\(two(10..<100))\(two(0..<100))\(two(0..<100))"
    return "\(date) \(two(0..<24)):\(two(0..<60)):\(two(0..<60))\(fraction)"
  }

  private func pick(_ choices: [String], _ random: inout Generator) -> String {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }

  private func hex(_ digits: Int, _ random: inout Generator) -> String {
    let text = String(random.next() >> (64 - 4 * UInt64(digits)), radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }

  private func uuid(_ random: inout Generator) -> String {
    "\(hex(8, &random))-\(hex(4, &random))-4\(hex(3, &random))-a\(hex(3, &random))-\(hex(12, &random))"
  }

  /// A text as Python writes it in JSON, without the quotes.
  private static func escaped(_ text: String) -> String {
    String(decoding: JSONText.encode(text).dropFirst().dropLast(), as: UTF8.self)
  }

  private static let plans = ["founders_friend", "founders_friend", "starter", "professional", "enterprise"]

  private static let names =
    ["Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Hooli", "Vandelay", "Wonka", "Tyrell"]
    .flatMap { first in ["Corp", "Labs", "Systems", "Group", "Energy", "Health"].map { "\(first) \($0)" } }
    + [
      "株式会社みらい", "Société Générale d'Édition", "🚀 Rocket Labs", "Ωmega & Sons", "Ünïted \"Quotes\"",
      "中文公司", "한국 소프트웨어", "Кириллица ООО", "שלום בעמ", "شركة الأمل", "Zoë's Bakery", "Ærø Marine",
    ]
}

/// SplitMix64, which yields the same numbers in every run.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
