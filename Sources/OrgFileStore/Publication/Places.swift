import Glibc
import OrgCore

/// The offsets of the records in both files as a generation published them, so that the next process can find one
/// without parsing all of them. They are derived data: if they are missing, describe other bytes, or don't match their
/// hash, the files are parsed as usual. They exist only for files with nothing unusual in them.
struct Places: Sendable {
  /// Its name in `.orgman`.
  static let file = "places"
  /// The minimum combined size of both files, in bytes, for which this is worthwhile.
  static let shortestFiles = 1 << 20
  /// The number of characters in a hash.
  private static let hashLength = 64
  /// The maximum length of the first two lines, in bytes.
  private static let longestHead = 512
  /// The roles in the order of their numbers in member records. Another version may have
  /// different roles or another order.
  private static let roles = Role.inFiles.map(\.rawValue).joined(separator: ",")

  /// The hashes of the files that the offsets refer to, by name.
  let hashes: [String: String]
  /// These hashes with their intermediate states, as far as they have been computed.
  let running: [String: RunningHash]
  /// The keys in `organizations.json`; see `OrganizationTable`.
  let organizationKeys: [UInt32]
  let organizationsTop: RootObjectLayout
  /// The lists in `org_users.json`; see `MemberTable`.
  let memberLists: [MemberScan.List]
  let memberStarts: [UInt32]
  let memberRoles: [UInt8]
  let membersTop: RootObjectLayout

  /// - Returns: `nil` for short files, and for files with something unusual in them.
  init?(_ contents: FileContents, hashes: [String: String], running: [String: RunningHash] = [:]) {
    let (organizations, members) = (contents.organizations, contents.members)
    guard organizations.bytes.count + members.text.count >= Self.shortestFiles,
      contents.problems.isEmpty, contents.recordProblems.isEmpty, !contents.isUnreadable,
      organizations.superseded.isEmpty, members.orphanedMembers.isEmpty, members.oddLists.isEmpty,
      members.isRead,
      members.count == members.starts.count, members.lists.count == organizations.count
    else { return nil }
    (self.hashes, self.running) = (hashes, running)
    (organizationKeys, organizationsTop) = (organizations.keys, organizations.top)
    (memberLists, memberStarts) = (members.lists, members.starts)
    (memberRoles, membersTop) = (members.roles, members.top)
  }

  // MARK: Text form

  /// The hash of everything after it; a line with hashes and numbers; then the arrays in their in-memory
  /// representation, because only this machine reads them.
  var text: [UInt8] {
    let states = [OrganizationTable.file, MemberTable.file].map { name in
      running[name].flatMap { $0.text == hashes[name] ? $0.states : nil } ?? []
    }
    let numbers =
      [organizationKeys.count, memberStarts.count] + states.map(\.count)
      + [organizationsTop, membersTop].flatMap { [$0.start, $0.lastEnd, $0.close] }
    let words =
      [OrganizationTable.file, MemberTable.file].map { hashes[$0] ?? "" } + numbers.map(String.init)
      + [Self.roles]
    // Space for the hash.
    var text = [UInt8](repeating: UInt8(ascii: "\n"), count: Self.hashLength + 1)
    text.reserveCapacity(Self.longestHead + Self.length(organizationKeys.count, memberStarts.count))
    text += Array((words.joined(separator: " ") + "\n").utf8)
    organizationKeys.withUnsafeBytes { text += $0 }
    memberLists.withUnsafeBytes { text += $0 }
    memberStarts.withUnsafeBytes { text += $0 }
    text += memberRoles
    for states in states { states.withUnsafeBytes { text += $0 } }
    text.replaceSubrange(..<Self.hashLength, with: sha256(text[(Self.hashLength + 1)...]).utf8)
    return text
  }

  /// The number of bytes after the first two lines.
  private static func length(_ organizations: Int, _ members: Int, states: Int = 0) -> Int {
    organizations * (MemoryLayout<UInt32>.size + MemoryLayout<MemberScan.List>.size)
      + members * (MemoryLayout<UInt32>.size + 1) + states * MemoryLayout<SIMD8<UInt32>>.size
  }

