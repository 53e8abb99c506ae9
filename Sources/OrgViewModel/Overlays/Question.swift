import OrgCore

/// Something that is answered by yes or no.
package protocol YesNoQuestion: Overlay {
  /// What is asked; text of the data is escaped.
  func text(_ workspace: Workspace) -> String
  /// Whether yes has the focus.
  var isYes: Bool { get set }
  /// Does what follows from the answer; the question is closed by then.
  func answer(_ answer: Answer, _ workspace: inout Workspace)
}

/// An answer.
package enum Answer: Sendable, Hashable {
  case yes, no
  /// Neither: the question was closed.
  case dismissed
}

extension YesNoQuestion {
  /// Where keys go in it.
  package static var contexts: [Context] { [.question] }
  /// Where keys go in it.
  package var context: Context { .question }

  static var questionCommands: [Command<Self>] {
    [
      Command(.confirm, "y", .answering, "yes", hint: "yes") { $0.close(.yes, &$1) },
      Command(.decline, "n", .answering, "no", hint: "no") { $0.close(.no, &$1) },
      Command(.accept, "Enter", .answering, "the answer with the focus") {
        $0.close($0.isYes ? .yes : .no, &$1)
      },
      Command(.nextField, "Left Right Tab Shift-Tab", .answering, "the other answer") { question, _ in
        question.isYes.toggle()
      },
      Command(.back, "Esc", .answering, "cancel", hint: "cancel") { $0.close(.dismissed, &$1) },
      Command(.close, "q", .program, "back, and from the list out") { $0.close(.dismissed, &$1) },
      Command(.cancel, "^C", .program, "cancel what is going on") { $0.close(.dismissed, &$1) },
    ] + commonCommands
  }

  private func close(_ answer: Answer, _ workspace: inout Workspace) {
    workspace.dismiss()
    self.answer(answer, &workspace)
  }
}

extension Context {
  package static let question = Context("question", "A question", .other)
}

extension Action {
  package static let confirm = Action("confirm", "Yes", isCommand: false)
}

/// Whether changes are to be made.
package struct Question: YesNoQuestion {
  /// What is asked; text of the data is escaped.
  package private(set) var text: String
  /// What happens on yes.
  var changes: [Change]
  /// What the changes are for.
  var purpose = ChangeSet.Purpose.edit
  /// Whether an organization may lose its last owner by them.
  var allowsOwnerless = false
  /// What to say when it is done, where it is about many.
  var conclusion: String?
  /// The form that they were typed in, which is there again on no.
  var form: Form?
  /// How the changes are found out once more, where the data have changed since.
  var origin: BulkEditRequest?
  /// The data by which they were found out.
  var revision: Revision?
  /// Whether they were found out once more.
  var isRecounted = false
  /// What of all that was to be changed can't be.
  var refusals = Refusals()
  /// Whether yes has the focus; no, which is safe, has it at first.
  package var isYes = false

  /// What it can do.
  package static let commands =
    questionCommands + [
      Command(.showRefusals, "w", .answering, "all that can't be changed, and why", hint: "why") {
        question, workspace in
        if !question.refusals.sentences.isEmpty { workspace.open(RefusalPage(question.refusals)) }
      }
    ]

  package func hint(for action: Action) -> String? {
    action == .showRefusals && refusals.sentences.isEmpty ? "" : nil
  }

  /// The users whom the changes are about, where those are few; what is added says itself whom its users are.
  package var namedUsers: [String] {
    if case .additions = origin { return [] }
    return changes.count > 20 ? [] : changes.compactMap(\.userID).unique
  }

  /// What is asked, after whom the users are.
  package func text(_ workspace: Workspace) -> String {
    (isRecounted ? "The data changed meanwhile, so this was counted again. " : "")
      + workspace.surroundings.names.sentences(about: namedUsers) + text
  }

  /// Makes the changes, or not; where the data have changed since they were found out, that is done once more first.
  package func answer(_ answer: Answer, _ workspace: inout Workspace) {
    guard answer == .yes else {
      if let form { workspace.open(form) }
      return
    }
    if let origin, let revision, revision != workspace.data.revision {
      return workspace.recount(origin, confirming: self, form: form)
    }
    commit(&workspace)
  }

  /// Makes the changes.
  func commit(_ workspace: inout Workspace) {
    workspace.commit(
      CommitQueue.Entry(
        changes: changes, form: form, purpose: purpose, allowsOwnerless: allowsOwnerless,
        conclusion: conclusion, origin: origin, refusals: refusals))
  }

  /// Whether the same is asked, and the same happens on yes.
  func isSame(as other: Question) -> Bool {
    text == other.text && changes.count == other.changes.count
      && zip(changes, other.changes).allSatisfy { $0.isSame(as: $1) }
  }

  /// Expects what changes that were made here have set.
  package mutating func rebase(on done: [Change], _ latest: Change.Latest) {
    let before = changes
    changes = before.map { $0.expecting(latest) }
    guard case .removal(let user, _)? = origin, case .removeMember(_, _, let old)? = before.first,
      case .removeMember(_, _, let new)? = changes.first
    else { return }
    let name = user.escapedForDisplay
    text = text.replacing("\(name) (\(old.title))", with: "\(name) (\(new.title))", maxReplacements: 1)
  }
}

