/// Whom an id belongs to, as a directory of users outside the data says. Display only: what changes is decided by ids.
public struct Person: Sendable, Hashable {
  /// The id by which the data know the person.
  public let id: String
  /// The name to sign in with.
  public let userName: String?
  /// The e-mail address.
  public let email: String?
  /// The name in full.
  public let name: String?
  /// Whether the person may sign in.
  public let isEnabled: Bool

  /// What of a person the data have as the user's id.
  public enum Key: String, Sendable, CaseIterable {
    /// The id that the directory gives to the person.
    case id
    /// The name to sign in with.
    case username
    /// The e-mail address.
    case email
  }

  /// Creates a person.
  public init(
    id: String, userName: String? = nil, email: String? = nil, name: String? = nil, isEnabled: Bool = true
  ) {
    (self.id, self.userName, self.email) = (id, userName, email)
    (self.name, self.isEnabled) = (name, isEnabled)
  }

  /// All that the data may have as the id of the person.
  public var ids: [String] { [id, userName, email].compactMap(\.self) }

  /// What there is besides the id, for a line of a list: `Jane Doe, jane@example.org`. Not escaped.
  public var detail: String {
    var parts = [name, email ?? userName].compactMap { $0 }.filter { $0 != id }
    if !isEnabled { parts.append("disabled") }
    return parts.joined(separator: ", ")
  }
}

/// A directory of users outside the data, such as that of the service that signs people in.
///
/// Safe to use from several threads. Every call may block; call it from a thread that may wait.
public protocol PeopleDirectory: Sendable {
  /// What messages call it: `the directory people.csv`. Escaped.
  var title: String { get }

  /// The people whom ids belong to: their ids, names to sign in with, or e-mail addresses. Ids that aren't there are left
  /// out.
  ///
  /// - Throws: any error if the directory can't be asked. That says nothing about the ids.
  func people(with ids: [String]) throws(OrgError) -> [String: Person]

  /// What can be said about ids, though a part of the directory can't be asked.
  func answer(about ids: [String]) -> PeopleAnswer

  /// People whose id, name or e-mail address has a text, whatever the case, those first that begin with it.
  ///
  /// - Throws: any error if the directory can't be asked.
  func people(completing text: String, limit: Int) throws(OrgError) -> [Person]
}

/// What a directory of users says about ids.
public struct PeopleAnswer: Sendable {
  /// The people whom ids belong to.
  public let people: [String: Person]
  /// Why the directory, or a part of it, couldn't be asked; `nil` if it could. Ids without a person are unknown then, and
  /// not missing.
  public let failure: OrgError?

  /// An answer, and why it isn't a whole one.
  public init(_ people: [String: Person], failure: OrgError? = nil) {
    (self.people, self.failure) = (people, failure)
  }
}

extension PeopleDirectory {
  /// Most directories can be asked, or can't.
  public func answer(about ids: [String]) -> PeopleAnswer {
    do throws(OrgError) {
      return PeopleAnswer(try people(with: ids))
    } catch {
      return PeopleAnswer([:], failure: error)
    }
  }

  /// What speaks against giving rights to users: that they aren't in the directory, or are disabled there. Sentences;
  /// none if there is nothing.
  public func doubts(about ids: [String]) throws(OrgError) -> [String] {
    let found = try people(with: ids)
    let unlisted = ids.filter { found[$0] == nil }
    let disabled = ids.filter { found[$0]?.isEnabled == false }
    return [
      sentence(about: unlisted, "isn't in", "aren't in"),
      sentence(about: disabled, "is disabled in", "are disabled in"),
    ].compactMap { $0 }
  }

  private func sentence(about ids: [String], _ one: String, _ several: String) -> String? {
    guard let last = ids.last else { return nil }
    guard ids.count > 1 else { return "\(last.escapedForDisplay) \(one) \(title)." }
    let names =
      ids.count > 5
      ? ids.prefix(4).map(\.escapedForDisplay).joined(separator: ", ") + " and \(ids.count - 4) more"
      : ids.dropLast().map(\.escapedForDisplay).joined(separator: ", ") + " and \(last.escapedForDisplay)"
    return "\(names) \(several) \(title)."
  }
}
