import OrgCore
import Testing

@testable import OrgViewModel

/// What the list shows, at every size, against a plain way to work it out.
@Suite struct SizeTests {
  @Test(arguments: [0, 1, 7, 1_000, 10_000, 100_000])
  func `filters as a plain search does, key by key`(count: Int) throws {
    var random = SplitMix(state: UInt64(count))
    let organizations = Self.organizations(count, &random)
    let data = MemoryReader(organizations: organizations)
    let texts = organizations.map { organization in
      [organization.name, organization.id, organization.stripeCustomerID ?? ""].map { $0.lowercased() }
    }
    let order = organizations.indices.sorted {
      (texts[$0][0], organizations[$0].id) < (texts[$1][0], organizations[$1].id)
    }
    var organizationList = OrganizationList(data, for: ListRequest())
    #expect(organizationList.ids == order.map { organizations[$0].id })
    var hits = 0
    // As somebody types, and takes back, and goes on.
    let all = [
      "a", "ac", "acm", "acme 1", "acme 12", "acme", "cus_7", "cus_77 x", "straße", "zzz", "~ae9", "",
    ]
    // The plain way takes its time.
    for query in count > 10_000 ? ["acm", "acme 12"] : all {
      organizationList = OrganizationList(data, for: ListRequest(query: query), after: organizationList)
      let words = query.split(separator: " ").map(String.init)
      let expected = order.filter { index in
        words.allSatisfy { word in
          word.first == "~"
            ? texts[index].contains { Self.isInOrder(word.dropFirst(), $0) }
            : texts[index].contains { Self.contains(word, $0) }
        }
      }
      #expect(organizationList.ids == expected.map { organizations[$0].id }, "\(query)")
      hits += expected.count
    }
    #expect(count < 7 || hits > count / 10)
  }

  @Test(arguments: [0, 1, 7, 1_000, 10_000, 100_000])
  func `sorts as a plain sort does, by every column and both ways`(count: Int) {
    var random = SplitMix(state: UInt64(count) + 1)
    let organizations = Self.organizations(count, &random)
    let data = MemoryReader(organizations: organizations)
    var organizationList = OrganizationList(data, for: ListRequest())
    let places = Dictionary(uniqueKeysWithValues: organizations.enumerated().map { ($1.id, $0) })
    let byName = organizationList.ids.compactMap { places[$0] }
    for column in count > 10_000 ? [ListOrder.Column.plan, .created] : ListOrder.Column.allCases {
      for isDescending in [false, true] {
        organizationList = OrganizationList(
          data, for: ListRequest(order: ListOrder(column, isDescending: isDescending)),
          after: organizationList
        )
        // What is alike stays in the order of the names.
        let keys = organizations.map { organization -> Int64 in
          let value: Int64 =
            switch column {
            case .name, .members: 0
            case .plan: Int64(PlanTier.known.firstIndex(of: organization.planTier) ?? 0)
            case .status: Int64(Organization.Status.allCases.firstIndex(of: organization.status) ?? 0)
            case .created: organization.createdAt.microseconds
            }
          return isDescending ? -value : value
        }
        let expected =
          column == .name && isDescending
          ? byName.reversed()
          : byName.enumerated().sorted {
            (keys[$0.element], $0.offset) < (keys[$1.element], $1.offset)
          }.map(\.element)
        #expect(
          organizationList.ids == expected.map { organizations[$0].id },
          "\(column), descending: \(isDescending)")
      }
    }
  }

  @Test(arguments: [0, 1, 7, 1_000, 10_000, 100_000])
  func `marks stay on what was marked, whatever others do`(count: Int) {
    var random = SplitMix(state: UInt64(count) + 2)
    var organizations = Self.organizations(count, &random)
    func organizationList(_ revision: UInt64, _ query: String = "", after previous: OrganizationList? = nil)
      -> OrganizationList
    {
      OrganizationList(
        MemoryReader(organizations: organizations, revision: Revision(revision)),
        for: ListRequest(query: query), after: previous)
    }
    let viewport = Viewport(isWide: true, listRows: 20, detailRows: 20, helpRows: 20)
    let first = organizationList(1, "acme")
    var model = AppModel(first, viewport: viewport)
    _ = model.update(.markAll)
    var marked = Set(organizations.filter { $0.name.lowercased().contains("acme") }.map(\.id))
    #expect(model.markCount == marked.count)
    // Others take some away, put some in front, and change the order of the rest.
    organizations = organizations.filter { _ in Int.random(in: 0..<20, using: &random) > 0 }
    if organizations.count > 3 { organizations.swapAt(0, organizations.count - 1) }
    organizations.insert(
      Organization(id: "org_acme", name: "Acme", createdAt: Timestamp(microseconds: 0)),
      at: organizations.count / 2)
    _ = model.receive(organizationList(2, after: first))
    marked.formIntersection(organizations.map(\.id))
    #expect(model.markCount == marked.count)
    let shown = (0..<model.organizationList.count).filter { model.organizations.isMarked(row: $0) }
    #expect(Set(shown.map(model.organizationList.listing.id(at:))) == marked)
    _ = model.update(.unmarkAll)
    #expect(model.markCount == 0)
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

extension OrganizationList {
  fileprivate var ids: [String] { (0..<count).map(listing.id(at:)) }
}
