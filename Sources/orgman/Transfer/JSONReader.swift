import OrgCore
import OrgFileStore

/// Reads JSON with the line of each value: organizations with their members under `users`, in the format of
/// `show --json`, or members alone, in an array or in sequence.
///
/// `JSONScanner` needs all bytes at once and reports byte offsets. An import may come through a pipe, is read piece by
/// piece, and reports lines. So this reader finds the ends of values itself, and only uses the scanner's rules for
/// white space, strings, escapes, and numbers.
final class JSONReader: RowReader {
  private let source: ByteSource
  private let isLines: Bool
  private var isInArray = false
  private var isAtStart = true
  private var isDone = false
  private var isInRecord = false
  /// The remaining members of the organization that was read last.
  private var waiting: [Result<ImportRow, RowError>] = []
  private static let deepest = 64
  private static let mostKeys = 1000

  /// - Parameter isLines: whether each record is on a line of its own, so that an unreadable one can be skipped.
  init(_ source: ByteSource, isLines: Bool) {
    self.source = source
    self.isLines = isLines
  }

  func next() throws -> ImportRow? {
    if let row = waiting.popLast() { return try row.get() }
    guard try skipToRecord() else { return nil }
    let line = source.line
    do {
      isInRecord = true
      defer { isInRecord = false }
      let (row, members) = try record()
      waiting = members.reversed()
      return try row.get()
    } catch let error as OrgError {
      guard isLines, !isInArray else { throw error }
      // Skip the rest of the line.
      while source.line == line, let byte = try source.peek() {
        var skipped: [UInt8] = []
        try source.take(until: { $0 == UInt8(ascii: "\n") }, into: &skipped)
        if byte == UInt8(ascii: "\n") { break }
      }
      throw RowError(line: line, message: reason(error))
    }
  }

  /// The message without its location, which is added when errors are listed.
  private func reason(_ error: OrgError) -> String {
    let place = "\(source.name), line "
    guard error.message.hasPrefix(place), error.message.hasSuffix(".") else { return error.message }
    let rest = error.message.dropFirst(place.count).drop { $0 != ":" }.dropFirst(2).dropLast()
    return String(rest)
  }

  private func failure(_ message: String) -> OrgError {
    OrgError(.invalidValue, "\(source.name), line \(source.line): \(message).")
  }

  // MARK: Records

  /// Advances to the next record. Returns false at the end.
  private func skipToRecord() throws(OrgError) -> Bool {
    if isDone { return false }
    try skipSpace()
    if isAtStart {
      isAtStart = false
      isInArray = try take("[")
      try skipSpace()
      if isInArray, try take("]") { return try atEnd() }
    } else if isInArray {
      if try take("]") { return try atEnd() }
      try expect(",", "a comma or the end of the list")
      try skipSpace()
    }
    if try source.peek() == nil {
      if isInArray { throw failure("the list isn't closed") }
      isDone = true
      return false
    }
    return true
  }

  private func atEnd() throws(OrgError) -> Bool {
    isDone = true
    try skipSpace()
    if try source.peek() != nil { throw failure("there is text after the list") }
    return false
  }

  private func record() throws(OrgError) -> (Result<ImportRow, RowError>, [Result<ImportRow, RowError>]) {
    var row = ImportRow(line: source.line)
    var error: RowError?
    var members: [Result<ImportRow, RowError>] = []
    try object { (key, line) throws(OrgError) in
      if let field = ImportRow.Field.byKey[key] {
        switch try text() {
        case .some(let text): row[field] = ImportRow.Value(text: text, line: line)
        case nil: error = error ?? RowError(line: line, message: "\(key) is neither text nor null")
        }
      } else if key == "users" {
        try array { () throws(OrgError) in
          guard try source.peek() == UInt8(ascii: "{") else {
            members.append(.failure(RowError(line: source.line, message: "a member is no object")))
            return try skipValue(depth: 2)
          }
          members.append(try member())
        }
      } else {
        if key != "members" {
          error = error ?? RowError(line: line, message: "unknown field \(String(key.prefix(80)).quoted)")
        }
        try skipValue(depth: 1)
      }
    }
    row.isMember = row[.user] != nil
    if let id = row[.id] {
      for index in members.indices {
        guard case .success(var member) = members[index], member[.organization] == nil else { continue }
        member[.organization] = id
        members[index] = .success(member)
      }
    } else if !members.isEmpty {
      // Without an ID, members refer to their organization by its name.
      for index in members.indices {
        guard case .success(var member) = members[index], member[.organization] == nil else { continue }
        member[.name] = row[.name]
        members[index] = .success(member)
      }
    }
    return (error.map { .failure($0) } ?? .success(row), members)
  }

