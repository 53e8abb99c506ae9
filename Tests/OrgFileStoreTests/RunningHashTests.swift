import Testing

@testable import OrgFileStore

@Suite struct RunningHashTests {
  static let piece = 1 << 20

  @Test(arguments: [0, 1, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 100])
  func `it is the hash, whatever the length`(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    #expect(RunningHash(FileText(bytes)).text == sha256(bytes))
  }

  @Test func `it goes on from what two texts have in common, over many changes anywhere`() throws {
    var random = SeededGenerator(seed: 3)
    var bytes = [UInt8](repeating: 7, count: 3 * Self.piece + 17)
    var hash = RunningHash(FileText(bytes))
    for _ in 0..<20 {
      let places = [
        0, Self.piece - 1, Self.piece, 2 * Self.piece + 5, bytes.count,
        Int.random(in: 0...bytes.count, using: &random),
      ].filter { $0 <= bytes.count }
      let place = try #require(places.randomElement(using: &random))
      let end = min(bytes.count, place + Int.random(in: 0...Self.piece, using: &random))
      let new = (0..<Int.random(in: 0...Self.piece, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      bytes.replaceSubrange(place..<end, with: new)
      hash = RunningHash(FileText(bytes), after: hash, sharing: place)
      #expect(hash.text == sha256(bytes))
    }
  }
}
