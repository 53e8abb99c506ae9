import OrgCore
import Synchronization

/// The names of the segments of a journal, as they were listed last. Years of history have a thousand of them, and a
/// command asks a dozen times.
final class SegmentNames: Sendable {
  private let listed = Mutex<(directory: FileIdentity, names: [String])?>(nil)

  /// The names in order; of compressed segments, without the suffix that marks them. The directory is listed again
  /// where it may have changed since.
  func names(in directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError) -> [String] {
    let time = Duration.sinceEpoch
    let identity = FileIdentity(try calls.status(directory, "journal"))
    if let known = listed.withLock({ $0 }), known.directory == identity { return known.names }
    var names: [String] = []
    for name in try calls.list(directory, "journal").compactMap(Segment.name(ofFile:)).sorted()
    where name != names.last {
      names.append(name)
    }
    // A later change in the same tick of the clock would not show.
    let isSettled = max(identity.modified, identity.changed) < time - FileIdentity.tick
    listed.withLock { [names] in $0 = isSettled ? (identity, names) : nil }
    return names
  }
}
