import Glibc
import OrgCore
import SystemPackage

// The files that newer ones took the place of.
extension StateDirectory {
  /// A file that was exchanged for a newer one. Whoever had it open writes to it still.
  struct Displaced {
    var name: String
    /// The generation that took its place.
    var generation: UInt64
    /// Which data file it was.
    var file: String
    /// The start of the hash of what it held then.
    var hash: String
    /// Whether a lease kept every writer from it until it was displaced, or it was found afterwards to hold what it
    /// held then.
    var isQuiescent: Bool
    /// When it had been written to when that was found; its sign is left out.
    var modified: String?

    /// - Returns: `nil` where it isn't the name of a displaced file.
    init?(name: String) {
      let parts = name.split(separator: ".", maxSplits: 1)
      let stamp = parts.first?.split(separator: "-") ?? []
      guard parts.count == 2, stamp.count >= 2, let generation = UInt64(stamp[0]) else { return nil }
      (self.name, self.generation, file) = (name, generation, String(parts[1]))
      hash = String(stamp[1])
      isQuiescent = stamp.dropFirst(2).first == "calm"
      modified = stamp.dropFirst(3).first.map(String.init)
    }

    /// Whether nothing was written to it since: a write leaves both times of a file the same.
    func isQuiescent(_ identity: FileIdentity) -> Bool {
      isQuiescent && identity.isMoved && modified.map { $0 == Self.stamp(identity.modified) } ?? true
    }

    func quiescentName(modified: Duration) -> String {
      "\(generation)-\(hash)-calm-\(Self.stamp(modified)).\(file)"
    }

    private static func stamp(_ time: Duration) -> String {
      time.fileTimeText.filter { $0 != "-" }
    }
  }

  static func displacedName(
    _ generation: UInt64, _ hash: String, _ file: String, isQuiescent: Bool = false
  ) -> String {
    "\(generation)-\(hash.prefix(16))\(isQuiescent ? "-calm" : "").\(file)"
  }

  func displacedFiles() throws(SystemCallError) -> [Displaced] {
    Self.displacedFiles(named: try calls.list(displaced, "displaced"))
  }

  static func displacedFiles(named names: [String]) -> [Displaced] {
    names.compactMap { Displaced(name: $0) }.sorted {
      // Members come after their organizations.
      ($0.generation, $0.file == MemberTable.file ? 1 : 0, $0.name)
        < ($1.generation, $1.file == MemberTable.file ? 1 : 0, $1.name)
    }
  }
}
