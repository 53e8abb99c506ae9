/// The ids of a list's rows in order, packed: 16 bytes for a UUID, and what it takes for other texts. A table of hashes tells
/// the row of an id at a cost that doesn't grow with the list.
struct IDList: Sendable {
  /// How many rows there are.
  let count: Int
  private let bytes: [UInt8]
  /// Where each text ends; `nil` where all are UUIDs.
  private let ends: [Int]?
  /// Rows by the hash of their id, in a table with room to spare; -1 for an empty place.
  private let slots: [Int32]

  /// Nothing.
  static let empty = IDList(uuids: [])

  /// Takes UUIDs as PostgreSQL's binary format has them, one after the other.
  init(uuids bytes: some Collection<UInt8>) {
    self.init(bytes: Array(bytes), ends: nil, count: min(bytes.count / 16, Int(Int32.max) / 2))
  }

  /// Takes texts, each after its length in four bytes, the first of which counts most.
  init(texts packed: some Collection<UInt8>) {
    let packed = Array(packed)
    var bytes: [UInt8] = []
    var ends: [Int] = []
    bytes.reserveCapacity(packed.count)
    var offset = 0
    while offset + 4 <= packed.count {
      let length = packed[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      offset += 4
      guard length <= packed.count - offset else { break }
      bytes += packed[offset..<offset + length]
      ends.append(bytes.count)
      offset += length
    }
    self.init(bytes: bytes, ends: ends, count: min(ends.count, Int(Int32.max) / 2))
  }

  private init(bytes: [UInt8], ends: [Int]?, count: Int) {
    (self.bytes, self.ends, self.count) = (bytes, ends, count)
    var size = 16
    while size < count * 2 { size *= 2 }
    var slots = [Int32](repeating: -1, count: size)
    for row in 0..<count {
      var slot = Self.hash(bytes[Self.range(row, ends)]) & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(row)
    }
    self.slots = slots
  }

  private static func range(_ row: Int, _ ends: [Int]?) -> Range<Int> {
    guard let ends else { return row * 16..<row * 16 + 16 }
    return (row > 0 ? ends[row - 1] : 0)..<ends[row]
  }

  /// Seeded anew in each process, so that nobody can choose ids that all fall on one place.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  /// The id in a row.
  subscript(row: Int) -> String {
    let bytes = bytes[Self.range(row, ends)]
    return ends == nil ? Self.text(bytes) : String(decoding: bytes, as: UTF8.self)
  }

  /// The row of an id; `nil` if none has it.
  func row(of id: String) -> Int? {
    let key: [UInt8]
    if ends == nil {
      guard let uuid = Self.uuid(id) else { return nil }
      key = uuid
    } else {
      key = Array(id.utf8)
    }
    var slot = Self.hash(key[...]) & (slots.count - 1)
    while slots[slot] >= 0 {
      let row = Int(slots[slot])
      if bytes[Self.range(row, ends)].elementsEqual(key) { return row }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  // MARK: UUIDs

  private static let digits = Array("0123456789abcdef".utf8)

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for (place, byte) in bytes.enumerated() {
        if [4, 6, 8, 10].contains(place) {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        buffer[position] = digits[Int(byte >> 4)]
        buffer[position + 1] = digits[Int(byte & 15)]
        position += 2
      }
      return position
    }
  }

  private static func uuid(_ text: String) -> [UInt8]? {
    guard text.isUUID else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 where character != UInt8(ascii: "-") {
      let digit = character <= 0x39 ? character - 0x30 : (character | 0x20) - 0x61 + 10
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }
}
