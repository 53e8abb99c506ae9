import Foundation
import Glibc
import OrgCore
import Synchronization
import SystemPackage
import Testing

@testable import OrgFileStore

/// How much of the long suites runs: the factor in ORGMAN_TEST_SCALE.
let testScale = max(1, Int(ProcessInfo.processInfo.environment["ORGMAN_TEST_SCALE"] ?? "") ?? 1)

/// Counts the system calls of a store, and lets some of them fail.
final class Faults: Sendable {
  enum Plan: Sendable {
    /// One call fails.
    case once(Int, SystemCalls.Fault)
    /// Nothing works from one call on: what is left is what a kill at that moment leaves.
    case end(Int)
    /// Calls of some names fail.
    case all([String], Errno)
  }

  private let state = Mutex((count: 0, names: [String](), plan: Plan?.none))

  var count: Int { state.withLock { $0.count } }
  var names: [String] { state.withLock { $0.names } }

  func plan(_ plan: Plan?) { state.withLock { $0 = (0, [], plan) } }

  var calls: SystemCalls {
    SystemCalls(fault: { [self] name in
      state.withLock { state in
        state.count += 1
        state.names.append("\(name)")
        switch state.plan {
        case .once(let index, let fault) where state.count == index: return fault
        case .end(let index) where state.count >= index: return .fail(.ioError)
        case .all(let names, let error) where names.contains("\(name)"): return .fail(error)
        default: return nil
        }
      }
    })
  }
}

/// A change set with fixed ids and times, and the same outcome every time, on the reference data.
enum Sample {
  static let globex = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"
  static let time = Timestamp(microseconds: 1_790_000_000_000_000)

  /// Touches both files.
  static func create(_ name: String) -> ChangeSet {
    let organization = Organization(id: "org_\(name)", name: name, createdAt: time)
    let owner = OrgUser(organizationID: organization.id, userID: "owner", role: .owner, joinedAt: time)
    return ChangeSet([.createOrganization(organization), .addMember(owner)])
  }

  static let plan = ChangeSet([.setField(.planTier, organization: globex, from: "enterprise", to: "gold")])
  static let role = ChangeSet(
    [.setRole(user: "user_007", organization: globex, from: .owner, to: .member)], allowsOwnerless: true)
}

extension Scratch {
  func store(_ faults: Faults? = nil) throws -> FileStore {
    try FileStore(path: path, calls: faults?.calls ?? SystemCalls())
  }

  /// What both files hold.
  func files() throws -> [String] { try ["organizations.json", "org_users.json"].map(read) }

  /// Recovers, and checks that files and journal agree and that nothing is left over.
  @discardableResult
  func recovered(_ note: String = "", _ location: SourceLocation = #_sourceLocation) throws -> [String] {
    let store = try store()
    _ = try store.maintain()
    let snapshot = try store.snapshot()
    #expect(snapshot.problems.isEmpty, "\(note)", sourceLocation: location)
    let files = try files()
    let journal = try Journal.everything(
      store.directory.openDirectory("journal", in: store.directory.openPrivate()), SystemCalls())
    #expect(journal.damage.isEmpty, "\(note)", sourceLocation: location)
    if let last = journal.lines.last?.record {
      #expect(
        files.map { sha256($0.utf8) }
          == [OrganizationTable.file, MemberTable.file].map { last.data.files[$0]?.sha256 ?? "" }, "\(note)",
        sourceLocation: location)
      let rebuilt = try StateDirectory(store.directory).rebuild(last.generation)
      #expect(
        rebuilt.files.map { String(decoding: $0.bytes, as: UTF8.self) } == files, "\(note)",
        sourceLocation: location)
    }
    for file in ["organizations.json.new", "org_users.json.new"] {
      #expect(
        !FileManager.default.fileExists(atPath: "\(path)/.orgman/\(file)"), "\(note)",
        sourceLocation: location)
    }
    return files
  }
}

/// What the files hold after change sets without any fault.
func outcome(_ sets: [ChangeSet], prepare: (Scratch) throws -> Void = { _ in }) throws -> [String] {
  let scratch = try Scratch.reference()
  let store = try scratch.store()
  try prepare(scratch)
  for set in sets { _ = try store.commit(set) }
  return try scratch.files()
}
