/// The SHA-256 of a text along with its intermediate states. The hash of another text with the same beginning can
/// continue from the last state that covers only common bytes.
struct RunningHash: Sendable {
  /// In lower-case hexadecimal.
  let text: String
  /// The state before each piece of the text. States can be stored.
  let states: [SHA256.State]
  /// The number of bytes in a piece.
  private static let piece = 1 << 20

  /// - Parameters:
  ///   - earlier: the hash of another text.
  ///   - prefix: how many bytes the two texts have in common at the beginning.
  init(_ source: FileText, after earlier: RunningHash? = nil, sharing prefix: Int = 0) {
    var states = Array(earlier?.states.prefix(prefix / Self.piece + 1) ?? [])
    if states.isEmpty { states = [SHA256().state] }
    var place = (states.count - 1) * Self.piece
    var hash = SHA256(states[states.count - 1], after: place)
    while place + Self.piece <= source.count {
      source.forEachPiece(in: place..<place + Self.piece) { hash.update($0) }
      place += Self.piece
      states.append(hash.state)
    }
    source.forEachPiece(in: place..<source.count) { hash.update($0) }
    text = hash.finish()
    self.states = states
  }

  /// Restores a stored hash.
  init(text: String, states: [SHA256.State]) {
    (self.text, self.states) = (text, states)
  }
}
