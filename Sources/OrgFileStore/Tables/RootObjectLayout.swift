import CLinux
import Glibc
import OrgCore

/// The layout of a data file's top-level object, which is common to both files.
struct RootObjectLayout {
  /// The offset after the opening brace.
  var start = 0
  /// The end of the last value; `start` if there is none.
  var lastEnd = 0
  /// The offset of the closing brace.
  var close = 0

  /// Parses entries from the current position, which must be at a key or at the closing brace. `entry` is called with
  /// each key and must consume the value; the scan ends when it returns false.
  mutating func scan(
    _ scanner: inout JSONScanner, _ entry: (JSONString, inout JSONScanner) throws(JSONError) -> Bool
  ) throws(JSONError) {
    scanner.skipSpace()
    if lastEnd == start, scanner.take(.closeBrace) {
      close = scanner.position - 1
      return
    }
    repeat {
      let key = try scanner.string()
      try scanner.expect(.colon)
      guard try entry(key, &scanner) else { return }
      lastEnd = scanner.position
      scanner.skipSpace()
    } while scanner.take(.comma)
    guard scanner.take(.closeBrace) else { throw scanner.unexpected("\",\" or \"}\"") }
    close = scanner.position - 1
  }

  /// Adopts the end of a range of entries that follows the known ones.
  mutating func adopt(_ next: RootObjectLayout) {
    if next.lastEnd > next.start { lastEnd = next.lastEnd }
    close = next.close
  }

  /// Finds what follows the last known entry: the key of an added entry, or else the closing brace.
  mutating func findEnd(in bytes: [UInt8]) -> Int? {
    var scanner = JSONScanner(bytes, at: lastEnd)
    scanner.skipSpace()
    if lastEnd != start, scanner.take(.comma) { scanner.skipSpace() }
    if scanner.next == .quote { return scanner.position }
    close = scanner.position
    return nil
  }

  /// A position near the middle of a long text that seems to be a top-level key in the service's format. Only a reader
  /// that parses up to this position knows for certain. `nil` if the text has fewer than `shortest` bytes.
  static func middle(of bytes: [UInt8], atLeast shortest: Int) -> Int? {
    guard bytes.count >= shortest else { return nil }
    let mark = Array(",\n  \"".utf8)
    let half = bytes.count / 2
    let end = min(half + shortestToDivide / 4, bytes.count - mark.count)
    return bytes.withUnsafeBytes { text in
      (half..<max(half, end)).first { place in
        text[place] == .comma && text[place..<place + mark.count].elementsEqual(mark)
      }.map { $0 + mark.count - 1 }
    }
  }

  /// Below this number of bytes, one thread is faster than two.
  static let shortestToDivide = 1 << 20

  /// The byte edit that appends entries in the format of the file.
  func appending(_ entries: [[UInt8]]) -> ByteEdit {
    let text = Array(entries.joined(separator: JSONText.entrySeparator))
    if lastEnd == start {
      return ByteEdit(start..<close, Array("\n  ".utf8) + text + Array("\n".utf8))
    }
    return ByteEdit(at: lastEnd, JSONText.entrySeparator + text)
  }

  /// The layout after byte edits that added no top-level entries.
  func shifted(by splices: BytePatch) -> RootObjectLayout {
    RootObjectLayout(start: start, lastEnd: lastEnd == start ? start : splices.shifted(lastEnd), close: 0)
  }
}

/// The problems found in a file, up to a limit.
struct ProblemList {
  let file: String
  private(set) var all: [FileProblem] = []
  /// A broken file may have a problem in every record, but users only read the first few.
  private static let limit = 100
  private static let encoding = "the text is not UTF-8"

  init(file: String) {
    self.file = file
  }

  var isEmpty: Bool { all.isEmpty }

  /// Adds the problems of another part of the file.
  mutating func add(_ others: ProblemList) {
    // Text that isn't UTF-8 is rarely wrong in just one place.
    let known = all.contains { $0.reason == Self.encoding }
    all += others.all.filter { !known || $0.reason != Self.encoding }.prefix(Self.limit - all.count)
  }

  mutating func note(_ error: JSONError, key: String, scope: DataProblem.Scope = .everything) {
    guard all.count < Self.limit else { return }
    all.append(
      FileProblem(file: file, offset: error.offset, key: key, reason: error.reason, scope: scope))
  }

  /// Sorts the problems by their position in the file. A problem that was found without a key gets the key
  /// whose value contains it.
  mutating func finish(_ key: (Int) -> String?) {
    all = all.sorted { $0.offset < $1.offset }.map { problem in
      guard problem.key.isEmpty, let key = key(problem.offset) else { return problem }
      return FileProblem(
        file: file, offset: problem.offset, key: key, reason: problem.reason, scope: problem.scope)
    }
  }

  /// The problems of single records after byte edits, except those at positions that were replaced.
  static func shifted(
    _ problems: [FileProblem], by splices: BytePatch, except isReplaced: (FileProblem) -> Bool
  ) -> [FileProblem] {
    problems.filter { !isReplaced($0) }.map {
      FileProblem(
        file: $0.file, offset: splices.shifted($0.offset), key: $0.key, reason: $0.reason, scope: $0.scope)
    }
  }

  /// Notes encoding errors in a part of the text. Returns true if no program could parse it. A NUL byte means a hole,
  /// as when a file is truncated while a program writes to it.
  mutating func checkText(of bytes: [UInt8], _ range: Range<Int>) -> Bool {
    // The service writes pure ASCII, which can be checked in one pass.
    let isPlain = bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { clinux_is_ascii($0 + range.lowerBound, range.count) != 0 } ?? true
    }
    if isPlain { return false }
    do {
      _ = try UTF8Span(validating: bytes.span.extracting(range))
    } catch {
      let offset = range.lowerBound + error.byteOffsets.lowerBound
      note(JSONError(offset: offset, reason: Self.encoding), key: "")
      return true
    }
    return bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { memchr($0 + range.lowerBound, 0, range.count) != nil } ?? false
    }
  }

  /// Notes anything after the JSON value. Returns true if there is something.
  mutating func checkTail(_ scanner: inout JSONScanner) -> Bool {
    scanner.skipSpace()
    guard scanner.position < scanner.bytes.count else { return false }
    let length = scanner.bytes.count - scanner.position
    note(
      JSONError(offset: scanner.position, reason: "\(length) bytes follow the end of the data"), key: ""
    )
    return true
  }

  /// Notes problems before the entries. Returns the position after the opening brace; `nil` if there is none.
  mutating func scannedTop(of bytes: [UInt8]) -> Int? {
    guard !bytes.isEmpty else {
      note(JSONError(offset: 0, reason: "the file is empty"), key: "")
      return nil
    }
    var scanner = JSONScanner(bytes)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if bytes.starts(with: mark) {
      note(JSONError(offset: 0, reason: "a byte order mark precedes the text"), key: "")
      scanner.position = mark.count
    }
    do {
      try scanner.expect(.openBrace)
    } catch {
      note(error, key: "")
      return nil
    }
    return scanner.position
  }
}
