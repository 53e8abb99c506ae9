import OrgCore
import OrgViewModel
import Testing

/// What the list shows, at every size, against a plain way to work it out.
@Suite struct SizeTests {
  @Test(arguments: [0, 1, 7, 1_000, 10_000, 100_000])
  func `filters as a plain search does, key by key`(count: Int) throws {
    var random = SplitMix(state: UInt64(count))
    let organizations = Self.organizations(count, &random)
    let snapshot = InMemoryStore(organizations: organizations).snapshot()
    let texts = organizations.map { organization in
      [organization.name, organization.id, organization.stripeCustomerID ?? ""].map { $0.lowercased() }
    }
    let order = organizations.indices.sorted {
      (texts[$0][0], organizations[$0].id) < (texts[$1][0], organizations[$1].id)
    }
    var arrangement = Arrangement(snapshot, for: ListRequest())
    #expect(arrangement.rows == order.map(Int32.init))
    var hits = 0
    // As somebody types, and takes back, and goes on.
    let all = [
      "a", "ac", "acm", "acme 1", "acme 12", "acme", "cus_7", "cus_77 x", "straße", "zzz", "~ae9", "",
    ]
    // The plain way takes its time.
    for query in count > 10_000 ? ["acm", "acme 12"] : all {
      arrangement = Arrangement(snapshot, for: ListRequest(query: query), after: arrangement)
      let words = query.split(separator: " ").map(String.init)
      let expected = order.filter { index in
        words.allSatisfy { word in
          word.first == "~"
            ? texts[index].contains { Self.isInOrder(word.dropFirst(), $0) }
            : texts[index].contains { Self.contains(word, $0) }
        }
      }
      #expect(arrangement.rows == expected.map(Int32.init), "\(query)")
      hits += expected.count
    }
    #expect(count < 7 || hits > count / 10)
  }

  private static func contains(_ word: String, _ text: String) -> Bool {
    let (word, text) = (Array(word.utf8), Array(text.utf8))
    guard let last = word.last, word.count <= text.count else { return false }
    return (word.count - 1..<text.count).contains {
      text[$0] == last && text[$0 - word.count + 1...$0].elementsEqual(word)
    }
  }

  private static func isInOrder(_ part: Substring, _ text: String) -> Bool {
    var rest = Substring(part)
    for character in text where character == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }

  /// Names with much in common: many begin alike, some are the same, some aren't ASCII.
  static func organizations(_ count: Int, _ random: inout SplitMix) -> [Organization] {
    let words = [
      "Acme", "ACME", "acme", "Ångström", "Straße", "株式会社", "Very Long And Alike Name", "\u{1B}[2J",
    ]
    return (0..<count).map { number in
      Organization(
        id: "org_\(UInt32.random(in: 0...UInt32.max, using: &random))\(number)",
        name:
          "\(words[Int.random(in: 0..<words.count, using: &random)]) \(Int.random(in: 0...count, using: &random))",
        createdAt: Timestamp(microseconds: Int64.random(in: 0..<1 << 50, using: &random)),
        planTier: PlanTier.known[number % PlanTier.known.count],
        stripeCustomerID: number % 3 == 0 ? nil : "cus_\(Int.random(in: 0..<1000, using: &random))")
    }
  }
}
