/// Counts, in words.
enum Words {
  static func organizations(_ count: Int) -> String {
    "\(count.grouped) organization\(count == 1 ? "" : "s")"
  }

  static func users(_ count: Int) -> String { "\(count.grouped) user\(count == 1 ? "" : "s")" }

  static func members(_ count: Int) -> String { "\(count.grouped) member\(count == 1 ? "" : "s")" }
}
