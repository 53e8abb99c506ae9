import OrgCore
import Synchronization

/// Several directories of users, asked one after another: the first that knows an id counts. Where one can't be asked, ids
/// that no other knows are unknown, and not missing.
public final class PeopleSources: PeopleDirectory {
  private let sources: [any PeopleDirectory]
  /// Why sources aren't asked again at once, by their places.
  private let pauses = Mutex<[Int: Pause]>([:])

  /// A source that let people wait isn't asked for a while: each question would wait as long.
  private struct Pause {
    let end: ContinuousClock.Instant
    let error: OrgError
  }

  /// How long a failure may take that isn't followed by a pause.
  private static let patience = Duration.seconds(1)
  /// The longest pause.
  private static let longestPause = Duration.seconds(30)

  /// Directories in the order in which they are asked.
  public init(_ sources: [any PeopleDirectory]) { self.sources = sources }

  /// What messages call it.
  public var title: String {
    guard sources.count != 1 else { return sources[0].title }
    let prefix = "the directory "
    let names = sources.map {
      $0.title.hasPrefix(prefix) ? String($0.title.dropFirst(prefix.count)) : $0.title
    }
    return "the directories " + names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }

  /// The people whom ids belong to.
  public func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    let answer = answer(about: ids)
    if let failure = answer.failure { throw failure }
    return answer.people
  }

  /// What can be said about ids.
  public func answer(about ids: [String]) -> PeopleAnswer {
    var found: [String: Person] = [:]
    var failure: OrgError?
    var left = ids
    for place in sources.indices where !left.isEmpty {
      var answer = PeopleAnswer([:])
      do throws(OrgError) {
        answer = try asking(place) { (source) throws(OrgError) in
          let answer = source.answer(about: left)
          if let failure = answer.failure, answer.people.isEmpty { throw failure }
          return answer
        }
      } catch {
        answer = PeopleAnswer([:], failure: error)
      }
      found.merge(answer.people) { known, _ in known }
      failure = failure ?? answer.failure
      left.removeAll { found[$0] != nil }
    }
    return PeopleAnswer(found, failure: left.isEmpty ? nil : failure)
  }

  /// People whose id, name or e-mail address has a text.
  public func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    var people: [Person] = []
    var ids: Set<String> = []
    var failure: OrgError?
    for place in sources.indices where people.count < limit {
      do throws(OrgError) {
        let found = try asking(place) { (source) throws(OrgError) in
          try source.people(completing: text, limit: limit)
        }
        people += found.filter { ids.insert($0.id).inserted }
      } catch {
        failure = failure ?? error
      }
    }
    if people.isEmpty, let failure { throw failure }
    return Array(people.prefix(limit))
  }

  /// Asks a source, unless it pauses.
  private func asking<Answer>(
    _ place: Int, _ ask: (any PeopleDirectory) throws(OrgError) -> Answer
  ) throws(OrgError) -> Answer {
    let start = ContinuousClock.now
    if let pause = pauses.withLock({ $0[place] }), start < pause.end { throw pause.error }
    do throws(OrgError) {
      return try ask(sources[place])
    } catch {
      let end = ContinuousClock.now
      if end - start > Self.patience {
        let pause = Pause(end: end + min(Self.longestPause, (end - start) * 3), error: error)
        pauses.withLock { $0[place] = pause }
      }
      throw error
    }
  }
}
