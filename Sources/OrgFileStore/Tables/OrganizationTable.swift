import OrgCore

/// `organizations.json` in memory: its bytes, and the offset of each record.
struct OrganizationTable: Sendable {
  static let file = "organizations.json"

  private(set) var bytes: [UInt8]
  /// Problems that prevent the service from loading the file.
  private(set) var problems: [FileProblem] = []
  /// Problems of records that the service can nevertheless load, up to a limit.
  private(set) var recordProblems: [FileProblem] = []
  /// Whether the text itself is broken, rather than just a record in it, so that no program could parse it.
  private(set) var isBroken = false
  /// Whether the file could be read at all.
  private(set) var isReadable = true
  /// The offset of the opening quote of each organization's key.
  private(set) var keys: [UInt32] = []
  private var index = KeyIndex()
  /// The offsets of earlier records with the same key, by index. Programs don't agree on which of two records to use;
  /// the service uses the last.
  private(set) var superseded: [Int: [UInt32]] = [:]
  private(set) var top = RootObjectLayout()

  static let fields = PerOrganizationKey<JSONKey> { JSONKey(OrganizationKey.all[$0].name) }

  private static let idPlace = OrganizationKey.id.place
  private static let timePlace = OrganizationKey.createdAt.place

  var count: Int { keys.count }

  /// Parses a file. The two halves of a file of at least `dividing` bytes are parsed in parallel. Anything that can't
  /// be used is left out and reported in `problems`.
  ///
  /// - Parameter largest: the maximum size of the file in bytes.
  init(
    _ bytes: [UInt8], dividing: Int = RootObjectLayout.shortestToDivide, largest: Int = FileLimit.bytes
  ) {
    guard bytes.count <= largest else {
      self.bytes = []
      problems = [FileProblem(file: Self.file, offset: 0, key: "", reason: FileLimit.reason)]
      (isBroken, isReadable) = (true, false)
      return
    }
    self.bytes = bytes
    var problems = ProblemList(file: Self.file)
    var oddities = problems
    if let start = problems.scannedTop(of: bytes) {
      isBroken = !problems.isEmpty
      top = RootObjectLayout(start: start, lastEnd: start)
      let middle = RootObjectLayout.middle(of: bytes, atLeast: dividing)
      let second = middle.map { middle in BackgroundTask { OrganizationScan(bytes, from: middle) } }
      let first = OrganizationScan(bytes, from: start, until: middle)
      adopt(first, &problems, &oddities)
      // Unless `middle` only looked like the start of an entry.
      if first.hasStopped, let second { adopt(second.value, &problems, &oddities) }
      if !superseded.isEmpty { putInOrder() }
    } else {
      isBroken = true
    }
    problems.finish { [self] offset in
      guard offset < self.top.lastEnd else { return nil }
      return keys.lastIndex { $0 < offset }.map(id(at:))
    }
    oddities.finish { _ in nil }
    self.problems = problems.all
    recordProblems = oddities.all
  }

  /// A file that couldn't be read for the given reason: empty, with a problem.
  private init(unreadable reason: String) {
    bytes = []
    problems = [FileProblem(file: Self.file, offset: 0, key: "", reason: reason)]
    isBroken = true
    isReadable = false
  }

  /// Creates the table of a file whose offsets are already known.
  ///
  /// - Parameters:
  ///   - keys: the offset of the opening quote of each organization's key.
  ///   - top: the layout of the object that contains the organizations.
  init(_ bytes: [UInt8], keys: [UInt32], top: RootObjectLayout) {
    (self.bytes, self.keys, self.top) = (bytes, keys, top)
    index = KeyIndex(count: keys.count)
    for (index, place) in keys.enumerated() {
      self.index.insert(index, hash: KeyIndex.hash(key(atPlace: place), in: bytes))
    }
  }

  /// Parses the result of reading a file.
  init(_ image: DataDirectory.Image) {
    switch image {
    case .bytes(let bytes, _): self.init(bytes)
    case .unreadable(let reason, _): self.init(unreadable: reason)
    }
  }

