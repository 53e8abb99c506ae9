import OrgCore

/// Repairs of `org_users.json`.
extension RepairPlan {
  mutating func addMembers(_ bytes: [UInt8], _ evidence: RepairEvidence) {
    let file = MemberTable.file
    let rules = FieldRules(bytes: bytes)
    for entry in scan(bytes, file) where removed[file]?.contains(entry.extent.lowerBound) != true {
      if let repaired = Self.memberItems(entry, rules, evidence) {
        items += repaired
        continue
      }
      let text: [UInt8]
      let action: String
      if let known = evidence.known, let index = known.index(ofOrganization: entry.name),
        known.members.hasList(at: index)
      {
        let list = known.members.listBytes(at: index)
        text = list.isEmpty ? Array("[]".utf8) : Array("[\n    ".utf8) + list + Array("\n  ]".utf8)
        action = "put back the member list of \(entry.name.escapedForDisplay) that the history has"
      } else if ["{}", "null", "\"\""].contains(
        String(decoding: bytes[entry.value..<entry.extent.upperBound], as: UTF8.self))
      {
        text = Array("[]".utf8)
        action = "make the member list of \(entry.name.escapedForDisplay) an empty one"
      } else {
        continue
      }
      let problem = JSONError(offset: entry.value, reason: "the member list can't be loaded")
      let fix = RecordFix(
        problem: problem, action: action, splice: ByteEdit(entry.value..<entry.extent.upperBound, text))
      items += Self.items([fix], in: bytes, file, key: entry.name, extent: entry.extent)
    }
  }

  /// The repairs of one list; `nil` if they aren't sufficient.
  private static func memberItems(
    _ entry: Entry, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [Item]? {
    let bytes = rules.bytes
    var items: [Item] = []
    var scanner = JSONScanner(bytes, at: entry.value)
    guard scanner.take(.openBracket) else { return nil }
    if entry.key.flaw?.weight == .everything { return nil }
    scanner.skipSpace()
    if scanner.take(.closeBracket) { return [] }
    repeat {
      scanner.skipSpace()
      let start = scanner.position
      if let (_, end) = bytes.withUnsafeBytes({ MemberScan.usualMember($0, at: start) }) {
        scanner.position = end
      } else {
        guard let record = try? scanner.record(MemberTable.fields),
          let fixes = fixes(record, entry.name, rules, evidence)
        else { return nil }
        let extent = record.open..<record.close + 1
        items += Self.items(fixes, in: bytes, MemberTable.file, key: entry.name, extent: extent)
        items += defaults(record, entry.name, rules, evidence)
      }
      scanner.skipSpace()
    } while scanner.take(.comma)
    return items
  }

  /// The fixes of one record; `nil` if they aren't sufficient.
  private static func fixes(
    _ record: Record<4>, _ id: String, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [RecordFix]? {
    let user = record.values[1].text(in: rules.bytes)
    let label = memberLabel(user, id)
    let fields = MemberTable.fields
    var fixes = RecordFix.duplicates(in: rules.bytes, record.open, fields, of: label)
    for (place, value) in (0..<4).map({ ($0, record.values[$0]) }) {
      guard let problem = memberProblem(place, value, record, rules) else { continue }
      let known = evidence.member(user, of: id)
      let wanted: (value: String?, why: String)
      switch place {
      case 0: wanted = (id, "the key of its list")
      case 1:
        guard let text = text(value, rules, nil) else { return nil }
        wanted = text
      case 2:
        wanted =
          known.map { ($0.role.rawValue, "which the history has") } ?? ("member", "the service's default")
      default:
        let time = rules.time(value)
        let (found, why) = evidence.joined(user, of: id)
        wanted = time == .unknown ? (found.description, why) : (time.description, "the same time")
      }
      fixes.append(fix(problem, fields[place].description, wanted, value, record.lastEnd, indent: 6, label))
    }
    let replaced = fixes.map(\.splice.range)
    fixes += RecordFix.strings(
      in: rules.bytes, record.open..<record.close + 1, except: replaced, of: label)
    // Some errors, such as a number with too many digits, can't be fixed by replacing one value.
    let isCured = record.flaw.map { flaw in fixes.contains { $0.problem.offset == flaw.offset } } ?? true
    return isCured ? fixes : nil
  }

  private static func memberProblem(
    _ place: Int, _ value: JSONValue, _ record: Record<4>, _ rules: FieldRules
  ) -> JSONError? {
    let key = MemberTable.fields[place]
    do throws(JSONError) {
      switch place {
      case 0: try rules.checkOrganizationID(rules.requireString(value, key, in: record.open))
      case 1: _ = try rules.requireString(value, key, in: record.open)
      case 2: _ = try MemberScan.role(value, rules)
      default: return try rules.checkTime(value, key)
      }
      return nil
    } catch {
      return error
    }
  }

  private static func memberLabel(_ user: String?, _ id: String) -> String {
    "\(user.map { String($0.prefix(60)).escapedForDisplay } ?? "a member") in \(id.escapedForDisplay)"
  }

  private static func defaults(
    _ record: Record<4>, _ id: String, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [Item] {
    let user = record.values[1].text(in: rules.bytes)
    func item(_ field: DefaultedFields, _ key: String, _ value: String) -> Item {
      defaults(field, key, value, indent: 6, at: record.lastEnd, MemberTable.file, memberLabel(user, id))
    }
    var items: [Item] = []
    if record.values[2].kind == .missing { items.append(item(.role, "role", "member")) }
    if record.values[3].kind == .missing {
      items.append(item(.joinedAt, "joined_at", evidence.joined(user, of: id).time.description))
    }
    return items
  }
}
