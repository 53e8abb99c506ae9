import Glibc
import OrgCore
import OrgFileStore

/// Runs that don't count.
enum Warming {
  /// The first writes after a machine was started touch memory for the first time and are several times slower.
  static let writes = 12
}

/// Measurements of the library in this process.
struct StoreRows {
  let sample: Sample
  let runs: Int

  func measure(_ row: Row) throws -> Figure {
    switch row {
    case .open: try open()
    case .edit: try edit()
    case .edits: try edits()
    case .recovery: try recover()
    default: throw BenchFailure("\(row.rawValue) is nothing of the store.")
    }
  }

  private func open() throws -> Figure {
    var samples: [Double] = []
    for run in 0...max(3, runs / 3) {
      let time = try milliseconds {
        let data = try FileStore(path: sample.directory).reader().summary
        guard data.memberCount == sample.scale.members, data.problems.isEmpty else {
          throw BenchFailure("what was read isn't what was written: \(data.problems)")
        }
      }
      if run > 0 { samples.append(time) }
    }
    return Figure(.open, sample.scale, samples)
  }

  /// Members from all over the file that aren't owners.
  private func members(_ count: Int, in reader: any StoreReader) throws -> [OrgUser] {
    var found: [OrgUser] = []
    let ids = try reader.organizations().map(\.id)
    // A prime step that visits all organizations in widely separated order.
    for index in ids.indices {
      // Use only the first few of each, so that many organizations are affected.
      for row in try reader.members(of: ids[(index * 7919) % ids.count], in: 0..<5) {
        let member = row.member
        if member.role != .owner, member.organizationID != sample.organization { found.append(member) }
        if found.count == count { return found }
      }
    }
    throw BenchFailure("there are no \(count) members whose role may change")
  }

  private func other(_ role: Role) -> Role { role == .member ? .billingAdmin : .member }

  private func edit() throws -> Figure {
    let store = try FileStore(path: sample.directory)
    let manager = OrgManager(store: store)
    let members = try members(Warming.writes + runs, in: store.reader())
    var samples: [Double] = []
    for (run, member) in members.enumerated() {
      let time = try milliseconds {
        _ = try manager.updateRole(of: member.userID, in: member.organizationID, to: other(member.role))
      }
      if run >= Warming.writes { samples.append(time) }
    }
    try verify(members)
    return Figure(.edit, sample.scale, samples)
  }

  private func edits() throws -> Figure {
    let store = try FileStore(path: sample.directory)
    let manager = OrgManager(store: store)
    var samples: [Double] = []
    for run in 0..<3 + max(3, runs / 3) {
      let members = try members(1000, in: store.reader())
      let set = ChangeSet(
        members.map {
          .setRole(user: $0.userID, organization: $0.organizationID, from: $0.role, to: other($0.role))
        })
      let time = try milliseconds { _ = try manager.commit(set) }
      if run >= 3 { samples.append(time) }
      if run == 0 { try verify(members) }
    }
    return Figure(.edits, sample.scale, samples)
  }

  /// Verifies with a new store that the edits are in the files.
  private func verify(_ members: [OrgUser]) throws {
    let reader = try FileStore(path: sample.directory, isReadOnly: true).reader()
    let isDone = try members.allSatisfy {
      try reader.role(of: $0.userID, in: $0.organizationID) == other($0.role)
    }
    guard isDone, reader.problems.isEmpty else { throw BenchFailure("an edit isn't in the files") }
  }

  /// Restores a truncated file from the journal.
  private func recover() throws -> Figure {
    // Make sure that there is a journal.
    let member = try members(1, in: FileStore(path: sample.directory).reader())[0]
    _ = try OrgManager(store: FileStore(path: sample.directory))
      .updateRole(of: member.userID, in: member.organizationID, to: other(member.role))
    let whole = try contents(of: sample.membersFile)
    var samples: [Double] = []
    for run in 0...max(3, runs / 8) {
      // Set an old modification time; otherwise another program would seem to be still writing to the file.
      let longAgo = timeval(tv_sec: time(nil) - 3600, tv_usec: 0)
      guard truncate(sample.membersFile, off_t(whole.count / 2)) == 0,
        utimes(sample.membersFile, [longAgo, longAgo]) == 0
      else { throw BenchFailure("truncate", errno: errno) }
      let taken = try milliseconds { _ = try FileStore(path: sample.directory).maintain() }
      if run > 0 { samples.append(taken) }
      guard try contents(of: sample.membersFile) == whole else {
        throw BenchFailure("not all of it came back")
      }
    }
    return Figure(.recovery, sample.scale, samples)
  }
}