  /// Parses a changed file, but only the part between the common beginning and the common end of the old and the new
  /// text. `nil` if the file has problems, or if organizations don't keep their indices.
  ///
  /// - Returns: the table, and the indices of the parsed organizations.
  static func reading(_ bytes: [UInt8], after old: OrganizationTable) -> (
    OrganizationTable, read: Range<Int>
  )? {
    guard old.isReadable, old.problems.isEmpty, old.recordProblems.isEmpty, !old.isBroken else { return nil }
    let same = UnchangedAffixes(old.bytes, bytes)
    // The last key at an unchanged offset, and the first that has only moved.
    let first = old.keys.firstIndex(above: UInt32(same.prefix)) - 1
    let following = old.keys.firstIndex(above: UInt32(old.bytes.count - same.suffix), orAt: true)
    guard first >= 0, first <= following else { return nil }
    let shift = bytes.count - old.bytes.count
    let stop = following < old.count ? Int(old.keys[following]) + shift : nil
    let scan = OrganizationScan(bytes, from: Int(old.keys[first]), until: stop)
    guard scan.problems.isEmpty, scan.oddities.isEmpty, !scan.isBroken, scan.hasStopped == (stop != nil),
      stop == nil ? scan.keys.count >= following - first : scan.keys.count == following - first
    else { return nil }
    var table = old
    table.bytes = bytes
    for (offset, place) in scan.keys.prefix(following - first).enumerated() {
      guard old.isKey(table.key(atPlace: place), in: bytes, at: first + offset) else { return nil }
      table.keys[first + offset] = place
    }
    for index in following..<old.count { table.keys[index] = UInt32(Int(old.keys[index]) + shift) }
    for (place, hash) in zip(scan.keys, scan.hashes).dropFirst(following - first) {
      guard table.find(table.key(atPlace: place), in: bytes, hash: hash) == nil else { return nil }
      table.keys.append(place)
      table.index.insert(table.keys.count - 1, hash: hash)
    }
    table.top.adopt(scan.top)
    if stop != nil { (table.top.lastEnd, table.top.close) = (old.top.lastEnd + shift, old.top.close + shift) }
    return (table, first..<first + scan.keys.count)
  }

  /// Adds entries that come after all existing ones.
  private mutating func adopt(
    _ scan: OrganizationScan, _ problems: inout ProblemList, _ oddities: inout ProblemList
  ) {
    isBroken = isBroken || scan.isBroken
    problems.add(scan.problems)
    oddities.add(scan.oddities)
    for (place, hash) in zip(scan.keys, scan.hashes) {
      let key = key(atPlace: place)
      if let known = find(key, in: bytes, hash: hash) {
        superseded[known, default: []].append(keys[known])
        keys[known] = place
        let id = JSONText.decode(key, in: bytes)
        oddities.note(Self.secondRecord(at: place), key: id, scope: .organization(id))
        continue
      }
      keys.append(place)
      index.insert(keys.count - 1, hash: hash)
    }
    top.adopt(scan.top)
  }

  private static func secondRecord(at place: UInt32) -> JSONError {
    JSONError(
      offset: Int(place), reason: "the organization appears twice; the service uses the last record",
      weight: .record)
  }

