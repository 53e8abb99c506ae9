import Glibc
import OrgCore
import SystemPackage

/// Compressing segments of the journal to which nothing is added any more.
extension StateDirectory {
  /// Bytes of text that are compressed at once after a change; longer segments wait for maintenance.
  static let compressionLimitForChanges = 16 << 20

  /// Compresses segments, newest first. The newest two stay as they are, as programs that are open go on reading them.
  /// A crash leaves both forms, of which the plain one counts, and this goes on from it.
  ///
  /// - Parameter limit: bytes of text to read at most.
  func compressSegments(limit: Int = .max) throws(SystemCallError) {
    var rest = limit
    let files = Set(try calls.list(journal, "journal"))
    for segment in try Journal.segments(journal, calls).dropLast(2).reversed() where files.contains(segment) {
      let size = Int(try calls.status(of: segment, in: journal).st_size)
      guard size <= min(rest, FrameTable.textLimit) else { continue }
      rest -= size
      let text = try read(segment, in: journal)
      // What can't be read is for people to look at.
      let parsed = Journal.parse(text, decoding: Journal.head(of:))
      guard parsed.damage.isEmpty, parsed.good == text.count, let file = FrameTable.file(of: text) else {
        continue
      }
      try write(file, as: segment + Segment.compressedSuffix, in: journal)
      try calls.remove(segment, in: journal)
    }
  }
}
