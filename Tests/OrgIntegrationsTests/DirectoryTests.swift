import Foundation
import Glibc
import OrgCore
import Synchronization
import TerminalTesting
import Testing

@testable import OrgIntegrations

/// Writes a script that can be run. Another process writes it: no program may be open for writing while it is started, and
/// one that a test starts at this moment would have it open.
private func write(_ script: String, to path: String) throws {
  let text = "#!/bin/sh\n\(script)\n"
  let written = try run(
    "/bin/sh", ["-c", "printf %s \"$1\" >\"$0\" && chmod 700 \"$0\"", path, text])
  try #require(written.status == .exited(0))
}

/// A program that prints people.
@Suite struct CommandDirectoryTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func people(
    _ script: String, arguments: [String] = [], key: Person.Key = .id, limit: Duration = .seconds(10)
  ) throws -> CommandDirectory {
    let path = "\(directory.path)/people"
    try write(script, to: path)
    return CommandDirectory("mine", command: [path] + arguments, key: key, timeLimit: limit)
  }

  private static let lines = """
    {"id": "u-1", "username": "jane", "email": "Jane@example.org", "firstName": "Jane", "lastName": "Doe"}

    {"sub": "u-2", "login": "bob", "enabled": false}
    """

  @Test func `it gets ids or a text on standard input, and prints people`() throws {
    let log = "\(directory.path)/log"
    let people = try people(
      "echo \"$@\" >>\(log); cat >>\(log); cat <<'END'\n\(Self.lines)\nEND", arguments: ["-x", "a b; $(c)"])
    let jane = Person(id: "u-1", userName: "jane", email: "Jane@example.org", name: "Jane Doe")
    let found = try people.people(with: ["u-1", "JANE", "jane@example.org", "bob", "eve", "two\nlines", ""])
    #expect(found.count == 4 && found["u-1"] == jane && found["JANE"] == jane)
    #expect(found["bob"]?.isEnabled == false)
    #expect(try people.people(completing: "do", limit: 5) == [jane])
    #expect(
      try String(contentsOfFile: log, encoding: .utf8)
        == "-x a b; $(c) ids\nu-1\nJANE\njane@example.org\nbob\neve\n-x a b; $(c) search\ndo\n")
    #expect(people.title == "the directory mine")
  }

  @Test(arguments: [
    ("exit 3", "ended with the status 3."),
    ("echo 'no \u{1B}[2J server' >&2; exit 1", "status 1: no \\u{1B}[2J server"),
    ("kill -9 $$", "was ended by a signal."), ("echo '[1, 2'", "an object in JSON a line"),
    ("printf '{\"id\": \"u-1'", "an object in JSON a line"), ("yes", "writes more than 16 MiB"),
    ("sleep 60", "didn't finish in 1 s"), ("yes >&2", "didn't finish in 1 s"),
    ("sleep 60 & wait", "didn't finish in 1 s"),
    ("exec >/dev/null 2>&1; sleep 60", "didn't finish in 1 s"),
  ])
  func `a program that fails finds no one missing`(script: String, words: String) throws {
    let people = try people(script, limit: .seconds(1))
    let start = ContinuousClock.now
    let error = #expect(throws: OrgError.self) { try people.people(with: ["u-1"]) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(ContinuousClock.now - start < .seconds(8))
  }

  @Test func `a program that isn't there says so`() throws {
    let people = CommandDirectory("mine", command: ["/none/people"], key: .id, timeLimit: .seconds(1))
    let error = #expect(throws: OrgError.self) { try people.people(with: ["u-1"]) }
    #expect(error?.message == "The program /none/people can't be run: No such file or directory.")
  }

  @Test func `it is ended with what it started`() throws {
    let file = "\(directory.path)/child"
    let people = try people("(echo $$ >/dev/null; sleep 60) & echo $! >\(file); sleep 60", limit: .seconds(1))
    #expect(throws: OrgError.self) { try people.people(with: ["u-1"]) }
    let id = try #require(Int32(try String(contentsOfFile: file, encoding: .utf8).dropLast()))
    let end = ContinuousClock.now + .seconds(10)
    while kill(id, 0) == 0, try !Self.isDead(id), ContinuousClock.now < end { usleep(1000) }
    #expect(try kill(id, 0) != 0 || Self.isDead(id))
  }

  /// Whether a process has ended that may not have been waited for.
  private static func isDead(_ id: Int32) throws -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return true }
    return status.contains(") Z ")
  }

  @Test func `what it leaves running with its output open isn't waited for`() throws {
    let people = try people("cat >/dev/null; echo '{\"id\": \"u-1\"}'; sleep 60 &", limit: .seconds(30))
    let start = ContinuousClock.now
    #expect(try people.people(with: ["u-1"]).count == 1)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `who doesn't read its input gets as much as it wants`() throws {
    let people = try people("exec <&-; echo '{\"id\": \"u-1\"}'")
    let ids = ["u-1"] + (0..<20_000).map { "user-\($0)" }
    #expect(try people.people(with: ids).count == 1)
  }

  @Test func `our secrets aren't passed on`() throws {
    setenv("ORGMAN_TEST_SECRET", "topSECRET", 1)
    defer { unsetenv("ORGMAN_TEST_SECRET") }
    let people = try people("cat >/dev/null; env | grep -q SECRET && exit 9; exit 0")
    #expect(try people.people(with: ["u-1"]) == [:])
  }

  @Test func `hostile texts stay texts`() throws {
    let name = String(repeating: "y", count: 5000)
    let people = try people(
      "cat >/dev/null; cat <<'END'\n{\"id\": \"u-1\", \"name\": \"\\u001b[2J\"}\n{\"id\": \"u-2\", \"name\": \"\(name)\"}\nEND"
    )
    let found = try people.people(with: ["u-1", "u-2"])
    #expect(found["u-1"]?.detail.escapedForDisplay == "\\u{1B}[2J" && found["u-2"]?.name == nil)
  }
}

