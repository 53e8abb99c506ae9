import OrgCore

/// A hash table from keys to indices with open addressing and a maximum load factor of one half.
struct KeyIndex: Sendable {
  /// The index plus one; 0 if the slot is free.
  private var slots: [UInt32]
  /// The hashes by index, so that the table can grow without access to the keys.
  private var hashes: [UInt32] = []

  /// - Parameter count: the expected number of keys, if known.
  init(count: Int = 0) {
    var size = 16
    while size < count * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
    hashes.reserveCapacity(count)
  }

  static func hash(_ key: JSONString, in bytes: [UInt8]) -> UInt32 {
    var hasher = Hasher()
    if key.hasEscapes {
      Array(JSONText.decode(key, in: bytes).utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
    } else {
      bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[key.range])) }
    }
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  func find(hash: UInt32, isSame: (Int) -> Bool) -> Int? {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash, isSame(index) { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds the next index.
  mutating func insert(_ index: Int, hash: UInt32) {
    hashes.append(hash)
    if hashes.count * 2 > slots.count {
      slots = Array(repeating: 0, count: slots.count * 2)
      for index in hashes.indices { place(index) }
    } else {
      place(index)
    }
  }

  /// The same keys with new indices: the first element of `order` gets index 0.
  func reordered(_ order: [Int]) -> KeyIndex {
    var result = KeyIndex()
    for (index, old) in order.enumerated() { result.insert(index, hash: hashes[old]) }
    return result
  }

  private mutating func place(_ index: Int) {
    var slot = Int(hashes[index]) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(index) + 1
  }
}
