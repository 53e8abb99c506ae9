/// Why a service gave no answer that says anything: whatever was asked is unknown then, and not missing.
public struct ServiceFailure: Error, Sendable, Hashable {
  /// What kind of failure it is.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The caller didn't want to wait any longer.
    case cancelled
    /// The key isn't known, or isn't allowed to read that.
    case refused
    /// The service asks to come back later, and did so too often.
    case busy
    /// No answer in time, or no connection.
    case unreachable
    /// The certificate can't be trusted.
    case untrusted
    /// An answer that isn't what the service documents, or is too large, cut short, or led elsewhere.
    case unusable
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// One sentence for people, without the key and without anything that the service said.
  public let message: String

  /// A failure with its sentence.
  public init(_ kind: Kind, _ message: String) { (self.kind, self.message) = (kind, message) }
}
