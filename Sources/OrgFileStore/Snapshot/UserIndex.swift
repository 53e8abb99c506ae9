import Glibc
import OrgCore

/// Which organizations every user is in, worked out once: for those who look at users rather than organizations.
///
/// Rows are users in the order of their ids, byte by byte. A million memberships take about 20 bytes each, and no
/// string.
struct UserIndex: Sendable {
  /// What the users were taken from; organizations are named by their indices in it.
  let snapshot: Snapshot
  /// The ids, one behind the other, each followed by `SearchText.separator`.
  private var text: [UInt8] = []
  /// Where each id begins, and the end of the last.
  private var starts: NumberList = [0]
  /// The ids in lower case, and where each begins: the same arrays where the ids are that already.
  private(set) var folded: [UInt8] = []
  private(set) var foldedStarts: NumberList = []
  /// Where each user's memberships begin, and the end of the last.
  private(set) var firsts: NumberList = [0]
  /// User by user, organizations rising: `Membership` as numbers.
  private(set) var memberships: NumberList = []
  /// User by user, how many memberships have each role, in the order of the roles.
  private(set) var counts: [Int32] = []

  /// One organization of a user as a number: however many roles there are, each has one of its own.
  struct Membership: Equatable {
    let organization: Int
    /// By its place among all roles.
    let role: Int

    init(organization: Int, role: Int) {
      (self.organization, self.role) = (organization, role)
    }

    init(number: Int, roles: Int = Role.inFiles.count) {
      (organization, role) = number.quotientAndRemainder(dividingBy: roles)
    }

    /// Rises with the organization.
    func number(roles: Int = Role.inFiles.count) -> Int { organization * roles + role }
  }

  /// Looks at every member of a snapshot once; with an earlier index, only at those of organizations that changed
  /// since, where that can be told fast.
  ///
  /// - Parameters:
  ///   - snapshot: the data.
  ///   - earlier: an index of an earlier snapshot of the same store.
  init(_ snapshot: Snapshot, after earlier: UserIndex? = nil) {
    self.snapshot = snapshot
    let contents = snapshot.contents
    guard let earlier, let changed = contents.indicesOfChanges(since: earlier.snapshot.contents) else {
      merge(nil, except: [], Additions(0..<contents.organizationCount, of: contents))
      return
    }
    if changed.isEmpty {
      (text, starts) = (earlier.text, earlier.starts)
      (folded, foldedStarts) = (earlier.folded, earlier.foldedStarts)
      (firsts, memberships, counts) = (earlier.firsts, earlier.memberships, earlier.counts)
    } else {
      merge(earlier, except: changed, Additions(changed, of: contents))
    }
  }

  // MARK: Looking up

  /// How many users there are.
  var count: Int { starts.count - 1 }

  /// A user, and how many organizations have them in which role.
  func user(at row: Int) -> UserSummary {
    UserSummary(id: String(decoding: text[range(row)], as: UTF8.self), roles: roleCounts(at: row))
  }

  /// How many organizations have a user in each role.
  func roleCounts(at row: Int) -> RoleCounts {
    var roles = RoleCounts()
    for (place, role) in Role.inFiles.enumerated() {
      roles[role] = Int(counts[row * Role.inFiles.count + place])
    }
    return roles
  }

  /// Where a user stands; `nil` for one who is in no organization.
  func row(of user: String) -> Int? {
    var user = user
    return user.withUTF8 { bytes in
      text.withUnsafeBytes { text in
        var (low, high) = (0, count)
        while low < high {
          let middle = (low + high) / 2
          let order = Self.compare(
            UnsafeRawBufferPointer(rebasing: text[range(middle)]), UnsafeRawBufferPointer(bytes))
          if order == 0 { return middle }
          if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
      }
    }
  }

  /// The indices of a user's organizations, rising.
  func organizations(at row: Int) -> [Int] {
    (firsts[row]..<firsts[row + 1]).map { Membership(number: memberships[$0]).organization }
  }

  private func range(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] - 1 }

