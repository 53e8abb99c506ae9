/// Where somebody is: a screen, what it is filtered by and what is selected in it. Small enough to be remembered
/// for the way back.
public struct Location: Sendable {
  /// One of the screens, with what it is about.
  public enum Screen: Sendable, Hashable {
    /// All organizations, and the one that is selected.
    case organizations
    /// Everybody who is a member of something.
    case users
    /// What happened, newest first.
    case history(HistorySubject)
    /// What there is, counted.
    case overview
    /// One user, with all organizations that have this member.
    case person(String)
  }

  /// The screen.
  public let screen: Screen
  /// What its rows are filtered by.
  public internal(set) var query = ""
  /// What is selected.
  var selection = Selection<String>()
  /// Which pane has the focus, on screens with two.
  public internal(set) var pane = AppModel.Pane.list
  /// What is marked, by ids, on screens where something can be.
  public internal(set) var marks: Set<String> = []
  /// How the organizations were, if somebody came there from another screen to see just these.
  var arrival: Arrival?

  /// What somebody came to the organizations for.
  struct Arrival: Sendable, Hashable {
    var query: String
    var pane: AppModel.Pane
    /// The organization, if it was about one.
    var organization: String?
  }

  init(_ screen: Screen) {
    self.screen = screen
  }
}

/// Whose history is shown.
public enum HistorySubject: Sendable, Hashable {
  /// Everybody's.
  case all
  /// That of an organization, by its id, with its members.
  case organization(String)
  /// That of a member of an organization.
  case member(String, organization: String)
  /// That of a user in all organizations.
  case user(String)
}

/// The places that somebody came through, for the way back and forward.
struct NavigationHistory: Sendable {
  private(set) var back: [Location] = []
  private(set) var forward: [Location] = []
  /// Where somebody was before they came here, whichever way.
  private(set) var last: Location?
  /// How each of the screens was left, for who comes back to it by its number.
  private(set) var left: [Location.Screen: Location] = [:]
  private static let limit = 100

  /// Takes note that somebody leaves a place for a new one.
  mutating func leave(_ place: Location) {
    note(place)
    back.append(place)
    if back.count > Self.limit { back.removeFirst() }
    forward = []
  }

  /// The place before, for who leaves one.
  mutating func goBack(from place: Location) -> Location? {
    guard let target = back.popLast() else { return nil }
    note(place)
    forward.append(place)
    return target
  }

  /// The place that somebody went back from, for who leaves another.
  mutating func goForward(from place: Location) -> Location? {
    guard let target = forward.popLast() else { return nil }
    note(place)
    back.append(place)
    return target
  }

  private mutating func note(_ place: Location) {
    last = place
    switch place.screen {
    case .users, .overview, .history(.all): left[place.screen] = place
    case .organizations, .history, .person: break
    }
  }
}
