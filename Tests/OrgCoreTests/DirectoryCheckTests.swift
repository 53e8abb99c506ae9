import Synchronization
import Testing

@testable import OrgCore

/// Users whom a directory has disabled or doesn't have.
@Suite struct DirectoryCheckTests {
  /// A directory that knows everybody but those whose ids begin with "gone", and fails where it should.
  private final class Directory: PeopleDirectory {
    let title = "the directory D"
    let batches = Mutex<[Int]>([])
    /// The users without an answer, by a part of their ids.
    let unknown: String?

    init(unknown: String? = nil) { self.unknown = unknown }

    func people(with ids: [String]) throws(OrgError) -> [String: Person] {
      let answer = answer(about: ids)
      if let failure = answer.failure { throw failure }
      return answer.people
    }

    func answer(about ids: [String]) -> PeopleAnswer {
      batches.withLock { $0.append(ids.count) }
      var people: [String: Person] = [:]
      var failure: OrgError?
      for id in ids {
        if let unknown, id.contains(unknown) {
          failure = OrgError(.system, "D can't be reached.")
        } else if !id.hasPrefix("gone") {
          people[id] = Person(id: id, isEnabled: !id.hasPrefix("off"))
        }
      }
      return PeopleAnswer(people, failure: failure)
    }

    func people(completing text: String, limit: Int) throws(OrgError) -> [Person] { [] }
  }

  private func reader(_ ids: [String], organizations: Int = 1) -> any StoreReader {
    let all = (1...organizations).map {
      Organization(id: "org_\($0)", name: "Org \($0)", createdAt: Timestamp(microseconds: 0))
    }
    let members = all.flatMap { organization in
      ids.map {
        OrgUser(
          organizationID: organization.id, userID: $0, role: .member, joinedAt: Timestamp(microseconds: 0))
      }
    }
    return InMemoryStore(organizations: all, members: members).reader()
  }

  @Test func `who is disabled or gone is named with the organizations, and what to do`() throws {
    let reader = reader(["ann", "off\u{1B}[2J", "gone-1", "gone-2", "gone-3"], organizations: 2)
    let check = try DirectoryCheck(reader, in: Directory(), limit: 2)
    #expect(check.userCount == 5 && check.unknownCount == 0 && check.failure == nil)
    #expect(check.disabled.count == 1 && check.disabled.membershipCount == 2)
    #expect(check.missing.count == 3 && check.missing.membershipCount == 6)
    #expect(check.missing.users.map(\.id) == ["gone-1", "gone-2"])
    let all = "orgman offboard USER removes one from all organizations."
    #expect(
      check.sentences(about: Directory()) == [
        "1 user is disabled in the directory D: off\\u{1B}[2J (2 organizations). \(all)",
        "3 users aren't in the directory D: gone-1 (2 organizations), gone-2 (2 organizations) and 1 more. \(all)",
      ])
  }

  @Test func `users are asked about some hundred at a time, and all of them are counted`() throws {
    let reader = reader((0..<1203).map { ($0 % 3 == 0 ? "gone-" : "user-") + String($0) })
    let directory = Directory()
    var seen: [Int] = []
    let check = try DirectoryCheck(reader, in: directory, limit: 10, progress: { seen += [$0, $1] })
    #expect(directory.batches.withLock { $0 } == [500, 500, 203])
    #expect(seen == [500, 1203, 1000, 1203, 1203, 1203])
    #expect(check.missing.count == 401 && check.missing.users.count == 10)
  }

  @Test func `users whom it can't be asked about are unknown, and not missing`() throws {
    let reader = reader(["ann", "bob", "gone"])
    let check = try DirectoryCheck(reader, in: Directory(unknown: "o"))
    #expect(check.missing.count == 0 && check.unknownCount == 2)
    #expect(
      check.sentences(about: Directory()) == [
        "Whether 2 of 3 users still may sign in isn't known, for the directory D couldn't be asked: D can't be reached."
      ])
  }

  @Test func `a directory that answers nothing isn't asked again`() throws {
    let reader = reader((0..<2000).map { "user-\($0)" })
    let directory = Directory(unknown: "user")
    let check = try DirectoryCheck(reader, in: directory)
    #expect(directory.batches.withLock { $0 } == [500])
    #expect(check.userCount == 2000 && check.unknownCount == 2000 && check.failure != nil)
  }

  @Test func `it ends when it isn't wanted anymore`() throws {
    let reader = reader((0..<2000).map { "user-\($0)" })
    let directory = Directory()
    let error = #expect(throws: OrgError.self) {
      try DirectoryCheck(reader, in: directory, isWanted: { directory.batches.withLock { $0.count } < 2 })
    }
    #expect(error?.code == .cancelled && directory.batches.withLock { $0.count } == 2)
  }

  @Test func `a directory that has none of the users is asked by other ids`() throws {
    let check = try DirectoryCheck(reader(["gone-1", "gone-2"]), in: Directory())
    let sentences = check.sentences(about: Directory())
    #expect(sentences.count == 1 && sentences[0].hasPrefix("None of the 2 users is in the directory D; "))
  }

  @Test func `data without users have nothing to ask`() throws {
    let directory = Directory(unknown: "")
    let check = try DirectoryCheck(reader([]), in: directory)
    #expect(directory.batches.withLock { $0 }.isEmpty && check.sentences(about: directory).isEmpty)
  }
}