  /// Reorders organizations by the position of their records in the file, after duplicates were found.
  private mutating func putInOrder() {
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    superseded = Dictionary(
      order.enumerated().compactMap { place, old in superseded[old].map { (place, $0) } },
      uniquingKeysWith: { first, _ in first })
    index = index.reordered(order)
    keys = order.map { keys[$0] }
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
      return haveSameBytes(text[key.range], bytes[other.range])
    }
  }

  /// The index of an organization, given a key in another text.
  func index(of key: JSONString, in text: [UInt8]) -> Int? {
    find(key, in: text, hash: KeyIndex.hash(key, in: text))
  }

  /// Whether a key in another text is that of the organization at an index.
  func isKey(_ key: JSONString, in text: [UInt8], at index: Int) -> Bool {
    guard index < count, !key.hasEscapes else { return false }
    let start = Int(keys[index]) + 1
    let end = start + key.range.count
    return end < bytes.count && bytes[end] == .quote && haveSameBytes(bytes[start..<end], text[key.range])
  }

  /// Whether all organizations of another table have the same indices in this one.
  func hasIndices(of other: OrganizationTable) -> Bool {
    other.count <= count
      && other.keys.indices.allSatisfy { index in
        let key = other.key(at: index)
        return isKey(key, in: other.bytes, at: index)
          || key.hasEscapes && JSONText.decode(key, in: other.bytes) == id(at: index)
      }
  }

  /// Whether this is the table of a file that was read.
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

  private func record(at index: Int) -> OrganizationRecord? { record(atPlace: keys[index]) }

  private func record(atPlace place: UInt32) -> OrganizationRecord? {
    var scanner = JSONScanner(bytes, at: Int(place))
    _ = try? scanner.string()
    scanner.skipSpace()
    _ = scanner.take(.colon)
    return try? scanner.record(Self.fields)
  }

  subscript(index: Int) -> Organization {
    // The record was parsed when the table was created; missing fields have defaults.
    let values = record(at: index)?.values ?? InlineArray(repeating: JSONValue())
    var organization = Organization(id: id(at: index), name: "", createdAt: .unknown)
    for (place, key) in OrganizationKey.all.enumerated() {
      switch key {
      case .id: break
      case .createdAt: organization.createdAt = FieldRules(bytes: bytes).time(values[place])
      case .field(let field): organization[field] = values[place].text(in: bytes)
      }
    }
    return organization
  }

  /// Calls a function with the values of an organization as they are in the file. Returns false if they aren't plain
  /// ASCII in the service's own form.
  func withRawFields(at index: Int, _ body: (RawFieldOrganization) -> Void) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var entry = CanonicalRecordScanner(bytes, at: Int(keys[index]))
      guard entry.take("\""), let id = entry.takeString(), entry.take(": "),
        let usual = UsualOrganization(bytes, at: entry.position)
      else { return false }
      var bits: UInt8 = 0
      for byte in UnsafeRawBufferPointer(rebasing: bytes[id.lowerBound..<usual.end]) { bits |= byte }
      guard bits < 0x80, let time = usual.places[Self.timePlace].range,
        let createdAt = Timestamp(
          utf8: UnsafeRawBufferPointer(rebasing: bytes[time]).bindMemory(to: UInt8.self))
      else { return false }
      // An organization is identified by its key.
      var places = usual.places
      places[Self.idPlace] = RawFieldOrganization.ValueRange(id)
      places.span.withUnsafeBufferPointer {
        body(
          RawFieldOrganization(
            bytes, $0, createdAt: createdAt, status: Organization.Status.allCases[usual.status]))
      }
      return true
    }
  }

  /// Why the record of an organization can't be edited; `nil` if it can.
  func problem(at index: Int) -> FileProblem? {
    let found: JSONError?
    if superseded[index] != nil {
      found = Self.secondRecord(at: keys[index])
    } else if isUsual(at: index) {
      return nil
    } else {
      let rules = FieldRules(bytes: bytes)
      found = record(at: index).flatMap { record in
        (try? OrganizationScan.check(record, key: key(at: index), rules)) ?? nil
      }
    }
    return found.map {
      let id = id(at: index)
      return FileProblem(
        file: Self.file, offset: $0.offset, key: id, reason: $0.reason, scope: .organization(id))
    }
  }

  /// The fields that are missing in a record.
  func defaultedFields(at index: Int) -> DefaultedFields {
    guard !isUsual(at: index), let values = record(at: index)?.values else { return [] }
    var fields: DefaultedFields = []
    for (place, key) in OrganizationKey.all.enumerated() where values[place].kind == .missing {
      if let field = key.defaulted { fields.insert(field) }
    }
    return fields
  }

  /// Whether a record has the form that the service writes.
  private func isUsual(at index: Int) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var entry = CanonicalRecordScanner(bytes, at: Int(keys[index]))
      return entry.take("\"") && entry.takeString() != nil && entry.take(": ")
        && UsualOrganization(bytes, at: entry.position) != nil
    }
  }

  /// The offset of each entry, in file order.
  var boundaries: [(id: Int, offset: Int)] { keys.indices.map { ($0, Int(keys[$0])) } }

  /// The ID within a record, which should be the same as its key.
  func recordedID(at index: Int) -> String? { record(at: index)?.values[0].text(in: bytes) }

  /// The bytes of a record.
  func recordBytes(at index: Int) -> ArraySlice<UInt8> {
    guard let record = record(at: index) else { return [] }
    return bytes[Int(keys[index])...record.close]
  }

  // MARK: Edits

  /// Converts an edit to byte edits.
  func splices(for edit: StoreEdit) -> BytePatch {
    var splices: [ByteEdit] = []
    for (id, fields) in edit.fields {
      guard let record = index(of: id).flatMap(record(at:)) else { continue }
      var missing: [UInt8] = []
      for (field, value) in fields {
        let place = OrganizationKey.field(field).place
        let text = JSONText.encode(value)
        if record.values[place].kind == .missing {
          missing += Array(",\n    \"\(field.rawValue)\": ".utf8) + text
        } else {
          splices.append(ByteEdit(record.values[place].range, text))
        }
      }
      if !missing.isEmpty { splices.append(ByteEdit(at: record.lastEnd, missing)) }
    }
    splices += removal(of: edit.removed.compactMap { index(of: $0) })
    if !edit.created.isEmpty {
      splices.append(top.appending(edit.created.values.map { JSONText.entry($0) }))
    }
    return BytePatch(splices)
  }

  /// Removes records, along with those that they superseded, which are between the others. Other
  /// superseded records stay.
  private func removal(of indices: [Int]) -> [ByteEdit] {
    let order = (keys + superseded.values.joined()).sorted()
    let removed = Set(
      indices.flatMap { [keys[$0]] + (superseded[$0] ?? []) }.map { order.firstIndex(above: $0, orAt: true) })
    return ByteEdit.removal(of: removed, among: order.count, in: top) { place in
      Int(order[place])..<(record(atPlace: order[place])?.close ?? 0) + 1
    }
  }

  /// Applies byte edits to the table.
  func applying(_ splices: BytePatch) -> OrganizationTable {
    guard !splices.isEmpty else { return self }
    var result = self
    result.bytes = splices.applied(to: bytes)
    result.keys = splices.shifted(keys[...])
    result.top = top.shifted(by: splices)
    result.superseded = superseded.mapValues { $0.map { UInt32(splices.shifted(Int($0))) } }
    var problems = ProblemList(file: Self.file)
    var oddities = problems
    if let next = result.top.findEnd(in: result.bytes) {
      result.adopt(OrganizationScan(result.bytes, from: next), &problems, &oddities)
    }
    result.problems = problems.all
    result.recordProblems =
      ProblemList.shifted(recordProblems, by: splices) { _ in false } + oddities.all
    return result
  }
}
