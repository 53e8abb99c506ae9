/// The statements that the server has prepared for a connection, so that it analyzes and plans them once.
struct PreparedStatements {
  private var names: [String: String] = [:]
  /// The names of those that the server has prepared.
  private(set) var ready: Set<String> = []
  /// So many are enough for what is asked again and again; each costs the server memory for as long as the connection lasts.
  private static let limit = 100

  /// The name for a text; `nil` if there are too many already.
  mutating func name(for text: String) -> String? {
    if let name = names[text] { return name }
    guard names.count < Self.limit else { return nil }
    let name = "orgman_\(names.count + 1)"
    names[text] = name
    return name
  }

  /// Whether the server has prepared a statement with this name.
  func isReady(_ name: String) -> Bool { ready.contains(name) }

  /// Notes that the server has.
  mutating func note(_ name: String) { ready.insert(name) }
}
