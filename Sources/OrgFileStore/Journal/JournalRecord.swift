import FoundationEssentials
import OrgCore

/// One line of the journal. The names of its keys are the documented format.
struct JournalRecord: Codable, Sendable {
  /// What a line is about.
  enum Kind: String, Codable, Sendable {
    /// The state that a segment starts from; a full copy of both files stands in `checkpoints`.
    case checkpoint
    case edit, undo, redo, foreign, repair, restore
    /// Something was taken out of the lines before; an orgman that doesn't know of it must not go on.
    case erase
  }

  /// The latest version of this format.
  static let currentFormat = 2
  /// The version of lines of the kind `erase`; all others have the first.
  static let erasureFormat = 2
  /// The highest generation that a line may have: what any program can read that reads JSON with 64 bit numbers.
  static let highestGeneration = UInt64(Int64.max)

  var format = 1
  var generation: UInt64
  /// The hash of the line before; empty in the very first.
  var previous: String
  var time: String
  var kind: Kind
  /// The generation that an undo or redo is about.
  var of: UInt64?
  var actor: JournalActor
  var changes: [ChangeRecord] = []
  /// Generations that a foreign program took back.
  var reverted: [UInt64]?
  /// What a foreign program's files said and this generation doesn't.
  var refused: [ChangeRecord]?
  /// The generation that displaced the file in which a foreign program's change was found.
  var displaced: UInt64?
  var note: String?
  /// How many of its changes were erased since; of one of the kind `erase`, how many lines it took something from.
  var erased: Int?
  /// For `erase`, the hash of the last line before anything was taken from it.
  var head: String?
  /// Both files as this generation leaves them, by name.
  var files: [String: FileState]
  /// The hash of what a file held when it was replaced, by name, where that isn't what the generation before
  /// left.
  var replaced: [String: String]?
  /// What became of the bytes of each file, by name: absent where nothing did.
  var splices: [String: [JournalByteEdit]]?

  /// A file at one generation.
  struct FileState: Codable, Sendable, Hashable {
    var size: Int
    var sha256: String
    /// The inode that it was published under, by which a file that was never published is told from one that
    /// was written to afterwards.
    var inode: UInt64?
  }

  /// One place of a file: where, and the text before and after.
  struct JournalByteEdit: Codable, Sendable {
    var at: Int
    var before: String
    var after: String
  }

  /// Who wrote it, and in which process: one object with the keys of both.
  struct JournalActor: Codable, Sendable {
    var who: Actor
    var pid: Int32?

    private enum CodingKeys: CodingKey {
      case pid
    }

    init(_ who: Actor, pid: Int32) {
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
    // A checkpoint has no place in the history.
    guard let kind = HistoryEntry.Kind(name: self.kind.rawValue, of: of ?? 0) else { return nil }
    let erasedCount = self.kind == .erase ? 0 : erased ?? 0
    let loss = erasedCount == 0 ? nil : "\(erasedCount) change\(erasedCount == 1 ? " was" : "s were") erased"
    return HistoryEntry(
      generation: generation, time: Timestamp(time) ?? Timestamp(microseconds: 0), kind: kind,
      actor: actor.who, changes: changes.compactMap(\.recorded), reverted: reverted ?? [],
      refused: (refused ?? []).compactMap(\.recorded),
      note: note.map { text in loss.map { "\(text); \($0)" } ?? text } ?? loss,
      erasedCount: erasedCount)
  }

  /// The splices of a file, to make them again; `nil` where they can't have been made: before the file's beginning, out
  /// of order, or one over another.
  func splices(of file: String) -> BytePatch? {
    guard let ranges = ranges(of: file) else { return nil }
    return BytePatch(zip(ranges, splices?[file] ?? []).map { ByteEdit($0, Array($1.after.utf8)) })
  }

  /// Whether orgman can have written this, so that whoever reads the line can count on it.
  var isPossible: Bool {
    generation <= Self.highestGeneration && (erased ?? 0) >= 0 && files.values.allSatisfy { $0.size >= 0 }
      && (splices ?? [:]).keys.allSatisfy { ranges(of: $0) != nil }
      && (changes + (refused ?? [])).allSatisfy { $0.isKnown && $0.name != nil }
  }

  private func ranges(of file: String) -> [Range<Int>]? {
    var end = 0
    var ranges: [Range<Int>] = []
    for splice in splices?[file] ?? [] {
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
