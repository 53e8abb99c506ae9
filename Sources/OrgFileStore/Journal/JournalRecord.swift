import FoundationEssentials
import OrgCore

/// One line of the journal. The names of its keys are the documented format.
struct JournalRecord: Sendable {
  /// What a line is about.
  enum Kind: String, Codable, Sendable {
    /// The state that a segment starts from. `checkpoints` contains a full copy of both files.
    case checkpoint
    case edit, undo, redo, foreign, repair, restore
    /// Something was erased from earlier lines. A version of orgman that doesn't know this kind must not continue.
    case erase
  }

  /// The latest version of this format.
  static let currentFormat = 2
  /// The format version of `erase` lines; all others use version 1.
  static let erasureFormat = 2
  /// The highest valid generation: programs that read JSON with 64-bit integers can represent it.
  static let highestGeneration = UInt64(Int64.max)

  var format = 1
  var generation: UInt64
  /// The hash of the previous line; empty in the first line.
  var previous: String
  var time: String
  var kind: Kind
  /// The generation that an undo or redo refers to.
  var of: UInt64?
  var actor: JournalActor
  var changes: [ChangeRecord] = []
  /// What is known about the program that wrote the files, if it wasn't orgman.
  var external = ExternalWrite()
  var note: String?
  var erasure = Erasure()
  /// The data files.
  var data = FileChanges()

  /// A write of another program.
  struct ExternalWrite: Sendable {
    /// Generations that the program reverted.
    var reverted: [UInt64]?
    /// Changes in its files that this generation doesn't include.
    var refused: [ChangeRecord]?
    /// The generation that displaced the file in which its change was found.
    var displaced: UInt64?
  }

  /// What was erased from the journal.
  struct Erasure: Sendable {
    /// The number of changes of this generation that have been erased since; for `erase`, the number of lines that
    /// something was erased from.
    var count: Int?
    /// For `erase`, the hash of the last line before the erasure.
    var head: String?
  }

  /// The data files after this generation, and what it did to their bytes.
  struct FileChanges: Sendable {
    /// The state of both files, by name.
    var files: [String: FileState] = [:]
    /// The hashes of the files that were replaced, by name, if they differ from the result of the previous generation.
    var replaced: [String: String]?
    /// The edits to each file, by name; absent if the file is unchanged.
    var splices: [String: [JournalByteEdit]]?
  }

  /// The state of a file as of one generation.
  struct FileState: Codable, Sendable, Hashable {
    var size: Int
    var sha256: String
    /// The inode under which it was published. It distinguishes a file that was never published from one that
    /// was written to afterwards.
    var inode: UInt64?
  }

  /// One edit of a file: its offset, and the text before and after.
  struct JournalByteEdit: Codable, Sendable {
    var at: Int
    var before: String
    var after: String
  }

  /// The user and the process that wrote the line, encoded as one object with the keys of both.
  struct JournalActor: Codable, Sendable {
    var who: Actor
    var pid: Int32?

    private enum CodingKeys: CodingKey {
      case pid
    }

    init(_ who: Actor, pid: Int32?) {
      (self.who, self.pid) = (who, pid)
    }

    init(from decoder: any Decoder) throws {
      who = try Actor(from: decoder)
      pid = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int32.self, forKey: .pid)
    }

