/// How far a store has come with reading the data, for who waits for it.
public struct ReadingProgress: Sendable, Hashable {
  /// Bytes read so far.
  public let done: Int
  /// Bytes that there are to read.
  public let total: Int

  /// So many bytes of so many.
  public init(done: Int, total: Int) {
    self.done = done
    self.total = total
  }

  /// In hundredths, rounded down.
  public var percent: Int {
    guard done > 0, total > 0 else { return 0 }
    return done >= total ? 100 : total.dividingFullWidth(done.multipliedFullWidth(by: 100)).quotient
  }
}
