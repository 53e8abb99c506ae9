import OrgCore

/// A result of `FileStore.examine`.
public struct Finding: Sendable, Hashable {
  /// The severity of a finding.
  public enum Severity: String, Sendable, Hashable {
    /// Nothing can be written until this is fixed, or something may be lost.
    case error
    /// Everything works, but something isn't as it should be.
    case warning
    /// Worth knowing.
    case note
  }

  /// A fix that loses no information.
  public enum Remedy: Sendable, Hashable {
    /// Ingest what other programs wrote, and clean up after a crash.
    case maintain
    /// Restore a broken or emptied file from the history, and set its current bytes aside.
    case recover
    /// Write the service's default, or the best known value for a time, to all records that lack the field.
    case writeDefaults(DefaultedFields)
    /// Replace something that the service can't load, or that prevents a record from being edited.
    case repair(RecordRepair)
    /// Add an empty member list for organizations that have none.
    case addMemberLists
    /// Rebuild the index of the history from the journal.
    case rebuildIndex
    /// Deny others access to a file or directory, given its path relative to the data directory.
    case closeToOthers(String)
    /// Give all users who may change the data access to the data files and to orgman's own files.
    case share

    /// Whether the remedy changes records.
    var isOfRecords: Bool {
      switch self {
      case .writeDefaults, .repair: true
      case .maintain, .recover, .addMemberLists, .rebuildIndex, .closeToOthers, .share: false
      }
    }
  }

  /// The severity.
  public let severity: Severity
  /// A description in a sentence. Text from the data is escaped.
  public let text: String
  /// The remedy that `repair` accepts, if there is one.
  public let remedy: Remedy?

  init(_ severity: Severity, _ text: String, _ remedy: Remedy? = nil) {
    self.severity = severity
    self.text = text
    self.remedy = remedy
  }
}
