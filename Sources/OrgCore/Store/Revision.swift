/// The state of the data that something was read at: of two revisions of one store, the later is the greater. It says
/// nothing else; what people call the generation of the data is `OrgStore.newestGeneration()`.
public struct Revision: Sendable, Hashable, Comparable {
  private let number: UInt64

  /// For stores: a revision by a number that rises with every change that the store sees.
  public init(_ number: UInt64) { self.number = number }

  /// Whether one is earlier than the other.
  public static func < (left: Revision, right: Revision) -> Bool { left.number < right.number }
}
