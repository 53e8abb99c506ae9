import FoundationEssentials
import OrgCore

/// One line of the journal. The names of its keys are the documented format.
struct JournalRecord: Codable, Sendable {
  /// What a line is about.
  enum Kind: String, Codable, Sendable {
    /// The state that a segment starts from; a full copy of both files stands in `checkpoints`.
    case checkpoint
    case edit, undo, redo, foreign, repair, restore
    /// Something was taken out of the lines before; an orgman that doesn't know of it must not go on.
    case erase
  }

  /// The latest version of this format.
  static let currentFormat = 2
  /// The version of lines of the kind `erase`; all others have the first.
  static let erasureFormat = 2
  /// The highest generation that a line may have: what any program can read that reads JSON with 64 bit numbers.
  static let highestGeneration = UInt64(Int64.max)

  var format = 1
  var generation: UInt64
  /// The hash of the line before; empty in the very first.
  var previous: String
  var time: String
  var kind: Kind
  /// The generation that an undo or redo is about.
  var of: UInt64?
  var actor: JournalActor
  var changes: [JournalChange] = []
  /// Generations that a foreign program took back.
  var reverted: [UInt64]?
  /// What a foreign program's files said and this generation doesn't.
  var refused: [JournalChange]?
  /// The generation that displaced the file in which a foreign program's change was found.
  var displaced: UInt64?
  var note: String?
  /// How many of its changes were erased since; of one of the kind `erase`, how many lines it took something from.
  var erased: Int?
  /// For `erase`, the hash of the last line before anything was taken from it.
  var head: String?
  /// Both files as this generation leaves them, by name.
  var files: [String: FileState]
  /// The hash of what a file held when it was replaced, by name, where that isn't what the generation before
  /// left.
  var replaced: [String: String]?
  /// What became of the bytes of each file, by name: absent where nothing did.
  var splices: [String: [JournalByteEdit]]?

  /// A file at one generation.
  struct FileState: Codable, Sendable, Hashable {
    var size: Int
    var sha256: String
    /// The inode that it was published under, by which a file that was never published is told from one that
    /// was written to afterwards.
    var inode: UInt64?
  }

  /// One place of a file: where, and the text before and after.
  struct JournalByteEdit: Codable, Sendable {
    var at: Int
    var before: String
    var after: String
  }

  struct JournalActor: Codable, Sendable {
    var uid: UInt32
    var user: String
    var login: String?
    var claimedSudoUser: String?
    var claimedSSHClient: String?
    var host: String
    var pid: Int32?
  }

  var entry: HistoryEntry? {
    let kind: HistoryEntry.Kind
    switch self.kind {
    case .checkpoint: return nil
    case .edit: kind = .edit
    case .undo: kind = .undo(of: of ?? 0)
    case .redo: kind = .redo(of: of ?? 0)
    case .foreign: kind = .foreign
    case .repair: kind = .repair
    case .restore: kind = .restore
    case .erase: kind = .erase
    }
    let erasedCount = self.kind == .erase ? 0 : erased ?? 0
    let loss = erasedCount == 0 ? nil : "\(erasedCount) change\(erasedCount == 1 ? " was" : "s were") erased"
    return HistoryEntry(
      generation: generation, time: Timestamp(time) ?? Timestamp(microseconds: 0), kind: kind,
      actor: Actor(
        uid: actor.uid, user: actor.user, login: actor.login, claimedSudoUser: actor.claimedSudoUser,
        claimedSSHClient: actor.claimedSSHClient, host: actor.host),
      changes: changes.compactMap(\.recorded), reverted: reverted ?? [],
      refused: (refused ?? []).compactMap(\.recorded),
      note: note.map { text in loss.map { "\(text); \($0)" } ?? text } ?? loss,
      erasedCount: erasedCount)
  }

  /// The splices of a file, to make them again; `nil` where they can't have been made: before the file's beginning, out
  /// of order, or one over another.
  func splices(of file: String) -> BytePatch? {
    guard let ranges = ranges(of: file) else { return nil }
    return BytePatch(zip(ranges, splices?[file] ?? []).map { ByteEdit($0, Array($1.after.utf8)) })
  }

