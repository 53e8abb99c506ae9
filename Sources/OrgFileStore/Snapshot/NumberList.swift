/// Numbers of which nearly all fit in 32 bits, and then take no more: as soon as one doesn't, all of them take 64.
struct NumberList: Sendable, ExpressibleByArrayLiteral {
  private var narrow: [UInt32] = []
  private var wide: [Int] = []
  private var isWide = false
  /// The highest number that is kept in 32 bits; a test makes it small.
  private let narrowLimit: Int

  init(narrowLimit: Int = Int(UInt32.max)) {
    self.narrowLimit = min(narrowLimit, Int(UInt32.max))
  }

  init(arrayLiteral numbers: Int...) {
    self.init()
    for number in numbers { append(number) }
  }

  var count: Int { isWide ? wide.count : narrow.count }

  @inline(__always)
  subscript(place: Int) -> Int { isWide ? wide[place] : Int(narrow[place]) }

  @inline(__always)
  mutating func append(_ number: Int) {
    if !isWide, number <= narrowLimit, let number = UInt32(exactly: number) {
      narrow.append(number)
    } else {
      widen()
      wide.append(number)
    }
  }

  private mutating func widen() {
    guard !isWide else { return }
    wide = narrow.map(Int.init)
    narrow = []
    isWide = true
  }

  mutating func reserveCapacity(_ count: Int) {
    if isWide { wide.reserveCapacity(count) } else { narrow.reserveCapacity(count) }
  }

  /// Puts the numbers from a place on in rising order.
  mutating func sort(from place: Int) {
    if isWide { wide[place...].sort() } else { narrow[place...].sort() }
  }
}
