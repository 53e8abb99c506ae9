import Foundation
import TerminalTesting
import Testing

/// Everything that is tested on the real program in a real terminal. How fast it is, is measured by `orgman-bench`: a
/// machine that does several things at once says little about the speed of any.
@Suite(.sideBySide) struct EndToEnd {}

/// A data directory of a test's own, removed with it.
final class DataFiles {
  static let organizations = "organizations.json"
  static let users = "org_users.json"

  let path: String
  private let directory: TemporaryDirectory

  /// A directory with two files as other programs left them; `nil` leaves one out.
  init(organizations: [UInt8]? = Array("{}".utf8), users: [UInt8]? = Array("{}".utf8)) throws {
    directory = try TemporaryDirectory()
    path = directory.path
    if let organizations { try write(Self.organizations, organizations) }
    if let users { try write(Self.users, users) }
  }

  /// Records as the service writes them.
  convenience init(_ records: [Record]) throws {
    let texts = Record.files(records)
    try self.init(organizations: Array(texts.organizations.utf8), users: Array(texts.users.utf8))
  }

  /// The two files that the service wrote.
  static func reference() throws -> DataFiles {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "OrgFileStoreTests/Fixtures/reference-small")
    return try DataFiles(
      organizations: Array(Data(contentsOf: fixtures.appending(path: organizations))),
      users: Array(Data(contentsOf: fixtures.appending(path: users))))
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Both files.
  func contents() throws -> [String] { try [text(Self.organizations), text(Self.users)] }

  /// How many bytes the journal has.
  func journalSize() throws -> Int {
    let journal = path + "/.orgman/journal"
    guard fileExists(journal) else { return 0 }
    return try FileManager.default.contentsOfDirectory(atPath: journal).reduce(0) {
      $0 + ((try FileManager.default.attributesOfItem(atPath: "\(journal)/\($1)")[.size] as? Int) ?? 0)
    }
  }

  /// Keeps others out, as the doctor wants it.
  func closeToOthers() throws {
    for (name, mode) in [("", 0o700), (Self.organizations, 0o600), (Self.users, 0o600)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }
  }

  /// Writes as other programs do: in place.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"), options: [])
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ records: [Record]) throws {
    let texts = Record.files(records)
    try write(Self.users, texts.users)
    try write(Self.organizations, texts.organizations)
  }

  /// Replaces text in a file that must have it once, in place.
  func replace(_ old: String, by new: String, in name: String) throws {
    let parts = try text(name).components(separatedBy: old)
    try #require(parts.count == 2, "\(old) stands \(parts.count - 1) times in \(name)")
    try write(name, parts.joined(separator: new))
  }

  /// Does to the data what the service does: loads a file, changes it, dumps it in place. In `script`,
  /// `data` is what was loaded.
  func python(_ name: String, _ script: String) throws {
    let program = """
      import json, sys
      with open(sys.argv[1]) as file: data = json.load(file)
      \(script)
      with open(sys.argv[1], 'w') as file: json.dump(data, file, indent=2)
      """
    let output = try runPython(program, ["\(path)/\(name)"])
    #expect(output.status == .exited(0), "\(output.stderr)")
  }

  /// What Python's json.load makes of both files, in a form that can be compared.
  func loadedByPython() throws -> String {
    let program = """
      import json, sys
      for path in sys.argv[1:]:
        with open(path) as file: text = file.read()
        data = json.loads(text)
        assert json.dumps(data, indent=2) == text, path
        print(json.dumps(data))
      """
    let output = try runPython(program, ["\(path)/\(Self.organizations)", "\(path)/\(Self.users)"])
    #expect(output.status == .exited(0), "\(output.stderr)")
    return output.stdout
  }

  /// One organization as it is in the file now.
  func organization(named name: String) throws -> [String: Any] {
    let all =
      try JSONSerialization.jsonObject(with: Data(bytes(Self.organizations))) as? [String: [String: Any]]
    return try #require(all?.values.first { $0["name"] as? String == name })
  }

  /// The names of all organizations in the file.
  func names() throws -> [String] {
    let all =
      try JSONSerialization.jsonObject(with: Data(bytes(Self.organizations))) as? [String: [String: Any]]
    return try #require(all).values.compactMap { $0["name"] as? String }.sorted()
  }

  /// The members of an organization in the file, as `user role`.
  func members(of id: String) throws -> [String] {
    let all = try JSONSerialization.jsonObject(with: Data(bytes(Self.users))) as? [String: [[String: Any]]]
    return (all?[id] ?? []).map { "\($0["user_id"] ?? "") \($0["role"] ?? "")" }
  }
}

/// The Python of the machine, wherever it is, run to its end.
func runPython(_ program: String, _ arguments: [String]) throws -> Output {
  try run(
    "/usr/bin/env", ["python3", "-c", program] + arguments, environment: ProcessInfo.processInfo.environment)
}

/// An organization with its members, for data that a test makes up.
struct Record {
  var id: String
  var name: String
  var plan = "starter"
  var status = "active"
  var lago: String?
  /// User ids with their roles.
  var members: [(String, String)] = []

