import OrgCore

/// The result of parsing entries of `organizations.json`: all of them, or those in a part of the file, so that another
/// core can parse the rest in parallel.
struct OrganizationScan: Sendable {
  /// The offset of the opening quote of each organization's key.
  private(set) var keys: [UInt32] = []
  private(set) var hashes: [UInt32] = []
  private(set) var problems = ProblemList(file: OrganizationTable.file)
  /// Problems of records that the service can nevertheless load.
  private(set) var oddities = ProblemList(file: OrganizationTable.file)
  private(set) var isBroken = false
  private(set) var top: RootObjectLayout
  /// Whether parsing ended at the requested key rather than at the end of the file.
  private(set) var hasStopped = false

  /// Parses entries beginning at an offset.
  ///
  /// - Parameters:
  ///   - start: the offset of a key, or of the brace after the last entry.
  ///   - stop: the offset of a key to stop at, if there is one. Parsing always stops at the end of the file.
  init(_ bytes: [UInt8], from start: Int, until stop: Int? = nil) {
    top = RootObjectLayout(start: start, lastEnd: start)
    scan(bytes, until: stop)
    let end = hasStopped ? stop ?? bytes.count : bytes.count
    isBroken = problems.checkText(of: bytes, start..<end) || isBroken
  }

  private mutating func scan(_ bytes: [UInt8], until stop: Int?) {
    var lastKey = ""
    let rules = FieldRules(bytes: bytes)
    var scanner = JSONScanner(bytes, at: top.start)
    var top = top
    defer { self.top = top }
    do throws(JSONError) {
      try top.scan(&scanner) { (key, scanner) throws(JSONError) in
        if key.range.lowerBound - 1 == stop {
          hasStopped = true
          return false
        }
        let start = scanner.position
        do throws(JSONError) {
          scanner.skipSpace()
          let place = scanner.position
          if let usual = bytes.withUnsafeBytes({ UsualOrganization($0, at: place) }), key.flaw == nil {
            try rules.checkOrganizationID(key)
            scanner.position = usual.end
          } else if let oddity = try Self.check(scanner.record(OrganizationTable.fields), key: key, rules) {
            let id = JSONText.decode(key, in: bytes)
            oddities.note(oddity, key: id, scope: .organization(id))
          }
          keys.append(UInt32(key.range.lowerBound - 1))
          hashes.append(KeyIndex.hash(key, in: bytes))
        } catch {
          problems.note(error, key: JSONText.decode(key, in: bytes))
          // If the end of the record can be found, the following records are still readable.
          scanner.position = start
          do throws(JSONError) {
            _ = try scanner.skipValue()
          } catch {
            lastKey = JSONText.decode(key, in: bytes)
            throw error
          }
        }
        return true
      }
      if !hasStopped, problems.checkTail(&scanner) { isBroken = true }
    } catch {
      isBroken = true
      // The error that ended the record has already been noted.
      if problems.all.last?.offset != error.offset { problems.note(error, key: lastKey) }
    }
  }

  /// Checks a record by the service's rules.
  ///
  /// - Returns: the problem that prevents editing a valid record, if any.
  static func check(
    _ record: OrganizationRecord, key: JSONString, _ rules: FieldRules
  ) throws(JSONError) -> JSONError? {
    if let flaw = key.flaw, flaw.weight == .everything { throw flaw }
    if let flaw = record.flaw { throw flaw }
    let values = record.values
    let fields = OrganizationTable.fields
    try rules.checkOrganizationID(key)
    var time: JSONError?
    for (place, key) in OrganizationKey.all.enumerated() {
      if let found = try check(values[place], key, fields[place], in: record.open, rules) { time = found }
    }
    for (place, key) in OrganizationKey.all.enumerated() where key.defaulted != nil {
      try rules.checkIsMissing(values[place], fields[place], in: record.extent)
    }
    return key.flaw ?? record.oddity ?? time
  }
  /// Checks one value by the service's rules.
  ///
  /// - Returns: the problem that prevents editing a record with this valid value, if any.
  static func check(
    _ value: JSONValue, _ key: OrganizationKey, _ name: JSONKey, in open: Int, _ rules: FieldRules
  ) throws(JSONError) -> JSONError? {
    switch key {
    case .id: try rules.checkOrganizationID(rules.requireString(value, name, in: open))
    case .createdAt: return try rules.checkTime(value, name)
    case .field(.name): try rules.checkName(rules.requireString(value, name, in: open))
    case .field(.status): _ = try rules.status(value, name)
    case .field(let field):
      switch field.descriptor.presence {
      case .required: _ = try rules.requireString(value, name, in: open)
      case .defaulted: _ = try rules.defaultedString(value, name)
      case .optional: try rules.checkOptionalString(value, name)
      }
    }
    return nil
  }
}
