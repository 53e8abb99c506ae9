/// Emoji that are written as several scalars: flags, keycaps, emoji with a skin tone or with variation selector 16, and
/// those joined by ZERO WIDTH JOINER.
///
/// Only those that terminals have an image for count: in any other place a joiner, a selector, or a tag changes nothing that
/// is seen, so two texts that differ would look the same.
package enum EmojiSequence {
  /// The end of the emoji sequence that a text starts with; `nil` if it doesn't start with one.
  package static func end(in text: Substring.UnicodeScalarView) -> String.Index? {
    guard let first = element(at: text.startIndex, in: text) else { return nil }
    var (last, end) = first
    while end < text.endIndex, text[end].value == joiner,
      let next = element(at: text.index(after: end), in: text), canJoin(last.value, next.base.value)
    {
      (last, end) = next
    }
    return text.index(after: text.startIndex) == end ? nil : end
  }

  private static let joiner: UInt32 = 0x200D
  private static let selector: UInt32 = 0xFE0F

  /// An emoji without joiners, and its end.
  private static func element(
    at start: String.Index, in text: Substring.UnicodeScalarView
  ) -> (base: Unicode.Scalar, end: String.Index)? {
    guard start < text.endIndex else { return nil }
    let base = text[start]
    let second = text.index(after: start)
    let follower = second < text.endIndex ? text[second].value : 0
    if base.isASCII {
      guard base.properties.isEmoji, follower == selector else { return nil }
      let third = text.index(after: second)
      return third < text.endIndex && text[third].value == 0x20E3 ? (base, text.index(after: third)) : nil
    }
    if base.isRegionalIndicator {
      return second < text.endIndex && text[second].isRegionalIndicator
        ? (base, text.index(after: second)) : nil
    }
    let properties = base.properties
    guard properties.isEmoji, !properties.isEmojiModifier else { return nil }
    if base.value == 0x1F3F4, let end = regionEnd(from: second, in: text) { return (base, end) }
    let isFollowed =
      follower == selector
      ? !properties.isEmojiPresentation
      : properties.isEmojiModifierBase && (0x1F3FB...0x1F3FF).contains(follower)
    return (base, isFollowed ? text.index(after: second) : second)
  }

  /// The end of the tags that make a black flag that of England, Scotland, or Wales.
  private static func regionEnd(from start: String.Index, in text: Substring.UnicodeScalarView) -> String
    .Index?
  {
    let tags = text[start...].prefix(6)
    let letters = String(
      String.UnicodeScalarView(
        tags.compactMap { (0xE0020...0xE007F).contains($0.value) ? Unicode.Scalar($0.value - 0xE0000) : nil })
    )
    return ["gbeng\u{7F}", "gbsct\u{7F}", "gbwls\u{7F}"].contains(letters) ? tags.endIndex : nil
  }

  // MARK: Joined emoji

  /// Whether Unicode defines emoji that join these two.
  private static func canJoin(_ left: UInt32, _ right: UInt32) -> Bool {
    if pairs[left]?.contains(right) == true { return true }
    if adults.contains(left) {
      return adults.contains(right) || children.contains(right) || attributes.contains(right)
    }
    if right == female || right == male { return gendered.contains { $0.contains(left) } }
    return false
  }

  private static let (female, male): (UInt32, UInt32) = (0x2640, 0x2642)
  private static let adults: Set<UInt32> = [0x1F468, 0x1F469, 0x1F9D1]
  private static let children: Set<UInt32> = [0x1F466, 0x1F467, 0x1F9D2]
  /// What follows an adult: professions, hair, aids, and what joins two of them.
  private static let attributes: Set<UInt32> = [
    0x2695, 0x2696, 0x2708, 0x2764, 0x1F33E, 0x1F373, 0x1F37C, 0x1F384, 0x1F393, 0x1F3A4, 0x1F3A8, 0x1F3EB,
    0x1F3ED,
    0x1F430, 0x1F4BB, 0x1F4BC, 0x1F527, 0x1F52C, 0x1F680, 0x1F692, 0x1F91D, 0x1F9AF, 0x1F9B0, 0x1F9B1,
    0x1F9B2,
    0x1F9B3, 0x1F9BC, 0x1F9BD,
  ]
  /// Those that a sign for female or male follows.
  private static let gendered: [ClosedRange<UInt32>] = [
    0x26F9...0x26F9, 0x1F3C3...0x1F3C4, 0x1F3CA...0x1F3CC, 0x1F46E...0x1F471, 0x1F473...0x1F473,
    0x1F477...0x1F477,
    0x1F481...0x1F482, 0x1F486...0x1F487, 0x1F575...0x1F575, 0x1F645...0x1F647, 0x1F64B...0x1F64B,
    0x1F64D...0x1F64E,
    0x1F6A3...0x1F6A3, 0x1F6B4...0x1F6B6, 0x1F926...0x1F926, 0x1F935...0x1F935, 0x1F937...0x1F939,
    0x1F93C...0x1F93E,
    0x1F9B8...0x1F9B9, 0x1F9CD...0x1F9CF, 0x1F9D4...0x1F9D4, 0x1F9D6...0x1F9DF,
  ]
  /// All others.
  private static let pairs: [UInt32: Set<UInt32>] = {
    let arrow: Set<UInt32> = [0x27A1]
    return [
      female: arrow, male: arrow, 0x1F3C3: arrow, 0x1F6B6: arrow, 0x1F9CE: arrow, 0x1F9AF: arrow,
      0x1F9BC: arrow,
      0x1F9BD: arrow, 0x1F466: children, 0x1F467: children, 0x1F9D2: children, 0x1F48B: adults,
      0x1F91D: adults,
      0x1F430: adults, 0x2764: adults.union([0x1F48B, 0x1F525, 0x1FA79]), 0x1FAF1: [0x1FAF2],
      0x1F3F3: [0x1F308, 0x26A7], 0x1F3F4: [0x2620], 0x1F415: [0x1F9BA], 0x1F43B: [0x2744], 0x1F408: [0x2B1B],
      0x1F426: [0x2B1B, 0x1F525], 0x1F441: [0x1F5E8], 0x1F62E: [0x1F4A8], 0x1F635: [0x1F4AB],
      0x1F636: [0x1F32B],
      0x1F642: [0x2194, 0x2195], 0x1F344: [0x1F7EB], 0x1F34B: [0x1F7E9], 0x26D3: [0x1F4A5],
    ]
  }()
}

extension Unicode.Scalar {
  /// Whether it is one half of a flag.
  package var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }
}
