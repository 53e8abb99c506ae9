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

  static let fields: InlineArray<7, StaticString> = [
    "id", "name", "created_at", "plan_tier", "lago_customer_id", "stripe_customer_id", "status",
  ]

  var count: Int { keys.count }

  /// Reads the file's bytes, the halves of a file that has at least `dividing` of them at once. What can't be used is
  /// left out and named in `problems`.
  ///
  /// - Parameter largest: bytes of a file that is read.
  init(
    _ bytes: [UInt8], dividing: Int = TopObject.shortestToDivide, largest: Int = FileLimit.bytes
  ) {
    guard bytes.count <= largest else {
      self.bytes = []
      problems = [DataProblem(file: Self.file, offset: 0, key: "", reason: FileLimit.reason)]
      (isBroken, isReadable) = (true, false)
      return
    }
    self.bytes = bytes
    var problems = ProblemList(file: Self.file)
    if let start = problems.scannedTop(of: bytes) {
      isBroken = !problems.isEmpty
      top = TopObject(start: start, lastEnd: start)
      let middle = TopObject.middle(of: bytes, atLeast: dividing)
      let second = middle.map { middle in Concurrent { OrganizationScan(bytes, from: middle) } }
      let first = OrganizationScan(bytes, from: start, until: middle)
      adopt(first, &problems)
      // Unless the place only looked like an entry.
      if first.hasStopped, let second { adopt(second.value, &problems) }
    } else {
      isBroken = true
    }
    problems.finish { [self] offset in
      guard offset < self.top.lastEnd else { return nil }
      return keys.lastIndex { $0 < offset }.map(id(at:))
    }
    self.problems = problems.all
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

  /// Reads bytes of which most stood in the file before: only what lies between the parts that stayed the same at its
  /// beginning and at its end. `nil` where something is wrong with the file, or where organizations don't keep their
  /// indices.
  ///
  /// - Returns: the table, and the indices of what was read.
  static func reading(_ bytes: [UInt8], after old: OrganizationTable) -> (
    OrganizationTable, read: Range<Int>
  )? {
    guard old.isReadable, old.problems.isEmpty, !old.isBroken else { return nil }
    let same = SameEnds(old.bytes, bytes)
    // The last key that stood in the same place, and the first whose place only moved.
    let first = old.keys.firstIndex(above: UInt32(same.prefix)) - 1
    let behind = old.keys.firstIndex(above: UInt32(old.bytes.count - same.suffix), orAt: true)
    guard first >= 0, first <= behind else { return nil }
    let shift = bytes.count - old.bytes.count
    let stop = behind < old.count ? Int(old.keys[behind]) + shift : nil
    let scan = OrganizationScan(bytes, from: Int(old.keys[first]), until: stop)
    guard scan.problems.isEmpty, !scan.isBroken, scan.hasStopped == (stop != nil),
      stop == nil ? scan.keys.count >= behind - first : scan.keys.count == behind - first
    else { return nil }
    var table = old
    table.bytes = bytes
    for (offset, place) in scan.keys.prefix(behind - first).enumerated() {
      guard old.isKey(table.key(atPlace: place), in: bytes, at: first + offset) else { return nil }
      table.keys[first + offset] = place
    }
    for index in behind..<old.count { table.keys[index] = UInt32(Int(old.keys[index]) + shift) }
    for (place, hash) in zip(scan.keys, scan.hashes).dropFirst(behind - first) {
      guard table.find(table.key(atPlace: place), in: bytes, hash: hash) == nil else { return nil }
      table.keys.append(place)
      table.index.insert(table.keys.count - 1, hash: hash)
    }
    table.top.adopt(scan.top)
    if stop != nil { (table.top.lastEnd, table.top.close) = (old.top.lastEnd + shift, old.top.close + shift) }
    return (table, first..<first + scan.keys.count)
  }

  /// Takes in entries that stand behind all that are here.
  private mutating func adopt(_ scan: OrganizationScan, _ problems: inout ProblemList) {
    isBroken = isBroken || scan.isBroken
    problems.add(scan.problems)
    for (place, hash) in zip(scan.keys, scan.hashes) {
      let key = key(atPlace: place)
      guard find(key, in: bytes, hash: hash) == nil else {
        // Programs don't agree which of two counts.
        isBroken = true
        let error = JSONError(offset: Int(place), reason: "the organization stands twice")
        problems.note(error, key: JSONText.decode(key, in: bytes))
        continue
      }
      keys.append(place)
      index.insert(keys.count - 1, hash: hash)
    }
    top.adopt(scan.top)
  }

  private func key(at index: Int) -> JSONString { key(atPlace: keys[index]) }

  private func key(atPlace place: UInt32) -> JSONString {
    var scanner = JSONScanner(bytes, at: Int(place))
    return (try? scanner.string()) ?? JSONString(range: 0..<0, hasEscapes: false)
  }

  private func find(_ key: JSONString, in text: [UInt8], hash: UInt32) -> Int? {
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

  /// Whether all organizations of another table have the same indices here.
  func hasIndices(of other: OrganizationTable) -> Bool {
    other.count <= count
      && other.keys.indices.allSatisfy { index in
        let key = other.key(at: index)
        return isKey(key, in: other.bytes, at: index)
          || key.hasEscapes && JSONText.decode(key, in: other.bytes) == id(at: index)
      }
  }

  /// Whether this is the table of what was read.
  func isOf(_ image: DataDirectory.Image) -> Bool {
    guard case .bytes(let bytes, _) = image else { return false }
    return haveSameBytes(bytes, self.bytes)
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
    var problems = ProblemList(file: Self.file)
    if let next = result.top.findEnd(in: result.bytes) {
      result.adopt(OrganizationScan(result.bytes, from: next), &problems)
    }
    result.problems = problems.all
    return result
  }
}

/// Finds an index by a key's hash: open addressing, half full at most.
struct KeyIndex: Sendable {
  /// Index plus one; 0 is free.
  private var slots: [UInt32] = Array(repeating: 0, count: 16)
  /// Hashes by index, so that growing needs no key.
  private var hashes: [UInt32] = []

  static func hash(_ key: JSONString, in bytes: [UInt8]) -> UInt32 {
    var hasher = Hasher()
    if key.hasEscapes {
      Array(JSONText.decode(key, in: bytes).utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
    } else {
      bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[key.range])) }
    }
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  func find(hash: UInt32, isSame: (Int) -> Bool) -> Int? {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash, isSame(index) { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds the next index.
  mutating func insert(_ index: Int, hash: UInt32) {
    hashes.append(hash)
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
