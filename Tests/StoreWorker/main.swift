// A process for tests to kill: edits a data directory and prints each change that was acknowledged.
//
//   store-worker DIRECTORY PREFIX    creates organizations PREFIX0, PREFIX1, … with a member each, for ever
//
//   store-worker DIRECTORY PREFIX N  creates one organization and puts it on N plans, one after the other
//
//   store-worker DIRECTORY PREFIX mixed N SEED  makes N changes of every kind to organizations of its own, and prints each
//                                               as a line of JSON
//
// With ORGMAN_TEST_KILL_AT=N it kills itself at the Nth system call of the store; with ORGMAN_TEST_STOP_AT=N it prints the
// name of that call and stops. ORGMAN_TEST_UMASK is its umask. An error is printed to standard error and ends it with
// status 1: a trap would print a backtrace, which takes longer than the test that waits for it.

import Foundation
import Glibc
import OrgCore
import OrgFileStore
import Synchronization

let arguments = CommandLine.arguments
let limit = getenv("ORGMAN_TEST_KILL_AT").flatMap { Int(String(cString: $0)) }
let stop = getenv("ORGMAN_TEST_STOP_AT").flatMap { Int(String(cString: $0)) }
if let mask = getenv("ORGMAN_TEST_UMASK").flatMap({ mode_t(String(cString: $0), radix: 8) }) { umask(mask) }
let count = Atomic(0)

/// One write for one line: a reader never sees half of one.
@Sendable func say(_ line: String) {
  _ = Array((line + "\n").utf8).withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

func run() throws {
  let store = try FileStore(
    path: arguments[1],
    beforeEachCall: { name in
      let number = count.add(1, ordering: .relaxed).newValue
      if number == limit { kill(getpid(), SIGKILL) }
      if number == stop {
        say("\(name)")
        kill(getpid(), SIGSTOP)
      }
    })
  let manager = OrgManager(store: store)

  if arguments.count == 6, arguments[3] == "mixed", let edits = Int(arguments[4]) {
    var writer = MixedWriter(manager, name: arguments[2], seed: UInt64(arguments[5]) ?? 1)
    for _ in 0..<edits { if let line = try writer.change(announce: say) { say(line) } }
    store.finishLateWrites()
    exit(0)
  }

  if let edits = arguments.dropFirst(3).first.flatMap({ Int($0) }) {
    let id = try manager.createOrganization(name: arguments[2])
    var done: [String] = []
    for step in 0..<edits {
      try manager.updatePlan(of: id, to: "\(arguments[2]) \(step)")
      done.append("plan\t\(id)\t\(arguments[2]) \(step)")
    }
    // All at the end: nobody has to read while it works.
    for line in done { say(line) }
    exit(0)
  }

  for step in 0... {
    let id = Rules.files.newID()
    let organization = Organization(id: id, name: "\(arguments[2])\(step)", createdAt: .now())
    let owner = OrgUser(organizationID: id, userID: "owner", role: .owner, joinedAt: .now())
    let changes = [Change.createOrganization(organization), .addMember(owner)]
    try manager.commit(ChangeSet(changes))
    say("created\t\(id)")
    try manager.updateRole(of: "owner", in: id, to: .member, allowingOwnerless: true)
    say("demoted\t\(id)")
  }
}

do {
  try run()
} catch {
  try? FileHandle.standardError.write(contentsOf: Data("\(error)\n".utf8))
  exit(1)
}