  /// Whether orgman can have written this, so that whoever reads the line can count on it.
  var isPossible: Bool {
    generation <= Self.highestGeneration && (erased ?? 0) >= 0 && files.values.allSatisfy { $0.size >= 0 }
      && (splices ?? [:]).keys.allSatisfy { ranges(of: $0) != nil }
  }

  private func ranges(of file: String) -> [Range<Int>]? {
    var end = 0
    var ranges: [Range<Int>] = []
    for splice in splices?[file] ?? [] {
      let (next, isTooFar) = splice.at.addingReportingOverflow(splice.before.utf8.count)
      guard splice.at >= end, !isTooFar, next <= FileLimit.bytes else { return nil }
      ranges.append(splice.at..<next)
      end = next
    }
    return ranges
  }
}

extension JournalRecord.JournalByteEdit {
  init(_ splice: ByteEdit, in bytes: [UInt8]) {
    at = splice.range.lowerBound
    before = String(decoding: bytes[splice.range], as: UTF8.self)
    after = String(decoding: splice.replacement, as: UTF8.self)
  }
}

extension JournalRecord.JournalActor {
  init(_ actor: Actor, pid: Int32) {
    uid = actor.uid
    user = actor.user
    login = actor.login
    claimedSudoUser = actor.claimedSudoUser
    claimedSSHClient = actor.claimedSSHClient
    host = actor.host
    self.pid = pid
  }
}

/// A change in the journal: what happened to which value, with the value before and after.
struct JournalChange: Codable, Sendable {
  enum Operation: String, Codable, Sendable {
    case create, delete, set, add, remove, role
  }

  var op: Operation
  var org: String
  /// The organization's name at that time.
  var name: String
  var user: String?
  var field: String?
  var from: String?
  var to: String?
  var joinedAt: String?
  var organization: [String: String]?

  init(_ recorded: RecordedChange) {
    org = recorded.change.organizationID
    name = recorded.organizationName
    user = recorded.change.userID
    switch recorded.change {
    case .createOrganization(let organization):
      op = .create
      self.organization = Self.fields(organization)
    case .removeOrganization(let organization):
      op = .delete
      self.organization = Self.fields(organization)
    case .setField(let field, _, let from, let to):
      op = .set
      self.field = field.rawValue
      self.from = from
      self.to = to
    case .addMember(let member):
      op = .add
      to = member.role.rawValue
      joinedAt = member.joinedAt.description
    case .removeMember(_, _, let role):
      op = .remove
      from = role.rawValue
      joinedAt = recorded.joinedAt?.description
    case .setRole(_, _, let from, let to):
      op = .role
      self.from = from.rawValue
      self.to = to.rawValue
    }
  }

  /// `nil` for what a later version may have written.
  var recorded: RecordedChange? {
    let joined = joinedAt.flatMap { Timestamp(recorded: $0) }
    let change: Change? =
      switch op {
      case .create: record.map { .createOrganization($0) }
      case .delete: record.map { .removeOrganization($0) }
      case .set:
        OrganizationField(rawValue: field ?? "").map { .setField($0, organization: org, from: from, to: to) }
      case .add:
        if let user, let role = to.flatMap(Role.init), let joined {
          .addMember(OrgUser(organizationID: org, userID: user, role: role, joinedAt: joined))
        } else {
          nil
        }
      case .remove:
        if let user, let role = from.flatMap(Role.init) {
          .removeMember(user: user, organization: org, role: role)
        } else {
          nil
        }
      case .role:
        if let user, let from = from.flatMap(Role.init), let to = to.flatMap(Role.init) {
          .setRole(user: user, organization: org, from: from, to: to)
        } else {
          nil
        }
      }
    return change.map { RecordedChange($0, organizationName: name, joinedAt: joined) }
  }

  private static func fields(_ organization: Organization) -> [String: String] {
    var fields = ["created_at": organization.createdAt.description]
    for field in OrganizationField.allCases { fields[field.rawValue] = organization[field] }
    return fields
  }

  private var record: Organization? {
    guard let organization, let time = Timestamp(recorded: organization["created_at"] ?? "") else {
      return nil
    }
    var record = Organization(id: org, name: "", createdAt: time)
    for field in OrganizationField.allCases { record[field] = organization[field.rawValue] }
    return record
  }
}
