import FoundationEssentials
import Glibc
import Logging
import OrgCore

/// Reads what is appended to the journal of a data directory, in its documented format.
struct JournalFollower {
  /// What the log needs of a line.
  struct Entry: Decodable {
    struct Actor: Decodable {
      let user: String
      let pid: Int32?
    }

    struct Change: Decodable {}

    let generation: UInt64
    let kind: String
    let of: UInt64?
    let actor: Actor
    let changes: [Change]
    let reverted: [UInt64]?
    let note: String?
  }

  private let directory: String
  private var segment = ""
  private var offset = 0

  /// Begins behind what is there now.
  init(data: String) {
    directory = data + "/.orgman/journal"
    segment = segments.last ?? ""
    offset = Self.size(of: "\(directory)/\(segment)")
  }

  private var segments: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// The lines since the last time. What can't be read is left out: a log is no audit, the journal itself is.
  mutating func newEntries() -> [Entry] {
    var entries: [Entry] = []
    for name in segments where name >= segment {
      if name != segment { (segment, offset) = (name, 0) }
      let bytes = read()
      // A line that isn't finished is for the next time.
      let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      offset += end
      for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
        if let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) { entries.append(entry) }
      }
    }
    return entries
  }

  private func read() -> [UInt8] {
    let descriptor = open("\(directory)/\(segment)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) {
        $1 = max(0, pread(descriptor, $0.baseAddress, $0.count, off_t(offset + bytes.count)))
      }
      if part.isEmpty || bytes.count > 1 << 30 { return bytes }
      bytes += part
    }
  }
}

extension JournalFollower.Entry {
  func log(to logger: Logger) {
    var metadata: Logger.Metadata = [
      "generation": "\(generation)", "changes": "\(changes.count)", "kind": "\(kind)",
      "user": "\(actor.user)",
    ]
    if let of { metadata["of"] = "\(of)" }
    if let reverted { metadata["reverted"] = "\(reverted.map(String.init).joined(separator: ","))" }
    if let note { metadata["note"] = "\(note)" }
    switch kind {
    case "foreign": logger.notice("Took in what another program wrote.", metadata: metadata)
    case "repair": logger.warning("Repaired the data.", metadata: metadata)
    case "checkpoint": logger.debug("Began a segment of the journal.", metadata: metadata)
    default:
      if actor.pid == getpid() {
        logger.info("Committed.", metadata: metadata)
      } else {
        logger.debug("Another process committed.", metadata: metadata)
      }
    }
  }
}
