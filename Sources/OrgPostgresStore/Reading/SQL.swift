/// The text of a statement under construction, with the values of its parameters.
struct SQL: ExpressibleByStringInterpolation {
  fileprivate(set) var parts: [Part]
  /// Whether the result comes in PostgreSQL's binary format.
  private var isBinary = false
  /// Whether it is run again and again.
  private var isFrequent = false

  enum Part {
    case text(String)
    case parameter(String?)
  }

  init(stringLiteral text: String) { parts = [.text(text)] }
  init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }
  fileprivate init(_ parts: [Part]) { self.parts = parts }

  /// What can stand in the text of a statement: another piece of SQL, a name or an expression that orgman made, and
  /// values, which become parameters. Text of the data has no way in but as a value.
  struct Interpolation: StringInterpolationProtocol {
    var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ text: String) { parts.append(.text(text)) }
    mutating func appendInterpolation(_ sql: SQL) { parts += sql.parts }
    /// Text that is SQL itself.
    mutating func appendInterpolation(raw text: String) { parts.append(.text(text)) }
    /// A value.
    mutating func appendInterpolation(_ value: String?) { parts.append(.parameter(value)) }
    /// A number, which needs no parameter.
    mutating func appendInterpolation(_ number: Int) { parts.append(.text(String(number))) }
  }

  /// The statement with its parameters numbered.
  var statement: Statement {
    var text = ""
    var parameters: [String?] = []
    for part in parts {
      switch part {
      case .text(let piece): text += piece
      case .parameter(let value):
        parameters.append(value)
        text += "$\(parameters.count)"
      }
    }
    return Statement(text, parameters, isBinary: isBinary, isFrequent: isFrequent)
  }
}

extension SQL {
  /// The same with its result in PostgreSQL's binary format.
  var binary: SQL {
    var sql = self
    sql.isBinary = true
    return sql
  }

  /// The same, run again and again with other parameters. Not for what is planned best for the parameters that it has, as a
  /// search is.
  var frequent: SQL {
    var sql = self
    sql.isFrequent = true
    return sql
  }
}

extension [SQL] {
  /// All of them with something between.
  func joined(_ separator: SQL) -> SQL {
    SQL(Array<SQL.Part>(map(\.parts).joined(separator: separator.parts)))
  }
}

/// A name in double quotes.
func quotedName(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
