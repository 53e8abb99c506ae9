import Glibc
import OrgCore

/// The object at the top of a data file: what both files have in common.
struct TopObject {
  /// Behind the opening brace.
  var start = 0
  /// Where the last value ends; `start` if there is none.
  var lastEnd = 0
  /// The closing brace.
  var close = 0

  /// Reads the entries from the position on, which stands behind the opening brace or behind a value; takes
  /// the closing brace. `entry` gets each key and must take the value.
  mutating func scan(
    _ scanner: inout JSONScanner, _ entry: (JSONString, inout JSONScanner) throws(JSONError) -> Void
  ) throws(JSONError) {
    scanner.skipSpace()
    if lastEnd == start {
      if scanner.take(.closeBrace) {
        close = scanner.position - 1
        return
      }
    } else if !scanner.take(.comma) {
      guard scanner.take(.closeBrace) else { throw scanner.unexpected("\",\" or \"}\"") }
      close = scanner.position - 1
      return
    }
    repeat {
      let key = try scanner.string()
      try scanner.expect(.colon)
      try entry(key, &scanner)
      lastEnd = scanner.position
      scanner.skipSpace()
    } while scanner.take(.comma)
    guard scanner.take(.closeBrace) else { throw scanner.unexpected("\",\" or \"}\"") }
    close = scanner.position - 1
  }

  /// The splice that adds entries, in the form of the file, behind those that are there.
  func appending(_ entries: [[UInt8]]) -> Splice {
    let text = Array(entries.joined(separator: JSONText.entrySeparator))
    if lastEnd == start {
      return Splice(start..<close, Array("\n  ".utf8) + text + Array("\n".utf8))
    }
    return Splice(at: lastEnd, JSONText.entrySeparator + text)
  }

  /// Itself after splices that added nothing at the top.
  func shifted(by splices: Splices) -> TopObject {
    TopObject(start: start, lastEnd: lastEnd == start ? start : splices.shifted(lastEnd), close: 0)
  }
}

/// What was found wrong with a file, up to a limit.
struct ProblemList {
  let file: String
  private(set) var all: [DataProblem] = []
  /// A broken file may have a problem in every record; people read the first few.
  private static let limit = 100

  init(file: String) {
    self.file = file
  }

  mutating func note(_ error: JSONError, key: String) {
    guard all.count < Self.limit else { return }
    all.append(DataProblem(file: file, offset: error.offset, key: key, reason: error.reason))
  }

  /// Gives problems that were found without their key the one in whose value they are.
  mutating func nameKeys(_ key: (Int) -> String?) {
    all = all.map { problem in
      guard problem.key.isEmpty, let key = key(problem.offset) else { return problem }
      return DataProblem(file: file, offset: problem.offset, key: key, reason: problem.reason)
    }
  }

  /// Notes what is wrong before or behind the JSON value, and with the encoding. Returns the position of the
  /// first byte to read.
  mutating func checkFrame(of bytes: [UInt8]) -> Int? {
    guard !bytes.isEmpty else {
      note(JSONError(offset: 0, reason: "the file is empty"), key: "")
      return nil
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      note(JSONError(offset: error.byteOffsets.lowerBound, reason: "the text is not UTF-8"), key: "")
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard bytes.starts(with: mark) else { return 0 }
    note(JSONError(offset: 0, reason: "a byte order mark stands before the text"), key: "")
    return mark.count
  }

  /// Notes what stands behind the JSON value; true if there is anything.
  mutating func checkTail(_ scanner: inout JSONScanner) -> Bool {
    scanner.skipSpace()
    guard scanner.position < scanner.bytes.count else { return false }
    let length = scanner.bytes.count - scanner.position
    note(
      JSONError(offset: scanner.position, reason: "\(length) bytes stand behind the end of the data"), key: ""
    )
    return true
  }

  /// Whether the text has a NUL byte: a hole that a writer left whose file was cut off while it wrote.
  static func hasHole(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { memchr($0, 0, buffer.count) != nil } ?? false
    }
  }

  static func scannedTop(
    _ scanner: inout JSONScanner, _ problems: inout ProblemList
  ) -> TopObject? {
    guard let first = problems.checkFrame(of: scanner.bytes) else { return nil }
    scanner.position = first
    do {
      try scanner.expect(.openBrace)
    } catch {
      problems.note(error, key: "")
      return nil
    }
    return TopObject(start: scanner.position, lastEnd: scanner.position)
  }
}
