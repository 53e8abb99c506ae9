import OrgCore

/// The records of CSV (RFC 4180), one by one.
struct CSVRecords {
  private let source: ByteSource
  private static let mostColumns = 64

  init(_ source: ByteSource) throws(OrgError) {
    self.source = source
    // Skip the byte order mark that some spreadsheets write.
    for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
      guard try source.peek() == byte else { break }
      _ = try source.next()
    }
  }

  /// The values of one record; `nil` at the end.
  func next() throws(OrgError) -> [[UInt8]]? {
    guard try source.peek() != nil else { return nil }
    let start = source.line
    func failure(_ message: String) -> OrgError {
      OrgError(.invalidValue, "\(source.name), line \(start): \(message)")
    }
    var values: [[UInt8]] = []
    while true {
      var value: [UInt8] = []
      if try source.peek() == Self.quote {
        _ = try source.next()
        while true {
          try source.take(until: { $0 == Self.quote }, into: &value)
          guard value.count <= longestValue else { throw failure("a value has more than 1 MiB.") }
          guard let byte = try source.peek() else { throw failure("a quote isn't closed.") }
          guard byte == Self.quote else { continue }
          _ = try source.next()
          guard try source.peek() == Self.quote else { break }
          _ = try source.next()
          value.append(Self.quote)
        }
        if let byte = try source.peek(), byte != Self.comma, byte != Self.newline, byte != Self.carriageReturn
        {
          throw failure("a closing quote must be followed by a comma or the end of the line.")
        }
      }
      var isLast = false
      while true {
        try source.take(
          until: { $0 == Self.comma || $0 == Self.newline || $0 == Self.carriageReturn }, into: &value)
        guard value.count <= longestValue else { throw failure("a value has more than 1 MiB.") }
        switch try source.next() {
        case Self.comma: break
        case nil, Self.newline: isLast = true
        case Self.carriageReturn:
          guard try source.peek() == Self.newline else {
            value.append(Self.carriageReturn)
            continue
          }
          _ = try source.next()
          isLast = true
        case let byte?:
          // This is the end of the piece, but not of the value.
          value.append(byte)
          continue
        }
        break
      }
      guard values.count < Self.mostColumns else { throw failure("more than \(Self.mostColumns) values.") }
      values.append(value)
      if isLast { return values }
    }
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
}
