import OrgCore

/// What can be repaired in `organizations.json`.
extension RepairPlan {
  mutating func addOrganizations(_ bytes: [UInt8], _ evidence: RepairEvidence) {
    let file = OrganizationTable.file
    let rules = FieldRules(bytes: bytes)
    for entry in scan(bytes, file) {
      if entry.key.flaw == nil, bytes.withUnsafeBytes({ UsualOrganization($0, at: entry.value) }) != nil,
        entry.name.hasPrefix("org_")
      {
        continue
      }
      if removed[file]?.contains(entry.extent.lowerBound) == true { continue }
      guard entry.name.hasPrefix("org_") else {
        add(
          entry, bytes, file,
          JSONError(
            offset: entry.extent.lowerBound, reason: "an organization's id must start with \"org_\""),
          "take \(entry.name.quoted) out of \(file), and keep it in .orgman/quarantine")
        continue
      }
      var scanner = JSONScanner(bytes, at: entry.value)
      let record = try? scanner.record(OrganizationTable.fields)
      let fixes = record.map { Self.fixes($0, entry, rules, evidence) } ?? []
      if let record, Self.keepsRules(fixes, entry, bytes) {
        items += Self.items(fixes, in: bytes, file, key: entry.name, extent: entry.extent)
        items += Self.defaults(record, entry, rules, evidence)
      } else if let known = evidence.known, let index = known.index(ofOrganization: entry.name) {
        let fix = RecordFix(
          problem: record?.flaw ?? Self.flaw(entry, bytes),
          action: "put back the record of \(entry.name.escapedForDisplay) that the history has",
          splice: ByteEdit(entry.extent, Array(known.organizations.recordBytes(at: index))))
        items += Self.items([fix], in: bytes, file, key: entry.name, extent: entry.extent)
      }
    }
  }

  private static func flaw(_ entry: Entry, _ bytes: [UInt8]) -> JSONError {
    var scanner = JSONScanner(bytes, at: entry.value)
    do throws(JSONError) {
      let flaw = try scanner.record(OrganizationTable.fields).flaw
      return flaw ?? JSONError(offset: entry.value, reason: "the record can't be loaded")
    } catch {
      return error
    }
  }

  /// Whether a record can be loaded with its fixes.
  private static func keepsRules(_ fixes: [RecordFix], _ entry: Entry, _ bytes: [UInt8]) -> Bool {
    let start = entry.extent.lowerBound
    let moved = fixes.map { fix in
      ByteEdit(
        fix.splice.range.lowerBound - start..<fix.splice.range.upperBound - start, fix.splice.replacement)
    }
    let text = BytePatch(moved).applied(to: Array(bytes[entry.extent]))
    var scanner = JSONScanner(text)
    guard let key = try? scanner.string(), (try? scanner.expect(.colon)) != nil,
      let record = try? scanner.record(OrganizationTable.fields)
    else { return false }
    do throws(JSONError) {
      _ = try OrganizationScan.check(record, key: key, FieldRules(bytes: text))
      return true
    } catch {
      return false
    }
  }

  private static func fixes(
    _ record: Record<7>, _ entry: Entry, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [RecordFix] {
    let id = entry.name
    let known = evidence.organization(id)
    let name = record.values[1].text(in: rules.bytes)
    let label = Self.label(name, id)
    let fields = OrganizationTable.fields
    var fixes = RecordFix.duplicates(in: rules.bytes, record.open, fields, of: label)
    for (place, value) in (0..<7).map({ ($0, record.values[$0]) }) {
      guard let problem = problem(place, value, record.open, rules) else { continue }
      let key = fields[place].description
      let wanted: (value: String?, why: String)
      switch place {
      case 0: wanted = (id, "its key")
      case 1:
        wanted =
          known.map { ($0.name, "which the history has") } ?? (
            Self.name(name, id), "as far as it can be used"
          )
      case 2:
        let time = rules.time(value)
        let (found, why) = evidence.created(id)
        wanted = time == .unknown ? (found.description, why) : (time.description, "the same time")
      case 3:
        wanted = Self.text(value, rules, known?.planTier) ?? (PlanTier.default, "the service's default")
      case 4: wanted = Self.text(value, rules, known?.lagoCustomerID) ?? (nil, "none")
      case 5: wanted = Self.text(value, rules, known?.stripeCustomerID) ?? (nil, "none")
      default:
        wanted =
          known.map { ($0.status.rawValue, "which the history has") } ?? ("active", "the service's default")
      }
      fixes.append(fix(problem, key, wanted, value, record.lastEnd, indent: 4, label))
    }
    let replaced = fixes.map(\.splice.range)
    return fixes + RecordFix.strings(in: rules.bytes, entry.extent, except: replaced, of: label)
  }

  private static func problem(
    _ place: Int, _ value: JSONValue, _ open: Int, _ rules: FieldRules
  ) -> JSONError? {
    let key = OrganizationTable.fields[place]
    do throws(JSONError) {
      switch place {
      case 0: try rules.checkOrganizationID(rules.requireString(value, key, in: open))
      case 1: try rules.checkName(rules.requireString(value, key, in: open))
      case 2: return try rules.checkTime(value, key)
      case 3: _ = try rules.defaultedString(value, key)
      case 4, 5: try rules.checkOptionalString(value, key)
      default: _ = try rules.status(value, key)
      }
      return nil
    } catch {
      return error
    }
  }

  private static func label(_ name: String?, _ id: String) -> String {
    name.map { "\(String($0.prefix(60)).escapedForDisplay) (\(id.escapedForDisplay))" }
      ?? id.escapedForDisplay
  }

  /// What can be kept of a name.
  private static func name(_ name: String?, _ id: String) -> String {
    let scalars = (name ?? "").unicodeScalars.prefix(Rules.nameLength.upperBound)
    return scalars.isEmpty ? String(id.unicodeScalars.prefix(Rules.nameLength.upperBound)) : String(scalars)
  }

  private static func defaults(
    _ record: Record<7>, _ entry: Entry, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [Item] {
    let label = label(record.values[1].text(in: rules.bytes), entry.name)
    func item(_ field: DefaultedFields, _ key: String, _ value: String) -> Item {
      defaults(field, key, value, indent: 4, at: record.lastEnd, OrganizationTable.file, label)
    }
    var items: [Item] = []
    if record.values[2].kind == .missing {
      items.append(item(.createdAt, "created_at", evidence.created(entry.name).time.description))
    }
    if record.values[3].kind == .missing { items.append(item(.planTier, "plan_tier", PlanTier.default)) }
    if record.values[6].kind == .missing { items.append(item(.status, "status", "active")) }
    return items
  }
}
