/// What went wrong: a code to match, and a sentence to print.
public struct OrgError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error it is; match on this, never on the sentence.
  public enum Code: String, Sendable, Hashable {
    /// A name is empty or too long.
    case invalidName
    /// Another organization has the name, but for case and surrounding white space.
    case nameTaken
    /// An id that the files can't hold, or that is in use.
    case invalidIdentifier
    /// A role, status, plan or billing id that the files can't hold.
    case invalidValue
    /// No organization has the id.
    case organizationNotFound
    /// The user isn't a member of the organization.
    case memberNotFound
    /// The user is a member of the organization already.
    case alreadyMember
    /// The change would leave an organization without an owner.
    case lastOwner
    /// What a change expected is no longer there; `conflicts` says what is.
    case conflict
    /// The store was opened for reading alone, or can't be written.
    case readOnly
    /// A data file can't be trusted, so nothing is written over it.
    case damagedData
    /// Anybody could replace the data where they are.
    case unsafeDirectory
    /// There is no data to open.
    case dataNotFound
    /// Somebody else holds the lock, and did for as long as was agreed to wait.
    case locked
    /// The operation was cancelled before anything was written.
    case cancelled
    /// The operating system refused; `errno` says why.
    case system
  }

  /// What kind of error it is.
  public let code: Code
  /// One sentence or two for people: what, where and what to do. Safe to print: text of the data is
  /// escaped.
  public let message: String
  /// For `Code.conflict`: each value that isn't what was expected.
  public let conflicts: [Conflict]
  /// For `Code.system`: the error number of the call that failed.
  public let errno: Int32?

  /// Makes an error; the message must have text of the data escaped (`String.quoted`).
  public init(_ code: Code, _ message: String, conflicts: [Conflict] = [], errno: Int32? = nil) {
    self.code = code
    self.message = message
    self.conflicts = conflicts
    self.errno = errno
  }

  /// The sentence to print.
  public var description: String { message }
}

/// One value that somebody else changed since it was looked at.
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
