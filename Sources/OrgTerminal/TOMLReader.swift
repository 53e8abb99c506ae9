import OrgCore

/// A position in a text, for users: line and column count from 1.
package struct TextPlace: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The line number.
  package let line: Int
  /// The column, in Unicode scalars.
  package let column: Int

  /// Creates a position; line and column count from 1.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// For example, `line 3, column 7`.
  package var description: String { "line \(line), column \(column)" }

  /// Whether a position comes before another.
  package static func < (left: TextPlace, right: TextPlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A problem in the configuration.
package struct ConfigurationProblem: Error, Sendable, Hashable {
  /// The position; `nil` if the problem concerns the file as a whole.
  package let place: TextPlace?
  /// A sentence that says what is wrong and what to do. Text from the file is escaped.
  package let message: String

  /// Creates a problem at a position.
  package init(place: TextPlace?, message: String) {
    self.place = place
    self.message = message
  }
}

/// Reads the part of TOML 1.0 that a configuration needs: comments, tables, bare, quoted, and dotted keys, single-line
/// strings, integers, booleans, and arrays. Whatever it accepts means the same to any other TOML parser; it rejects the
/// rest of TOML and names the unsupported feature. Existing packages for TOML or YAML either depend on Foundation,
/// which takes more to link and to start than all of orgman, or don't report the positions of values.
struct TOMLReader {
  struct Value: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      case string(String)
      case integer(Int)
      case boolean(Bool)
      case array([Value])
    }

    let kind: Kind
    let place: TextPlace
  }

  /// A key and its value.
  struct Entry: Sendable, Hashable {
    /// The tables that contain it, followed by its own name.
    let path: [String]
    let place: TextPlace
    let value: Value
  }

  /// A table header in brackets.
  struct Table: Sendable, Hashable {
    let path: [String]
    let place: TextPlace
  }

  private(set) var entries: [Entry] = []
  private(set) var tables: [Table] = []
  /// The positions of all values, and of the first definition of each table.
  private var places: (values: [[String]: TextPlace], tables: [[String]: TextPlace]) = ([:], [:])
  private let text: [Unicode.Scalar]
  private var next = 0
  private var line = 1
  private var start = 0
  /// The maximum nesting depth of arrays.
  private static let depthLimit = 16

  /// Reads a whole text.
  ///
  /// - Throws: the first error in it, or the first unsupported feature.
  init(_ text: String) throws(ConfigurationProblem) {
    self.text = Array(text.unicodeScalars)
    if peek == "\u{FEFF}" { next += 1 }
    start = next
    var table: [String] = []
    while next < self.text.count {
      skipBlanks()
      if try endLine(isOptional: true) { continue }
      if peek == "[" {
        table = try heading()
      } else {
        try entry(in: table)
      }
      skipBlanks()
      _ = try endLine()
    }
  }

  // MARK: Lines

  private var peek: Unicode.Scalar? { next < text.count ? text[next] : nil }
  private var place: TextPlace { TextPlace(line: line, column: next - start + 1) }

  private func problem(_ message: String, at place: TextPlace? = nil) -> ConfigurationProblem {
    ConfigurationProblem(place: place ?? self.place, message: message)
  }

  /// The next character, for a message.
  private var here: String { peek.map { String(Character($0)).quoted } ?? "the end of the file" }

  private mutating func skipBlanks() {
    while let scalar = peek, scalar == " " || scalar == "\t" { next += 1 }
  }

  /// Consumes a comment and the end of the line.
  ///
  /// - Returns: whether there was an end of line.
  private mutating func endLine(isOptional: Bool = false) throws(ConfigurationProblem) -> Bool {
    if peek == "#" {
      while let scalar = peek, scalar != "\n" {
        if scalar.value < 0x20 && scalar != "\t" && scalar != "\r" || scalar.value == 0x7F {
          throw problem("A comment has no control characters.")
        }
        next += 1
      }
    }
    if peek == "\r", next + 1 < text.count, text[next + 1] == "\n" { next += 1 }
    if peek == "\n" {
      next += 1
      line += 1
      start = next
      return true
    }
    if peek == nil { return true }
    if isOptional { return false }
    throw problem("The line should end here, not go on with \(here).")
  }

  private mutating func heading() throws(ConfigurationProblem) -> [String] {
    let place = place
    next += 1
    if peek == "[" { throw problem("Tables in double brackets aren't used in this file.", at: place) }
    let path = try dottedKey()
    guard peek == "]" else { throw problem("The ] that ends the heading is missing before \(here).") }
    next += 1
    if let first = tables.first(where: { $0.path == path }) {
      throw problem("[\(Self.name(path))] is already in \(first.place); put both together.", at: place)
    }
    tables.append(Table(path: path, place: place))
    try open(path[...], place)
    return path
  }

  private mutating func entry(in table: [String]) throws(ConfigurationProblem) {
    let place = place
    let path = table + (try dottedKey())
    guard peek == "=" else { throw problem("An = is missing before \(here).") }
    next += 1
    skipBlanks()
    let value = try value(depth: 0)
    try open(path.dropLast(), place)
    if let first = places.values.updateValue(place, forKey: path) ?? places.tables[path] {
      throw problem("\(Self.name(path)) is set in \(first) already; say it once.", at: place)
    }
    entries.append(Entry(path: path, place: place, value: value))
  }

  /// Defines a table and its parents unless they already exist.
  private mutating func open(_ path: ArraySlice<String>, _ place: TextPlace) throws(ConfigurationProblem) {
    for count in stride(from: path.count, to: 0, by: -1) {
      let table = Array(path.prefix(count))
      if let first = places.values[table] {
        throw problem("\(Self.name(table)) is set in \(first) already, so it has nothing in it.", at: place)
      }
      if places.tables[table] == nil { places.tables[table] = place }
    }
  }

  /// A path in TOML syntax, escaped.
  static func name(_ path: [String]) -> String {
    path.map { key in
      let isBare = !key.isEmpty && key.unicodeScalars.allSatisfy(isBare)
      return isBare ? key : key.quoted
    }.joined(separator: ".")
  }

  // MARK: Keys and values

  private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }

  private mutating func dottedKey() throws(ConfigurationProblem) -> [String] {
    var path: [String] = []
    while true {
      skipBlanks()
      path.append(try key())
      skipBlanks()
      guard peek == "." else { return path }
      next += 1
    }
  }

  private mutating func key() throws(ConfigurationProblem) -> String {
    if peek == "\"" || peek == "'" { return try string() }
    let first = next
    while let scalar = peek, Self.isBare(scalar) { next += 1 }
    guard next > first else {
      throw problem("Expected a name, not \(here); quote a name that has other characters.")
    }
    return String(String.UnicodeScalarView(text[first..<next]))
  }

  private mutating func value(depth: Int) throws(ConfigurationProblem) -> Value {
    let place = place
    switch peek {
    case "\"", "'": return Value(kind: .string(try string()), place: place)
    case "[": return Value(kind: .array(try array(depth: depth)), place: place)
    case "{": throw problem("Tables in braces aren't used in this file; write a heading in brackets.")
    default: break
    }
    let first = next
    while let scalar = peek, Self.isBare(scalar) || scalar == "+" || scalar == "." || scalar == ":" {
      next += 1
    }
    let word = String(String.UnicodeScalarView(text[first..<next]))
    switch word {
    case "true": return Value(kind: .boolean(true), place: place)
    case "false": return Value(kind: .boolean(false), place: place)
    case "": throw problem("Expected a value, not \(here).")
    default:
      let digits = word.drop { $0 == "+" || $0 == "-" }
      if let number = Int(word), word.utf8.count - digits.utf8.count <= 1,
        digits == "0" || !digits.hasPrefix("0")
      {
        return Value(kind: .integer(number), place: place)
      }
      throw problem("\(word.quoted) is no value; put text in quotes.", at: place)
    }
  }

  private mutating func array(depth: Int) throws(ConfigurationProblem) -> [Value] {
    let place = place
    guard depth < Self.depthLimit else { throw problem("Brackets are nested too deeply.") }
    next += 1
    var values: [Value] = []
    while true {
      try skipLines()
      if peek == "]" { break }
      guard peek != nil else { throw problem("The ] that ends this is missing.", at: place) }
      values.append(try value(depth: depth + 1))
      try skipLines()
      if peek == "," {
        next += 1
      } else if peek != "]", peek != nil {
        throw problem("Expected a comma or ], not \(here).")
      }
    }
    next += 1
    return values
  }

  private mutating func skipLines() throws(ConfigurationProblem) {
    skipBlanks()
    while peek != nil, try endLine(isOptional: true) { skipBlanks() }
  }

  private mutating func string() throws(ConfigurationProblem) -> String {
    let place = place
    guard let quote = peek else { return "" }
    if text[next...].starts(with: [quote, quote, quote]) {
      throw problem("Text of several lines isn't used in this file.")
    }
    next += 1
    var result = String.UnicodeScalarView()
    while let scalar = peek {
      if scalar == quote {
        next += 1
        return String(result)
      }
      if scalar == "\\", quote == "\"" {
        result.append(try escape())
        continue
      }
      if scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F { break }
      result.append(scalar)
      next += 1
    }
    throw problem("The text that begins here doesn't end in this line; its last quote is missing.", at: place)
  }

  private mutating func escape() throws(ConfigurationProblem) -> Unicode.Scalar {
    let place = place
    next += 1
    let sign = peek
    next += 1
    switch sign {
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "\"": return "\""
    case "\\": return "\\"
    case "u", "U":
      let count = sign == "u" ? 4 : 8
      let digits = text[next..<min(next + count, text.count)]
      let isHex = digits.allSatisfy { $0.properties.isASCIIHexDigit }
      if digits.count == count, isHex,
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
        let scalar = Unicode.Scalar(value)
      {
        next += count
        return scalar
      }
      throw problem("\\u must be followed by 4 hexadecimal digits, \\U by 8.", at: place)
    default:
      throw problem(
        "That is no escape; write \\\\ for a backslash, or put the text in single quotes.", at: place)
    }
  }
}
