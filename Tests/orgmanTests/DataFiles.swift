import Foundation
import TerminalTesting
import Testing

/// A data directory of a test's own, removed with it.
final class DataFiles: TestData {
  static let organizations = "organizations.json"
  static let users = "org_users.json"

  let path: String
  private let temporary: TemporaryDirectory

  /// A directory with two files as other programs left them; `nil` leaves one out.
  init(organizations: [UInt8]? = Array("{}".utf8), users: [UInt8]? = Array("{}".utf8)) throws {
    temporary = try TemporaryDirectory()
    path = temporary.path
    if let organizations { try write(Self.organizations, organizations) }
    if let users { try write(Self.users, users) }
  }

  var address: String { path }
  var directory: String { path }

  func id(_ id: String) -> String { id }

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
  func historySize() throws -> Int {
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

  func contain(_ earlier: [String]) throws -> Bool {
    try zip(contents(), earlier).allSatisfy { $0.hasPrefix($1.dropLast(2)) }
  }

  func organizations() throws -> [[String: Any]] {
    let text = try text(Self.organizations)
    let all = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: Any]]
    func place(_ id: String) -> String.Index {
      text.range(of: "\n  \(id.json): {")?.lowerBound ?? text.endIndex
    }
    return try #require(all).map { (place($0), $1) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  func memberRecords(of id: String) throws -> [[String: String]] {
    let all = try JSONSerialization.jsonObject(with: Data(bytes(Self.users))) as? [String: [[String: String]]]
    return all?[id] ?? []
  }

  func hold(_ records: [Record]) throws -> Bool {
    let texts = Record.files(records)
    return try contents() == [texts.organizations, texts.users]
  }

  func check() throws { _ = try loadedByPython() }

  // MARK: What others do

  func set(_ field: String, of id: String, to value: String?) throws {
    try python(Self.organizations, "data[\(id.json)][\(field.json)] = \(value?.json ?? "None")")
  }

  func add(_ records: [Record]) throws {
    let texts = Record.files(records)
    try python(Self.users, "data.update(json.loads(\(texts.users.json)))")
    try python(Self.organizations, "data.update(json.loads(\(texts.organizations.json)))")
  }

  func add(_ user: String, to id: String, _ role: String) throws {
    try python(
      Self.users,
      """
      data[\(id.json)].append({'org_id': \(id.json), 'user_id': \(user.json), 'role': \(role.json),
        'joined_at': '2026-11-22 21:51:11'})
      """)
  }

  func remove(_ user: String, from id: String) throws {
    try python(
      Self.users, "data[\(id.json)] = [m for m in data[\(id.json)] if m['user_id'] != \(user.json)]")
  }

  func setRole(of user: String, in id: String, to role: String) throws {
    try python(
      Self.users, "next(m for m in data[\(id.json)] if m['user_id'] == \(user.json))['role'] = \(role.json)")
  }

  func holdUp() throws -> Holder {
    let process = try TerminalProcess(
      "/usr/bin/env",
      [
        "python3", "-c",
        "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print('held', flush=True); input()",
        "\(path)/.orgman/lock",
      ])
    try process.waitForText("held")
    return Holder { process.press(.enter) }
  }
}

extension String {
  /// The text in quotes, as JSON and Python have it.
  fileprivate var json: String { Record.quoted(self) }
}

/// The Python of the machine, wherever it is, run to its end.
func runPython(_ program: String, _ arguments: [String]) throws -> Output {
  try run(
    "/usr/bin/env", ["python3", "-c", program] + arguments, environment: ProcessInfo.processInfo.environment)
}
