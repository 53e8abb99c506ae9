import OrgCore

/// Repairs of `organizations.json`.
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

  /// Whether a record can be loaded after its fixes.
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
    _ record: OrganizationRecord, _ entry: Entry, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [RecordFix] {
    let id = entry.name
    let known = evidence.organization(id)
    let name = record.values[1].text(in: rules.bytes)
    let label = Self.label(name, id)
    let fields = OrganizationTable.fields
    var fixes = RecordFix.duplicates(in: rules.bytes, record.open, fields, of: label)
    for (place, key) in OrganizationKey.all.enumerated() {
      let value = record.values[place]
      guard let problem = problem(place, key, value, record.open, rules) else { continue }
      let wanted: (value: String?, why: String)
      switch key {
      case .id: wanted = (id, "its key")
      case .createdAt:
        let time = rules.time(value)
        let (found, why) = evidence.created(id)
        wanted = time == .unknown ? (found.description, why) : (time.description, "the same time")
      case .field(.name):
        wanted =
          known.map { ($0.name, "which the history has") } ?? (
            Self.name(name, id), "as far as it can be used"
          )
      case .field(.status):
        wanted =
          known.map { ($0.status.rawValue, "which the history has") } ?? ("active", "the service's default")
      case .field(let field):
        let fallback: (String?, String) =
          if case .defaulted(let value, _) = field.descriptor.presence {
            (value, "the service's default")
          } else {
            (nil, "none")
          }
        wanted = Self.text(value, rules, known?[field]) ?? fallback
      }
      fixes.append(fix(problem, key.name, wanted, value, record.lastEnd, indent: 4, label))
    }
    let replaced = fixes.map(\.splice.range)
    return fixes + RecordFix.strings(in: rules.bytes, entry.extent, except: replaced, of: label)
  }

  private static func problem(
    _ place: Int, _ key: OrganizationKey, _ value: JSONValue, _ open: Int, _ rules: FieldRules
  ) -> JSONError? {
    do throws(JSONError) {
      return try OrganizationScan.check(value, key, OrganizationTable.fields[place], in: open, rules)
    } catch {
      return error
    }
  }

  private static func label(_ name: String?, _ id: String) -> String {
    name.map { "\(String($0.prefix(60)).escapedForDisplay) (\(id.escapedForDisplay))" }
      ?? id.escapedForDisplay
  }

  /// The usable part of a name.
  private static func name(_ name: String?, _ id: String) -> String {
    let scalars = (name ?? "").unicodeScalars.prefix(FieldRules.nameLength.upperBound)
    return scalars.isEmpty
      ? String(id.unicodeScalars.prefix(FieldRules.nameLength.upperBound)) : String(scalars)
  }

  private static func defaults(
    _ record: OrganizationRecord, _ entry: Entry, _ rules: FieldRules, _ evidence: RepairEvidence
  ) -> [Item] {
    let label = label(record.values[1].text(in: rules.bytes), entry.name)
    func item(_ field: DefaultedFields, _ key: String, _ value: String) -> Item {
      defaults(field, key, value, indent: 4, at: record.lastEnd, OrganizationTable.file, label)
    }
    return OrganizationKey.all.enumerated().compactMap { place, key in
      guard record.values[place].kind == .missing, let bit = key.defaulted else { return nil }
      guard case .field(let field) = key, case .defaulted(let value, _) = field.descriptor.presence else {
        return item(bit, key.name, evidence.created(entry.name).time.description)
      }
      return item(bit, key.name, value)
    }
  }
}
