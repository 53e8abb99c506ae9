import OrgCore

// Users whose ids are typed: one, or several where that is possible, and those who are offered meanwhile.
extension Form {
  /// How much fits where several users are typed: no more than comes of a paste.
  static let severalUsersLimit = 16_000

  /// Whether several users can be named.
  var takesSeveralUsers: Bool { if case .addMember = purpose { true } else { false } }

  /// The users who were named, each once.
  var users: [String] {
    let text = fields.first { $0.name == .user }?.input.text ?? ""
    if takesSeveralUsers { return TypedUsers(text).ids }
    let user = text.withoutSurroundingSpace
    return user.isEmpty ? [] : [user]
  }

  /// The user who was named; the first of several.
  var user: String { users.first ?? "" }

  /// A word of help for a line.
  package func hint(at index: Int) -> String {
    let count = fields[index].name == .user && takesSeveralUsers ? users.count : 0
    return count > 1 ? "\(Words.users(count)), who are shown before they are added" : fields[index].hint
  }

  /// What adding several users comes to; `nil` for one user.
  func additions(
    _ preferences: Preferences, _ rules: Rules, _ names: NameBook
  ) throws(OrgError) -> Additions? {
    guard case .addMember(let organization, let name) = purpose, users.count > 1 else { return nil }
    let role = try rules.role(fields.first { $0.name == .role }?.input.text ?? "")
    var people: [String: Person] = [:]
    let ids = users.map { typed in
      guard let person = names.person(typed: typed) else { return typed }
      people[person.id] = person
      return person.id
    }
    return Additions(
      users: ids.unique, people: people, role: role, organization: organization, name: name,
      patterns: preferences.idPatterns, doubts: found[.directory(users)] ?? [])
  }

  /// Puts the id of a person in the place of the e-mail address that was typed.
  mutating func replaceUser(with id: String) {
    guard let index = fields.firstIndex(where: { $0.name == .user }) else { return }
    fields[index].input = TextField(takesSeveralUsers ? TypedUsers.typed(id) : id)
    offered = nil
  }

  /// The same form, with what is wrong with the users.
  func refusing(_ reason: String) -> Form {
    var form = self
    form.focus = fields.firstIndex { $0.name == .user } ?? focus
    form.problem = (form.focus, reason)
    form.offered = nil
    return form
  }

  // MARK: Users who are offered

  /// The part of the field that is completed: its text, and the characters that it takes.
  private var typedUser: TypedUsers.Word? {
    let field = fields[focus]
    guard field.name == .user else { return nil }
    guard takesSeveralUsers else {
      let count = field.input.text.count
      let id = field.input.text.withoutSurroundingSpace
      return id.isEmpty || field.input.cursor < count ? nil : TypedUsers.Word(id: id, characters: 0..<count)
    }
    let words = TypedUsers(field.input.text).words
    return words.last { $0.characters.upperBound == field.input.cursor }
  }

  /// The users who are offered to complete what is typed; none where there are none, or nothing is to be completed.
  package var candidates: [UserCandidate] {
    guard let offered, !offered.candidates.isEmpty, offered.field == focus, !offered.isDismissed, !isSaving,
      let typed = typedUser, typed.id == offered.lookup.text
    else { return [] }
    var others = Set(users)
    if case .successor(let removed) = purpose { others.formUnion(removed) }
    if case .transfer(_, _, let owner) = purpose { others.insert(owner) }
    others.remove(typed.id)
    let candidates = offered.candidates.filter {
      !others.contains($0.id) && (!takesSeveralUsers || TypedUsers.canBeTyped($0.id))
    }
    return candidates.map(\.id) == [typed.id] ? [] : Array(candidates.prefix(5))
  }

  /// The one among them that was chosen.
  package var chosenCandidate: Int? { offered?.chosen }

  /// Asks for users who may be the one that is typed.
  mutating func offerUsers(_ workspace: inout Workspace) {
    guard let typed = typedUser else { return offered = nil }
    let organization: String? = if case .addMember(let id, _) = purpose { id } else { nil }
    let lookup = UserLookup(text: typed.id, organization: organization)
    guard lookup != offered?.lookup || offered?.isDismissed == true else { return }
    // Those who were offered stay until others are there, as far as they have the text.
    let text = typed.id.lowercased()
    let known = offered?.candidates.filter { $0.id.lowercased().contains(text) } ?? []
    offered = OfferedUsers(lookup: lookup, field: focus, candidates: known)
    workspace.ask(.complete(lookup))
  }

  /// What keys do while users are offered.
  static let offeringCommands: [Command<Self>] = [
    Command(.takeUser, "Tab", in: [.offering], .form, "take the user who is offered", hint: "take") {
      $0.takeCandidate(&$1)
    },
    Command(.moveDown, "Down", in: [.offering], .form, "choose the next one; Enter takes it", hint: "choose")
    {
      form, _ in form.chooseCandidate(by: 1)
    },
    Command(.moveUp, "Up", in: [.offering], .form, "choose the one before") { form, _ in
      form.chooseCandidate(by: -1)
    },
    Command(.back, "Esc", in: [.offering], .form, "none of them", hint: "none") { form, _ in
      form.offered?.isDismissed = true
    },
  ]

  private mutating func chooseCandidate(by step: Int) {
    let count = candidates.count
    guard count > 0 else { return }
    let chosen = chosenCandidate.map { ($0 + step + count) % count }
    offered?.chosen = chosen ?? (step > 0 ? 0 : count - 1)
  }

  /// Puts the user who was chosen, or else the first, in the place of what was typed.
  private mutating func takeCandidate(_ workspace: inout Workspace) {
    let candidates = candidates
    guard let typed = typedUser, let first = candidates.first else { return }
    let user = offered?.chosen.map { candidates[min($0, candidates.count - 1)] } ?? first
    let text = takesSeveralUsers ? TypedUsers.typed(user.id) : user.id
    edit({ $0.replace(typed.characters, with: text) }, &workspace)
    offered?.isDismissed = true
  }

  /// Takes the user who was chosen, if one was.
  ///
  /// - Returns: whether one was.
  mutating func takeChosenCandidate(_ workspace: inout Workspace) -> Bool {
    guard offered?.chosen != nil, !candidates.isEmpty else { return false }
    takeCandidate(&workspace)
    return true
  }
}

extension AppModel {
  /// Receives users who may be the one that is being typed.
  package mutating func receive(_ candidates: [UserCandidate], for lookup: UserLookup) {
    guard var form = workspace.form, form.offered?.lookup == lookup else { return }
    // Names come after ids: the one that was chosen stays chosen.
    let shown = form.candidates
    let chosen = form.chosenCandidate.flatMap { shown.indices.contains($0) ? shown[$0].id : nil }
    form.offered?.candidates = candidates
    let offered = form.candidates
    form.offered?.chosen = chosen.flatMap { id in offered.firstIndex { $0.id == id } }
    workspace.form = form
  }
}

extension Context {
  package static let offering = Context(
    "offering", "The edit pane, while users are offered for what is typed", .text)
}

extension Action {
  package static let takeUser = Action("take-user", "Take the user who is offered", isCommand: false)
}
