import FoundationEssentials
import OrgCore

// The text format of the journal: each line begins with the hash of the rest of it.
extension Journal {
  /// What was found in a segment or in the end of one.
  struct Parsed {
    var lines: [Line] = []
    /// The number of bytes up to the end of the last valid line.
    var good = 0
    /// Where something couldn't be read, and why.
    var damage: [(offset: Int, reason: String)] = []
    /// The start of an unfinished last line.
    var unfinished: Int?
    /// Whether the end can't be read, so that nothing may be appended.
    var isBlocked = false
    /// The format of a line that a later version wrote.
    var newerFormat: Int?
  }

  /// Parses lines. A damaged line doesn't prevent the following ones from being read.
  static func parse(
    _ bytes: [UInt8], decoding decode: (ArraySlice<UInt8>) -> Line? = { decode($0) }
  ) -> Parsed {
    var result = Parsed()
    var start = 0
    // The hash of the previous line, to which the next one should refer.
    var expected: String?
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      result.isBlocked = false
      if end < bytes.count, let line = decode(bytes[start..<end]) {
        if let expected, line.record.previous != expected {
          result.damage.append((start, "the line doesn't follow the one before"))
        }
        result.lines.append(line)
        expected = line.hash
        start = end + 1
        result.good = start
        continue
      }
      if end < bytes.count, let format = format(of: bytes[start..<end]), format > JournalRecord.currentFormat
      {
        result.damage.append((start, "the line has the format \(format), which a newer orgman writes"))
        result.newerFormat = format
        result.isBlocked = true
        expected = nil
        start = end + 1
        continue
      }
      // Perhaps only the line end is damaged.
      let next = bytes[min(start + 1, end)..<end].firstRange(of: prefix)?.lowerBound ?? end
      if let line = decode(bytes[start..<max(start, next - 1)]) {
        result.damage.append((next - 1, "the line has no end"))
        result.lines.append(line)
        expected = line.hash
        result.good = next
      } else if end == bytes.count, next == end {
        result.damage.append((start, "the last line is cut off"))
        result.unfinished = start
        return result
      } else {
        result.damage.append((start, "the line doesn't match its hash"))
        expected = nil
      }
      result.isBlocked = true
      start = next == end ? end + 1 : next
    }
    return result
  }

  static let prefix = Array("{\"sha256\":\"".utf8)

  static let separator = Array("\",".utf8)

  static func decode(_ line: ArraySlice<UInt8>) -> Line? {
    guard let (body, hash) = body(of: line),
      let record = try? JSONDecoder().decode(JournalRecord.self, from: body),
      record.format <= JournalRecord.currentFormat, record.isPossible
    else { return nil }
    return Line(record: record, hash: hash, range: line.indices)
  }

  /// The format of a line that matches its hash, regardless of its other content.
  static func format(of line: ArraySlice<UInt8>) -> Int? {
    struct Probe: Decodable {
      let format: Int
    }
    return body(of: line).flatMap { try? JSONDecoder().decode(Probe.self, from: $0.body).format }
  }

  /// The content of a line and its hash; `nil` if they don't match.
  static func body(of line: ArraySlice<UInt8>) -> (body: Data, hash: String)? {
    guard line.starts(with: prefix) else { return nil }
    let hash = String(decoding: line.dropFirst(prefix.count).prefix(64), as: UTF8.self)
    let tail = line.dropFirst(prefix.count + 64)
    let rest = tail.dropFirst(separator.count)
    guard tail.starts(with: separator), sha256(rest) == hash else { return nil }
    return (Data([UInt8.openBrace] + rest), hash)
  }

  static func encode(_ record: JournalRecord) throws -> (bytes: [UInt8], hash: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Array(try encoder.encode(record)).dropFirst()
    let hash = sha256(body)
    return (prefix + Array(hash.utf8) + separator + body + [UInt8(ascii: "\n")], hash)
  }

  /// Decodes a line that matches its hash, but without its changes and splices, which take most of
  /// the time for a long line.
  static func head(of line: ArraySlice<UInt8>) -> Line? {
    decode(line, emptying: ["changes", "splices"])
  }

  /// Decodes a line that matches its hash, but without the splices and file states, which take as long as the rest.
  static func summary(of line: ArraySlice<UInt8>) -> Line? {
    decode(line, emptying: ["splices", "files"])
  }

  private static func decode(_ line: ArraySlice<UInt8>, emptying keys: [JSONKey]) -> Line? {
    guard let (body, hash) = body(of: line),
      let record = try? JSONDecoder().decode(JournalRecord.self, from: emptied(body, keys)),
      record.format <= JournalRecord.currentFormat, record.isPossible
    else { return nil }
    return Line(record: record, hash: hash, range: line.indices)
  }

  /// A JSON object in which the arrays and objects under some keys have been emptied.
  static func emptied(_ body: Data, _ keys: [JSONKey]) -> Data {
    var scanner = JSONScanner([UInt8](body))
    let bytes = scanner.bytes
    var result = Data()
    var copied = 0
    do throws(JSONError) {
      try scanner.expect(.openBrace)
      var top = RootObjectLayout(start: scanner.position, lastEnd: scanner.position)
      try top.scan(&scanner) { (key, scanner) throws(JSONError) in
        let value = try scanner.skipValue().range
        if bytes[value.lowerBound] == .openBrace || bytes[value.lowerBound] == .openBracket,
          keys.contains(where: { scanner.matches(key, $0) })
        {
          result += bytes[copied...value.lowerBound]
          copied = value.upperBound - 1
        }
        return true
      }
    } catch {
      // The decoder reports the error.
      return body
    }
    return copied == 0 ? body : result + bytes[copied...]
  }
}
