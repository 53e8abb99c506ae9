/// The maximum size of a data file: the offsets of its records are stored as 32-bit numbers.
enum FileLimit {
  /// In bytes. It is less than 32 bits can hold by more than the parser looks ahead.
  static let bytes = Int(UInt32.max) - (1 << 24)
  /// Why a larger file isn't read.
  static let reason = "it is larger than 4 GB"
}
