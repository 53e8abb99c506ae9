import OrgCore

/// `organizations.json` in memory: its bytes, and where each record stands in them.
struct OrganizationTable: Sendable {
  static let file = "organizations.json"

  private(set) var bytes: [UInt8]
  private(set) var problems: [DataProblem] = []
  /// Whether the text itself is broken, so that no program would read it, or says one thing twice; not just a
  /// record in it.
  private(set) var isBroken = false
  /// Whether the file could be read at all.
  private(set) var isReadable = true
  /// Where the key of each organization stands, at its opening quote.
  private var keys: [UInt32] = []
  private var index = KeyIndex()
  private var top = TopObject()

  private static let fields: InlineArray<7, StaticString> = [
    "id", "name", "created_at", "plan_tier", "lago_customer_id", "stripe_customer_id", "status",
  ]

  var count: Int { keys.count }

  /// Reads the file's bytes. What can't be used is left out and named in `problems`.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var list = ProblemList(file: Self.file)
    var scanner = JSONScanner(bytes)
    if let top = ProblemList.scannedTop(&scanner, &list) {
      self.top = top
      isBroken = !list.all.isEmpty || ProblemList.hasHole(bytes)
      scanEntries(&scanner, &list)
    } else {
      isBroken = true
    }
    list.nameKeys { [self] offset in
      guard offset < self.top.lastEnd else { return nil }
      return keys.lastIndex { $0 < offset }.map(id(at:))
    }
    problems = list.all
  }

  /// A file that couldn't be read, for the reason given: empty, with a problem.
  private init(unreadable reason: String) {
    bytes = []
    problems = [DataProblem(file: Self.file, offset: 0, key: "", reason: reason)]
    isBroken = true
    isReadable = false
  }

  /// A file as it was read.
  init(_ image: DataDirectory.Image) {
    switch image {
    case .bytes(let bytes, _): self.init(bytes)
    case .unreadable(let reason, _): self.init(unreadable: reason)
    }
  }

  private mutating func scanEntries(_ scanner: inout JSONScanner, _ list: inout ProblemList) {
    var lastKey = ""
    let rules = FieldRules(bytes: bytes)
    var top = top
    defer { self.top = top }
    do throws(JSONError) {
      try top.scan(&scanner) { (key, scanner) throws(JSONError) in
        let start = scanner.position
        do throws(JSONError) {
          scanner.skipSpace()
          let place = scanner.position
          if let usual = bytes.withUnsafeBytes({ UsualOrganization($0, at: place) }), key.flaw == nil {
            try rules.checkOrganizationID(key)
            scanner.position = usual.end
          } else {
            let record = try scanner.record(Self.fields)
            try Self.check(record, key: key, rules)
          }
          if insert(key) == false {
            // Programs don't agree which of two counts.
            isBroken = true
            throw JSONError(offset: key.range.lowerBound - 1, reason: "the organization stands twice")
          }
        } catch {
          list.note(error, key: JSONText.decode(key, in: bytes))
          // A record that can be read to its end leaves the next ones readable.
          scanner.position = start
          do throws(JSONError) {
            _ = try scanner.skipValue()
          } catch {
            lastKey = JSONText.decode(key, in: bytes)
            throw error
          }
        }
      }
      if list.checkTail(&scanner) { isBroken = true }
    } catch {
      isBroken = true
      // What stopped the record has been noted already.
      if list.all.last?.offset != error.offset { list.note(error, key: lastKey) }
    }
  }

  private static func check(_ record: Record<7>, key: JSONString, _ rules: FieldRules) throws(JSONError) {
    if let flaw = key.flaw ?? record.flaw { throw flaw }
    let values = record.values
    try rules.checkOrganizationID(key)
    try rules.checkOrganizationID(rules.requireString(values[0], fields[0], in: record.open))
    try rules.checkName(rules.requireString(values[1], fields[1], in: record.open))
    try rules.checkTime(rules.requireString(values[2], fields[2], in: record.open))
    _ = try rules.requireString(values[3], fields[3], in: record.open)
    try rules.checkOptionalString(values[4], fields[4])
    try rules.checkOptionalString(values[5], fields[5])
    let status = try rules.requireString(values[6], fields[6], in: record.open)
    let name = JSONText.decode(status, in: rules.bytes)
    guard Organization.Status(rawValue: name) != nil else {
      throw JSONError(
        offset: values[6].start, reason: "there is no status \(name.prefix(40).description.quoted)")
    }
  }

  /// Adds a key; false if it is there already.
  private mutating func insert(_ key: JSONString) -> Bool {
    let hash = KeyIndex.hash(key, in: bytes)
    guard find(key, in: bytes, hash: hash) == nil else { return false }
    keys.append(UInt32(key.range.lowerBound - 1))
    index.insert(keys.count - 1, hash: hash)
    return true
  }

  private func key(at index: Int) -> JSONString {
    var scanner = JSONScanner(bytes, at: Int(keys[index]))
    return (try? scanner.string()) ?? JSONString(range: 0..<0, hasEscapes: false)
  }

  private func find(_ key: JSONString, in text: [UInt8], hash: Int) -> Int? {
    index.find(hash: hash) { candidate in
      let other = self.key(at: candidate)
      if key.hasEscapes || other.hasEscapes {
        return JSONText.decode(key, in: text) == JSONText.decode(other, in: bytes)
      }
      return text[key.range] == bytes[other.range]
    }
  }

  /// The index of an organization by a key of another text.
  func index(of key: JSONString, in text: [UInt8]) -> Int? {
    find(key, in: text, hash: KeyIndex.hash(key, in: text))
  }

  /// Whether the key of the organization at an index stands there, too.
  func isKey(_ key: JSONString, in text: [UInt8], at index: Int) -> Bool {
    guard index < count, !key.hasEscapes else { return false }
    let start = Int(keys[index]) + 1
    let end = start + key.range.count
    return end < bytes.count && bytes[end] == .quote && bytes[start..<end] == text[key.range]
  }

  func index(of id: String) -> Int? {
    let text = Array(id.utf8)
    return index(of: JSONString(range: 0..<text.count, hasEscapes: false), in: text)
  }

  func id(at index: Int) -> String {
    JSONText.decode(key(at: index), in: bytes)
  }

  private func record(at index: Int) -> Record<7>? {
    var scanner = JSONScanner(bytes, at: Int(keys[index]))
    _ = try? scanner.string()
    scanner.skipSpace()
    _ = scanner.take(.colon)
    return try? scanner.record(Self.fields)
  }

  subscript(index: Int) -> Organization {
    // The record was read once, when the table was made, so nothing here is missing.
    let values = record(at: index)?.values ?? InlineArray(repeating: JSONValue())
    func text(_ field: Int) -> String? { values[field].text(in: bytes) }
    return Organization(
      id: id(at: index), name: text(1) ?? "",
      createdAt: text(2).flatMap { Timestamp($0) } ?? Timestamp(microseconds: 0), planTier: text(3) ?? "",
      lagoCustomerID: text(4), stripeCustomerID: text(5),
      status: text(6).flatMap(Organization.Status.init(rawValue:)) ?? .active)
  }

  /// Gives the values of an organization as they stand in the file; false where they aren't plain ASCII in the
  /// service's own form.
  func withPlainValues(at index: Int, _ body: (PlainOrganization) -> Void) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var entry = UsualRecord(bytes, at: Int(keys[index]))
      guard entry.take("\""), let id = entry.takeString(), entry.take(": "),
        let usual = UsualOrganization(bytes, at: entry.position)
      else { return false }
      func text(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
      }
      var bits: UInt8 = 0
      for byte in UnsafeRawBufferPointer(rebasing: bytes[id.lowerBound..<usual.end]) { bits |= byte }
      guard bits < 0x80, let createdAt = Timestamp(utf8: text(usual.createdAt).bindMemory(to: UInt8.self))
      else { return false }
      body(
        PlainOrganization(
          id: text(id), name: text(usual.name), plan: text(usual.plan), lago: usual.lago.map(text),
          stripe: usual.stripe.map(text), createdAt: createdAt,
          status: Organization.Status.allCases[usual.status]))
      return true
    }
  }

  /// Where each entry begins, in the order of the file.
  var boundaries: [(id: Int, offset: Int)] { keys.indices.map { ($0, Int(keys[$0])) } }

  /// The id that a record itself gives, which should be its key.
  func recordedID(at index: Int) -> String? { record(at: index)?.values[0].text(in: bytes) }

  /// The bytes of a record.
  func recordBytes(at index: Int) -> ArraySlice<UInt8> {
    guard let record = record(at: index) else { return [] }
    return bytes[Int(keys[index])...record.close]
  }

  // MARK: Edits

  /// What an edit does to the bytes.
  func splices(for edit: SnapshotEdit) -> Splices {
    var splices: [Splice] = []
    for (id, fields) in edit.fields {
      guard let record = index(of: id).flatMap(record(at:)) else { continue }
      var missing: [UInt8] = []
      for (field, value) in fields {
        let place = Self.place(of: field)
        let text = JSONText.encode(value)
        if record.values[place].kind == .missing {
          missing += Array(",\n    \"\(field.rawValue)\": ".utf8) + text
        } else {
          splices.append(Splice(record.values[place].range, text))
        }
      }
      if !missing.isEmpty { splices.append(Splice(at: record.lastEnd, missing)) }
    }
    let removed = Set(edit.removed.compactMap { index(of: $0) })
    splices += Splice.removal(of: removed, among: count, in: top) { index in
      Int(keys[index])..<(record(at: index)?.close ?? 0) + 1
    }
    if !edit.created.isEmpty {
      splices.append(top.appending(edit.created.values.map { JSONText.entry($0) }))
    }
    return Splices(splices)
  }

  private static func place(of field: OrganizationField) -> Int {
    switch field {
    case .name: 1
    case .planTier: 3
    case .lagoCustomerID: 4
    case .stripeCustomerID: 5
    case .status: 6
    }
  }

  /// The table with the splices of an edit made.
  func applying(_ splices: Splices) -> OrganizationTable {
    guard !splices.isEmpty else { return self }
    var result = self
    result.bytes = splices.applied(to: bytes)
    for index in result.keys.indices { result.keys[index] = UInt32(splices.shifted(Int(keys[index]))) }
    result.top = top.shifted(by: splices)
    var scanner = JSONScanner(result.bytes, at: result.top.lastEnd)
    var list = ProblemList(file: Self.file)
    result.scanEntries(&scanner, &list)
    result.problems = list.all
    return result
  }
}

/// Finds an index by a key's hash: open addressing, half full at most.
struct KeyIndex: Sendable {
  /// Index plus one; 0 is free.
  private var slots: [UInt32] = Array(repeating: 0, count: 16)
  /// Hashes by index, so that growing needs no key.
  private var hashes: [UInt32] = []

  static func hash(_ key: JSONString, in bytes: [UInt8]) -> Int {
    var hasher = Hasher()
    if key.hasEscapes {
      Array(JSONText.decode(key, in: bytes).utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
    } else {
      bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[key.range])) }
    }
    return hasher.finalize()
  }

  func find(hash: Int, isSame: (Int) -> Bool) -> Int? {
    let short = UInt32(truncatingIfNeeded: hash)
    var slot = Int(short) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == short, isSame(index) { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds the next index.
  mutating func insert(_ index: Int, hash: Int) {
    hashes.append(UInt32(truncatingIfNeeded: hash))
    if hashes.count * 2 > slots.count {
      slots = Array(repeating: 0, count: slots.count * 2)
      for index in hashes.indices { place(index) }
    } else {
      place(index)
    }
  }

  private mutating func place(_ index: Int) {
    var slot = Int(hashes[index]) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(index) + 1
  }
}
