import Foundation
import PostgresTesting
import TerminalTesting
import Testing

/// The data of a test, with what other programs see of them and do to them. Organizations are named as in the files,
/// `org_…`, wherever they are.
protocol TestData: AnyObject {
  /// What `--data` takes.
  var address: String { get }
  /// A directory of the test's own.
  var directory: String { get }

  /// The id of an organization as orgman shows it.
  func id(_ id: String) -> String
  /// All of the data, to be compared with what it was.
  func contents() throws -> [String]
  /// Whether the data are what they were, with more behind it.
  func contain(_ earlier: [String]) throws -> Bool
  /// All organizations, in the order of the data.
  func organizations() throws -> [[String: Any]]
  /// The members of an organization, in the order of the data.
  func memberRecords(of id: String) throws -> [[String: String]]
  /// Whether the data are these, in any order.
  func hold(_ records: [Record]) throws -> Bool
  /// Expects that all of it is as other programs need it.
  func check() throws
  /// How much of a history there is, in a unit of its own.
  func historySize() throws -> Int

  /// Sets a field of an organization.
  func set(_ field: String, of id: String, to value: String?) throws
  /// Adds organizations with their members.
  func add(_ records: [Record]) throws
  /// Adds a member.
  func add(_ user: String, to id: String, _ role: String) throws
  /// Removes a member.
  func remove(_ user: String, from id: String) throws
  /// Sets a member's role.
  func setRole(of user: String, in id: String, to role: String) throws
  /// Makes the data what these say.
  func write(_ records: [Record]) throws

  /// Keeps changes from being saved until the answer is released.
  func holdUp() throws -> Holder
}

extension TestData {
  /// One organization as it is now.
  func organization(named name: String) throws -> [String: Any] {
    try #require(organizations().first { $0["name"] as? String == name })
  }

  /// The members of an organization, as `user role`.
  func members(of id: String) throws -> [String] {
    try memberRecords(of: id).map { "\($0["user_id"] ?? "") \($0["role"] ?? "")" }
  }

  /// The names of all organizations.
  func names() throws -> [String] { try organizations().compactMap { $0["name"] as? String }.sorted() }
}

/// What keeps changes from being saved.
final class Holder {
  private var end: (() -> Void)?

  init(end: @escaping () -> Void) { self.end = end }

  deinit { release() }

  func release() {
    end?()
    end = nil
  }
}

/// Where the data of a test are.
enum TestStore: CaseIterable, CustomTestStringConvertible {
  case files, database

  var testDescription: String { self == .files ? "files" : "PostgreSQL" }

  /// What the service wrote.
  func reference() throws -> any TestData {
    self == .files ? try DataFiles.reference() : try DataTables.reference()
  }

  /// Data that a test makes up.
  func data(_ records: [Record] = []) throws -> any TestData {
    self == .files ? try DataFiles(records) : try DataTables(records)
  }
}
