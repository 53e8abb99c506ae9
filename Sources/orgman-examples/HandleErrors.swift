import FoundationEssentials
import Glibc
import OrgCore
import OrgFileStore

/// Meets every error that a caller can meet, and answers as a web service would.
func handleErrors(in directory: String, say: (String) -> Void) throws(OrgError) {
  let store = try FileStore(path: directory)
  let manager = OrgManager(store: store)
  let acme = try manager.createOrganization(name: "Acme Corp")
  try manager.addUser("ann", to: acme, role: .owner)

  /// Tries what can't be done.
  func attempt(_ what: String, _ body: () throws(OrgError) -> Void) {
    do throws(OrgError) {
      try body()
      say("\(what) went well.")
    } catch {
      say("\(what): \(error.code.rawValue), answer \(httpStatus(of: error.code))")
      for conflict in error.conflicts {
        say("  \(conflict.field) is \(conflict.theirs ?? "none"), not \(conflict.base ?? "none")")
      }
    }
  }

  // What a caller asked for can't be.
  attempt("An empty name") { () throws(OrgError) in try manager.createOrganization(name: "  ") }
  attempt("A name twice") { () throws(OrgError) in try manager.createOrganization(name: "acme corp") }
  attempt("A blank user") { () throws(OrgError) in try manager.addUser(" ", to: acme) }
  attempt("A blank plan") { () throws(OrgError) in try manager.updatePlan(of: acme, to: "") }
  attempt("An unknown role") { () throws(OrgError) in _ = try manager.reader().rules.role("admin") }
  attempt("A member twice") { () throws(OrgError) in try manager.addUser("ann", to: acme) }
  attempt("The last owner") { () throws(OrgError) in try manager.removeUser("ann", from: acme) }

  // The operations answer false where there is nobody; change sets, which say what they expect, throw.
  attempt("An organization that isn't there") { () throws(OrgError) in
    let change = Change.setField(.name, organization: "org_none", from: "Old", to: "New")
    try manager.commit(ChangeSet([change]))
  }
  attempt("A user who isn't there") { () throws(OrgError) in
    let change = Change.setRole(user: "zoe", organization: acme, from: .member, to: .owner)
    try manager.commit(ChangeSet([change]))
  }
  attempt("A value that somebody changed") { () throws(OrgError) in
    let change = Change.setField(.planTier, organization: acme, from: "starter", to: "enterprise")
    try manager.commit(ChangeSet([change]))
  }

  // The data can't be reached, or may not be written.
  attempt("No data") { () throws(OrgError) in _ = try FileStore(path: directory + "/none") }
  attempt("A reader that writes") { () throws(OrgError) in
    let reader = OrgManager(store: try FileStore(path: directory, isReadOnly: true))
    try reader.rename(acme, to: "Acme")
  }
  attempt("A directory below a file") { () throws(OrgError) in
    try FileStore.create(at: directory + "/organizations.json/data")
  }
  chmod(directory, 0o777)
  attempt("A directory that all may write in") { () throws(OrgError) in _ = try FileStore(path: directory) }
  chmod(directory, 0o700)

  // Somebody else holds the lock. Whoever waits decides how long.
  holdingLock(of: directory) {
    attempt("A lock that isn't waited for") { () throws(OrgError) in
      let change = Change.setField(.name, organization: acme, from: "Acme Corp", to: "Acme")
      try manager.commit(ChangeSet([change]), waiting: { _ in false })
    }
  }
  // After half a minute the store gives up by itself. That is long for an example: a store of our own, as one
  // makes them for tests, says so at once.
  attempt("A lock that isn't given back") { () throws(OrgError) in
    try OrgManager(store: BusyStore(base: store)).rename(acme, to: "Acme")
  }

  // Another program writes a value that the service, which shares the files, couldn't load: nothing is written
  // until it is mended.
  let file = URL(filePath: directory + "/organizations.json")
  let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  try? Data(text.replacing("\"active\"", with: "\"asleep\"").utf8).write(to: file, options: [])
  attempt("Damaged data") { () throws(OrgError) in try manager.createOrganization(name: "Globex") }
  for problem in try manager.reader().problems {
    let file = problem.place.prefix { $0 != "," }
    say("  \(file): \(problem.reason)")
  }
}

/// What a web service answers. A code of a later version is a fault of the service until it says otherwise.
private func httpStatus(of code: OrgError.Code) -> Int {
  switch code {
  case .invalidName, .invalidIdentifier, .invalidValue: 422
  case .organizationNotFound, .memberNotFound: 404
  case .nameTaken, .alreadyMember, .lastOwner, .conflict: 409
  case .readOnly: 403
  case .locked, .cancelled: 503
  default: 500
  }
}

/// Does something while another program seems to hold the lock of the data.
private func holdingLock(of directory: String, _ body: () -> Void) {
  let descriptor = open(directory + "/.orgman/lock", O_RDWR | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  flock(descriptor, LOCK_EX)
  body()
  flock(descriptor, LOCK_UN)
  close(descriptor)
}

/// A store that can be read, and is always locked.
private struct BusyStore: OrgStore {
  let base: FileStore

  func reader() throws(OrgError) -> any StoreReader { try base.reader() }

  func history() throws(OrgError) -> [HistoryEntry] { try base.history() }

  func commit(_ set: ChangeSet, waiting: (Contention) -> Bool) throws(OrgError) -> Commit {
    throw OrgError(.locked, "Somebody else holds the lock, and doesn't give it back.")
  }
}