    func encode(to encoder: any Encoder) throws {
      try who.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(pid, forKey: .pid)
    }
  }

  var entry: HistoryEntry? {
    // Checkpoints aren't part of the history.
    guard let kind = HistoryEntry.Kind(name: self.kind.rawValue, of: of ?? 0) else { return nil }
    let loss = loss
    return HistoryEntry(
      generation: generation, time: Timestamp(time) ?? Timestamp(microseconds: 0), kind: kind,
      actor: actor.who, changes: changes.compactMap { $0.recorded(by: .history) },
      reverted: external.reverted ?? [],
      refused: (external.refused ?? []).compactMap { $0.recorded(by: .history) },
      note: note.map { text in loss.map { "\(text); \($0)" } ?? text } ?? loss,
      erasedCount: erasedCount)
  }

  private var erasedCount: Int { kind == .erase ? 0 : erasure.count ?? 0 }

  /// What the history says of changes that were erased; `nil` where none were.
  var loss: String? {
    erasedCount == 0 ? nil : "\(erasedCount) change\(erasedCount == 1 ? " was" : "s were") erased"
  }

  /// The edits of a file, ready to be applied; `nil` if they are impossible: before the beginning of the file, out
  /// of order, or overlapping.
  func splices(of file: String) -> BytePatch? {
    guard let ranges = ranges(of: file) else { return nil }
    return BytePatch(zip(ranges, data.splices?[file] ?? []).map { ByteEdit($0, Array($1.after.utf8)) })
  }

  /// Whether orgman can have written this line, so that readers can rely on it.
  var isPossible: Bool {
    generation <= Self.highestGeneration && (erasure.count ?? 0) >= 0
      && data.files.values.allSatisfy { $0.size >= 0 }
      && (data.splices ?? [:]).keys.allSatisfy { ranges(of: $0) != nil }
      && (changes + (external.refused ?? [])).allSatisfy { $0.isKnown && $0.name != nil }
  }

  private func ranges(of file: String) -> [Range<Int>]? {
    var end = 0
    var ranges: [Range<Int>] = []
    for splice in data.splices?[file] ?? [] {
      let (next, isTooFar) = splice.at.addingReportingOverflow(splice.before.utf8.count)
      guard splice.at >= end, !isTooFar, next <= FileLimit.bytes else { return nil }
      ranges.append(splice.at..<next)
      end = next
    }
    return ranges
  }
}

extension JournalRecord.JournalByteEdit {
  init(_ splice: ByteEdit, in bytes: [UInt8]) {
    at = splice.range.lowerBound
    before = String(decoding: bytes[splice.range], as: UTF8.self)
    after = String(decoding: splice.replacement, as: UTF8.self)
  }
}

/// The keys of a line, all in one object.
extension JournalRecord: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, generation, previous, time, kind, of, actor, changes, reverted, refused, displaced, note,
      erased, head
    case files, replaced, splices
  }

  init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: CodingKeys.self)
    format = try line.decode(Int.self, forKey: .format)
    generation = try line.decode(UInt64.self, forKey: .generation)
    previous = try line.decode(String.self, forKey: .previous)
    time = try line.decode(String.self, forKey: .time)
    kind = try line.decode(Kind.self, forKey: .kind)
    of = try line.decodeIfPresent(UInt64.self, forKey: .of)
    actor = try line.decode(JournalActor.self, forKey: .actor)
    changes = try line.decode([ChangeRecord].self, forKey: .changes)
    external.reverted = try line.decodeIfPresent([UInt64].self, forKey: .reverted)
    external.refused = try line.decodeIfPresent([ChangeRecord].self, forKey: .refused)
    external.displaced = try line.decodeIfPresent(UInt64.self, forKey: .displaced)
    note = try line.decodeIfPresent(String.self, forKey: .note)
    erasure.count = try line.decodeIfPresent(Int.self, forKey: .erased)
    erasure.head = try line.decodeIfPresent(String.self, forKey: .head)
    data.files = try line.decode([String: FileState].self, forKey: .files)
    data.replaced = try line.decodeIfPresent([String: String].self, forKey: .replaced)
    data.splices = try line.decodeIfPresent([String: [JournalByteEdit]].self, forKey: .splices)
  }

  func encode(to encoder: any Encoder) throws {
    var line = encoder.container(keyedBy: CodingKeys.self)
    try line.encode(format, forKey: .format)
    try line.encode(generation, forKey: .generation)
    try line.encode(previous, forKey: .previous)
    try line.encode(time, forKey: .time)
    try line.encode(kind, forKey: .kind)
    try line.encodeIfPresent(of, forKey: .of)
    try line.encode(actor, forKey: .actor)
    try line.encode(changes, forKey: .changes)
    try line.encodeIfPresent(external.reverted, forKey: .reverted)
    try line.encodeIfPresent(external.refused, forKey: .refused)
    try line.encodeIfPresent(external.displaced, forKey: .displaced)
    try line.encodeIfPresent(note, forKey: .note)
    try line.encodeIfPresent(erasure.count, forKey: .erased)
    try line.encodeIfPresent(erasure.head, forKey: .head)
    try line.encode(data.files, forKey: .files)
    try line.encodeIfPresent(data.replaced, forKey: .replaced)
    try line.encodeIfPresent(data.splices, forKey: .splices)
  }
}

extension Rules {
  /// For reading what happened: a history that came from a database may have roles that files don't.
  fileprivate static let history = Rules(roles: Role.allCases)
}
