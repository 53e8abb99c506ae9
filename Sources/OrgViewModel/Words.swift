/// Counts, in words.
enum Words {
  static func organizations(_ count: Int) -> String {
    "\(count.grouped) organization\(count == 1 ? "" : "s")"
  }

  static func findings(_ count: Int) -> String { "\(count.grouped) finding\(count == 1 ? "" : "s")" }

  static func users(_ count: Int) -> String { "\(count.grouped) user\(count == 1 ? "" : "s")" }

  /// What was done: all of two things, the first of more.
  static func done(_ summaries: [String]) -> String {
    guard let first = summaries.first else { return "" }
    guard summaries.count > 2 else { return summaries.joined(separator: "; ") }
    return "\(first), and \((summaries.count - 1).grouped) more"
  }

  /// What is said after a value that others put there.
  static let changedMeanwhile = " (others changed it meanwhile)"

  static func members(_ count: Int) -> String { "\(count.grouped) member\(count == 1 ? "" : "s")" }
}
