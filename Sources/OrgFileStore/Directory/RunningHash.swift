/// The SHA-256 of a text, with its intermediate states: the hash of another text that begins the same continues from the
/// last of them that both have in common.
struct RunningHash: Sendable {
  /// In lower-case hexadecimal.
  let text: String
  /// The hash before each piece of the text. These can be written down.
  let states: [SHA256.State]
  /// Bytes of a piece.
  private static let piece = 1 << 20

  /// - Parameters:
  ///   - earlier: the hash of another text.
  ///   - prefix: how many bytes both have in common at the beginning.
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

  /// What was written down of a hash.
  init(text: String, states: [SHA256.State]) {
    (self.text, self.states) = (text, states)
  }
}
