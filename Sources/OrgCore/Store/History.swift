/// One generation of the data: who changed what, when.
public struct HistoryEntry: Sendable, Hashable {
  /// How it came about.
  public enum Kind: Sendable, Hashable {
    /// Somebody edited through orgman, or a program that links it.
    case edit
    /// An earlier generation was undone.
    case undo(of: UInt64)
    /// An undone generation was done again.
    case redo(of: UInt64)
    /// Another program wrote to the data.
    case foreign
    /// A damaged file was mended.
    case repair
    /// The data were put back to an earlier state.
    case restore
    /// An organization or a user was erased, from the data and from all that was kept of them.
    case erase
  }

  /// The number of the generation.
  public let generation: UInt64
  /// When it was committed, in UTC, by the clock of the machine.
  public let time: Timestamp
  /// How it came about.
  public let kind: Kind
  /// Who did it.
  public let actor: Actor
  /// What changed, in order.
  public let changes: [RecordedChange]
  /// Earlier generations whose changes were taken back by a program that didn't know of them.
  public let reverted: [UInt64]
  /// What another program's files said and the data don't, as orgman took it for an older state or for damage:
  /// changes that make the data as they were there.
  public let refused: [RecordedChange]
  /// What else there is to say.
  public let note: String?
  /// How many of its changes were erased for good since: then it can't be taken back.
  public let erasedCount: Int
  /// How many of its changes the one who reads it may not see: then it can't be taken back, either.
  public let hiddenCount: Int
  /// Who wrote to the data without orgman, where the store knows; `nil` for orgman's own changes.
  public let writer: Actor?

  /// For stores: one generation.
  public init(
    generation: UInt64, time: Timestamp, kind: Kind, actor: Actor, changes: [RecordedChange],
    reverted: [UInt64] = [], refused: [RecordedChange] = [], note: String? = nil, erasedCount: Int = 0,
    hiddenCount: Int = 0, writer: Actor? = nil
  ) {
    self.hiddenCount = hiddenCount
    self.writer = writer
    self.erasedCount = erasedCount
    self.generation = generation
    self.time = time
    self.kind = kind
    self.actor = actor
    self.changes = changes
    self.reverted = reverted
    self.refused = refused
    self.note = note
  }

  /// The change set that makes the data what the other program's files said, where orgman put something back.
  public var acceptance: ChangeSet {
    ChangeSet(refused.map(\.change), allowsOwnerless: true)
  }

  /// Why it can't be undone or done again, in a sentence; `nil` where nothing of it was erased.
  public var obstacle: String? {
    guard kind != .erase else { return "Generation \(generation) erased something, which can't be undone." }
    guard hiddenCount == 0 else {
      return
        "Generation \(generation) can't be undone or done again: it changed more than you may see; ask a platform admin."
    }
    return erasedCount == 0
      ? nil
      : "Generation \(generation) can't be undone or done again: \(erasedCount == 1 ? "a change" : "\(erasedCount) changes") of it \(erasedCount == 1 ? "was" : "were") erased."
  }

  /// Whether there is something of it that can be undone.
  package var isInvertible: Bool { obstacle == nil && !inverse.changes.isEmpty }

  /// The change set that takes this generation back. It expects what the generation left behind, so what
  /// somebody changed since is a conflict and not overwritten.
  public var inverse: ChangeSet {
    var purpose = ChangeSet.Purpose.undo(of: generation)
    if case .undo(let undone) = kind { purpose = .redo(of: undone) }
    return ChangeSet(changes.reversed().compactMap(\.inverse), purpose: purpose)
  }
}

extension ChangeSet {
  /// Whether it takes back all that the newest generation did, and that was to put the data back to an earlier state, or
  /// to undo or redo this: then what was there before comes back byte for byte, whatever rules it breaks.
  ///
  /// - Parameter entries: the newest generations, newest first.
  package func takesBackRestore(_ entries: [HistoryEntry]) -> Bool {
    guard let newest = entries.first else { return false }
    var isUndone = false
    let restore: UInt64
    switch newest.kind {
    case .restore: restore = newest.generation
    case .undo(let generation): (restore, isUndone) = (generation, true)
    case .redo(let generation): restore = generation
    default: return false
    }
    guard entries.contains(where: { $0.generation == restore && $0.kind == .restore }) else { return false }
    switch purpose {
    case .edit: return false
    case .undo(let generation):
      guard !isUndone, generation == restore || generation == newest.generation else { return false }
    case .redo(let generation): guard isUndone, generation == restore else { return false }
    }
    return Set(changes) == Set(newest.changes.compactMap(\.inverse))
  }
}

/// A part of the history, newest first.
public struct HistoryPage: Sendable {
  /// What happened.
  public let entries: [HistoryEntry]
  /// Where the page with what happened before begins; `nil` if nothing did.
  public let next: HistoryCursor?

