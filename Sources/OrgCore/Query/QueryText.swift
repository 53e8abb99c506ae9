/// The text of a query, read from left to right: the one place that knows what quotes and signs mean.
package struct QueryText {
  private let scalars: [Unicode.Scalar]
  /// How many Unicode scalars have been read.
  private(set) package var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  /// Whether there is nothing left.
  var isAtEnd: Bool { current == nil }
  /// Whether white space or nothing comes next.
  var isAtEndOfTerm: Bool { current.map(\.properties.isWhitespace) ?? true }
  /// Whether a quote comes next.
  var isAtQuote: Bool { current == "\"" }

  /// An error in this place, or in an earlier one.
  ///
  /// - Parameter message: a sentence that is safe to print.
  package func error(_ message: String, at place: Int? = nil) -> QueryError {
    QueryError(offset: place ?? position, message: message)
  }

  mutating func skipWhitespace() {
    while let scalar = current, scalar.properties.isWhitespace { position += 1 }
  }

  /// Takes a scalar if it comes next.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  /// Takes letters that a colon follows, in lower case.
  mutating func takeKey() -> String? {
    let name = scalars[position...].prefix {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0)
    }
    guard !name.isEmpty, name.endIndex < scalars.count, scalars[name.endIndex] == ":" else { return nil }
    position = name.endIndex + 1
    var result = String.UnicodeScalarView()
    result.append(contentsOf: name)
    return String(result).lowercased()
  }

  /// Takes `<`, `<=`, `>`, `>=` or `=`; without a sign, it is `=`.
  package mutating func takeSign() -> Query.Comparison.Sign {
    for sign in Query.Comparison.Sign.allCases
    where scalars[position...].starts(with: sign.rawValue.unicodeScalars) {
      position += sign.rawValue.unicodeScalars.count
      return sign
    }
    return .equal
  }

  /// Text up to white space, or in double quotes.
  package mutating func value() throws(QueryError) -> String {
    var result = String.UnicodeScalarView()
    let start = position
    guard take("\"") else {
      while let scalar = current, !scalar.properties.isWhitespace {
        result.append(scalar)
        position += 1
      }
      return String(result)
    }
    while let scalar = current {
      position += 1
      if scalar == "\"" {
        guard isAtEndOfTerm else { throw error("A closing quote must be followed by a space.") }
        return String(result)
      }
      if scalar == "\\", let escaped = current, escaped == "\"" || escaped == "\\" {
        result.append(escaped)
        position += 1
      } else {
        result.append(scalar)
      }
    }
    throw error("The quote isn't closed.", at: start)
  }
}

/// What is wrong with the text of a query, and where.
public struct QueryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// How many Unicode scalars of the text come before the place.
  public let offset: Int
  /// A sentence: what is wrong and what to write instead. Safe to print.
  public let message: String

  /// The sentence to print.
  public var description: String { message }
}
