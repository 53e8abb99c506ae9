import OrgCore

/// The users of the system, as `getent passwd` has them, which asks all that the system is set up with, such as SSSD. That may
/// hang, so it is another program with a time limit. The data have the names of users as ids, and perhaps their numbers. Who
/// has no shell to sign in with is disabled.
public final class PasswdDirectory: PeopleDirectory {
  /// What messages call it.
  public let title: String
  private let program: String
  private let timeLimit: Duration
  /// The most names of one question.
  private static let batch = 100

  /// - Parameters:
  ///   - name: the directory's name.
  ///   - timeLimit: the longest time for one answer.
  ///   - program: what is run.
  public init(_ name: String, timeLimit: Duration, program: String = "/usr/bin/getent") {
    title = "the directory \(name.escapedForDisplay)"
    (self.timeLimit, self.program) = (timeLimit, program)
  }

  /// A line of its output.
  private struct Entry {
    let number: Substring
    let person: Person

    var entry: PeopleIndex.Entry { PeopleIndex.Entry(person: person, ownID: nil) }

    init?(_ line: Substring) {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count >= 7, !fields[0].isEmpty else { return nil }
      let name = fields[4].prefix { $0 != "," }
      let shell = fields[6].split(separator: "/").last ?? ""
      number = fields[2]
      person = Person(
        id: String(fields[0]), userName: String(fields[0]),
        name: name.isEmpty || name.utf8.count > 1024 ? nil : String(name),
        isEnabled: shell != "nologin" && shell != "false")
    }
  }

  /// The people whom ids belong to.
  public func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    // A colon ends a name there.
    let asked = ids.filter { $0.canBeAsked && !$0.contains(":") }
    var found: [String: Person] = [:]
    var start = 0
    while start < asked.count {
      let batch = asked[start..<min(asked.count, start + Self.batch)]
      let entries = try run(["--"] + batch)
      for entry in entries where found[entry.person.id] == nil { found[entry.person.id] = entry.person }
      for entry in entries where found[String(entry.number)] == nil {
        found[String(entry.number)] = entry.person
      }
      start = batch.endIndex
    }
    let wanted = Set(asked)
    return found.filter { wanted.contains($0.key) }
  }

  /// People whose id, name or e-mail address has a text.
  public func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    guard text.canBeAsked else { return [] }
    return PeopleIndex(try run([]).map(\.entry)).people(completing: text, limit: limit)
  }

  private func run(_ names: [String]) throws(OrgError) -> [Entry] {
    let getent = Program(
      title: "getent", command: [program, "passwd"] + names,
      environment: ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"], timeLimit: timeLimit,
      outputLimit: 16 << 20)
    let outcome = try getent.run()
    // 2 says that some weren't found.
    guard outcome.status == 0 || outcome.status == 2 else {
      throw OrgError(.system, "getent failed, so users can't be looked up.")
    }
    return String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").compactMap { Entry($0) }
  }
}