  /// Reads the saved offsets; `nil` if they describe other bytes. Offsets are validated when
  /// tables are created from them.
  ///
  /// - Parameter hashes: the hashes of the files, by name.
  init?(of hashes: [String: String], in space: borrowing Descriptor, _ calls: SystemCalls) {
    guard let file = try? calls.open(Self.file, in: space, O_RDONLY),
      let start = try? calls.readBeginning(of: file, Self.file, length: Self.longestHead)
    else { return nil }
    let lines = start.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3 else { return nil }
    let words = String(decoding: lines[1], as: UTF8.self).split(separator: " ")
    guard words.count == 13, words[12] == Self.roles, words[0] == hashes[OrganizationTable.file] ?? "",
      words[1] == hashes[MemberTable.file] ?? ""
    else { return nil }
    let numbers = words[2..<12].compactMap { UInt32($0) }.map { Int($0) }
    guard numbers.count == 10 else { return nil }
    let head = lines[2].startIndex
    let size = head + Self.length(numbers[0], numbers[1], states: numbers[2] + numbers[3])
    guard (try? calls.status(file, Self.file)).map({ Int($0.st_size) }) == size,
      let text = try? calls.readAll(file, Self.file, size: size), text.count == size,
      text[..<head].elementsEqual(start[..<head]),
      Array(sha256(text[(lines[0].count + 1)...]).utf8) == Array(lines[0])
    else { return nil }
    self.hashes = hashes
    organizationsTop = RootObjectLayout(start: numbers[4], lastEnd: numbers[5], close: numbers[6])
    membersTop = RootObjectLayout(start: numbers[7], lastEnd: numbers[8], close: numbers[9])
    var place = head
    /// Reads the next values. Any bit pattern must be a valid value of their type.
    func take<Value: BitwiseCopyable>(_ count: Int) -> [Value] {
      let length = count * MemoryLayout<Value>.size
      defer { place += length }
      return [Value](unsafeUninitializedCapacity: count) { values, initialized in
        UnsafeMutableRawBufferPointer(values).copyBytes(from: text[place..<place + length])
        initialized = count
      }
    }
    organizationKeys = take(numbers[0])
    memberLists = take(numbers[0])
    memberStarts = take(numbers[1])
    memberRoles = take(numbers[1])
    var running: [String: RunningHash] = [:]
    for (name, count) in [(OrganizationTable.file, numbers[2]), (MemberTable.file, numbers[3])] {
      running[name] = RunningHash(text: hashes[name] ?? "", states: take(count))
    }
    self.running = running
  }
}

extension StateDirectory {
  /// Saves the offsets without waiting for the disk: after a crash, they just don't match.
  func write(_ places: Places) throws(SystemCallError) {
    let file = try directory.create(Places.file, in: space, O_WRONLY)
    let text = places.text
    try calls.write(text, to: file, Places.file)
    try calls.truncate(file, Places.file, to: text.count)
  }
}

// MARK: Tables

extension FileContents {
  /// Creates the tables from saved offsets, both files in parallel; `nil` if the offsets don't match the bytes.
  ///
  /// - Parameter early: an existing table for `organizations.json`.
  init?(organizations: [UInt8], members: [UInt8], at places: Places, early: OrganizationTable? = nil) {
    let lists = BackgroundTask { MemberTable(members, at: places) }
    let table = early ?? OrganizationTable(organizations, at: places)
    guard let lists = lists.value, let table, table.count == lists.lists.count else { return nil }
    self.init(organizations: table, members: lists)
  }
}

extension OrganizationTable {
  /// Creates the table from saved offsets; `nil` if they can't be those of the organizations in these bytes.
  init?(_ bytes: [UInt8], at places: Places) {
    guard places.organizationsTop.fits(bytes, isEmpty: places.organizationKeys.isEmpty),
      areRising(places.organizationKeys, .quote, in: bytes, before: places.organizationsTop.lastEnd)
    else { return nil }
    self.init(bytes, keys: places.organizationKeys, top: places.organizationsTop)
  }
}

extension MemberTable {
  /// Creates the table from saved offsets; `nil` if they can't be those of the members in these bytes.
  init?(_ bytes: [UInt8], at places: Places) {
    let (lists, starts, roles) = (places.memberLists, places.memberStarts, places.memberRoles)
    let end = places.membersTop.lastEnd
    guard lists.count == places.organizationKeys.count, roles.count == starts.count,
      places.membersTop.fits(bytes, isEmpty: lists.allSatisfy { $0.open == 0 }),
      areRising(starts, .openBrace, in: bytes, before: end),
      roles.allSatisfy({ $0 < Role.inFiles.count })
    else { return nil }
    var count = 0
    for list in lists {
      guard list.open != 0 else {
        guard list.count == 0 else { return nil }
        continue
      }
      guard list.open < end, bytes[Int(list.open)] == .openBracket, list.members.upperBound <= starts.count,
        list.count == 0 || starts[list.members.lowerBound] > list.open
      else { return nil }
      count += Int(list.count)
    }
    guard count == starts.count else { return nil }
    self.init(bytes, lists: lists, starts: starts, roles: roles, top: places.membersTop)
  }
}

extension RootObjectLayout {
  /// Whether it can be the layout of a text.
  fileprivate func fits(_ bytes: [UInt8], isEmpty: Bool) -> Bool {
    0 < start && start <= lastEnd && lastEnd <= close && close < bytes.count && isEmpty == (start == lastEnd)
      && bytes[start - 1] == .openBrace && bytes[close] == .closeBrace
  }
}

/// Whether the places are in ascending order, end before a position in the text, and all have the same byte.
private func areRising(_ places: [UInt32], _ byte: UInt8, in bytes: [UInt8], before end: Int) -> Bool {
  guard let last = places.last else { return true }
  guard last < end, end <= bytes.count else { return false }
  return bytes.withUnsafeBytes { text in
    var previousEnd = 0
    // No place is after the last one, so all of them are within the text.
    return places.allSatisfy { place in
      guard Int(place) >= previousEnd, place <= last, text[Int(place)] == byte else { return false }
      previousEnd = Int(place) + 1
      return true
    }
  }
}
