/// A new file that is about to replace the live one.
struct Replacement {
  var file: String
  /// The generation that publishes it.
  var generation: UInt64
  /// The hash of the file that is displaced.
  var displacedHash: String
  /// The identity of the new file, if it was just written.
  var staged: FileIdentity?
  /// Whether it already has the name that the displaced file will get.
  var isMoved = false

  var displacedName: String { StateDirectory.displacedName(generation, displacedHash, file) }
  var quiescentName: String {
    StateDirectory.displacedName(generation, displacedHash, file, isQuiescent: true)
  }
}
