import Synchronization

/// The ids of organizations, each with a number. Listings keep the numbers, in four bytes each, and share the ids, which
/// take 16 bytes each as UUIDs. Nothing is ever removed.
final class OrganizationIDs: Sendable {
  /// The number of an id.
  typealias Number = Int32

  private let table: Mutex<Table>

  /// Room for ids.
  ///
  /// - Parameters:
  ///   - areUUIDs: whether all ids are UUIDs.
  ///   - count: how many are expected.
  init(areUUIDs: Bool, count: Int) { table = Mutex(Table(areUUIDs: areUUIDs, capacity: count)) }

  /// How many there are.
  var count: Int { table.withLock { $0.count } }

  /// The id with a number.
  subscript(number: Number) -> String { table.withLock { $0.text(number) } }

  /// The number of an id; `nil` if it isn't among them.
  func number(of id: String) -> Number? {
    table.withLock { table in table.key(id).flatMap { table.number($0[...]) } }
  }

  /// Adds ids, as PostgreSQL sends them, unless they are there.
  ///
  /// - Returns: their numbers, in their order.
  func add(_ ids: PackedIDs) -> [Number] {
    var numbers: [Number] = []
    numbers.reserveCapacity(ids.count)
    // In pieces: a screen's thread must never wait long for the table.
    var rest = 0..<ids.count
    while !rest.isEmpty {
      let piece = rest.prefix(4096)
      table.withLock { table in
        for place in piece { numbers.append(table.add(ids[place])) }
      }
      rest = piece.upperBound..<rest.upperBound
    }
    return numbers
  }

  /// Adds an id, unless it is there; `nil` if it can't be an id here.
  func add(_ id: String) -> Number? {
    table.withLock { table in table.key(id).map { table.add($0[...]) } }
  }
}

/// Ids as PostgreSQL sends them: UUIDs of 16 bytes one after the other, or texts, each after its length in four bytes, the
/// first of which counts most. Each may be followed by a number in eight bytes.
struct PackedIDs {
  private let bytes: ArraySlice<UInt8>
  private let places: [Range<Int>]

  init(_ bytes: ArraySlice<UInt8>, areUUIDs: Bool, haveValues: Bool = false) {
    self.bytes = bytes
    var places: [Range<Int>] = []
    var offset = bytes.startIndex
    let after = haveValues ? 8 : 0
    while offset < bytes.endIndex {
      var length = 16
      if !areUUIDs {
        guard offset + 4 <= bytes.endIndex else { break }
        length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        offset += 4
      }
      guard length + after <= bytes.endIndex - offset else { break }
      places.append(offset..<offset + length)
      offset += length + after
    }
    self.places = places
  }

  var count: Int { places.count }

  subscript(place: Int) -> ArraySlice<UInt8> { bytes[places[place]] }

  /// The number after an id.
  func value(_ place: Int) -> Int64 {
    let start = places[place].upperBound
    return Int64(bitPattern: bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
  }
}

/// Ids, and a table of hashes that finds each at a cost that doesn't grow with them.
private struct Table: Sendable {
  private(set) var count = 0
  private var bytes: [UInt8] = []
  /// Where each text ends; `nil` where all are UUIDs.
  private var ends: [Int]?
  /// Numbers by the hash of their id, with room to spare; -1 for an empty place.
  private var slots: [Int32]

  init(areUUIDs: Bool, capacity: Int) {
    ends = areUUIDs ? nil : []
    // A little more than there are: some come later.
    let capacity = capacity + capacity / 64
    if areUUIDs { bytes.reserveCapacity(capacity * 16) }
    slots = [Int32](repeating: -1, count: Self.size(for: capacity))
  }

  private static func size(for count: Int) -> Int {
    var size = 16
    while size * 3 < count * 4 { size *= 2 }
    return size
  }

  private func range(_ number: Int) -> Range<Int> {
    guard let ends else { return number * 16..<number * 16 + 16 }
    return (number > 0 ? ends[number - 1] : 0)..<ends[number]
  }

  /// The place of an id, or the empty place for it.
  private func slot(_ key: ArraySlice<UInt8>) -> Int {
    // Seeded anew in each process, so that nobody can choose ids that all fall on one place.
    var hasher = Hasher()
    key.withUnsafeBytes { hasher.combine(bytes: $0) }
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] >= 0, !bytes[range(Int(slots[slot]))].elementsEqual(key) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  func number(_ key: ArraySlice<UInt8>) -> Int32? {
    let number = slots[slot(key)]
    return number < 0 ? nil : number
  }

  mutating func add(_ key: ArraySlice<UInt8>) -> Int32 {
    if slots.count * 3 < (count + 1) * 4 { grow() }
    let slot = slot(key)
    if slots[slot] >= 0 { return slots[slot] }
    let number = Int32(clamping: count)
    slots[slot] = number
    bytes += key
    ends?.append(bytes.count)
    count += 1
    return number
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in 0..<count { slots[slot(bytes[range(number)])] = Int32(clamping: number) }
  }

  // MARK: Texts

  func text(_ number: Int32) -> String {
    let bytes = bytes[range(Int(number))]
    return ends == nil ? Self.text(bytes) : String(decoding: bytes, as: UTF8.self)
  }

  /// An id as it is kept; `nil` if it can't be one.
  func key(_ id: String) -> [UInt8]? { ends == nil ? Self.uuid(id) : Array(id.utf8) }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for (place, byte) in bytes.enumerated() {
        if place == 4 || place == 6 || place == 8 || place == 10 {
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
