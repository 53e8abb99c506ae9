/// The first few users whose ids have a text in them, of many that are looked at one by one, in any order.
package struct UserCompletion {
  /// The text in lower case.
  private let text: [UInt8]
  private let limit: Int
  /// Ids that begin with it, and others that have it in them, each in the order of the ids.
  private var (starting, others): ([String], [String]) = ([], [])
  /// An id in lower case; kept so that its memory is used again.
  private var folded: [UInt8] = []

  /// Looks for a text, whatever the case.
  package init(_ text: String, limit: Int) {
    (self.text, self.limit) = (Array(text.lowercased().utf8), limit)
  }

  /// The ids: those that begin with the text come first.
  package var ids: [String] { Array((starting + others).prefix(limit)) }

  /// Looks at an id; one that comes several times counts once.
  package mutating func add(_ id: String) {
    var id = id
    id.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// The same with an id in UTF-8.
  package mutating func add(_ id: UnsafeRawBufferPointer) {
    guard id.count >= text.count || id.contains(where: { $0 >= 0x80 }) else { return }
    folded.removeAll(keepingCapacity: true)
    if id.allSatisfy({ $0 < 0x80 }) {
      for byte in id { folded.append(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
    } else {
      folded += String(decoding: id, as: UTF8.self).lowercased().utf8
    }
    if folded.starts(with: text) {
      Self.insert(id, into: &starting, limit)
    } else if starting.count < limit, folded.withUnsafeBytes({ SearchText.contains(text, in: $0) }) {
      Self.insert(id, into: &others, limit)
    }
  }

  private static func insert(_ id: UnsafeRawBufferPointer, into ids: inout [String], _ limit: Int) {
    var place = ids.count
    while place > 0, id.lexicographicallyPrecedes(ids[place - 1].utf8) { place -= 1 }
    guard place < limit, place == 0 || !ids[place - 1].utf8.elementsEqual(id) else { return }
    ids.insert(String(decoding: id, as: UTF8.self), at: place)
    if ids.count > limit { ids.removeLast() }
  }
}
