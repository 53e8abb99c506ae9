extension String {
  /// The name of a schema, a table or a column for a statement: quoted unless it is plain and can't be a key word.
  package var asIdentifier: String {
    let isPlain =
      utf8.first.map { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
      ?? false
      && utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
    let isKeyWord =
      hasPrefix("current_") || hasPrefix("session_") || !contains("_") && !Self.plainNames.contains(self)
    return isPlain && !isKeyWord ? self : "\"" + doubled("\"") + "\""
  }

  /// Names without an underscore that are no key words.
  private static let plainNames: Set = ["public", "organizations", "id", "name", "status", "role", "orgman"]

  /// A text for a statement, whatever it holds.
  package var asLiteral: String {
    contains("\\") ? "E'" + doubled("\\").doubled("'") + "'" : "'" + doubled("'") + "'"
  }

  private func doubled(_ character: Character) -> String {
    String(flatMap { $0 == character ? [$0, $0] : [$0] })
  }

  /// The lines of a text, each so many spaces further in; empty ones stay empty.
  func indented(_ count: Int) -> String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
  }
}