  private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let first = left.baseAddress, let second = right.baseAddress {
      let order = Int(memcmp(first, second, common))
      if order != 0 { return order }
    }
    return left.count - right.count
  }

  // MARK: Making

  /// Members to be added, in the order of the users' ids.
  private struct Additions {
    private(set) var text: [UInt8] = []
    private(set) var entries: [Entry] = []

    struct Entry {
      /// The eight bytes behind what all ids have in common: mostly enough to compare two.
      var key: UInt64 = 0
      let start: Int
      let length: Int
      /// A `Membership` as a number.
      let membership: Int
    }

    init(_ organizations: some Sequence<Int>, of contents: FileContents) {
      for index in organizations {
        contents.members.forEach(at: index) { add($0, Membership(organization: index, role: $1)) }
      }
      sort()
    }

    private mutating func add(_ id: UnsafeRawBufferPointer, _ membership: Membership) {
      entries.append(Entry(start: text.count, length: id.count, membership: membership.number()))
      text.append(contentsOf: id)
    }

    private mutating func sort() {
      text.withUnsafeBytes { text in
        let common = Self.commonPrefix(of: entries, in: text)
        for place in entries.indices {
          let entry = entries[place]
          var key: UInt64 = 0
          for offset in common..<common + 8 {
            key = key << 8 | UInt64(offset < entry.length ? text[entry.start + offset] : 0)
          }
          entries[place].key = key
        }
        entries.sort { left, right in
          guard left.key == right.key else { return left.key < right.key }
          let order = UserIndex.compare(Self.id(left, in: text), Self.id(right, in: text))
          return order == 0 ? left.membership < right.membership : order < 0
        }
      }
    }

    static func id(_ entry: Entry, in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: text[entry.start..<entry.start + entry.length])
    }

    private static func commonPrefix(of entries: [Entry], in text: UnsafeRawBufferPointer) -> Int {
      guard let first = entries.first else { return 0 }
      let model = id(first, in: text)
      var common = model.count
      for entry in entries {
        let id = id(entry, in: text)
        common = min(common, id.count)
        while !id[..<common].elementsEqual(model[..<common]) { common -= 1 }
      }
      return common
    }
  }

  /// Takes over the memberships of an earlier index, those of changed organizations left out, and the new ones.
  private mutating func merge(_ earlier: UserIndex?, except changed: [Int], _ additions: Additions) {
    var isChanged = [Bool](repeating: false, count: (changed.max() ?? -1) + 1)
    for index in changed { isChanged[index] = true }
    memberships.reserveCapacity((earlier?.memberships.count ?? 0) + additions.entries.count)
    additions.text.withUnsafeBytes { new in
      (earlier?.text ?? []).withUnsafeBytes { old in
        func oldID(_ row: Int) -> UnsafeRawBufferPointer {
          UnsafeRawBufferPointer(rebasing: old[earlier?.range(row) ?? 0..<0])
        }
        var row = 0
        var next = 0
        while row < earlier?.count ?? 0 || next < additions.entries.count {
          let order =
            row == earlier?.count ?? 0
            ? 1
            : next == additions.entries.count
              ? -1 : Self.compare(oldID(row), Additions.id(additions.entries[next], in: new))
          let id = order <= 0 ? oldID(row) : Additions.id(additions.entries[next], in: new)
          let first = memberships.count
          if order <= 0, let earlier {
            for place in earlier.firsts[row]..<earlier.firsts[row + 1] {
              let number = earlier.memberships[place]
              let organization = Membership(number: number).organization
              if organization >= isChanged.count || !isChanged[organization] { memberships.append(number) }
            }
            row += 1
          }
          if order >= 0 {
            let isMixed = memberships.count > first
            while next < additions.entries.count,
              Self.compare(Additions.id(additions.entries[next], in: new), id) == 0
            {
              let membership = additions.entries[next].membership
              // A list may name somebody twice.
              let isFirst =
                memberships.count == first
                || Membership(number: memberships[memberships.count - 1]).organization
                  != Membership(number: membership).organization
              if isFirst { memberships.append(membership) }
              next += 1
            }
            if isMixed { memberships.sort(from: first) }
          }
          if memberships.count > first { append(id, from: first) }
        }
      }
    }
    fold()
  }

  private mutating func append(_ id: UnsafeRawBufferPointer, from first: Int) {
    let start = counts.count
    counts.append(contentsOf: repeatElement(0, count: Role.inFiles.count))
    for place in first..<memberships.count {
      counts[start + Membership(number: memberships[place]).role] += 1
    }
    text.append(contentsOf: id)
    text.append(SearchText.separator)
    starts.append(text.count)
    firsts.append(memberships.count)
  }

  private mutating func fold() {
    guard text.contains(where: { 0x41..<0x5B ~= $0 || 0x80..<0xFF ~= $0 }) else {
      (folded, foldedStarts) = (text, starts)
      return
    }
    foldedStarts = [0]
    for row in 0..<count {
      SearchText.append(String(decoding: text[range(row)], as: UTF8.self), to: &folded)
      folded.append(SearchText.separator)
      foldedStarts.append(folded.count)
    }
  }
}
