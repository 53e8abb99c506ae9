import OrgCore

/// The replacement of a value, record, or list in a data file, after which the service can load the file or
/// the record can be edited.
public struct RecordRepair: Sendable, Hashable {
  /// The name of the file, without its directory.
  public let file: String
  /// A description to follow "would". Text from the data is escaped.
  public let action: String
  /// The bytes it replaces. If they have changed since a user approved the repair, it is a different repair.
  let before: [UInt8]
}

/// A fix for one problem of a record.
struct RecordFix {
  /// The problem and its location.
  let problem: JSONError
  /// A description to follow "would".
  let action: String
  let splice: ByteEdit

  /// Fixes that convert the strings of a value to a form that every program can read, except in ranges
  /// that are replaced anyway.
  static func strings(
    in bytes: [UInt8], _ range: Range<Int>, except replaced: [Range<Int>], of label: String
  ) -> [RecordFix] {
    var fixes: [RecordFix] = []
    var scanner = JSONScanner(bytes, at: range.lowerBound)
    while scanner.position < range.upperBound {
      guard scanner.next == .quote else {
        scanner.position += 1
        continue
      }
      let start = scanner.position
      guard let string = try? scanner.string() else { break }
      let extent = start..<scanner.position
      guard let flaw = string.flaw, !replaced.contains(where: { $0.overlaps(extent) }) else { continue }
      let text = JSONText.decode(string, in: bytes)
      let what = flaw.weight == .record ? "replace half a surrogate pair by U+FFFD" : "escape the text"
      fixes.append(
        RecordFix(
          problem: flaw, action: "\(what) in \(label)", splice: ByteEdit(extent, JSONText.encode(text))))
    }
    return fixes
  }

  /// Fixes that remove all values of a duplicate key except the last, which is the one that the service uses.
  static func duplicates<let count: Int>(
    in bytes: [UInt8], _ open: Int, _ keys: InlineArray<count, JSONKey>, of label: String
  ) -> [RecordFix] {
    var entries: [(name: String, start: Int)] = []
    var scanner = JSONScanner(bytes, at: open + 1)
    repeat {
      guard let key = try? scanner.string(), (try? scanner.expect(.colon)) != nil,
        (try? scanner.skipValue()) != nil
      else { break }
      entries.append((JSONText.decode(key, in: bytes), key.range.lowerBound - 1))
      scanner.skipSpace()
    } while scanner.take(.comma)
    let known = keys.indices.map { keys[$0].description }
    let last = Dictionary(entries.enumerated().map { ($1.name, $0) }) { $1 }
    return entries.indices.compactMap { place in
      let entry = entries[place]
      guard known.contains(entry.name), let last = last[entry.name], place < last else { return nil }
      return RecordFix(
        problem: JSONError(
          offset: entry.start, reason: "the key \(entry.name.quoted) appears twice", weight: .record),
        action: "keep the last \(entry.name.quoted) of \(label), which is the one that the service uses",
        splice: ByteEdit(entry.start..<entries[place + 1].start, []))
    }
  }
}

/// The evidence for values that a record lacks, or has in a form that can't be loaded.
struct RepairEvidence {
  /// The newest state in the history.
  let known: FileContents?
  /// The time of the repair.
  let now: Timestamp
  /// The earliest time at which a member of each organization joined.
  private let joins: [String: Timestamp]
  private let contents: FileContents

  init(_ contents: FileContents, known: FileContents?, now: Timestamp) {
    (self.contents, self.known, self.now) = (contents, known, now)
    joins = Self.firstJoins(contents.members.bytes)
  }

  func organization(_ id: String) -> Organization? {
    known.flatMap { known in known.index(ofOrganization: id).map(known.organization(at:)) }
  }

  func member(_ user: String?, of id: String) -> OrgUser? {
    guard let known, let user, let index = known.index(ofOrganization: id),
      let place = known.memberIndex(ofUser: user, at: index)
    else { return nil }
    return known.member(place, at: index)
  }

  /// The creation time of an organization: from the history, or the time when its first member joined.
  func created(_ id: String) -> (time: Timestamp, why: String) {
    if let time = organization(id)?.createdAt, time != .unknown { return (time, "which the history has") }
    if let time = joins[id] { return (time, "when its first member joined") }
    return (now, "the time of the repair")
  }

  /// The time when a member joined: from the history, or the creation time of its organization.
  func joined(_ user: String?, of id: String) -> (time: Timestamp, why: String) {
    if let time = member(user, of: id)?.joinedAt, time != .unknown { return (time, "which the history has") }
    if let index = contents.index(ofOrganization: id) {
      let time = contents.organization(at: index).createdAt
      if time != .unknown { return (time, "when the organization was created") }
    }
    return (now, "the time of the repair")
  }

  private static func firstJoins(_ bytes: [UInt8]) -> [String: Timestamp] {
    var joins: [String: Timestamp] = [:]
    var problems = ProblemList(file: MemberTable.file)
    guard let start = problems.scannedTop(of: bytes) else { return [:] }
    var top = RootObjectLayout(start: start, lastEnd: start)
    var scanner = JSONScanner(bytes, at: start)
    let rules = FieldRules(bytes: bytes)
    try? top.scan(&scanner) { (key, scanner) throws(JSONError) in
      let place = scanner.position
      let end = try scanner.skipValue().range.upperBound
      var list = JSONScanner(bytes, at: place)
      list.skipSpace()
      guard list.take(.openBracket) else { return true }
      while list.position < end, let record = try? list.record(MemberTable.fields) {
        let time = rules.time(record.values[3])
        if time != .unknown {
          let id = JSONText.decode(key, in: bytes)
          joins[id] = min(joins[id] ?? time, time)
        }
        list.skipSpace()
        guard list.take(.comma) else { break }
      }
      return true
    }
    return joins
  }
}
