/// Makes the emulator a terminal that draws an emoji of several scalars as one image in two cells, as some terminals do.
/// libvterm draws their parts, each in cells of its own.
struct EmojiImages {
  private var waiting: [UInt8] = []
  private var numbers: [String: UInt32] = [:]
  private var images: [UInt32: String] = [:]
  /// Wide characters that no test shows, which stand for images.
  private static let first: UInt32 = 0x2A000

  /// What to show instead of what a program wrote. The end may have to wait for what belongs to it.
  mutating func replacing(_ bytes: [UInt8]) -> [UInt8] {
    waiting += bytes
    let text = String(decoding: waiting.dropLast(Self.incompleteCount(waiting)), as: UTF8.self)
    let last = text.last.map { $0.unicodeScalars.first?.isASCII == true ? "" : String($0) } ?? ""
    return take(String(text.dropLast(last.isEmpty ? 0 : 1)))
  }

  /// What waits.
  mutating func rest() -> [UInt8] {
    take(String(decoding: waiting.dropLast(Self.incompleteCount(waiting)), as: UTF8.self))
  }

  /// The text of a cell with the images that were drawn.
  func text(_ shown: String) -> String {
    guard let scalar = shown.unicodeScalars.first, let image = images[scalar.value] else { return shown }
    return image
  }

  private mutating func take(_ text: String) -> [UInt8] {
    waiting.removeFirst(text.utf8.count)
    var result: [UInt8] = []
    for character in text {
      result +=
        Self.isImage(character) ? Array(standIn(for: String(character)).utf8) : Array(String(character).utf8)
    }
    return result
  }

  private mutating func standIn(for image: String) -> String {
    let number = numbers[image] ?? Self.first + UInt32(numbers.count)
    numbers[image] = number
    images[number] = image
    return Unicode.Scalar(number).map { String(Character($0)) } ?? image
  }

  private static func isImage(_ character: Character) -> Bool {
    let scalars = character.unicodeScalars
    guard scalars.count > 1, scalars.first?.properties.isEmoji == true else { return false }
    return scalars.dropFirst().contains {
      [0x200D, 0xFE0F].contains($0.value) || $0.properties.isEmojiModifier
        || (0x1F1E6...0x1F1FF).contains($0.value)
        || (0xE0020...0xE007F).contains($0.value)
    }
  }

  /// How many bytes at the end are the beginning of a scalar.
  private static func incompleteCount(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      guard byte >= 0x80 else { return 0 }
      guard byte >= 0xC0 else { continue }
      let size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return count < size ? count : 0
    }
    return 0
  }
}
