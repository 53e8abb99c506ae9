/// Where keys go at the moment. The same key means different things in different contexts. Each screen and each overlay
/// defines its own.
package struct Context: Sendable {
  /// What keys do there.
  package enum Kind: Sendable, Hashable {
    /// A screen, or a pane of one, in which nothing is typed, asked or covered.
    case screen
    /// A menu: one of a few answers is chosen, each by a key of its own.
    case menu
    /// Printable keys type themselves.
    case text
    /// Anything else.
    case other
  }

  /// Its name in the configuration.
  package let name: String
  /// What it is, for people.
  package let title: String
  /// What keys do there.
  package let kind: Kind

  init(_ name: String, _ title: String, _ kind: Kind) {
    (self.name, self.title, self.kind) = (name, title, kind)
  }
}

extension Context: Hashable {
  /// Whether they have the same name.
  package static func == (left: Self, right: Self) -> Bool { left.name == right.name }

  /// By the name.
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
