import CLinux
import Glibc
import OrgCore

/// The object at the top of a data file: what both files have in common.
struct RootObjectLayout {
  /// After the opening brace.
  var start = 0
  /// Where the last value ends; `start` if there is none.
  var lastEnd = 0
  /// The closing brace.
  var close = 0

  /// Reads the entries from the position on, which is that of a key or of the closing brace. `entry` gets each key
  /// and must take the value; the first false ends the scan.
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

  /// Adds the end of a stretch of entries after those that are known.
  mutating func adopt(_ next: RootObjectLayout) {
    if next.lastEnd > next.start { lastEnd = next.lastEnd }
    close = next.close
  }

  /// Finds what is after the last entry that is known: the key of one that was added, or else the closing brace.
  mutating func findEnd(in bytes: [UInt8]) -> Int? {
    var scanner = JSONScanner(bytes, at: lastEnd)
    scanner.skipSpace()
    if lastEnd != start, scanner.take(.comma) { scanner.skipSpace() }
    if scanner.next == .quote { return scanner.position }
    close = scanner.position
    return nil
  }

  /// A place near the middle of a long text where a key of the top seems to be, as the service writes it; only
  /// who reads up to there can be sure. `nil` in a text that is shorter than `shortest`, in bytes.
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

  /// Bytes that one core has read before two would have.
  static let shortestToDivide = 1 << 20

  /// The splice that adds entries, in the form of the file, after those that are there.
  func appending(_ entries: [[UInt8]]) -> ByteEdit {
    let text = Array(entries.joined(separator: JSONText.entrySeparator))
    if lastEnd == start {
      return ByteEdit(start..<close, Array("\n  ".utf8) + text + Array("\n".utf8))
    }
    return ByteEdit(at: lastEnd, JSONText.entrySeparator + text)
  }

  /// Itself after splices that added nothing at the top.
  func shifted(by splices: BytePatch) -> RootObjectLayout {
    RootObjectLayout(start: start, lastEnd: lastEnd == start ? start : splices.shifted(lastEnd), close: 0)
  }
}

/// What was found wrong with a file, up to a limit.
struct ProblemList {
  let file: String
  private(set) var all: [DataProblem] = []
  /// A broken file may have a problem in every record; people read the first few.
  private static let limit = 100
  private static let encoding = "the text is not UTF-8"

  init(file: String) {
    self.file = file
  }

  var isEmpty: Bool { all.isEmpty }

  /// Adds those of another part of the file.
  mutating func add(_ others: ProblemList) {
    // What is no UTF-8 is hardly so in one place.
    let known = all.contains { $0.reason == Self.encoding }
    all += others.all.filter { !known || $0.reason != Self.encoding }.prefix(Self.limit - all.count)
  }

  mutating func note(_ error: JSONError, key: String, scope: DataProblem.Scope = .everything) {
    guard all.count < Self.limit else { return }
    all.append(
      DataProblem(file: file, offset: error.offset, key: key, reason: error.reason, scope: scope))
  }

  /// Puts them in the order of the file, and gives those that were found without their key the one in whose value they
  /// are.
  mutating func finish(_ key: (Int) -> String?) {
    all = all.sorted { $0.offset < $1.offset }.map { problem in
      guard problem.key.isEmpty, let key = key(problem.offset) else { return problem }
      return DataProblem(
        file: file, offset: problem.offset, key: key, reason: problem.reason, scope: problem.scope)
    }
  }

  /// Those of single records, after splices: what stood in a place that they replaced is left out.
  static func shifted(
    _ problems: [DataProblem], by splices: BytePatch, except isReplaced: (DataProblem) -> Bool
  ) -> [DataProblem] {
    problems.filter { !isReplaced($0) }.map {
      DataProblem(
        file: $0.file, offset: splices.shifted($0.offset), key: $0.key, reason: $0.reason, scope: $0.scope)
    }
  }

  /// Notes what is wrong with the encoding of a part of the text; true if no program would read it. A NUL byte is a
  /// hole that a writer left whose file was cut off while it wrote.
  mutating func checkText(of bytes: [UInt8], _ range: Range<Int>) -> Bool {
    // As the service writes it, in one pass.
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

  /// Notes what is after the JSON value; true if there is anything.
  mutating func checkTail(_ scanner: inout JSONScanner) -> Bool {
    scanner.skipSpace()
    guard scanner.position < scanner.bytes.count else { return false }
    let length = scanner.bytes.count - scanner.position
    note(
      JSONError(offset: scanner.position, reason: "\(length) bytes follow the end of the data"), key: ""
    )
    return true
  }

  /// Notes what is wrong before the entries. Returns the position after the opening brace; `nil` if there is none.
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
