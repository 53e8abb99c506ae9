import Glibc
import OrgCore
import SystemPackage

/// Compressing journal segments that are no longer appended to.
extension StateDirectory {
  /// The maximum amount of text compressed after a change, in bytes. Longer segments wait for maintenance.
  static let compressionLimitForChanges = 16 << 20

  /// Compresses segments, newest first. The newest two remain uncompressed, because running programs still
  /// read them. A crash may leave both forms of a segment. In that case the uncompressed form is used, and the
  /// next call continues from it.
  ///
  /// - Parameter limit: the maximum amount of text to read, in bytes.
  func compressSegments(limit: Int = .max) throws(SystemCallError) {
    var rest = limit
    let files = Set(try calls.list(journal, "journal"))
    for segment in try Journal.segments(journal, calls).dropLast(2).reversed() where files.contains(segment) {
      let size = Int(try calls.status(of: segment, in: journal).st_size)
      guard size <= min(rest, FrameTable.textLimit) else { continue }
      rest -= size
      let text = try read(segment, in: journal)
      // A damaged segment is left for inspection.
      let parsed = Journal.parse(text, decoding: Journal.head(of:))
      guard parsed.damage.isEmpty, parsed.good == text.count, let file = FrameTable.file(of: text) else {
        continue
      }
      try write(file, as: segment + Segment.compressedSuffix, in: journal)
      try calls.remove(segment, in: journal)
    }
  }
}
