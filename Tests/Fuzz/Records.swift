import FoundationEssentials
import Glibc
@testable import OrgCore

@testable import OrgFileStore
@testable import orgman

/// Reads lines of a journal: as they are, and each with a hash that is right, which no fuzzer finds.
func readJournal(_ bytes: [UInt8]) {
  _ = Journal.parse(bytes)
  let parsed = Journal.parse(hashed(bytes))
  for line in parsed.lines { _ = line.record.entry?.inverse }
  let records = parsed.lines.map(\.record)
  guard let last = records.last else { return }
  for start in [0, records[0].generation] {
    _ = StateDirectory.replay(records, on: Sample.files, from: start, to: last.generation)
  }
}

/// Reads a compressed segment of the journal; compresses what is given, and reads that.
func readSegment(_ bytes: [UInt8]) {
  _ = text(ofSegment: bytes)
  guard let file = FrameTable.file(of: bytes) else { return require(bytes.isEmpty, "it can't be compressed") }
  require(text(ofSegment: file) == bytes, "what was compressed reads otherwise")
}

private func text(ofSegment bytes: [UInt8]) -> [UInt8]? {
  guard let table = FrameTable(Array(bytes.suffix(FrameTable.lengthLimit)), fileLength: bytes.count) else {
    return nil
  }
  var text: [UInt8] = []
  for frame in 0..<table.count {
    let length = table.length(ofFrame: frame)
    guard let part = FrameTable.text(ofFrame: Array(bytes[table.place(ofFrame: frame)]), length: length)
    else {
      return nil
    }
    require(part.count == length, "a frame has another length")
    text += part
  }
  require(text.count == table.size, "the text has another length")
  return text
}

/// Rebuilds the data from copies of both files and the lines of a journal: three parts with a NUL byte between.
func readCheckpoint(_ bytes: [UInt8]) {
  let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
  guard parts.count == 3 else { return }
  var records = Journal.parse(hashed(parts[2])).lines.map(\.record)
  guard let first = records.first, let last = records.last else { return }
  let files = [OrganizationTable.file: parts[0], MemberTable.file: parts[1]]
  // What the hashes of the newest line should be, so that rebuilding doesn't end there.
  var made = files
  for record in records where record.kind != .checkpoint && record.generation > first.generation {
    for (file, bytes) in made {
      guard let splices = record.splices(of: file),
        splices.all.allSatisfy({ $0.range.upperBound <= bytes.count })
      else { return }
      made[file] = splices.applied(to: bytes)
    }
  }
  records[records.count - 1].data.files = made.mapValues {
    JournalRecord.FileState(size: $0.count, sha256: sha256($0))
  }
  guard let contents = StateDirectory.replay(records, on: files, from: first.generation, to: last.generation)
  else {
    return
  }
  contents.walk()
  guard contents.problems.isEmpty else { return }
  // What differs from the data of today is what putting it back would change.
  let current = Sample.contents
  let changes = contents.changes(in: contents.addresses(differingFrom: current), on: current)
  _ = changes.map(\.summary)
  let splices = contents.splices(from: current)
  require(
    haveSameBytes(
      splices.organizations.applied(to: current.organizations.bytes), contents.organizations.bytes)
      && haveSameBytes(splices.members.applied(to: current.members.bytes), contents.members.bytes),
    "the splices don't lead to what was to be put back")
}

func readBackup(_ bytes: [UInt8]) {
  guard let backup = try? BackupArchive(reading: bytes, named: "backup").backup else { return }
  backup.contents.walk()
  backup.contents.edit()
}

func readChanges(_ bytes: [UInt8]) {
  guard let document = try? JSONDecoder().decode(ChangeDocument.self, from: Data(bytes)),
    let set = try? document.changeSet()
  else { return }
  let preview = Preview(of: set, on: Sample.snapshot)
  _ = preview.recorded.map(\.summary)
  let again = ChangeDocument(set, previewed: preview, generation: 1)
  require((try? again.changeSet()) != nil, "a document that was made can't be read")
  guard (try? preview.check()) != nil, let made = try? Sample.contents.applying(preview.edit) else { return }
  made.contents.requireSame(
    as: FileContents(
      organizations: made.contents.organizations.bytes, members: made.contents.members.bytes),
    "after a document")
}

/// Each line with its hash before it.
private func hashed(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    let body = line.dropFirst()
    result += Array("{\"sha256\":\"\(sha256(body))\",".utf8) + body + [UInt8(ascii: "\n")]
  }
  return result
}

extension Sample {
  static let files = [
    OrganizationTable.file: contents.organizations.bytes, MemberTable.file: contents.members.bytes,
  ]
}

/// A file without a name, in memory where the machine has a place for that.
private let scratch: CInt = {
  let directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
  var name = Array("\(directory)/orgman-fuzz-XXXXXX".utf8CString)
  let file = mkstemp(&name)
  unlink(name)
  return file
}()

/// Gives a file with some bytes by its path.
func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
  require(
    ftruncate(scratch, 0) == 0 && pwrite(scratch, bytes, bytes.count, 0) == bytes.count,
    "there is no file to write to")
  body("/proc/self/fd/\(scratch)")
}