  /// For stores: entries, and where those before them are.
  public init(entries: [HistoryEntry], next: HistoryCursor?) {
    self.entries = entries
    self.next = next
  }
}

/// A place in a store's history, to go on from. What it says is the store's own affair.
public struct HistoryCursor: Sendable, Hashable {
  /// What the store wrote.
  public let text: String

  /// For stores: a place in words of their own.
  public init(_ text: String) { self.text = text }
}

/// A change that happened, with what it takes to describe it and to take it back later.
public struct RecordedChange: Sendable, Hashable {
  /// The change, with the values before and after.
  public let change: Change
  /// The organization's name at that time.
  public let organizationName: String
  /// Since when a removed member had been one.
  public let joinedAt: Timestamp?

  /// For stores: a change and what was around it.
  public init(_ change: Change, organizationName: String, joinedAt: Timestamp? = nil) {
    self.change = change
    self.organizationName = organizationName
    self.joinedAt = joinedAt
  }

  /// `Role of bob in Acme Corp: member → owner`
  public var summary: String { change.summary(organizationName: organizationName) }

  var inverse: Change? {
    switch change {
    case .createOrganization(let organization): .removeOrganization(organization)
    case .removeOrganization(let organization): .createOrganization(organization)
    case .setField(let field, let id, let from, let to):
      .setField(field, organization: id, from: to, to: from)
    case .addMember(let member):
      .removeMember(user: member.userID, organization: member.organizationID, role: member.role)
    case .removeMember(let user, let id, let role):
      joinedAt.map { .addMember(OrgUser(organizationID: id, userID: user, role: role, joinedAt: $0)) }
    case .setRole(let user, let id, let from, let to):
      .setRole(user: user, organization: id, from: to, to: from)
    }
  }
}

/// Who did something, as far as the machine knows.
public struct Actor: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of the real user.
  public var uid: UInt32
  /// The name of the real user.
  public var user: String
  /// Who logged in, where the kernel keeps it.
  public var login: String?
  /// What `sudo` says of who called it: a claim, for the environment is the caller's.
  public var claimedSudoUser: String?
  /// Where an SSH connection is said to come from: a claim, too.
  public var claimedSSHClient: String?
  /// The user of the service whose rights counted; `nil` for those of a platform admin.
  public var actingAs: String?
  /// The name of the machine.
  public var host: String

  /// Somebody on a machine.
  public init(
    uid: UInt32, user: String, login: String? = nil, claimedSudoUser: String? = nil,
    claimedSSHClient: String? = nil, actingAs: String? = nil, host: String
  ) {
    self.uid = uid
    self.user = user
    self.login = login
    self.claimedSudoUser = claimedSudoUser
    self.claimedSSHClient = claimedSSHClient
    self.actingAs = actingAs
    self.host = host
  }

  /// `root (alice) as carol`: the user, who logged in where that is known or claimed, and whose rights counted.
  public var description: String {
    let login = login ?? claimedSudoUser.map { "\($0)?" }
    let who = login.map { $0 == user ? user : "\(user) (\($0))" } ?? user
    return (actingAs.map { "\(who) as \($0)" } ?? who).escapedForDisplay
  }

  /// The same person, with the rights that count.
  public func acting(with access: Access) -> Actor {
    var actor = self
    actor.actingAs = access.user
    return actor
  }
}

extension HistoryEntry.Kind {
  /// What a change set becomes in the history.
  public init(_ purpose: ChangeSet.Purpose) {
    switch purpose {
    case .edit: self = .edit
    case .undo(let generation): self = .undo(of: generation)
    case .redo(let generation): self = .redo(of: generation)
    }
  }
  /// What it is called where it is written down: `edit`, `undo`, `redo`, `foreign`, `repair`, `restore` or `erase`.
  public var name: String {
    switch self {
    case .edit: "edit"
    case .undo: "undo"
    case .redo: "redo"
    case .foreign: "foreign"
    case .repair: "repair"
    case .restore: "restore"
    case .erase: "erase"
    }
  }

  /// The generation that an undo or redo is about.
  public var subject: UInt64? {
    switch self {
    case .undo(let generation), .redo(let generation): generation
    case .edit, .foreign, .repair, .restore, .erase: nil
    }
  }

  /// The kind of a name.
  ///
  /// - Parameters:
  ///   - name: as in the journal, such as `undo`; any other name gives `nil`.
  ///   - subject: for an undo and a redo, the generation that it is about.
  public init?(name: String, of subject: UInt64) {
    let all: [Self] = [
      .edit, .undo(of: subject), .redo(of: subject), .foreign, .repair, .restore, .erase,
    ]
    guard let kind = all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
