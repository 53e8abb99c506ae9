import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore
import SystemPackage

/// Sample data to explore: the same 200 organizations and 2,000 members every time.
enum Demo {
  static let organizationCount = 200
  static let memberCount = 2000

  /// Creates a temporary directory with the sample.
  static func create() throws(OrgError) -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/orgman-demo-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw OrgError(
        Errno(rawValue: errno), "No directory for the demo can be made in \(base.escapedForDisplay)")
    }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try FileStore.create(at: directory)
    _ = try FileStore(path: directory).commit(ChangeSet(changes { $0 }))
    return directory
  }

  /// Removes the directory of the demo.
  static func remove(_ directory: String) {
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// The changes that create the sample.
  ///
  /// - Parameter storedID: makes the id that a store has of one that files have.
  static func changes(_ storedID: (String) -> String) -> [Change] {
    var random = Generator(state: 20_261_122)
    var changes: [Change] = []
    let start = Timestamp("2024-01-01 00:00:00")?.microseconds ?? 0
    func time() -> Timestamp {
      Timestamp(microseconds: start + Int64.random(in: 0..<60_000_000_000_000, using: &random))
    }
    func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int.random(in: 0..<elements.count, using: &random)]
    }
    for number in 0..<organizationCount {
      let id = storedID("org_" + uuid(&random))
      let name = number < others.count ? others[number] : "\(pick(firsts)) \(pick(seconds)) \(number)"
      changes.append(
        .createOrganization(
          Organization(
            id: id, name: name, createdAt: time(), planTier: pick(PlanTier.known + PlanTier.known.prefix(2)),
            lagoCustomerID: Bool.random(using: &random) ? "lago_cust_\(1000 + number)" : nil,
            stripeCustomerID: Bool.random(using: &random) ? "cus_\(uuid(&random).prefix(8))" : nil,
            status: pick([.active, .active, .active, .active, .active, .active, .suspended, .deleted]))))
      // Some have many members and some have few; every ten organizations have a hundred in total.
      let count = [4, 1, 12, 7, 31, 3, 9, 18, 2, 13][(number * 7 + number / 10) % 10]
      var people: Set<String> = []
      while people.count < count {
        let person = "\(pick(names)).\(pick(letters))\(Int.random(in: 1..<40, using: &random))"
        guard people.insert(person).inserted else { continue }
        let role: Role =
          people.count == 1 ? .owner : pick([.member, .member, .member, .member, .billingAdmin, .owner])
        changes.append(.addMember(OrgUser(organizationID: id, userID: person, role: role, joinedAt: time())))
      }
    }
    return changes
  }

  private static func uuid(_ random: inout Generator) -> String {
    func hex(_ digits: Int) -> String {
      let text = String(random.next() >> (64 - 4 * UInt64(digits)), radix: 16)
      return String(repeating: "0", count: digits - text.count) + text
    }
    return "\(hex(8))-\(hex(4))-4\(hex(3))-a\(hex(3))-\(hex(12))"
  }

  private static let others = [
    "株式会社みらい", "Société Générale d'Édition", "🚀 Rocket Labs", "Ωmega & Sons", "Ünïted \"Quotes\"", "中文公司",
    "한국 소프트웨어", "Кириллица ООО", "שלום בעמ", "شركة الأمل", "Zoë's Bakery", "Ærø Marine",
  ]
  private static let firsts = [
    "Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Hooli", "Vandelay", "Wonka", "Tyrell",
    "Soylent", "Aperture",
  ]
  private static let seconds = [
    "Corp", "Industries", "Labs", "Systems", "Holdings", "Group", "Partners", "Networks", "Foods", "Energy",
    "Health",
  ]
  private static let names = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj",
    "olivia",
    "peggy", "rupert", "sybil", "trent", "victor", "wendy", "yuki",
  ]
  private static let letters = ["a", "b", "c", "d", "e", "f", "g", "h", "k", "m", "p", "s", "t", "w"]

  /// SplitMix64, which yields the same numbers in every run.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
