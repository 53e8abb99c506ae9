import Glibc
import OrgCore
import SystemPackage

// Files that were replaced by newer ones.
extension StateDirectory {
  /// A file that was exchanged for a newer one. Programs that had it open can still write to it.
  struct Displaced {
    var name: String
    /// The generation that replaced it.
    var generation: UInt64
    /// The data file that it was.
    var file: String
    /// The beginning of the hash of its content at that time.
    var hash: String
    /// Whether a lease prevented all writes until it was displaced, or it was later found to be unchanged.
    var isQuiescent: Bool
    /// Its modification time when that was found, without its sign.
    var modified: String?

    /// - Returns: `nil` if it isn't the name of a displaced file.
    init?(name: String) {
      let parts = name.split(separator: ".", maxSplits: 1)
      let stamp = parts.first?.split(separator: "-") ?? []
      guard parts.count == 2, stamp.count >= 2, let generation = UInt64(stamp[0]) else { return nil }
      (self.name, self.generation, file) = (name, generation, String(parts[1]))
      hash = String(stamp[1])
      isQuiescent = stamp.dropFirst(2).first == "calm"
      modified = stamp.dropFirst(3).first.map(String.init)
    }

    /// Whether it hasn't been written to since: a write sets both times of a file to the same value.
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
