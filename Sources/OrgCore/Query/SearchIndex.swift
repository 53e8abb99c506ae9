import Glibc

/// What searching and sorting need to know of a snapshot, worked out once: for filtering as somebody types.
public final class SearchIndex: Sendable {
  /// What was worked out.
  public let snapshot: Snapshot
  /// Indices of the organizations by name, whatever the case, then by id.
  public let order: [Int32]
  let table: Table

  /// Looks at every organization of a snapshot once; not even that where they are those of an earlier index.
  public init(_ snapshot: Snapshot, after earlier: SearchIndex? = nil) {
    self.snapshot = snapshot
    if let earlier, let contents = snapshot.contents as? any RawFieldContents,
      contents.hasSameOrganizations(as: earlier.snapshot.contents)
    {
      table = earlier.table
      order = earlier.order
      return
    }
    let count = min(snapshot.contents.organizationCount, Int(Int32.max))
    guard count >= Self.leastToDivide else {
      table = Table(of: snapshot.contents, 0..<count)
      order = table.sorted(0..<count).map(\.index)
      return
    }
    let middle = count / 2
    let second = BackgroundTask { Table(of: snapshot.contents, middle..<count) }
    var table = Table(of: snapshot.contents, 0..<middle)
    table.add(second.value)
    self.table = table
    let whole = table
    let upper = BackgroundTask { whole.sorted(middle..<count) }
    order = table.merged(table.sorted(0..<middle), upper.value)
  }

  /// Organizations that one core has looked at before two would have.
  private static let leastToDivide = 4096

  func subject(at index: Int) -> some QuerySubject { Subject(table: table, index: index) }

  private struct Subject: QuerySubject {
    let table: Table
    let index: Int

    var status: Organization.Status { table.facts[index].status }
    func has(_ fields: OptionalFields) -> Bool { !table.facts[index].present.isDisjoint(with: fields) }
    var day: Int? { table.facts[index].createdAt.dayNumber }
    func isOnPlan(_ plan: [UInt8]) -> Bool { table.plans[Int(table.facts[index].plan)] == plan }

    func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      table.text.withUnsafeBytes {
        body(UnsafeRawBufferPointer(rebasing: $0[table.starts[index]..<table.starts[index + 1]]))
      }
    }
  }

  struct Table: Sendable {
    /// What words are looked for in, organization by organization; see `SearchText`.
    private(set) var text: [UInt8] = []
    /// Where each organization's text begins, and the end of the last.
    private(set) var starts: [Int] = []
    private(set) var facts: [Facts] = []
    /// The plans in lower case.
    private(set) var plans: [[UInt8]] = []
    private var planNumbers: [[UInt8]: Int32] = [:]
    /// The first few, as they are written: many organizations are on few plans.
    private var firstPlans: [[UInt8]] = []

    struct Facts: Sendable {
      var createdAt: Timestamp
      var plan: Int32
      var status: Organization.Status
      /// The optional fields that have a value.
      var present: OptionalFields
    }

    init(of contents: any SnapshotContents, _ indices: Range<Int>) {
      text.reserveCapacity(indices.count * 96)
      starts.reserveCapacity(indices.count + 1)
      facts.reserveCapacity(indices.count)
      let plain = contents as? any RawFieldContents
      for index in indices {
        if plain?.withRawFields(at: index, { add($0) }) == true { continue }
        add(contents.organization(at: index))
      }
      starts.append(text.count)
    }

    /// Adds organizations that follow.
    mutating func add(_ next: Table) {
      let shift = text.count
      var numbers = [Int32](repeating: 0, count: next.plans.count)
      for (plan, number) in next.planNumbers { numbers[Int(number)] = self.number(ofPlan: plan) }
      text += next.text
      starts += next.starts.dropFirst().lazy.map { $0 + shift }
      facts += next.facts.lazy.map { facts in
        var facts = facts
        facts.plan = numbers[Int(facts.plan)]
        return facts
      }
      planNumbers = [:]
    }

    mutating func add(_ organization: Organization) {
      starts.append(text.count)
      SearchText.append(organization, to: &text)
      add(
        number(ofPlan: Array(organization.planTier.utf8)), organization.createdAt, organization.status,
        OptionalFields { organization[$0] != nil })
    }

    mutating func add(_ organization: RawFieldOrganization) {
      starts.append(text.count)
      SearchText.append(organization, to: &text)
      add(
        number(ofPlan: organization.text(at: RawFieldOrganization.planPlace) ?? .init(start: nil, count: 0)),
        organization.createdAt, organization.status,
        OptionalFields(places: { organization.text(at: $0) != nil }))
    }

    private mutating func number(ofPlan plan: UnsafeRawBufferPointer) -> Int32 {
      // Looking at a few texts is faster than hashing one.
      for (number, known) in firstPlans.enumerated() where known.elementsEqual(plan) { return Int32(number) }
      return number(ofPlan: Array(plan))
    }

    private mutating func number(ofPlan plan: [UInt8]) -> Int32 {
      if let number = planNumbers[plan] { return number }
      let number = Int32(plans.count)
      planNumbers[plan] = number
      plans.append(Array(String(decoding: plan, as: UTF8.self).lowercased().utf8))
      if firstPlans.count < 8 { firstPlans.append(plan) }
      return number
    }

    private mutating func add(
      _ plan: Int32, _ createdAt: Timestamp, _ status: Organization.Status, _ present: OptionalFields
    ) {
      facts.append(Facts(createdAt: createdAt, plan: plan, status: status, present: present))
    }

    /// The beginning of a name, and whose it is: most names differ in it.
    struct Key: Sendable {
      var start: UInt64 = 0
      var next: UInt64 = 0
      let index: Int32
    }

    private func key(of index: Int, in text: UnsafeRawBufferPointer) -> Key {
      func number(_ first: Int) -> UInt64 {
        var number: UInt64 = 0
        for offset in first..<first + 8 {
          let place = starts[index] + offset
          guard place < starts[index + 1], text[place] != SearchText.separator else { break }
          number |= UInt64(text[place]) << UInt64((first + 7 - offset) * 8)
        }
        return number
      }
      let start = number(0)
      return Key(start: start, next: start & 0xFF == 0 ? 0 : number(8), index: Int32(index))
    }

    private func isBefore(_ left: Key, _ right: Key, in text: UnsafeRawBufferPointer) -> Bool {
      if left.start != right.start { return left.start < right.start }
      if left.next != right.next { return left.next < right.next }
      return isBefore(Int(left.index), Int(right.index), in: text)
    }

    /// Some organizations in their order.
    func sorted(_ indices: Range<Int>) -> [Key] {
      text.withUnsafeBytes { text in
        indices.map { key(of: $0, in: text) }.sorted { isBefore($0, $1, in: text) }
      }
    }

    /// Two orders as one.
    func merged(_ left: [Key], _ right: [Key]) -> [Int32] {
      text.withUnsafeBytes { text in
        var result: [Int32] = []
        result.reserveCapacity(left.count + right.count)
        var (next, other) = (0, 0)
        while next < left.count, other < right.count {
          if isBefore(right[other], left[next], in: text) {
            result.append(right[other].index)
            other += 1
          } else {
            result.append(left[next].index)
            next += 1
          }
        }
        result += left[next...].lazy.map(\.index)
        result += right[other...].lazy.map(\.index)
        return result
      }
    }

    private func isBefore(_ left: Int, _ right: Int, in text: UnsafeRawBufferPointer) -> Bool {
      var (left, right) = (starts[left], starts[right])
      // The name, then the id: each text ends before all that goes on behind it.
      for _ in 0..<2 {
        while text[left] == text[right], text[left] != SearchText.separator {
          left += 1
          right += 1
        }
        if text[left] != text[right] {
          return text[left] == SearchText.separator
            || text[right] != SearchText.separator && text[left] < text[right]
        }
        left += 1
        right += 1
      }
      return false
    }
  }
}

