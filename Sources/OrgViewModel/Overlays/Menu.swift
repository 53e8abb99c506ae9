import OrgCore

/// A choice of one of a few answers, each by a key of its own.
package protocol Menu: Overlay {
  /// What is asked; text of the data is escaped.
  func question(_ workspace: Workspace) -> String
}

extension Menu {
  /// The ways out.
  static var menuCommands: [Command<Self>] {
    [
      closing(.back, "Esc", .answering, "cancel", hint: "cancel"),
      closing(.close, "q", .program, "back, and from the list out"),
      closing(.cancel, "^C", .program, "cancel what is going on"),
    ] + commonCommands
  }
}

/// Which letters choose which answers: for each the first of its own that no other has.
struct AnswerLetters {
  private var taken: Set<Character>

  /// - Parameter taken: letters that something else has, besides `q`, which closes menus.
  init(taken: Set<Character> = []) {
    self.taken = taken.union(["q"])
  }

  /// A letter or digit of a name; `nil` if all of them are taken.
  mutating func letter(for name: String) -> String? {
    let letter = name.lowercased().first {
      $0.isASCII && ($0.isLetter || $0.isNumber) && !taken.contains($0)
    }
    guard let letter else { return nil }
    taken.insert(letter)
    return String(letter)
  }
}

/// The choice of a role, for one member or for all that are marked.
package struct RoleMenu: Menu {
  enum Subject: Sendable {
    case member(OrgUser)
    /// All that are marked; what they are, in words, and the organization that they are in, if it is one.
    case marked(String, in: String?)
  }

  private(set) var subject: Subject
  /// Whether others gave the member another role since it was opened.
  private(set) var isChangedMeanwhile = false

  init(_ subject: Subject) {
    self.subject = subject
  }

  /// Where keys go in it.
  package static let contexts = [Context.roleChoice]
  /// Where keys go in it.
  package var context: Context { .roleChoice }

  /// Each role with the key that chooses it.
  private static func keys(_ roles: [Role]) -> [(role: Role, key: String)] {
    var letters = AnswerLetters()
    return roles.map { ($0, letters.letter(for: $0.title) ?? "") }
  }

  /// What the help page says of the command that opens it: `…: then o owner, m member, b billing`.
  static func help(_ roles: [Role] = Rules.files.roles) -> String {
    let keys = keys(roles).map { "\($0.key) \($0.role.title)" }
    return "role of the member, or of all marked: then \(keys.joined(separator: ", "))"
  }

  /// What it can do, with the roles of the files.
  package static let commands: [Command<Self>] = choices(of: Rules.files.roles)

  /// What it can do with some roles.
  private static func choices(of roles: [Role]) -> [Command<Self>] {
    keys(roles).map { role, key in
      Command(.choose(role), key, .answering, role.title, hint: role.title) {
        $1.dismiss()
        $0.choose(role, &$1)
      }
    } + menuCommands
  }

  /// What keys are bound to in it, with some roles.
  static func bindings(_ roles: [Role]) -> [Binding] { choices(of: roles).map(\.binding) }

  /// Does what an action asks for, with the roles of the data.
  package mutating func perform(_ action: Action, _ workspace: inout Workspace) {
    let commands = Self.choices(of: workspace.rules.roles)
    commands.first { $0.action == action }?.run(&self, &workspace)
  }

  /// What is asked.
  package var namedUsers: [String] { if case .member(let member) = subject { [member.userID] } else { [] } }

  package func question(_ workspace: Workspace) -> String {
    switch subject {
    case .member(let member):
      let name =
        workspace.data.listing.organization(id: member.organizationID)?.name ?? member.organizationID
      return workspace.surroundings.names.sentences(about: namedUsers)
        + "Role of \(member.userID.escapedForDisplay) in \(name.escapedForDisplay), now \(member.role.title)\(isChangedMeanwhile ? Words.changedMeanwhile : ""):"
    case .marked(let words, _): return "Role of \(words), all marked:"
    }
  }

  private func choose(_ role: Role, _ workspace: inout Workspace) {
    let member: OrgUser
    switch subject {
    case .member(let one): member = one
    case .marked(_, let organization):
      return workspace.requestBulkEdit(.marked(.role(role), in: organization))
    }
    let user = member.userID.escapedForDisplay
    if workspace.commits.isEmpty,
      let present = workspace.data.listing.role(of: member.userID, in: member.organizationID)
    {
      guard present != role else { return workspace.status.note("\(user) is \(role.rawValue) already.") }
      guard present == member.role else {
        return workspace.status.refuse(
          "\(user) is \(present.title) now, no longer \(member.role.title), so the role was not changed."
        )
      }
    }
    workspace.commit(
      .setRole(user: member.userID, organization: member.organizationID, from: member.role, to: role))
  }

  /// Shows the role that others gave the member, and expects that.
  package mutating func follow(_ listing: any OrganizationListing) {
    guard case .member(var member) = subject,
      let role = listing.role(of: member.userID, in: member.organizationID)
    else { return }
    if role != member.role { isChangedMeanwhile = true }
    member.role = role
    subject = .member(member)
  }

  /// Expects what changes that were made here have set.
  package mutating func rebase(on done: [Change], _ latest: Change.Latest) {
    guard case .member(var member) = subject else { return }
    for case .setRole(member.userID, member.organizationID, _, let role) in done { member.role = role }
    subject = .member(member)
  }
}

extension Context {
  package static let roleChoice = Context("role", "The choice of a role", .menu)
}

extension Action {
  /// Gives what a menu asks about a role.
  package static func choose(_ role: Role) -> Action { choice(role.rawValue, "The role \(role.title)") }
}

/// The choice of what to sort by.
package struct SortMenu<Column: ListedColumn>: Menu {
  /// Where keys go in it.
  package static var contexts: [Context] { [Column.choice] }
  /// Where keys go in it.
  package var context: Context { Column.choice }

  /// Each column with the key that chooses it.
  static var keys: [(column: Column, key: String)] {
    var letters = AnswerLetters()
    return Column.allCases.map { ($0, letters.letter(for: $0.rawValue) ?? "") }
  }

  /// What it can do.
  package static var commands: [Command<Self>] {
    keys.map { column, key in
      Command(.sortBy(column), key, .answering, "by \(column.phrase)", hint: column.rawValue) {
        $1.dismiss()
        $1.go(.perform(.sortBy(column)))
      }
    } + [
      Command(.invertOrder, "I", .answering, "the other way round", hint: "invert") {
        $1.dismiss()
        $1.go(.perform(.invertOrder))
      }
    ] + menuCommands
  }

  /// What is asked.
  package func question(_ workspace: Workspace) -> String { "Sort by:" }
}

extension Context {
  package static let sortChoice = Context("sort", "The choice of what to sort by", .menu)
}

extension Action {
  /// Sorts by a column; by the one that it is sorted by already, the other way round.
  package static func sortBy(_ column: some ListedColumn) -> Action {
    Action("sort-by-\(column.rawValue)", "Sort by \(column.phrase)")
  }

  /// Sorts organizations by a column.
  package static func sortBy(_ column: OrganizationColumn) -> Action {
    Action("sort-by-\(column.rawValue)", "Sort by \(column.phrase)")
  }

  package static let invertOrder = Action(
    "invert-order", "Sort the other way round",
    synonyms: "reverse descending ascending")
}