  private func member() throws(OrgError) -> Result<ImportRow, RowError> {
    var row = ImportRow(line: source.line)
    row.isMember = true
    var error: RowError?
    try object { (key, line) throws(OrgError) in
      switch ImportRow.Field.byKey[key] {
      case .some(let field) where field.isOfMember:
        switch try text() {
        case .some(let text): row[field] = ImportRow.Value(text: text, line: line)
        case nil: error = error ?? RowError(line: line, message: "\(key) is neither text nor null")
        }
      default:
        error =
          error ?? RowError(line: line, message: "unknown field \(String(key.prefix(80)).quoted) of a member")
        try skipValue(depth: 3)
      }
    }
    return error.map { .failure($0) } ?? .success(row)
  }

  // MARK: JSON

  private func skipSpace() throws(OrgError) {
    while let byte = try source.peek(), JSONScanner.isSpace(byte) {
      // If each record is on its own line, the record ends here.
      if byte == 0x0A, isLines, isInRecord, !isInArray { return }
      _ = try source.next()
    }
  }

  private func take(_ scalar: Unicode.Scalar) throws(OrgError) -> Bool {
    guard try source.peek().map(UInt32.init) == scalar.value else { return false }
    _ = try source.next()
    return true
  }

  private func expect(_ scalar: Unicode.Scalar, _ what: String) throws(OrgError) {
    guard try take(scalar) else { throw failure("\(what) is expected") }
  }

  private func object(_ body: (_ key: String, _ line: Int) throws(OrgError) -> Void) throws(OrgError) {
    try expect("{", "an object")
    try skipSpace()
    if try take("}") { return }
    var keys: Set<String> = []
    repeat {
      try skipSpace()
      let key = try string()
      guard keys.count < Self.mostKeys else {
        throw failure("an object has more than \(Self.mostKeys) fields")
      }
      guard keys.insert(key).inserted else { throw failure("\(String(key.prefix(80)).quoted) appears twice") }
      try skipSpace()
      try expect(":", "a colon")
      try skipSpace()
      try body(key, source.line)
      try skipSpace()
    } while try take(",")
    try expect("}", "a comma or the end of the object")
  }

  private func array(_ body: () throws(OrgError) -> Void) throws(OrgError) {
    try expect("[", "a list")
    try skipSpace()
    if try take("]") { return }
    repeat {
      try skipSpace()
      try body()
      try skipSpace()
    } while try take(",")
    try expect("]", "a comma or the end of the list")
  }

  /// A text or null; an outer `nil` for any other value, which is skipped.
  private func text() throws(OrgError) -> String?? {
    switch try source.peek() {
    case UInt8(ascii: "\""): return .some(try string())
    case UInt8(ascii: "n"):
      try word("null")
      return .some(nil)
    default:
      try skipValue(depth: 1)
      return nil
    }
  }

  private func word(_ word: String) throws(OrgError) {
    for byte in word.utf8 where try source.next() != byte { throw failure("a value is expected") }
  }

  private func skipValue(depth: Int) throws(OrgError) {
    guard depth < Self.deepest else { throw failure("values are nested too deeply") }
    switch try source.peek() {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"): try object { (_, _) throws(OrgError) in try skipValue(depth: depth + 1) }
    case UInt8(ascii: "["): try array { () throws(OrgError) in try skipValue(depth: depth + 1) }
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default:
      var digits: [UInt8] = []
      while let byte = try source.peek(), "+-.0123456789eE".utf8.contains(byte), digits.count < 64 {
        digits.append(byte)
        _ = try source.next()
      }
      var scanner = JSONScanner(digits)
      guard (try? scanner.skipValue()) != nil, scanner.position == digits.count else {
        throw failure("a value is expected")
      }
    }
  }

  private func string() throws(OrgError) -> String {
    let quote = UInt8(ascii: "\"")
    try expect("\"", "a text in double quotes")
    var token = [quote]
    /// An error for the whole string, unless there is an earlier error in the text read so far.
    func failure(_ message: String) -> OrgError {
      do throws(OrgError) { _ = try decoded(token + [quote]) } catch { return error }
      return self.failure(message)
    }
    while true {
      try source.take(until: { !JSONScanner.isPlain($0) }, into: &token)
      // A character that takes one byte has at most six bytes as an escape.
      guard token.count <= 6 * longestValue else { throw failure("a value has more than 1 MiB") }
      guard let byte = try source.peek() else { throw failure("a string isn't closed") }
      guard !JSONScanner.isPlain(byte) else { continue }
      if byte < 0x20 { throw failure("a string has a control character or isn't closed") }
      _ = try source.next()
      if byte == quote { break }
      guard let escaped = try source.next() else { throw failure("there is no such escape in a text") }
      token += [byte, escaped]
    }
    let text = try decoded(token + [quote])
    guard text.utf8.count <= longestValue else { throw self.failure("a value has more than 1 MiB") }
    return text
  }

  /// Decodes a string including its quotes.
  private func decoded(_ token: [UInt8]) throws(OrgError) -> String {
    do throws(JSONError) {
      if let text = try JSONText.decode(token: token) { return text }
    } catch {
      guard error.weight == .everything else { throw failure(error.reason) }
      throw failure(
        token[error.offset + 1] == UInt8(ascii: "u")
          ? "an escape has no four digits" : "there is no such escape in a text")
    }
    throw failure("this is no UTF-8")
  }
}