/// Contents that can show the values of most organizations as they stand, without making records of them.
package protocol RawFieldContents: SnapshotContents {
  /// Gives the values of an organization; false where they can't be shown as they stand.
  func withRawFields(at index: Int, _ body: (RawFieldOrganization) -> Void) -> Bool
  /// Whether all organizations are the same, in the same order; false where that can't be told fast.
  func hasSameOrganizations(as other: any SnapshotContents) -> Bool
  /// Gives the id of each member of an organization as UTF-8, and the role by its place among all roles.
  func forEachMember(at index: Int, _ body: (UnsafeRawBufferPointer, Int) -> Void)
  /// The indices of the organizations that differ from earlier contents, in their own fields or in their members,
  /// or are new; rising. `nil` where those that both have don't stand at the same indices, or that can't be told
  /// fast.
  func indicesOfChanges(since earlier: any SnapshotContents) -> [Int]?
}

/// The values of an organization as ASCII text, for as long as a closure runs.
package struct RawFieldOrganization {
  /// The range of a value.
  package struct Place: BitwiseCopyable, Sendable {
    let start: UInt32
    let end: UInt32

    /// - Parameter range: below 4 GB; stores read no larger files.
    package init(_ range: Range<Int>) {
      (start, end) = (UInt32(range.lowerBound), UInt32(range.upperBound))
    }

    /// Of a value that isn't there: no value begins where the text does.
    package init() { (start, end) = (0, 0) }

    /// `nil` for a value that isn't there.
    package var range: Range<Int>? { start == 0 ? nil : Int(start)..<Int(end) }
  }

  private let bytes: UnsafeRawBufferPointer
  private let places: UnsafeBufferPointer<Place>
  let createdAt: Timestamp
  let status: Organization.Status

  /// - Parameter places: where the values stand in the bytes, by the places of their keys in a record.
  package init(
    _ bytes: UnsafeRawBufferPointer, _ places: UnsafeBufferPointer<Place>, createdAt: Timestamp,
    status: Organization.Status
  ) {
    (self.bytes, self.places, self.createdAt, self.status) = (bytes, places, createdAt, status)
  }

  /// A value by the place of its key in a record; `nil` if the record has no value for it.
  func text(at place: Int) -> UnsafeRawBufferPointer? {
    places[place].range.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
  }

  static let planPlace = OrganizationKey.field(.planTier).place
}

/// A set of optional fields.
struct OptionalFields: OptionSet, Sendable, Hashable {
  /// One bit a field, by its place among the optional ones.
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The optional fields that pass a test.
  init(_ test: (OrganizationField) -> Bool) {
    var bits: UInt32 = 0
    for (place, field) in OrganizationField.optional.enumerated() where test(field) { bits |= 1 << place }
    rawValue = bits
  }

  /// The optional fields of which the place in a record passes a test.
  init(places test: (Int) -> Bool) {
    var bits: UInt32 = 0
    for (place, key) in Self.places.enumerated() where test(key) { bits |= 1 << place }
    rawValue = bits
  }

  private static let places = OrganizationField.optional.map { OrganizationKey.field($0).place }
}
