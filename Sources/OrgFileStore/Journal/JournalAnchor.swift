import FoundationEssentials
import Glibc
import OrgCore
import SystemPackage

/// Where the journal begins after older segments have been removed. It is written before the first of them is removed,
/// so that any that remain after a crash are known to be obsolete.
struct JournalAnchor: Codable, Equatable {
  /// Its name in `journal`.
  static let file = "anchor"
  private static let limit = 1 << 16

  /// The first segment that is kept.
  var segment: String
  /// The hash of the removed line that precedes the segment's first line.
  var previous: String
  /// The first generation whose state can be reconstructed.
  var generation: UInt64
  /// When older segments were last removed.
  var time: String

  /// Reads the anchor; `nil` if nothing was ever removed, or the anchor doesn't match its hash.
  init?(in journal: borrowing Descriptor, _ calls: SystemCalls) {
    guard let file = try? calls.open(Self.file, in: journal, O_RDONLY),
      let text = try? calls.readAll(file, Self.file, size: 1 << 10), text.count <= Self.limit,
      let body = Journal.body(of: text.prefix { $0 != UInt8(ascii: "\n") })?.body,
      let anchor = try? JSONDecoder().decode(Self.self, from: body)
    else { return nil }
    self = anchor
  }

  init(_ line: Journal.Line, _ segment: String) {
    self.init(segment: segment, previous: line.record.previous, generation: line.record.generation)
  }

  init(segment: String, previous: String, generation: UInt64) {
    (self.segment, self.previous, self.generation) = (segment, previous, generation)
    time = Timestamp.now().description
  }

  /// The anchor as a single line in the journal's format.
  func text() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Array(try encoder.encode(self)).dropFirst()
    return Journal.prefix + Array(sha256(body).utf8) + Journal.separator + body + [UInt8(ascii: "\n")]
  }

  /// What is wrong with the first existing segment; `nil` if it is the one that was kept, or an older one that
  /// hasn't been removed yet.
  static func damage(
    _ anchor: Self?, at segment: String, _ line: Journal.Line
  ) -> String? {
    guard let anchor else {
      return line.range.lowerBound == 0 && !line.record.previous.isEmpty
        ? "\(segment): what came before its first line is missing" : nil
    }
    if segment < anchor.segment { return nil }
    guard segment == anchor.segment else { return "\(segment): the segments before it are missing" }
    return line.range.lowerBound == 0 && line.record.previous != anchor.previous
      ? "\(segment): its first line doesn't follow what was removed before it" : nil
  }
}
