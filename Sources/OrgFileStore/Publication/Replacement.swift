/// A new file that is to take the place of the live one.
struct Replacement {
  var file: String
  /// The generation that does it.
  var generation: UInt64
  /// The hash of what is displaced.
  var displacedHash: String
  /// What the new file is like, where it was written just now.
  var staged: FileIdentity?
  /// Whether it has the displaced one's name already.
  var isMoved = false

  var displacedName: String { StateDirectory.displacedName(generation, displacedHash, file) }
  var quiescentName: String {
    StateDirectory.displacedName(generation, displacedHash, file, isQuiescent: true)
  }
}
