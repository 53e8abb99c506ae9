/// A change set as a document: made of a preview, kept, reviewed, and applied later.
///
/// Each change carries the value that it expects, so what somebody changed since is a conflict and never overwritten.
/// The changes have the form that they have in the journal's lines, so that who reads one can read the other.
public struct ChangeDocument: Sendable, Codable {
  /// What `format` says.
  public static let formatName = "orgman changes"
  /// The version of this format.
  public static let currentVersion = 1

  /// What kind of document this is: `formatName`.
  public var format = formatName
  /// Of this format; a later one isn't read.
  public var version = currentVersion
  /// The generation of the history that the preview was made on, where there is a history.
  public var generation: UInt64?
  /// When the preview was made, in UTC.
  public var time: String
  /// Whether an organization may lose its last owner by it.
  public var allowsOwnerless: Bool
  /// The generation that it takes back.
  public var undoes: UInt64?
  /// The generation that it does again.
  public var redoes: UInt64?
  /// The changes in order.
  public var changes: [ChangeRecord]

  /// Writes down what a change set would do.
  ///
  /// - Parameters:
  ///   - set: the changes.
  ///   - preview: the set, played on the data; what is so already is left out.
  ///   - generation: the newest generation of the history.
  ///   - time: when the preview was made.
  public init(_ set: ChangeSet, previewed preview: Preview, generation: UInt64?, time: Timestamp = .now()) {
    self.init(set, recorded: preview.recorded, generation: generation, time: time)
  }

  /// Writes down changes with what is around them.
  public init(_ set: ChangeSet, recorded: [RecordedChange], generation: UInt64?, time: Timestamp = .now()) {
    self.generation = generation
    self.time = time.description
    allowsOwnerless = set.allowsOwnerless
    switch set.purpose {
    case .edit: break
    case .undo(let generation): undoes = generation
    case .redo(let generation): redoes = generation
    }
    changes = recorded.map { recorded in
      var record = ChangeRecord(recorded)
      record.summary = recorded.summary
      // Nobody expects a time of a member who goes.
      if case .removeMember = recorded.change { record.joinedAt = nil }
      return record
    }
  }

  /// The change set to commit.
  ///
  /// - Parameter rules: those of the data that it is for.
  /// - Throws: `invalidValue` for a document of another kind or a later version, or an entry that is no change.
  public func changeSet(by rules: Rules = .files) throws(OrgError) -> ChangeSet {
    guard format == Self.formatName else {
      throw OrgError(
        .invalidValue, "It is a document of another kind: \(format.prefix(80).description.quoted).")
    }
    guard version == Self.currentVersion else {
      throw OrgError(
        .invalidValue,
        "It has version \(version) of the format, and this orgman knows \(Self.currentVersion).")
    }
    var set = ChangeSet([], allowsOwnerless: allowsOwnerless)
    if let undoes { set.purpose = .undo(of: undoes) } else if let redoes { set.purpose = .redo(of: redoes) }
    for (index, entry) in changes.enumerated() {
      do throws(OrgError) {
        set.changes.append(try entry.change(by: rules))
      } catch {
        throw OrgError(error.code, "Change \(index + 1): \(error.message)")
      }
    }
    return set
  }
}