  init(_ id: String, _ name: String, members: [(String, String)] = []) {
    self.id = "org_" + id
    self.name = name
    self.members = members
  }

  private var organization: String {
    """
      "\(id)": {
        "id": "\(id)",
        "name": \(Self.quoted(name)),
        "created_at": "2026-11-22 21:51:10.076830",
        "plan_tier": \(Self.quoted(plan)),
        "lago_customer_id": \(lago.map(Self.quoted) ?? "null"),
        "stripe_customer_id": null,
        "status": "\(status)"
      }
    """
  }

  private var list: String {
    let records = members.map { user, role in
      """
          {
            "org_id": "\(id)",
            "user_id": \(Self.quoted(user)),
            "role": "\(role)",
            "joined_at": "2026-11-22 21:51:10"
          }
      """
    }
    let body = records.isEmpty ? "[]" : "[\n\(records.joined(separator: ",\n"))\n  ]"
    return "  \"\(id)\": \(body)"
  }

  /// A JSON string as Python writes it.
  private static func quoted(_ text: String) -> String {
    // Most of what a big file holds.
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
      return "\"\(text)\""
    }
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C: result += "\\" + String(UnicodeScalar(UInt8(unit)))
      case 0x20...0x7E: result += String(UnicodeScalar(UInt8(unit)))
      case 0x08: result += "\\b"
      case 0x09: result += "\\t"
      case 0x0A: result += "\\n"
      case 0x0C: result += "\\f"
      case 0x0D: result += "\\r"
      default: result += "\\u" + String(Int(unit) + 0x10000, radix: 16).dropFirst()
      }
    }
    return result + "\""
  }

  static func files(_ records: [Record]) -> (organizations: String, users: String) {
    guard !records.isEmpty else { return ("{}", "{}") }
    return (
      "{\n" + records.map(\.organization).joined(separator: ",\n") + "\n}",
      "{\n" + records.map(\.list).joined(separator: ",\n") + "\n}"
    )
  }
}

/// Starts orgman on a directory and waits until it shows it.
func open(
  _ data: DataFiles, _ arguments: [String] = [], environment: [String: String] = plainEnvironment,
  columns: Int = 120, rows: Int = 32
) throws -> TerminalProcess {
  let orgman = try start(
    ["--data", data.path] + arguments, environment: environment, columns: columns, rows: rows)
  orgman.belongings = [data]
  // The line at the bottom is drawn last.
  try orgman.waitFor("a whole frame") { $0.lines[0].hasPrefix(" orgman") && $0.lines.last?.isEmpty == false }
  return orgman
}

/// Starts orgman in a terminal.
func start(
  _ arguments: [String], environment: [String: String] = plainEnvironment, columns: Int = 120, rows: Int = 32
) throws -> TerminalProcess {
  try TerminalProcess(
    try builtProduct("orgman"), arguments, environment: environment, columns: columns, rows: rows)
}

extension Screen {
  /// The rows of the list, by the names in them, in a wide terminal of 120 columns.
  var listed: [String] { bodyLines.map { String($0.dropFirst().prefix(34)).trimmed }.filter { !$0.isEmpty } }

  /// The name in the row with the selection.
  var selected: String? {
    bodyLines.first { $0.hasPrefix("▸") }.map { line in
      let name = String(line.dropFirst().prefix(34)).trimmed
      // Behind it, the mark of a change.
      return name.hasSuffix("*") ? String(name.dropLast()).trimmed : name
    }
  }

  /// The line of the detail with the selection.
  var selectedDetail: String? {
    lines.compactMap { $0.components(separatedBy: "│").dropFirst().last }.first { $0.hasPrefix("▸") }
      .map { String($0.dropFirst()).trimmed }
  }

  private var bodyLines: [String] {
    lines.dropFirst(2).dropLast(3).map { $0.components(separatedBy: "│")[0] }
  }

  /// The sentences at the bottom, which may take several lines.
  var status: String { lines.suffix(4).dropLast().map(\.trimmed).joined(separator: " ").trimmed }
}

extension String {
  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

extension TerminalProcess {
  /// Filters by words and keeps the filter, so that one row is left and selected.
  func choose(_ words: String) throws {
    send("/")
    press(.control("u"))
    send(words)
    press(.enter)
    try waitFor("one row for \(words)") { $0.status.contains("/\(words)") && $0.text.contains("  1 of ") }
  }

  /// Opens the detail of the selected organization, in which the first member is selected.
  func enter() throws {
    press(.enter)
    try waitFor("the selection in the detail") { $0.selectedDetail != nil }
  }

  /// Presses q, and expects a clean end.
  func quit() throws {
    send("Q")
    #expect(try waitForExit() == .exited(0))
    #expect(unrestored == [])
    #expect(!exists(processID))
  }
}

/// Whether there is such a process.
func exists(_ process: Int32) -> Bool { kill(process, 0) == 0 }

func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// The same numbers in every run: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
