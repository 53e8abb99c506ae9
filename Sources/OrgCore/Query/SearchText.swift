import Glibc

/// Texts in lower case as bytes, and looking for something in them.
package enum SearchText {
  /// Stands behind each text; no UTF-8 has it, so nothing is found across two texts.
  package static let separator: UInt8 = 0xFF

  /// Adds what words are looked for in: name, id and billing ids.
  package static func append(_ organization: Organization, to text: inout [UInt8]) {
    for key in keys {
      guard let part = organization.text(key) else { continue }
      append(part, to: &text)
      text.append(separator)
    }
  }

  /// What words are looked for in. The order of names, and of ids where those are alike, is told by the first two.
  package static let keys =
    [.field(.name), .id]
    + OrganizationField.all.filter { $0.descriptor.isSearchable && $0 != .name }.map(OrganizationKey.field)

  /// Adds a text in lower case.
  package static func append(_ part: String, to text: inout [UInt8]) {
    var part = part
    let isDone = part.withUTF8 { bytes in
      guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
      text.append(contentsOf: bytes.lazy.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
      return true
    }
    if !isDone { text += part.lowercased().utf8 }
  }

  package static func contains(_ word: [UInt8], in text: UnsafeRawBufferPointer) -> Bool {
    end(of: word, in: text, from: 0) != nil
  }

  /// Whether one of the texts has all characters in this order.
  static func containsInOrder(_ characters: [[UInt8]], in text: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: separator) ?? text.count
      let part = UnsafeRawBufferPointer(rebasing: text[start..<end])
      var position: Int? = 0
      for character in characters {
        position = position.flatMap { self.end(of: character, in: part, from: $0) }
        if position == nil { break }
      }
      if position != nil { return true }
      start = end + 1
    }
    return false
  }

  /// Where the first place of some bytes ends.
  private static func end(of word: [UInt8], in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = text.baseAddress, let first = word.first else { return word.isEmpty ? start : nil }
    var offset = start
    while offset <= text.count - word.count,
      let match = memchr(base + offset, Int32(first), text.count - word.count - offset + 1)
    {
      let place = UnsafeRawPointer(match) - base
      if memcmp(match, word, word.count) == 0 { return place + word.count }
      offset = place + 1
    }
    return nil
  }
}
