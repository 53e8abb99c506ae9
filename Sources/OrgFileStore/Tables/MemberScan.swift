import OrgCore

/// The result of parsing entries of `org_users.json`: all of them, or those in a part of the file, so that another core
/// can parse the rest in parallel.
struct MemberScan: Sendable {
  /// The members of one organization, as a range of `starts` and `roles`.
  struct List {
    /// The offset of the opening bracket; 0 if the file has no list for the organization.
    var open: UInt32 = 0
    var first: UInt32 = 0
    var count: UInt32 = 0

    var members: Range<Int> { Int(first)..<Int(first) + Int(count) }
  }

  /// A list and its organization. There are as many entries as organizations, so the type is small.
  struct Entry {
    /// The offset of the key's opening quote.
    let key: UInt32
    /// Whether the key can't be loaded by every program.
    let isOdd: Bool
    /// The index of the organization; `nil` if it doesn't exist.
    let index: Int32?
    let list: List
  }

  /// The offset of the opening brace of each member's record.
  private(set) var starts: [UInt32] = []
  private(set) var roles: [UInt8] = []
  private(set) var entries: [Entry] = []
  private(set) var problems = ProblemList(file: MemberTable.file)
  /// Problems of records that the service can nevertheless load.
  private(set) var oddities = ProblemList(file: MemberTable.file)
  private(set) var isBroken = false
  private(set) var top: RootObjectLayout
  /// Whether parsing ended at the requested key rather than at the end of the file.
  private(set) var hasStopped = false

  /// An empty result.
  init() {
    top = RootObjectLayout()
  }

  /// Parses entries beginning at an offset.
  ///
  /// - Parameters:
  ///   - start: the offset of a key, or of the brace after the last entry.
  ///   - stop: the offset of a key to stop at, if there is one. Parsing always stops at the end of the file.
  init(_ bytes: [UInt8], of organizations: OrganizationTable, from start: Int, until stop: Int? = nil) {
    top = RootObjectLayout(start: start, lastEnd: start)
    var scanner = JSONScanner(bytes, at: start)
    let likely = max(0, (stop ?? bytes.count) - start) / Self.usualLength
    starts.reserveCapacity(likely)
    roles.reserveCapacity(likely)
    scan(&scanner, organizations, until: stop)
    let end = hasStopped ? stop ?? bytes.count : bytes.count
    isBroken = problems.checkText(of: bytes, start..<end) || isBroken
  }

  /// The typical size of a member's record in bytes.
  private static let usualLength = 200

  private mutating func scan(
    _ scanner: inout JSONScanner, _ organizations: OrganizationTable, until stop: Int?
  ) {
    var lastKey = ""
    // Both files are usually in the same order.
    var expected = 0
    var top = top
    defer { self.top = top }
    do throws(JSONError) {
      try top.scan(&scanner) { (key, scanner) throws(JSONError) in
        if key.range.lowerBound - 1 == stop {
          hasStopped = true
          return false
        }
        let bytes = scanner.bytes
        func name() -> String { JSONText.decode(key, in: bytes) }
        if let flaw = key.flaw {
          switch flaw.weight {
          case .everything: problems.note(flaw, key: name())
          case .record: oddities.note(flaw, key: name(), scope: .members(organization: name()))
          }
        }
        let index =
          organizations.isKey(key, in: bytes, at: expected)
          ? expected : organizations.index(of: key, in: bytes)
        do throws(JSONError) {
          entries.append(
            Entry(
              key: UInt32(key.range.lowerBound - 1), isOdd: key.flaw != nil, index: index.map { Int32($0) },
              list: try scanList(&scanner, key: name)))
        } catch {
          lastKey = name()
          throw error
        }
        if let index { expected = index + 1 }
        return true
      }
      if !hasStopped, problems.checkTail(&scanner) { isBroken = true }
    } catch {
      isBroken = true
      problems.note(error, key: lastKey)
    }
  }

