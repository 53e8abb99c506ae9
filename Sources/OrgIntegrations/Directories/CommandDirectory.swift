import FoundationEssentials
import OrgCore

/// A directory of users that a program of one's own asks. It is run without a shell, and gets one more argument, `ids` or
/// `search`, and on standard input the ids or the text, one a line. It prints an object in JSON a line for each person, with
/// fields as a file has them, and exits with 0, whether it found any or not.
public final class CommandDirectory: PeopleDirectory {
  /// What messages call it.
  public let title: String
  private let command: [String]
  private let key: Person.Key
  private let timeLimit: Duration
  private static let outputLimit = 16 << 20

  /// - Parameters:
  ///   - name: the directory's name.
  ///   - command: the program's absolute path, and its arguments.
  ///   - key: what of a person the data have as the user's id.
  ///   - timeLimit: the longest time for one answer.
  public init(_ name: String, command: [String], key: Person.Key, timeLimit: Duration) {
    (self.title, self.command) = ("the directory \(name.escapedForDisplay)", command)
    (self.key, self.timeLimit) = (key, timeLimit)
  }

  /// The people whom ids belong to.
  public func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    let asked = ids.filter(\.canBeAsked)
    guard !asked.isEmpty else { return [:] }
    let people = PeopleIndex(try run("ids", asked), ignoresCase: true)
    var found: [String: Person] = [:]
    for id in asked { found[id] = people.person(id) }
    return found
  }

  /// People whose id, name or e-mail address has a text.
  public func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    guard text.canBeAsked, limit > 0 else { return [] }
    return PeopleIndex(try run("search", [text])).people(completing: text, limit: limit)
  }

  private func run(_ question: String, _ lines: [String]) throws(OrgError) -> [PeopleIndex.Entry] {
    let path = command[0].escapedForDisplay
    let program = Program(
      title: "The program \(path)", command: command + [question],
      environment: Program.passedEnvironment, timeLimit: timeLimit, outputLimit: Self.outputLimit)
    let outcome = try program.run(input: Array(lines.map { $0 + "\n" }.joined().utf8))
    guard outcome.status == 0 else {
      let status = outcome.status.map { "ended with the status \($0)" } ?? "was ended by a signal"
      let complaint = outcome.complaint.isEmpty ? "." : ": \(outcome.complaint.escapedForDisplay)"
      throw OrgError(.system, "The program \(path) \(status)\(complaint)")
    }
    var people: [PeopleIndex.Entry] = []
    let decoder = JSONDecoder()
    for line in outcome.output.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy({ $0 <= 0x20 }) {
      guard let record = try? decoder.decode(PersonRecord.self, from: Data(line)) else {
        throw OrgError(
          .invalidValue,
          "The program \(path) should print an object in JSON a line, and printed something else.")
      }
      if let entry = record.entry(key) { people.append(entry) }
    }
    return people
  }
}
