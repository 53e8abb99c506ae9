import OrgCore

/// What searching and sorting need to know of a snapshot, worked out once: for filtering as somebody types.
final class SearchIndex: Sendable {
  /// What was worked out.
  let snapshot: Snapshot
  /// Indices of the organizations by name, whatever the case, then by id.
  let order: [Int32]
  /// The rank of each organization in that order, by its index.
  let ranks: [Int32]
  let table: Table

  /// Looks at every organization of a snapshot once; not even that where they are those of an earlier index.
  init(_ snapshot: Snapshot, after earlier: SearchIndex? = nil) {
    self.snapshot = snapshot
    if let earlier, snapshot.contents.hasSameOrganizations(as: earlier.snapshot.contents) {
      (table, order, ranks) = (earlier.table, earlier.order, earlier.ranks)
      return
    }
    let count = min(snapshot.contents.organizationCount, Int(Int32.max))
    guard count >= Self.leastToDivide else {
      table = Table(of: snapshot.contents, 0..<count)
      order = table.sorted(0..<count).map(\.index)
      ranks = order.ranks
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
    ranks = order.ranks
  }

  /// Organizations that one core has looked at before two would have.
  private static let leastToDivide = 4096

  // MARK: Matching

  /// Whether the organization at an index matches a query.
  func matches(_ query: Query, at index: Int) -> Bool {
    table.withSubjects { query.matches($0(index), at: index, in: snapshot) }
  }

  /// Those of some organizations that match a query, in their order; two cores look at many.
  func filter(_ indices: [Int32], _ query: Query) -> [Int32] {
    guard !query.isEmpty else { return indices }
    guard indices.count >= Self.leastToDivide else { return matching(indices[...], query) }
    let middle = indices.count / 2
    let second = BackgroundTask { self.matching(indices[middle...], query) }
    return matching(indices[..<middle], query) + second.value
  }

  private func matching(_ indices: ArraySlice<Int32>, _ query: Query) -> [Int32] {
    table.withSubjects { subject in
      indices.filter { query.matches(subject(Int($0)), at: Int($0), in: snapshot) }
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
    /// The same in one text, and where each begins, and the end of the last.
    private var planText: [UInt8] = []
    private var planStarts = [0]
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

    /// Calls a function with what gives the organization at an index as queries look at it, for as long as it runs.
    func withSubjects<Result>(_ body: ((Int) -> QuerySubject) -> Result) -> Result {
      text.withUnsafeBytes { text in
        planText.withUnsafeBytes { plans in
          body { index in
            let facts = facts[index]
            let plan = Int(facts.plan)
            return QuerySubject(
              status: facts.status, createdAt: facts.createdAt, present: facts.present,
              plan: UnsafeRawBufferPointer(rebasing: plans[planStarts[plan]..<planStarts[plan + 1]]),
              text: UnsafeRawBufferPointer(rebasing: text[starts[index]..<starts[index + 1]]))
          }
        }
      }
    }

    init(of contents: FileContents, _ indices: Range<Int>) {
      text.reserveCapacity(indices.count * 96)
      starts.reserveCapacity(indices.count + 1)
      facts.reserveCapacity(indices.count)
      for index in indices {
        if contents.withRawFields(at: index, { add($0) }) { continue }
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
      planText += plans[plans.count - 1]
      planStarts.append(planText.count)
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

extension [Int32] {
  /// The inverse of this permutation of the numbers from zero.
  var ranks: [Int32] {
    [Int32](unsafeUninitializedCapacity: count) { ranks, size in
      size = count
      for (place, number) in enumerated() { ranks[Int(number)] = Int32(truncatingIfNeeded: place) }
    }
  }
}

extension SearchText {
  private static let places = keys.map(\.place)

  /// Adds what words are looked for in, of values that are plain ASCII.
  static func append(_ organization: RawFieldOrganization, to text: inout [UInt8]) {
    for place in places {
      guard let part = organization.text(at: place) else { continue }
      let start = text.count
      text.append(contentsOf: part)
      text.append(separator)
      text.withUnsafeMutableBytes { text in
        for place in start..<start + part.count {
          let byte = text[place]
          text[place] = byte | (byte &- 0x41 < 26 ? 0x20 : 0)
        }
      }
    }
  }
}
