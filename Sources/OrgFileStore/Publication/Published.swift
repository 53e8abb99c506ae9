import Glibc
import OrgCore

/// The identities of both data files after they were last published. If a file still has the same identity, it holds
/// what the journal says about that generation and needn't be read to verify that. This is derived data: if it is
/// missing or doesn't match, the files are hashed.
struct Published: Equatable, Sendable {
  /// Its name in `.orgman`.
  static let file = "published"

  let generation: UInt64
  let files: [String: FileIdentity]
  /// The hashes of the files according to the journal, by name.
  let hashes: [String: String]

  /// - Parameter time: when the files were observed, since 1970.
  /// - Returns: `nil` if one of the files could be written to without changing its identity.
  init?(generation: UInt64, time: Duration, files: [String: FileIdentity], of record: JournalRecord) {
    guard files.values.allSatisfy({ $0.showsWrites(after: time) }) else { return nil }
    (self.generation, self.files) = (generation, files)
    hashes = record.data.files.mapValues(\.sha256)
  }

  /// Whether it belongs to a line of the journal.
  func isOf(_ record: JournalRecord) -> Bool {
    generation == record.generation && hashes == record.data.files.mapValues(\.sha256)
  }

  // MARK: Text form

  /// The hash of everything after it, followed by one line per file. The hash reveals a partial write.
  var text: [UInt8] {
    let lines = files.sorted { $0.key < $1.key }.map { name, identity in
      let numbers =
        [identity.device, identity.inode].map(String.init) + [String(identity.size)]
        + [identity.modified, identity.changed].map(\.fileTimeText)
      return ([name, hashes[name] ?? ""] + numbers).joined(separator: " ") + "\n"
    }
    let body = Array("\(generation)\n\(lines.joined())".utf8)
    return Array((sha256(body) + "\n").utf8) + body
  }

  init?(_ text: [UInt8]) {
    let lines = text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    guard lines.count > 1, lines[0].utf8.count < text.count,
      sha256(text.dropFirst(lines[0].utf8.count + 1)) == lines[0]
    else { return nil }
    guard let generation = UInt64(lines[1]) else { return nil }
    var files: [String: FileIdentity] = [:]
    var hashes: [String: String] = [:]
    for line in lines.dropFirst(2) {
      let words = line.split(separator: " ")
      guard words.count == 7, let device = UInt64(words[2]), let inode = UInt64(words[3]),
        let size = Int(words[4]), let modified = Duration(fileTimeText: words[5]),
        let changed = Duration(fileTimeText: words[6])
      else { return nil }
      files[String(words[0])] = FileIdentity(
        device: device, inode: inode, size: size, modified: modified, changed: changed)
      hashes[String(words[0])] = String(words[1])
    }
    (self.generation, self.files, self.hashes) = (generation, files, hashes)
  }
}

extension StateDirectory {
  /// What is known about the files that a generation published; `nil` if another one was published last.
  func published(_ record: JournalRecord) -> Published? {
    directory.published(in: space).flatMap { $0.isOf(record) ? $0 : nil }
  }

  /// Saves the identities without waiting for the disk: after a crash, they just don't match.
  func write(_ published: Published) throws(SystemCallError) {
    let file = try directory.create(Published.file, in: space, O_WRONLY)
    let text = published.text
    try directory.calls.write(text, to: file, Published.file)
    try directory.calls.truncate(file, Published.file, to: text.count)
  }
}

extension DataDirectory {
  /// The identities of the files after they were last published, if known.
  func published(in space: borrowing Descriptor) -> Published? {
    guard let file = try? calls.open(Published.file, in: space, O_RDONLY),
      let text = try? calls.readAll(file, Published.file, size: 1 << 12), text.count < 1 << 16
    else { return nil }
    return Published(text)
  }
}
