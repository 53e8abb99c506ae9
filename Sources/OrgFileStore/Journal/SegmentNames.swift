import OrgCore
import Synchronization

/// A cache of the names of a journal's segments. After years there are a thousand of them, and a command
/// needs them a dozen times.
final class SegmentNames: Sendable {
  private let listed = Mutex<(directory: FileIdentity, names: [String])?>(nil)

  /// The names in order, without the suffix of compressed segments. The directory is listed
  /// again if it may have changed.
  func names(in directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError) -> [String] {
    let time = Duration.sinceEpoch
    let identity = FileIdentity(try calls.status(directory, "journal"))
    if let known = listed.withLock({ $0 }), known.directory == identity { return known.names }
    var names: [String] = []
    for name in try calls.list(directory, "journal").compactMap(Segment.name(ofFile:)).sorted()
    where name != names.last {
      names.append(name)
    }
    // A later change in the same clock tick would go unnoticed.
    let isSettled = max(identity.modified, identity.changed) < time - FileIdentity.tick
    listed.withLock { [names] in $0 = isSettled ? (identity, names) : nil }
    return names
  }
}
