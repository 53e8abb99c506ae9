import Foundation
import OrgCore
import TerminalTesting
import Testing

@testable import OrgFileStore

/// A data directory of a test's own, removed with it.
final class Scratch: Sendable {
  let path: String

  init(organizations: String? = nil, users: String? = nil) throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("orgman-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    if let organizations { try write("organizations.json", organizations) }
    if let users { try write("org_users.json", users) }
  }

  /// A directory with the two files that the service wrote.
  static func reference() throws -> Scratch {
    try Scratch(organizations: Fixture.organizations, users: Fixture.users)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
  }

  /// Writes as other programs do: in place.
  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: [])
  }

  /// Makes a file look as if it had been written so much later.
  func age(_ name: String, seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: seconds)], ofItemAtPath: "\(path)/\(name)")
  }

  func manager() throws -> OrgManager { OrgManager(store: try FileStore(path: path)) }
}

enum Fixture {
  static let organizations = text("organizations.json")
  static let users = text("org_users.json")

  private static func text(_ name: String) -> String {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/reference-small/\(name)")
    return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
  }

  /// One organization as the service writes it.
  static func organization(_ id: String = "org_1", name: String = "\"Acme\"", status: String = "\"active\"")
    -> String
  {
    """
      "\(id)": {
        "id": "\(id)",
        "name": \(name),
        "created_at": "2026-11-22 21:51:10.076830",
        "plan_tier": "starter",
        "lago_customer_id": null,
        "stripe_customer_id": "cus_1",
        "status": \(status)
      }
    """
  }

  static func member(_ user: String, _ role: String = "member", of id: String = "org_1") -> String {
    """
        {
          "org_id": "\(id)",
          "user_id": "\(user)",
          "role": "\(role)",
          "joined_at": "2026-11-22 21:51:10"
        }
    """
  }

  static func file(_ entries: String...) -> String { "{\n" + entries.joined(separator: ",\n") + "\n}" }
}

extension FileContents {
  init(_ organizations: String, _ users: String) {
    let table = OrganizationTable(Array(organizations.utf8))
    self.init(organizations: table, members: MemberTable(Array(users.utf8), of: table))
  }

  /// Everything in it.
  var everything: [[String]] {
    (0..<organizationCount).map { index in
      let organization = organization(at: index)
      return ["\(organization)"] + (0..<memberCount(at: index)).map { "\(member($0, at: index))" }
    }
  }
}

/// Runs a script in Python, whose variable `path` is the path, and expects that it ends well.
func runPython(_ script: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", "import sys; path = sys.argv[1]; \(script)", path]
  try process.start()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, sourceLocation: sourceLocation)
}

/// Runs a body so many times at once, each on a thread of its own, however many cores there are.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for number in 0..<count {
    group.enter()
    Thread {
      body(number)
      group.leave()
    }.start()
  }
  group.wait()
}

/// The code that a body throws, if it does.
func code(_ body: () throws -> some Any) -> OrgError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? OrgError)?.code
  }
}

// The data of a store of files as they are, for what the seam doesn't show.
extension OrgManager {
  func snapshot() throws(OrgError) -> Snapshot { try reader().snapshot }
}

extension Commit {
  var snapshot: Snapshot { reader.snapshot }
}

extension Maintenance {
  var snapshot: Snapshot { reader.snapshot }
}

extension StoreReader {
  fileprivate var snapshot: Snapshot {
    guard let snapshot = self as? Snapshot else { preconditionFailure("the store isn't one of files") }
    return snapshot
  }
}
