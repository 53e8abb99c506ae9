import SystemPackage

/// What went wrong: a code to match, and a sentence to print.
public struct OrgError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error it is; match on this, never on the sentence. Later versions may have more codes.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The name of the code, as a log has it: `nameTaken`.
    public let rawValue: String

    /// A code by its name. A store may have codes of its own.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A name is empty or too long.
    public static let invalidName = Code(rawValue: "invalidName")
    /// Another organization has the name, but for case and surrounding white space.
    public static let nameTaken = Code(rawValue: "nameTaken")
    /// An id that the files can't hold, or that is in use.
    public static let invalidIdentifier = Code(rawValue: "invalidIdentifier")
    /// A role, status, plan or billing id that the files can't hold.
    public static let invalidValue = Code(rawValue: "invalidValue")
    /// No organization has the id.
    public static let organizationNotFound = Code(rawValue: "organizationNotFound")
    /// The user isn't a member of the organization.
    public static let memberNotFound = Code(rawValue: "memberNotFound")
    /// The user is a member of the organization already.
    public static let alreadyMember = Code(rawValue: "alreadyMember")
    /// The change would leave an organization without an owner.
    public static let lastOwner = Code(rawValue: "lastOwner")
    /// What a change expected is no longer there; `conflicts` says what is.
    public static let conflict = Code(rawValue: "conflict")
    /// The store was opened for reading alone, or can't be written.
    public static let readOnly = Code(rawValue: "readOnly")
    /// A data file can't be trusted, so nothing is written over it.
    public static let damagedData = Code(rawValue: "damagedData")
    /// Anybody could replace the data where they are.
    public static let unsafeDirectory = Code(rawValue: "unsafeDirectory")
    /// There is no data to open.
    public static let dataNotFound = Code(rawValue: "dataNotFound")
    /// Somebody else holds the lock, and did for as long as was agreed to wait.
    public static let locked = Code(rawValue: "locked")
    /// The operation was cancelled before anything was written.
    public static let cancelled = Code(rawValue: "cancelled")
    /// The operating system refused; `errno` says why.
    public static let system = Code(rawValue: "system")
  }

  /// What kind of error it is.
  public let code: Code
  /// One sentence or two for people: what, where and what to do. Safe to print: text of the data is
  /// escaped.
  public let message: String
  /// For `Code.conflict`: each value that isn't what was expected.
  public let conflicts: [Conflict]
  /// For `Code.system`: why the operating system refused.
  public let errno: Errno?
  /// For `Code.locked`: who holds what was waited for, where that is known. The message names the holder, too.
  public let holder: Contention?
  /// Why each of several changes can't be made, in sentences; none where it is about one thing, which the message says.
  public let reasons: [String]

  /// Makes an error; the message must have text of the data escaped (`String.quoted`).
  public init(
    _ code: Code, _ message: String, conflicts: [Conflict] = [], errno: Errno? = nil,
    holder: Contention? = nil, reasons: [String] = []
  ) {
    self.code = code
    self.message = message
    self.conflicts = conflicts
    self.errno = errno
    self.holder = holder
    self.reasons = reasons
  }

  /// What the operating system refused, and why: "Standard input can't be read: Is a directory."
  package init(_ errno: Errno, _ what: String, code: Code = .system) {
    self.init(code, "\(what): \(errno).", errno: errno)
  }

  /// The message with the time since when something is held in a zone.
  package func message(in zone: DisplayZone) -> String {
    guard let time = holder?.since else { return message }
    return [DisplayZone.fullText, DisplayZone.clockText].reduce(message) { message, text in
      message.replacing("since \(text(.utc)(time))", with: "since \(text(zone)(time))")
    }
  }

  /// The sentence to print.
  public var description: String { message }
}

/// One value that another program or person changed after it was read.
public struct Conflict: Sendable, Hashable {
  /// The organization's id.
  public let organizationID: String
  /// The user's id, if it is about a member.
  public let userID: String?
  /// What it is about: `name`, `plan_tier`, …, or `role`.
  public let field: String
  /// What the change expected to find; `nil` for nothing.
  public let base: String?
  /// What is there now; `nil` for nothing.
  public let theirs: String?
  /// What the change wanted to put there; `nil` for nothing.
  public let mine: String?

  init(
    _ organizationID: String, user: String? = nil, field: String, base: String?, theirs: String?,
    mine: String?
  ) {
    self.organizationID = organizationID
    self.userID = user
    self.field = field
    self.base = base
    self.theirs = theirs
    self.mine = mine
  }
}
