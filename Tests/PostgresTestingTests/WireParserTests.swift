import Testing

@testable import PostgresTesting

@Suite struct WireParserTests {
  private func message(_ type: Character, _ texts: String...) -> [UInt8] {
    let body: [UInt8] = texts.flatMap { (text) -> [UInt8] in Array(text.utf8) + [0] }
    return (type.asciiValue.map { [$0] } ?? []) + [0, 0, 0, UInt8(body.count + 4)] + body
  }

  @Test func `the answers in a pipeline belong to their statements, also after an error`() throws {
    var parser = WireParser()
    func statements(_ sender: Sender, _ messages: [UInt8]) -> [String] {
      // Byte by byte, as slow lines have them.
      var bytes: ArraySlice<UInt8> = []
      return messages.compactMap { byte in
        bytes.append(byte)
        return parser.next(from: sender, &bytes).map { $0.content.statement ?? "" }
      }
    }
    #expect(statements(.client, [0, 0, 0, 8, 0, 3, 0, 0]) == [""])
    let pipeline = [("", "BEGIN"), ("named", "UPDATE t"), ("", "COMMIT")].flatMap { name, statement in
      message("P", name, statement) + message("B", "", name) + message("E", "")
    }
    #expect(
      statements(.client, pipeline + message("S")) == [
        "BEGIN", "BEGIN", "BEGIN", "UPDATE t", "UPDATE t", "UPDATE t", "COMMIT", "COMMIT", "COMMIT", "",
      ])
    let begun = message("1") + message("2") + message("N", "notice") + message("C", "BEGIN")
    let failed = message("1") + message("2") + message("E", "error") + message("Z")
    #expect(
      statements(.server, begun + failed) == ["BEGIN", "BEGIN", "BEGIN", "BEGIN"]
        + ["UPDATE t", "UPDATE t", "UPDATE t", ""])
    // A prepared statement is known by its name.
    #expect(
      statements(.client, message("B", "p", "named") + message("E", "p") + message("S")).first == "UPDATE t")
    #expect(statements(.server, message("2") + message("C", "UPDATE 1")) == ["UPDATE t", "UPDATE t"])
  }
}
