import OrgCore

/// All possible repairs of the records in both files, and their edits.
struct RepairPlan {
  struct Item {
    let file: String
    let severity: Finding.Severity
    /// A description of the problem, in a sentence.
    let text: String
    let remedy: Finding.Remedy
    /// Problems within this range are dealt with.
    let extent: Range<Int>
    var splices: [ByteEdit] = []
    /// The index of the entry that is removed.
    var removal: Int?
    /// The start of the entry that remains instead.
    var successor: Int?

    /// Whether the item deals with a problem.
    func covers(_ problem: FileProblem) -> Bool {
      file == problem.file && (extent.contains(problem.offset) || successor == problem.offset)
    }
  }

  var items: [Item] = []
  /// The range of each entry of a file, including its key.
  private var entries: [String: (extents: [Range<Int>], top: RootObjectLayout)] = [:]
  /// The start offsets of the entries that are removed.
  private(set) var removed: [String: Set<Int>] = [:]

  init(_ contents: FileContents, known: FileContents?, now: Timestamp = .now()) {
    let evidence = RepairEvidence(contents, known: known, now: now)
    addOrganizations(contents.organizations.bytes, evidence)
    addMembers(contents.members.bytes, evidence)
  }

  /// Both files after some of the repairs.
  func applied(to contents: FileContents, where isMeant: (Item) -> Bool) -> FileContents {
    func repaired(_ file: String) -> [UInt8] {
      let meant = items.filter { $0.file == file && isMeant($0) }
      let removed = Set(meant.compactMap(\.removal))
      var splices = meant.flatMap(\.splices)
      if let entries = entries[file] {
        splices += ByteEdit.removal(of: removed, among: entries.extents.count, in: entries.top) {
          entries.extents[$0]
        }
      }
      return BytePatch(splices).applied(to: contents.bytes(of: file))
    }
    let table = OrganizationTable(repaired(OrganizationTable.file))
    return FileContents(
      organizations: table, members: MemberTable(repaired(MemberTable.file), of: table))
  }

  // MARK: Entries

  struct Entry {
    let key: JSONString
    let name: String
    /// Includes the key.
    let extent: Range<Int>
    let value: Int
  }

  /// The entries of a file; none if its text is broken.
  mutating func scan(_ bytes: [UInt8], _ file: String) -> [Entry] {
    var found: [Entry] = []
    var problems = ProblemList(file: file)
    guard let start = problems.scannedTop(of: bytes) else { return [] }
    var top = RootObjectLayout(start: start, lastEnd: start)
    var scanner = JSONScanner(bytes, at: start)
    do throws(JSONError) {
      try top.scan(&scanner) { (key, scanner) throws(JSONError) in
        let range = try scanner.skipValue().range
        found.append(
          Entry(
            key: key, name: JSONText.decode(key, in: bytes),
            extent: key.range.lowerBound - 1..<range.upperBound, value: range.lowerBound))
        return true
      }
    } catch {
      return []
    }
    entries[file] = (found.map(\.extent), top)
    addSuperseded(found, bytes, file)
    return found
  }

  /// Adds repairs for duplicate entries. The service uses the last one.
  private mutating func addSuperseded(_ found: [Entry], _ bytes: [UInt8], _ file: String) {
    let last = Dictionary(found.enumerated().map { ($1.name, $0) }) { $1 }
    for (place, entry) in found.enumerated() {
      guard let last = last[entry.name], last != place else { continue }
      let reason = "\(entry.name.escapedForDisplay) appears twice"
      let action =
        "keep the last \(file == OrganizationTable.file ? "record" : "member list") of \(entry.name.escapedForDisplay), which is the one that the service uses"
      add(
        entry, bytes, file, JSONError(offset: entry.extent.lowerBound, reason: reason, weight: .record),
        action, successor: found[last].extent.lowerBound)
    }
  }

  /// Adds the removal of an entry.
  mutating func add(
    _ entry: Entry, _ bytes: [UInt8], _ file: String, _ problem: JSONError, _ action: String,
    successor: Int? = nil
  ) {
    let before = Array(bytes[entry.extent])
    removed[file, default: []].insert(entry.extent.lowerBound)
    items.append(
      Item(
        file: file, severity: problem.weight == .record ? .warning : .error,
        text: Self.sentence(file, problem, entry.name),
        remedy: .repair(RecordRepair(file: file, action: action, before: before)), extent: entry.extent,
        removal: entries[file]?.extents.firstIndex(of: entry.extent), successor: successor))
  }

  private static func sentence(_ file: String, _ problem: JSONError, _ key: String) -> String {
    "\(FileProblem(file: file, offset: problem.offset, key: key, reason: problem.reason))."
  }

  static func items(
    _ fixes: [RecordFix], in bytes: [UInt8], _ file: String, key: String, extent: Range<Int>
  ) -> [Item] {
    fixes.map { fix in
      Item(
        file: file, severity: fix.problem.weight == .record ? .warning : .error,
        text: sentence(file, fix.problem, key),
        remedy: .repair(
          RecordRepair(file: file, action: fix.action, before: Array(bytes[fix.splice.range]))),
        extent: extent, splices: [fix.splice])
    }
  }

  static func defaults(
    _ field: DefaultedFields, _ key: String, _ value: String, indent: Int, at end: Int, _ file: String,
    _ label: String
  ) -> Item {
    let line = ",\n" + String(repeating: " ", count: indent) + "\"\(key)\": "
    return Item(
      file: file, severity: .note, text: label, remedy: .writeDefaults(field), extent: end..<end,
      splices: [ByteEdit(at: end, Array(line.utf8) + JSONText.encode(value))])
  }

  // MARK: Values

  /// The fix that replaces or adds a value.
  static func fix(
    _ problem: JSONError, _ key: String, _ wanted: (value: String?, why: String), _ value: JSONValue,
    _ lastEnd: Int, indent: Int, _ label: String
  ) -> RecordFix {
    // The time of the repair isn't known until then.
    let isNow = wanted.why == "the time of the repair"
    let shown = isNow ? wanted.why : (wanted.value?.quoted ?? "null") + ", " + wanted.why
    let text = JSONText.encode(wanted.value)
    let line = ",\n" + String(repeating: " ", count: indent) + "\"\(key)\": "
    return RecordFix(
      problem: problem, action: "set \(key) of \(label) to \(shown)",
      splice: value.kind == .missing
        ? ByteEdit(at: lastEnd, Array(line.utf8) + text) : ByteEdit(value.range, text))
  }

  /// The text of a value, as far as it has one: invalid characters are replaced, and a number becomes its digits.
  static func text(_ value: JSONValue, _ rules: FieldRules, _ known: String?) -> (String?, String)? {
    if let known { return (known, "which the history has") }
    if let text = value.text(in: rules.bytes) { return (text, "as far as it can be used") }
    let raw = String(decoding: rules.bytes[value.range].prefix(200), as: UTF8.self)
    return value.kind == .other && Double(raw) != nil ? (raw, "its digits") : nil
  }
}