/// The users of the system.
@Suite struct PasswdDirectoryTests {
  @Test func `users are found by name and number, and those without a shell are disabled`() throws {
    let people = PasswdDirectory("passwd", timeLimit: .seconds(20))
    let found = try people.people(with: ["root", "0", "nobody", "no-such-user-of-a-test", "-h", "a:b", ""])
    #expect(Set(found.keys) == ["root", "0", "nobody"])
    #expect(found["0"]?.id == "root" && found["root"]?.isEnabled == true)
    #expect(found["nobody"]?.isEnabled == false)
    #expect(try people.people(completing: "ROO", limit: 3).map(\.id).first == "root")
    #expect(try people.people(with: (0..<250).map { "no-such-user-\($0)" } + ["root"]).count == 1)
  }

  @Test func `it doesn't wait forever`() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/getent"
    try write("sleep 60", to: path)
    let people = PasswdDirectory("passwd", timeLimit: .seconds(1), program: path)
    let error = #expect(throws: OrgError.self) { try people.people(with: ["root"]) }
    #expect(error?.message == "getent didn't finish in 1 s.")
  }
}

/// Several directories.
@Suite struct PeopleSourcesTests {
  /// A directory in memory that may fail.
  private final class Memory: PeopleDirectory {
    let title: String
    private let index: PeopleIndex
    private let error: OrgError?
    private let delay: UInt32
    let count = Atomic<Int>(0)

    init(_ name: String, _ people: [Person], error: OrgError? = nil, delay: UInt32 = 0) {
      let entries = people.map { PeopleIndex.Entry(person: $0, ownID: nil) }
      (title, index, self.error) = ("the directory \(name)", PeopleIndex(entries), error)
      self.delay = delay
    }

    func people(with ids: [String]) throws(OrgError) -> [String: Person] {
      count.add(1, ordering: .relaxed)
      usleep(delay)
      if let error { throw error }
      return ids.reduce(into: [:]) { $0[$1] = index.person($1) }
    }

    func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
      count.add(1, ordering: .relaxed)
      usleep(delay)
      if let error { throw error }
      return index.people(completing: text, limit: limit)
    }
  }

  private static let down = OrgError(.system, "It is down.")

  @Test func `the first that knows an id counts`() throws {
    let first = Memory("a", [Person(id: "ann", name: "First")])
    let second = Memory("b", [Person(id: "ann", name: "Second"), Person(id: "bob", isEnabled: false)])
    let sources = PeopleSources([first, second])
    let found = try sources.people(with: ["ann", "bob", "eve"])
    #expect(found["ann"]?.name == "First" && found["bob"]?.isEnabled == false && found.count == 2)
    #expect(try sources.people(with: ["ann"]).count == 1)
    #expect(first.count.load(ordering: .relaxed) == 2 && second.count.load(ordering: .relaxed) == 1)
    #expect(try sources.people(completing: "ann", limit: 5).map(\.name) == ["First"])
    #expect(sources.title == "the directories a and b" && PeopleSources([first]).title == "the directory a")
    #expect(try sources.doubts(about: ["eve"]) == ["eve isn't in the directories a and b."])
  }

  @Test(arguments: [0, 1]) func `ids that only a failing one may know are unknown`(place: Int) throws {
    var all: [any PeopleDirectory] = [Memory("a", [Person(id: "ann")])]
    all.insert(Memory("b", [], error: Self.down), at: place)
    let sources = PeopleSources(all)
    #expect(try sources.people(with: ["ann"]).count == 1)
    let answer = sources.answer(about: ["ann", "eve"])
    #expect(answer.people.count == 1 && answer.failure == Self.down)
    #expect(throws: Self.down) { try sources.people(with: ["eve"]) }
    #expect(throws: Self.down) { try sources.doubts(about: ["eve"]) }
    #expect(try sources.people(completing: "an", limit: 5).count == 1)
    #expect(throws: Self.down) { try sources.people(completing: "eve", limit: 5) }
  }

  @Test func `one that let people wait isn't asked again at once`() throws {
    let slow = Memory("a", [], error: Self.down, delay: 1_100_000)
    let quick = Memory("b", [], error: Self.down)
    let sources = PeopleSources([slow, quick])
    for _ in 0..<3 { #expect(throws: Self.down) { try sources.people(with: ["eve"]) } }
    #expect(throws: Self.down) { try sources.people(completing: "eve", limit: 5) }
    #expect(slow.count.load(ordering: .relaxed) == 1 && quick.count.load(ordering: .relaxed) == 4)
  }

  @Test func `shapes of ids`() {
    #expect(IDShape("0A0b0c0d-0000-4000-8000-000000000001") == .uuid)
    for id in [
      "0a0b0c0d-0000-4000-8000-00000000000", "0a0b0c0d-0000-4000-8000-00000000000g", "", "-", "jane",
    ] {
      #expect(IDShape(id) == .name, "\(id)")
    }
    #expect(IDShape("jane@example.org") == .email)
  }
}