extension Change {
  /// Whether it does the same, whenever a new member joins by it.
  fileprivate func isSame(as other: Change) -> Bool {
    guard case .addMember(let member) = self, case .addMember(let otherMember) = other else {
      return self == other
    }
    return (member.organizationID, member.userID, member.role)
      == (otherMember.organizationID, otherMember.userID, otherMember.role)
  }
}

extension Question {
  init(text: String, changes: [Change]) {
    (self.text, self.changes) = (text, changes)
  }

  /// Whether a member shall be removed.
  static func removal(of member: OrgUser, from organization: Organization) -> Question {
    let (user, name) = (member.userID.escapedForDisplay, organization.name.escapedForDisplay)
    var question = Question(
      text: "Remove \(user) (\(member.role.title)) from \(name)?",
      changes: [.removeMember(user: member.userID, organization: organization.id, role: member.role)])
    question.origin = .removal(user: member.userID, organization: organization.id)
    return question
  }

  /// Whether an organization shall be deleted softly.
  static func deletion(of organization: Organization) -> Question {
    let change = Change.setField(
      .status, organization: organization.id, from: organization.status.rawValue,
      to: Organization.Status.deleted.rawValue)
    var question = Question(
      text: "Set \(organization.name.escapedForDisplay) to deleted? Its record and members stay.",
      changes: [change])
    question.origin = .deletion(organization: organization.id)
    return question
  }
}

extension Workspace {
  /// Asks whether an organization shall be deleted softly.
  mutating func askToDelete(_ organization: Organization) {
    let name = organization.name.escapedForDisplay
    guard organization.status != .deleted else { return status.refuse("\(name) is deleted already.") }
    ask(Question.deletion(of: organization))
  }

  /// Asks about changes to the data that are shown.
  mutating func ask(_ question: Question) {
    var question = question
    question.revision = data.revision
    open(question)
  }
}

/// Whether what is typed in the form below is thrown away.
package struct DiscardQuestion: YesNoQuestion {
  /// Whether yes has the focus.
  package var isYes = false

  /// What it can do.
  package static let commands = questionCommands

  /// What is asked.
  package func text(_ workspace: Workspace) -> String { "Throw away what you typed?" }

  /// Closes the form, or not.
  package func answer(_ answer: Answer, _ workspace: inout Workspace) {
    if answer == .yes { workspace.closeForm() }
  }
}

/// Whether changes that are being saved are discarded, as the program is to be left.
package struct LeaveQuestion: YesNoQuestion {
  /// Whether yes has the focus.
  package var isYes = false

  /// What it can do.
  package static let commands = questionCommands

  /// What is asked.
  package func text(_ workspace: Workspace) -> String {
    let count = workspace.commits.entries.count
    if let source = workspace.commits.holder?.outcomeSource {
      let others = count == 2 ? "the change" : "the \((count - 1).grouped) changes"
      return
        "The server can't be reached, so it isn't known whether the change was saved. Once it can be, \(source). "
        + (count == 1 ? "Quit?" : "Quit and discard \(others) after it?")
    }
    return count == 1
      ? "A change is still being saved. Quit and discard it?"
      : "\(count.grouped) changes are still being saved. Quit and discard them?"
  }

  /// Leaves the program, or stays.
  package func answer(_ answer: Answer, _ workspace: inout Workspace) {
    workspace.commits.isLeaving = false
    if answer == .yes { workspace.ask(.quit) }
  }
}

/// Whether to go on with what was typed when the program last ended.
package struct DraftQuestion: YesNoQuestion {
  let draft: Draft
  /// Whether yes has the focus; here it is the safe answer.
  package var isYes = true

  init(_ draft: Draft) {
    self.draft = draft
  }

  /// What it can do.
  package static let commands = questionCommands

  /// What is asked.
  package func text(_ workspace: Workspace) -> String {
    "You were editing \(draft.subject) when orgman ended. Go on with it?"
  }

  /// Opens the form, throws the draft away, or leaves it for the next start.
  package func answer(_ answer: Answer, _ workspace: inout Workspace) {
    if answer == .dismissed {
      workspace.status.note("What you typed is offered again at the next start.")
      return workspace.ask(.leaveDraft)
    }
    guard answer == .yes,
      var form = draft.form(workspace.settings.preferences, roles: workspace.rules.roles)
    else {
      workspace.status.note("What you typed was thrown away.")
      return workspace.ask(.dropDraft)
    }
    form.follow(workspace.data.listing)
    workspace.open(form)
  }
}
