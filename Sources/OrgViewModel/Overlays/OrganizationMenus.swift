import OrgCore

/// The choice of a value for a field of one organization, or of all that are marked.
private protocol FieldMenu: Menu {
  static var field: OrganizationField { get }
  /// The organization; `nil` for all that are marked, of which there are `markedCount`.
  var organization: Organization? { get set }
  var markedCount: Int { get }
  /// Whether others changed the field since it was opened.
  var isChangedMeanwhile: Bool { get set }
}

extension FieldMenu {
  /// What is asked.
  package func question(_ workspace: Workspace) -> String {
    guard let organization else {
      return "\(Self.field.title) of \(Words.organizations(markedCount)), all marked:"
    }
    let now = organization[Self.field]?.escapedForDisplay ?? "none"
    return
      "\(Self.field.title) of \(organization.name.escapedForDisplay), now \(now)\(isChangedMeanwhile ? Words.changedMeanwhile : ""):"
  }

  /// Sets the field of the organization, or of all that are marked.
  func set(_ value: String, _ edit: BulkEdit, _ workspace: inout Workspace) {
    guard let organization else { return workspace.requestBulkEdit(.marked(edit, in: nil)) }
    let field = Self.field
    if workspace.commits.isEmpty,
      let present = workspace.data.listing.organization(id: organization.id)
    {
      let what = "\(field.title) of \(organization.name.escapedForDisplay)"
      guard present[field] != value else {
        return workspace.status.note("\(what) is \(value.escapedForDisplay) already.")
      }
      guard present[field] == organization[field] else {
        let (now, before) = (present[field] ?? "none", organization[field] ?? "none")
        return workspace.status.refuse(
          "\(what) is \(now.escapedForDisplay) now, no longer \(before.escapedForDisplay), so it was not changed."
        )
      }
    }
    workspace.commit(.setField(field, organization: organization.id, from: organization[field], to: value))
  }

  /// Shows what others put there, and expects that.
  package mutating func follow(_ listing: any OrganizationListing) {
    guard let id = organization?.id, let now = listing.organization(id: id) else { return }
    if now[Self.field] != organization?[Self.field] { isChangedMeanwhile = true }
    organization = now
  }

  /// Expects what changes that were made here have set.
  package mutating func rebase(on done: [Change], _ latest: Change.Latest) {
    guard let id = organization?.id else { return }
    for case .setField(let field, id, _, let value) in done { organization?[field] = value }
  }
}

/// The choice of a plan.
package struct PlanMenu: FieldMenu {
  static let field = OrganizationField.planTier
  var organization: Organization?
  let markedCount: Int
  var isChangedMeanwhile = false
  /// The plan of the selected organization, with which another one begins to be typed.
  var plan: String?

  /// Where keys go in it.
  package static let contexts = [Context.planChoice]
  /// Where keys go in it.
  package var context: Context { .planChoice }

  /// What it can do, with the plans that are known out of the box.
  package static let commands: [Command<Self>] = choices(of: PlanTier.known)

  /// What it can do with some plans; one without a key of its own can be typed.
  private static func choices(of planTiers: [String]) -> [Command<Self>] {
    var letters = AnswerLetters(taken: ["o"])
    return planTiers.compactMap { tier in
      letters.letter(for: tier).map { letter in
        let name = tier.escapedForDisplay
        return Command(.choosePlan(tier), letter, .answering, name, hint: name) {
          $1.dismiss()
          $0.set(tier, .plan(tier), &$1)
        }
      }
    } + [
      Command(.chooseOtherPlan, "o", .answering, "another plan", hint: "other…") {
        $1.dismiss()
        $1.open($0.form($1))
      }
    ] + menuCommands
  }

  /// What keys are bound to in it, with some plans.
  static func bindings(_ planTiers: [String]) -> [Binding] { choices(of: planTiers).map(\.binding) }

  private func form(_ workspace: Workspace) -> Form {
    let preferences = workspace.settings.preferences
    let form =
      organization.map { Form.edit($0, focus: .planTier, preferences) }
      ?? .plan(ofMarked: markedCount, from: plan ?? "", preferences)
    return form.typingPlan()
  }

  /// Does what an action asks for, with the plans that are configured.
  package mutating func perform(_ action: Action, _ workspace: inout Workspace) {
    let commands = Self.choices(of: workspace.settings.preferences.planTiers)
    commands.first { $0.action == action }?.run(&self, &workspace)
  }
}

extension Context {
  package static let planChoice = Context("plan", "The choice of a plan", .menu)
}

extension Action {
  /// Sets what a menu asks about to a plan.
  package static func choosePlan(_ plan: String) -> Action {
    choice(plan, "The plan \(plan.escapedForDisplay)")
  }

  package static let chooseOtherPlan = Action(
    "choose-other-plan", "Another plan, to be typed", isCommand: false)
}

/// The choice of a status.
package struct StatusMenu: FieldMenu {
  static let field = OrganizationField.status
  var organization: Organization?
  let markedCount: Int
  var isChangedMeanwhile = false

  /// Where keys go in it.
  package static let contexts = [Context.statusChoice]
  /// Where keys go in it.
  package var context: Context { .statusChoice }

  /// What it can do.
  package static let commands: [Command<Self>] = {
    var letters = AnswerLetters()
    return Organization.Status.allCases.map { status in
      let name = status.rawValue
      return Command(.chooseStatus(status), letters.letter(for: name) ?? "", .answering, name, hint: name) {
        $1.dismiss()
        $0.choose(status, &$1)
      }
    } + menuCommands
  }()

  private func choose(_ status: Organization.Status, _ workspace: inout Workspace) {
    if status == .deleted, let organization {
      workspace.askToDelete(organization)
    } else {
      set(status.rawValue, .status(status), &workspace)
    }
  }
}

extension Context {
  package static let statusChoice = Context("status", "The choice of a status", .menu)
}

extension Action {
  /// Gives what a menu asks about a status.
  package static func chooseStatus(_ status: Organization.Status) -> Action {
    choice(status.rawValue, "The status \(status.rawValue)")
  }
}
