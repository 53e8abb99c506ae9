import OrgCore

/// Changes that a person wants to make, on their way to the question that names what they would do.
struct PendingBulkEdit: Sendable {
  private(set) var request: BulkEditRequest
  /// The plan that is being previewed.
  var plan: BulkEditPlan?
  /// What is opened, instead of the question, if the changes can be made.
  var menu: RoleMenu?
  /// The form that they were typed in: it is there again where they aren't made.
  var form: Form?
  /// Whether the changes expect what is being saved, once it is saved.
  var followsCommits = false
  /// Whether they were found out before.
  var isRecounted = false
  /// The question that was answered with yes, before the data changed.
  var confirmed: Question?
  /// The request of the data that the preview has to be about.
  var awaited: Int?

  init(request: BulkEditRequest) {
    self.request = request
  }

  /// Expects what changes that were made here have set.
  mutating func rebase(on done: [Change], _ latest: Change.Latest) {
    guard followsCommits, plan == nil, case .set(var set, let title, let isCounted) = request else { return }
    set.changes = set.changes.map { $0.expecting(latest) }
    request = .set(set, title: title, isCounted: isCounted)
    menu?.rebase(on: done, latest)
  }
}

/// Changes that a person wants to make, before they are worked out.
enum BulkEditRequest: Sendable {
  /// These, under a title as in `Undo generation 12`; whether to say at the end how many were changed, and not which.
  case set(ChangeSet, title: String, isCounted: Bool)
  /// An edit of all that is marked on the screen, or in one organization of it.
  case marked(BulkEdit, in: String?)
  /// The removal of users from all organizations; what becomes of those without another owner is `nil` until that has been
  /// chosen.
  case offboarding([String], Offboarding.Handover?)
  /// The transfer of an organization from one owner to another.
  case transfer(OwnershipTransfer)
  /// New members of an organization.
  case additions(Additions)
  /// The removal of a member, whatever the role is by then.
  case removal(user: String, organization: String)
  /// The soft deletion of an organization, whatever its status is by then.
  case deletion(organization: String)
}

extension OrgError {
  /// Whether it says that the data aren't such that a change can be made.
  var isAboutTheData: Bool {
    let codes: Set<Code> = [
      .conflict, .lastOwner, .nameTaken, .alreadyMember, .memberNotFound, .organizationNotFound,
    ]
    return codes.contains(code)
  }
}

// Requesting changes.
extension Workspace {
  /// Wants changes to be made: what they would do is found out first, and asked about then. Keys wait for the question.
  ///
  /// - Parameter form: where they were typed, if they were.
  mutating func requestBulkEdit(_ request: BulkEditRequest, from form: Form? = nil) {
    pendingBulkEdit = PendingBulkEdit(request: request)
    pendingBulkEdit?.form = form
    status.note("Finding out what would change…")
  }

  /// Finds out once more what changes would do, as the data have changed since.
  ///
  /// - Parameters:
  ///   - question: what was answered with yes: where it would be the same again, the changes are made.
  ///   - form: what they were typed in.
  mutating func recount(
    _ request: BulkEditRequest, confirming question: Question? = nil, form: Form? = nil
  ) {
    pendingBulkEdit = PendingBulkEdit(request: request)
    pendingBulkEdit?.isRecounted = true
    pendingBulkEdit?.form = form
    pendingBulkEdit?.confirmed = question
    if question == nil { pendingBulkEdit?.awaited = requests.arranged.serial }
    status.note("The data changed meanwhile; counting again…")
  }

  /// Asks whether as much of an undo or a redo shall be done as can be.
  mutating func requestPart(of set: ChangeSet, _ error: OrgError) {
    guard overlays.isEmpty, pendingBulkEdit == nil else { return status.refuse(error.message) }
    switch set.purpose {
    case .undo(let generation):
      requestBulkEdit(.set(set, title: "Undo the rest of generation \(generation)", isCounted: true))
    case .redo(let generation):
      requestBulkEdit(.set(set, title: "Redo the rest of generation \(generation)", isCounted: true))
    case .edit: break
    }
  }

  private mutating func dropPendingBulkEdit() {
    pendingBulkEdit = nil
    status.refuse("What was to be changed is gone.")
  }

  /// Asks what a screen's changes would do, once what is being saved is saved and shown: what the changes expect is what is
  /// shown then.
  mutating func sendPendingBulkEdit(from screen: any Screen) {
    guard let pending = pendingBulkEdit, pending.plan == nil, commits.isEmpty, screen.isCurrent,
      pending.awaited.map({ data.request.serial >= $0 }) ?? true
    else { return }
    let request = pending.request
    let source: BulkEditPlan.Source
    let title: String
    var isCounted = true
    switch request {
    case .set(let set, let name, let isCountedThen):
      (source, title, isCounted) = (.set(set), name, isCountedThen)
    case .marked(let edit, let organization):
      guard let found = screen.source(of: edit, in: organization) else {
        return dropPendingBulkEdit()
      }
      (source, title) = found
    case .offboarding(let users, let handover):
      (source, title) = (.offboarding(users, handover, at: settings.environment.now()), "")
    case .transfer(let transfer):
      (source, title, isCounted) = (.transfer(transfer, at: settings.environment.now()), "", false)
    case .additions(let additions):
      (source, title) = (.additions(additions, at: settings.environment.now()), "")
    case .removal(let user, let organization):
      (source, title, isCounted) = (.removal(user: user, organization: organization), "", false)
    case .deletion(let organization):
      (source, title, isCounted) = (.deletion(organization: organization), "", false)
    }
    var plan = BulkEditPlan(
      serial: requests.next(), title: title, source: source, isCounted: isCounted, request: request)
    (plan.isRecounted, plan.confirmed) = (pending.isRecounted, pending.confirmed)
    pendingBulkEdit?.plan = plan
    ask(.preview(plan))
  }
}
