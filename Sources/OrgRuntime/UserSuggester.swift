import Dispatch
import OrgCore
import OrgViewModel
import Synchronization

/// Looks for users who may be the one that is being typed, and for those who have an id already, on a queue of its own, so
/// that nothing else that takes long is in the way.
final class UserSuggester: Sendable {
  private let inbox: Inbox
  /// What asks a directory of users outside the data, if one is configured.
  let names: NameFinder?
  private let queue = DispatchQueue(label: "orgman.suggesting")
  /// A person types faster than users are found: only the last request counts.
  private let latest = Mutex<UserLookup?>(nil)

  /// - Parameter people: a directory of users outside the data, if one is configured.
  init(inbox: Inbox, people: (any PeopleDirectory)? = nil, limits: NameLimits = NameLimits()) {
    self.inbox = inbox
    names = people.map { NameFinder($0, inbox: inbox, limits: limits) }
  }

  /// Waits until nothing is being looked for.
  func waitUntilIdle() {
    queue.sync {}
    names?.waitUntilIdle()
  }

  /// Looks up who has an id, and posts that.
  func lookUp(_ lookup: IDLookup, in reader: (any StoreReader)?) {
    if case .directory(let users) = lookup {
      guard let names else { return inbox.post(.lookedUp([], lookup)) }
      return names.check(users, for: lookup, in: reader)
    }
    queue.async { [inbox] in
      // It is a warning: what can't be looked up is saved without it.
      inbox.post(.lookedUp(reader.flatMap { try? lookup.names(in: $0) } ?? [], lookup))
    }
  }

  /// Looks for users in the data, and posts them, and once more with their names. Suggestions are optional: none are posted if
  /// the data can't be read.
  func suggest(_ lookup: UserLookup, in reader: (any StoreReader)?) {
    latest.withLock { $0 = lookup }
    queue.async { [self] in
      guard let reader, reader.summary.hasMembers, isLatest(lookup) else { return }
      let asked = reader.wanted { [self] in isLatest(lookup) }
      guard let candidates = try? lookup.candidates(in: asked), isLatest(lookup) else { return }
      if names == nil || !candidates.isEmpty { inbox.post(.completed(candidates, lookup)) }
      names?.complete(lookup, in: asked)
    }
  }

  private func isLatest(_ lookup: UserLookup) -> Bool { latest.withLock { $0 == lookup } }
}
