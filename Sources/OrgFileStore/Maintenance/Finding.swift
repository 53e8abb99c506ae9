import OrgCore

/// Something that `FileStore.examine` found.
public struct Finding: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// Nothing is written while it is so, or something may be lost.
    case error
    /// It works, but isn't as it should be.
    case warning
    /// Worth knowing.
    case note
  }

  /// What can be done about it without losing information.
  public enum Remedy: Sendable, Hashable {
    /// Ingest what others wrote, and clear away what a crash left.
    case maintain
    /// Put back what the history has of a file that is broken or was emptied, and keep the bytes that are there now.
    case recover
    /// Write the service's default, or for a time what is known best, into all records that lack the field.
    case writeDefaults(DefaultedFields)
    /// Replace what the service can't load, or what keeps a record from being edited.
    case repair(RecordRepair)
    /// Give organizations the empty member list that they lack.
    case addMemberLists
    /// Make the index of the history anew, from the journal.
    case rebuildIndex
    /// Keep others out of a file or directory, by its path from the data directory.
    case closeToOthers(String)
    /// Let everybody who may change the data use the files, and orgman's own.
    case share

    /// Whether it changes records.
    var isOfRecords: Bool {
      switch self {
      case .writeDefaults, .repair: true
      case .maintain, .recover, .addMemberLists, .rebuildIndex, .closeToOthers, .share: false
      }
    }
  }

  /// How bad it is.
  public let severity: Severity
  /// What it is, in a sentence; text of the data is escaped.
  public let text: String
  /// What `repair` would do about it, if anything can be done.
  public let remedy: Remedy?

  init(_ severity: Severity, _ text: String, _ remedy: Remedy? = nil) {
    self.severity = severity
    self.text = text
    self.remedy = remedy
  }
}
