import OrgCore
import OrgFileStore
import OrgTerminal

/// Whose rights count in this process: a platform admin's, or those of a user of the service.
enum ActingUser {
  /// The rights that count. The system's configuration decides for the login users that it names, whatever they ask for; for
  /// others it is what they ask for, or what their own configuration says.
  ///
  /// - Parameter asked: the value of `--as`; `nil` without it.
  /// - Throws: `notAllowed` if the system's configuration says something else than is asked for; `invalidValue` if it can't be
  ///   read.
  static func access(_ asked: String?) throws(OrgError) -> Access {
    let (actor, wanted) = (Actor.current(), asked.map(Access.user))
    // An entry for root is not for those who become root. What the environment says is a claim, unless only root could have
    // said it; and a process may set who logged in, where nothing else has.
    let became = [actor.login, actor.uid == 0 ? actor.claimedSudoUser : nil].compactMap { $0 }
    let names = became + (actor.uid == 0 && !became.isEmpty ? [] : [actor.user])
    let claim = actor.claimedSudoUser
    if let fixed = try ConfigurationFile.systemActingAs().access(of: names, claiming: claim) {
      guard fixed != .platformAdmin, let wanted, wanted != fixed else {
        return fixed == .platformAdmin ? wanted ?? fixed : fixed
      }
      throw OrgError(
        .notAllowed,
        "You act as \((fixed.user ?? "").escapedForDisplay), as \(ConfigurationFile.systemPath) says; leave --as out."
      )
    }
    if let wanted { return wanted }
    return try ConfigurationFile.ownActingAs().access(of: names, claiming: nil) ?? .platformAdmin
  }

  /// An empty list would leave a user to guess why.
  ///
  /// - Throws: `memberNotFound` for a user who may look at no organization.
  static func checkSeesAny(_ store: any OrgStore, _ access: Access) throws(OrgError) {
    guard let user = access.user, try store.reader().summary.organizationCount == 0 else { return }
    throw OrgError(
      .memberNotFound, "\(user.quoted) has no role in any organization that allows looking at it.")
  }

  /// - Parameters:
  ///   - purpose: what takes the rights of a platform admin, to begin a sentence with: `orgman backup`.
  ///   - asked: the value of `--as`; `nil` without it.
  /// - Throws: `notAllowed` if the rights of a user count.
  static func requirePlatformAdmin(for purpose: String, _ asked: String? = nil) throws(OrgError) {
    guard let user = try access(asked).user else { return }
    throw OrgError(
      .notAllowed, "\(purpose) takes a platform admin; you act as \(user.escapedForDisplay).")
  }
}

/// Passes on what a user did, and nothing that others did.
struct OwnHistoryObserver: HistoryObserver {
  let observer: any HistoryObserver
  let access: Access

  func didAdd(_ entry: HistoryEntry) {
    if entry.actor.actingAs == access.user { observer.didAdd(entry) }
  }

  func didBeginSegment(at generation: UInt64, by actor: Actor) {}
}
