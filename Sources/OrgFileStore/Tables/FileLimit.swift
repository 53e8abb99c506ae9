/// How large a data file may be: where its records begin is kept in 32 bit numbers.
enum FileLimit {
  /// In bytes; below what 32 bits hold, by more than the parser looks ahead.
  static let bytes = Int(UInt32.max) - (1 << 24)
  /// Why a larger one isn't read.
  static let reason = "it is larger than 4 GB"
}