  /// Consumes one list and adds its members.
  mutating func scanList(
    _ scanner: inout JSONScanner, key: () -> String = { "" }
  ) throws(JSONError) -> List {
    scanner.skipSpace()
    var list = List(open: UInt32(scanner.position), first: UInt32(starts.count))
    guard scanner.take(.openBracket) else {
      let value = try scanner.skipValue()
      problems.note(
        JSONError(offset: value.range.lowerBound, reason: "the member list is no list"), key: key())
      return list
    }
    scanner.skipSpace()
    if scanner.take(.closeBracket) { return list }
    let rules = FieldRules(bytes: scanner.bytes)
    repeat {
      scanner.skipSpace()
      let start = scanner.position
      if let (role, end) = scanner.bytes.withUnsafeBytes({ Self.usualMember($0, at: start) }) {
        roles.append(role)
        starts.append(UInt32(start))
        list.count += 1
        scanner.position = end
        scanner.skipSpace()
        continue
      }
      do throws(JSONError) {
        let record = try scanner.record(MemberTable.fields)
        let (role, oddity) = try Self.check(record, rules)
        roles.append(role)
        starts.append(UInt32(start))
        list.count += 1
        if let oddity {
          let user = record.values[1].text(in: rules.bytes) ?? ""
          oddities.note(oddity, key: key(), scope: .member(user: user, organization: key()))
        }
      } catch {
        problems.note(error, key: key())
        scanner.position = start
        _ = try scanner.skipValue()
      }
      scanner.skipSpace()
    } while scanner.take(.comma)
    guard scanner.take(.closeBracket) else { throw scanner.unexpected("\",\" or \"]\"") }
    return list
  }

  /// Makes the offsets of members relative to an earlier position.
  mutating func move(by offset: Int) { starts = starts.map { $0 + UInt32(offset) } }

  /// The role of a member, and the end of its record, if the record has the form that the service
  /// writes; otherwise `nil`.
  static func usualMember(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) -> (role: UInt8, end: Int)? {
    var record = CanonicalRecordScanner(bytes, at: start)
    guard record.take("{\n      \"org_id\": \"org_"), record.takeString() != nil,
      record.take(",\n      \"user_id\": \""), record.takeString() != nil,
      record.take(",\n      \"role\": \""), let role = record.takeString(),
      let place = record.place(of: role, among: roleNames),
      record.take(",\n      \"joined_at\": \""), record.takeTime() != nil, record.take("\n    }")
    else { return nil }
    return (UInt8(place), record.position)
  }

  /// Checks a member's record by the service's rules. Returns the index of its role and the problem that
  /// prevents its editing, if any.
  static func check(
    _ record: Record<4>, _ rules: FieldRules
  ) throws(JSONError) -> (role: UInt8, oddity: JSONError?) {
    if let flaw = record.flaw { throw flaw }
    let values = record.values
    let fields = MemberTable.fields
    try rules.checkOrganizationID(rules.requireString(values[0], fields[0], in: record.open))
    _ = try rules.requireString(values[1], fields[1], in: record.open)
    let time = try rules.checkTime(values[3], fields[3])
    for place in [2, 3] { try rules.checkIsMissing(values[place], fields[place], in: record.extent) }
    return (try role(values[2], rules), record.oddity ?? time)
  }

  static func role(_ value: JSONValue, _ rules: FieldRules) throws(JSONError) -> UInt8 {
    guard let role = try rules.defaultedString(value, MemberTable.fields[2]) else { return defaultRole }
    if !role.hasEscapes {
      for (place, name) in roleNames.enumerated() where rules.bytes[role.range].elementsEqual(name) {
        return UInt8(place)
      }
    }
    let name = JSONText.decode(role, in: rules.bytes)
    guard let place = Role.inFiles.firstIndex(where: { $0.rawValue == name }) else {
      throw JSONError(
        offset: value.start, reason: "there is no role \(name.prefix(40).description.quoted)")
    }
    return UInt8(place)
  }

  private static let defaultRole = UInt8(Role.member.place)
  private static let roleNames = Role.inFiles.map { Array($0.rawValue.utf8) }
}
