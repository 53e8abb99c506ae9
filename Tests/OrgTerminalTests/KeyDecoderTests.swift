import Testing

@testable import OrgTerminal

/// What a terminal sends, however strange.
@Suite struct KeyDecoderTests {
  /// Sends some bytes, then nothing.
  final class Typist: KeySource {
    var rest: ArraySlice<UInt8>
    var milliseconds: Int64 = 0

    init(_ bytes: some Sequence<UInt8>) {
      rest = Array(bytes)[...]
    }

    func nextCode(isWaiting: Bool) -> Int32? {
      if rest.isEmpty, isWaiting { milliseconds += Int64(KeyDecoder.pieceDelay) }
      return rest.popFirst().map(Int32.init)
    }
  }

  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    return decoder.keys(from: Typist(text.utf8))
  }

  @Test func `a sequence longer than any terminal needs is dropped to its end`() {
    #expect(keys("\u{1B}[" + String(repeating: "1;", count: 5000) + "Mq") == [.character("q")])
    #expect(keys("\u{1B}[" + String(repeating: "3", count: 200) + "~j") == [.character("j")])
    #expect(keys("\u{1B}[3~\u{1B}[1;5C") == [.delete, .controlRight])
  }

  @Test func `a sequence without an end never keeps the program from anything else`() {
    let typist = Typist(Array("\u{1B}[".utf8) + Array(repeating: UInt8(ascii: "1"), count: 1_000_000))
    var decoder = KeyDecoder()
    #expect(decoder.keys(from: typist).isEmpty)
    #expect(typist.rest.count > 900_000)
    var calls = 1
    while !typist.rest.isEmpty {
      #expect(decoder.keys(from: typist).isEmpty)
      calls += 1
    }
    #expect(calls < 100)
    typist.rest = Array("~j".utf8)[...]
    #expect(decoder.keys(from: typist) == [.character("j")])
  }

  @Test(arguments: [
    "\u{1B}[<0;9223372036854775807;1M", "\u{1B}[<0;1;9223372036854775807M", "\u{1B}[<0;99999;1M",
    "\u{1B}[<9223372036854775807;1;1M", "\u{1B}[<0;-1;1M", "\u{1B}[<0;99999999999999999999;1M",
  ])
  func `the mouse is nowhere that no screen has`(text: String) {
    #expect(keys(text) == [])
  }
}
