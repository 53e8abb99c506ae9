import Testing

@testable import OrgFileStore

@Suite("The text of a file after an edit")
struct FileTextTests {
  /// Random edits of a random text, none over another.
  private func patch(of bytes: [UInt8], _ random: inout SystemRandomNumberGenerator) -> BytePatch {
    var edits: [ByteEdit] = []
    var place = 0
    while place < bytes.count, edits.count < 5 {
      let start = Int.random(in: place...bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 0...4, using: &random))
      edits.append(
        ByteEdit(start..<end, (0..<Int.random(in: 0...6, using: &random)).map { _ in .random(in: 97...122) }))
      place = end + 1
    }
    return BytePatch(edits)
  }

  @Test("its pieces are the bytes that the patch makes, before and after it is put together, edit upon edit")
  func pieces() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 65...90) }
      let first = patch(of: bytes, &random)
      let once = first.applied(to: bytes)
      let second = patch(of: once, &random)
      let expected = second.applied(to: once)
      let text = FileText(FileText(FileText(bytes), patchedBy: first), patchedBy: second)
      #expect(text.count == expected.count)
      func check() {
        let low = Int.random(in: 0...expected.count, using: &random)
        let high = Int.random(in: low...expected.count, using: &random)
        var read: [UInt8] = []
        text.forEachPiece(in: low..<high) { read += Array($0) }
        #expect(read == Array(expected[low..<high]))
      }
      check()
      #expect(RunningHash(text).text == sha256(expected))
      #expect(text.bytes == expected)
      check()
      #expect(text.isSame(as: FileText(expected)))
      #expect(!text.isSame(as: FileText(expected + [0])))
    }
  }

  @Test("offsets move together as each of them does")
  func offsets() {
    let patch = BytePatch([
      ByteEdit(10..<12, Array("A".utf8)), ByteEdit(at: 40, Array("BBBB".utf8)), ByteEdit(60..<80, []),
    ])
    for places in [
      [], [0], [5, 9], [13, 39, 20], [41, 59], [80, 200, 90], [0, 13, 41, 90], [12, 40], [10],
    ]
      as [[UInt32]]
    {
      #expect(patch.shifted(places[...]) == places.map { UInt32(patch.shifted(Int($0))) }, "\(places)")
    }
  }

  @Test("a part of a text is edited as the whole is")
  func part() {
    let bytes = Array("0123456789".utf8)
    let patch = BytePatch([
      ByteEdit(1..<2, Array("A".utf8)), ByteEdit(at: 4, Array("BB".utf8)), ByteEdit(6..<8, []),
    ])
    #expect(patch.applied(to: bytes) == Array("0A23BB4589".utf8))
    #expect(patch.applied(to: bytes, within: 2..<6) == Array("23BB45".utf8))
    #expect(patch.applied(to: bytes, within: 5..<10) == Array("589".utf8))
    #expect(patch.applied(to: bytes, within: 2..<4) == Array("23BB".utf8))
  }
}
