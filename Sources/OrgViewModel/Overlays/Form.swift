import OrgCore

/// The edit pane: a few fields that become a change set.
package struct Form: Sendable {
  /// What the form is for.
  package enum Purpose: Sendable, Hashable {
    /// A new organization.
    case create
    /// An organization's fields, from the record as it was when the form was opened, or a conflict in it
    /// was shown.
    case edit(Organization)
    /// A new member of an organization.
    case addMember(organization: String, name: String)
    /// A plan for all organizations that are marked, of which there are so many.
    case plan(Int)
    /// Who takes over where users who are offboarded are the only owners.
    case successor(of: [String])
    /// Who takes an organization over from an owner, and what that owner becomes.
    case transfer(organization: String, name: String, owner: String)
  }

  /// One line of the form.
  package struct Field: Sendable, Hashable {
    /// What is edited in it.
    package enum Name: Sendable, Hashable {
      /// A field of an organization.
      case organization(OrganizationField)
      /// The id of a new member.
      case user
      /// The role of a new member.
      case role

      /// What the file calls it.
      var key: String {
        switch self {
        case .organization(let field): field.rawValue
        case .user: "user_id"
        case .role: "role"
        }
      }
    }

    /// What is edited in it.
    package let name: Name
    /// What stands before it.
    package let title: String
    /// What is typed; for a choice, the one chosen.
    package var input: TextField
    /// What can be chosen; empty where text is typed.
    package private(set) var choices: [String]
    /// Whether something else than the choices can be typed, too.
    package let takesOthers: Bool
    /// Whether it is typed, where there are choices as well.
    package internal(set) var isTyping = false
    /// A word of help.
    package let hint: String
    /// What it held when the form was opened.
    package internal(set) var original: String
    /// What is wrong with what is typed, as far as can be told while it is.
    package internal(set) var flaw: String?
    /// What others put there while something else was typed here, in a sentence.
    package internal(set) var news: String?
    /// What others made of it, where it was to be changed here, too; until somebody has chosen.
    package internal(set) var conflict: Conflict?

    /// Two changes of one field.
    package struct Conflict: Sendable, Hashable {
      /// What both have changed; `nil` for nothing.
      package let base: String?
      /// What others put there; `nil` for nothing.
      package internal(set) var theirs: String?
    }

    init(
      _ name: Name, _ title: String, _ text: String, choices: [String] = [], takesOthers: Bool = false,
      hint: String = ""
    ) {
      self.name = name
      self.title = title
      self.input = TextField(text)
      // What it is now can be chosen again.
      self.choices = takesOthers && !text.isEmpty && !choices.contains(text) ? choices + [text] : choices
      self.takesOthers = takesOthers
      self.hint = hint
      original = text
      isTyping = takesOthers && text.isEmpty
    }

    /// Whether one of the choices is chosen, and nothing is typed.
    package var isChoice: Bool { !choices.isEmpty && !isTyping }

    /// Whether it holds what it was opened with, or what others put there since.
    var isUntouched: Bool { conflict == nil && input.text == original }

    /// Shows what others put there, as if the form had been opened with it.
    mutating func follow(_ text: String) {
      if takesOthers, !text.isEmpty, !choices.contains(text) { choices.append(text) }
      if input.text != text { set(text) }
      (original, flaw, news) = (text, nil, nil)
    }

    /// Puts a text in it, chosen or typed.
    mutating func set(_ text: String) {
      input = TextField(text, limit: input.limit)
      isTyping = takesOthers && !choices.contains(text)
    }

    /// Lets something else than the choices be typed, from the present one on.
    mutating func typeOther() { if takesOthers { isTyping = true } }

    /// What is typed; `nil` where nothing is.
    package var value: String? { input.text.isEmpty ? nil : input.text }

    /// The organization's field that is edited in it.
    var organizationField: OrganizationField? {
      if case .organization(let field) = name { field } else { nil }
    }

    /// Goes to another choice; after the last one, something else can be typed where that is possible.
    mutating func choose(by step: Int) {
      let count = choices.count + (takesOthers ? 1 : 0)
      guard let index = choices.firstIndex(of: input.text) else { return }
      let next = (index + step + count) % count
      if next < choices.count { input = TextField(choices[next]) } else { typeOther() }
    }

    /// Goes back from typing to the choices, where nothing is left of what was typed.
    mutating func endTyping() {
      guard isTyping, let first = choices.first else { return }
      set(choices.contains(original) ? original : first)
    }
  }

  /// What it is for.
  package internal(set) var purpose: Purpose
  /// Its lines.
  package internal(set) var fields: [Field]
  /// The line in which is typed.
  package internal(set) var focus = 0
  /// What is wrong with what was typed, said when it was to be saved; `field` is the line.
  package internal(set) var problem: (field: Int?, text: String)?
  /// What others changed underneath since the form was opened.
  package internal(set) var externalChangeNotice: String?
  /// Fields that show what others put there since the form was opened.
  var followed: [OrganizationField] = []
  /// What was typed that needs a second look, and got it: `plan gold`.
  var confirmed: Set<String> = []
  /// Who has the ids that were typed, as far as that was asked.
  var found: [IDLookup: [String]] = [:]
  /// The answer that saving waits for.
  var awaited: IDLookup?
  /// The users that are offered for what is typed.
  var offered: OfferedUsers?
  /// Whether it waits for a commit.
  package internal(set) var isSaving = false

  /// The title line.
  package var title: String {
    switch purpose {
    case .create: "New organization"
    case .edit(let organization): "Edit \(organization.name.escapedForDisplay)"
    case .addMember(_, let name): "Add a member to \(name.escapedForDisplay)"
    case .plan(let count): "Plan of \(Words.organizations(count)), all marked"
    case .successor: "Hand ownership over"
    case .transfer(_, let name, let owner):
      "Hand \(name.escapedForDisplay) over from \(owner.escapedForDisplay)"
    }
  }

  /// What is to be said under a line.
  package func problem(at index: Int) -> String? {
    problem?.field == index ? problem?.text : fields[index].flaw
  }

  /// Whether anything was typed or chosen.
  package var isDirty: Bool { fields.contains { $0.input.text != $0.original } }

  init(purpose: Purpose, fields: [Field]) {
    self.purpose = purpose
    self.fields = fields
  }

  /// What was typed, as changes; each expects what the form was opened with.
  ///
  /// - Throws: what `Rules` throw for a value that can't be stored.
  func changes(_ environment: Environment, _ rules: Rules) throws(OrgError) -> [Change] {
    func text(_ name: Field.Name) -> String { fields.first { $0.name == name }?.input.text ?? "" }
    switch purpose {
    case .create:
      return try creation(environment, rules)
    case .edit(let base):
      var changes: [Change] = []
      for field in fields {
        guard let name = field.organizationField, field.input.text != base[name] ?? "" else { continue }
        let value = try rules.checked(field.input.text, for: name)
        if value != base[name] {
          changes.append(.setField(name, organization: base.id, from: base[name], to: value))
        }
      }
      return changes
    case .addMember(let organization, _):
      let role = try rules.role(text(.role))
      return [
        .addMember(
          OrgUser(
            organizationID: organization, userID: user, role: role,
            joinedAt: environment.now()
          ))
      ]
    case .plan, .successor, .transfer: return []
    }
  }

  /// The plan that was typed for all that are marked.
  func plan(_ rules: Rules) throws(OrgError) -> String {
    try rules.checked(fields.first?.input.text, for: .planTier) ?? ""
  }

  /// Takes in what was changed here while the form was open: it needs no notice, and fields that weren't typed in follow it.
  mutating func rebase(on done: [Change]) {
    guard case .edit(var base) = purpose else { return }
    for case .setField(let name, base.id, _, let value) in done {
      base[name] = value
      guard let index = fields.firstIndex(where: { $0.organizationField == name }) else { continue }
      if fields[index].input.text == fields[index].original { fields[index].set(value ?? "") }
      fields[index].original = value ?? ""
    }
    purpose = .edit(base)
  }

  /// Checks what was typed without looking at other records; the line that is wrong gets the focus.
  mutating func check(on listing: any OrganizationListing) -> Bool {
    problem = nil
    for index in fields.indices {
      guard let flaw = flaw(at: index, on: listing) else { continue }
      problem = (index, flaw)
      focus = index
      return false
    }
    return true
  }

  /// What is wrong with what was typed in a line.
  private func flaw(at index: Int, on listing: any OrganizationListing) -> String? {
    let text = fields[index].input.text
    let rules = listing.summary.rules
    do throws(OrgError) {
      switch fields[index].name {
      case .organization(let name): _ = try rules.checked(text, for: name)
      case .user:
        if isOptionalUser, user.isEmpty { return nil }
        try rules.checkUserID(user)
        if users.count > 1 { return nil }
        if case .successor(let users) = purpose, users.contains(user) {
          return "\(user.escapedForDisplay) is to be removed and can't take over; name another user."
        }
        if case .transfer(_, _, let owner) = purpose, user == owner {
          return "\(user.escapedForDisplay) is to hand over; name another user who takes over."
        }
        if case .addMember(let id, let name) = purpose, let role = listing.role(of: user, in: id) {
          return "\(user.escapedForDisplay) is in \(name.escapedForDisplay) already, as \(role.title)."
        }
      case .role: if !isLeaving { _ = try rules.role(text) }
      }
    } catch {
      return error.message
    }
    return nil
  }

  /// Says what is wrong with what was just typed, another's name included.
  mutating func noteTyping(in listing: any OrganizationListing, before: TextField) {
    let input = fields[focus].input
    if input.wasCut, takesSeveralUsers, fields[focus].name == .user {
      // A part of an id may be another user's.
      fields[focus].input = before
      problem = (
        focus,
        "That is too much for the field, so nothing of it was added: orgman add reads as many as there are with -."
      )
    } else if input.wasCut {
      problem = (focus, "That was cut: at most \(input.limit) characters fit here.")
    } else if input.text != before.text {
      if problem?.field == focus { problem = nil }
      noteFlaw(at: focus, in: listing)
      // What was typed may have been taken back, so that the field shows what others put there.
      if fields[focus].news != nil { follow(listing) }
    }
  }

  /// Says what is wrong with what is in a line.
  mutating func noteFlaw(at index: Int, in listing: any OrganizationListing) {
    fields[index].flaw = flaw(at: index, on: listing) ?? takenName(at: index, in: listing)
  }

  private func takenName(at index: Int, in listing: any OrganizationListing) -> String? {
    guard fields[index].name == .organization(.name) else { return nil }
    let name = fields[index].input.text
    guard let other = listing.organizationID(named: name) else { return nil }
    if case .edit(let base) = purpose, base.id == other { return nil }
    return "The name \(name.quoted) is taken by \(other.escapedForDisplay); choose another."
  }

  /// Takes in that a commit failed. After a conflict somebody has to choose for each field that both changed.
  mutating func fail(_ error: OrgError, _ zone: DisplayZone = .utc) {
    isSaving = false
    let field: Field.Name? =
      switch error.code {
      case .nameTaken, .invalidName: .organization(.name)
      case .alreadyMember, .invalidIdentifier: .user
      default: nil
      }
    problem = (fields.firstIndex { $0.name == field }, error.message(in: zone))
    if let index = problem?.field { focus = index }
    guard case .edit = purpose, !error.conflicts.isEmpty else { return }
    for conflict in error.conflicts {
      guard let index = fields.firstIndex(where: { $0.name.key == conflict.field }) else { continue }
      fields[index].conflict = Field.Conflict(base: conflict.base, theirs: conflict.theirs)
      fields[index].news = nil
    }
    problem = (nil, "Not saved, others changed it: choose.")
    focus = fields.firstIndex { $0.conflict != nil } ?? focus
  }

  /// Takes in which of two changes of the field shall hold. From then on the form expects what others put there.
  mutating func resolve(takingMine: Bool) {
    guard case .edit(var base) = purpose, let conflict = fields[focus].conflict,
      let field = fields[focus].organizationField
    else { return }
    base[field] = conflict.theirs
    purpose = .edit(base)
    fields[focus].conflict = nil
    fields[focus].flaw = nil
    fields[focus].news = nil
    fields[focus].original = conflict.theirs ?? ""
    if !takingMine { fields[focus].set(conflict.theirs ?? "") }
    problem = nil
    externalChangeNotice = nil
    focus = fields.firstIndex { $0.conflict != nil } ?? focus
  }

  /// Whether others' changes and those made here still have to be chosen between; says so.
  mutating func hasConflict() -> Bool {
    guard let index = fields.firstIndex(where: { $0.conflict != nil }) else { return false }
    focus = index
    problem = (nil, "Choose theirs or mine first: others changed \(fields[index].title), too.")
    return true
  }
}

extension String {
  /// What was meant: a space at an end isn't typed on purpose.
  var withoutSurroundingSpace: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
