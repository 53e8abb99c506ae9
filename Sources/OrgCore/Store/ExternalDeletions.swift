/// What a store does when another program removes records that nobody removed through orgman.
public enum ExternalDeletions: String, Sendable, CaseIterable {
  /// Put back what can't have been meant: everything at once, or what is missing only because its program read the
  /// files before it was there. Any other removal is accepted, and can be undone.
  case restore
  /// Accept every removal in a file that isn't damaged.
  case accept
  /// Put back every organization that is removed, and let people decide: `orgman accept`, or the question on the
  /// screen, removes it again.
  case ask
}
