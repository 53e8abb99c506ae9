import OrgCore

/// Changes that somebody wants to make, on their way to the question that names what they would do: how many will
/// happen, are so already, and can't be made, and why.
public struct BulkEditPlan: Sendable, Hashable {
  /// Where the changes come from.
  enum Source: Sendable {
    /// They are known. What can't be made is left out in the end.
    case set(ChangeSet)
    /// They are made of all that is marked.
    case marked(MarkedRecords, BulkEdit)
    /// They are made of some organizations of a person, or of all.
    case person(PersonRows, in: Set<String>?, BulkEdit)
  }

  /// Tells it from others.
  let serial: Int
  /// What it would be: `Undo generation 12`. Text of the data is escaped.
  let title: String
  let source: Source
  /// Whether to say at the end how many were changed, and not which.
  let isCounted: Bool

  /// Whether it is the same plan.
  public static func == (left: Self, right: Self) -> Bool { left.serial == right.serial }

  /// By the number of the plan.
  public func hash(into hasher: inout Hasher) { hasher.combine(serial) }

  /// What to ask, and what happens on yes; or why there is nothing to ask.
  public enum BulkEditPreview: Sendable {
    /// The question.
    case ask(AppModel.Question)
    /// There is nothing that could be changed.
    case refuse(AppModel.Message)
  }

  /// Finds out what the changes would do. Costs time that grows with them.
  ///
  /// - Parameter snapshot: the data as they are; what is marked is looked at in the data in which it is marked.
  public func preview(on snapshot: Snapshot) -> BulkEditPreview {
    switch source {
    case .person(let rows, let organizations, let edit):
      {
        let set = ChangeSet(rows.changes(edit, in: organizations))
        return bulkEditPreview(
          Preview(of: set, on: snapshot), of: set, on: snapshot,
          hiddenCount: organizations == nil ? 0 : rows.hiddenCount(of: organizations))
      }()
    case .set(let set):
      bulkEditPreview(Preview(of: set, on: snapshot), of: set, on: snapshot, hiddenCount: 0)
    case .marked(let marked, let edit):
      {
        let set = ChangeSet(marked.changes(edit))
        let preview = Preview(of: set, on: marked.organizationList.snapshot)
        return bulkEditPreview(
          preview, of: set, on: marked.organizationList.snapshot, hiddenCount: marked.hiddenCount)
      }()
    }
  }

  private func bulkEditPreview(
    _ preview: Preview, of set: ChangeSet, on snapshot: Snapshot, hiddenCount: Int
  ) -> BulkEditPreview {
    let effective = preview.effective
    let blocked = preview.blocked
    let reasons = Self.reasons(blocked, snapshot)
    guard !effective.isEmpty else {
      return .refuse(
        blocked.isEmpty
          ? AppModel.Message(text: "No changes needed.", kind: .note)
          : AppModel.Message(text: reasons, kind: .refusal))
    }
    let soCount = preview.outcomes.count - effective.count - blocked.count
    var parts: [String] = []
    if preview.outcomes.count > 1 { parts.append("\(effective.count.grouped) will change") }
    if soCount > 0 { parts.append("\(soCount.grouped) \(soCount == 1 ? "needs" : "need") no change") }
    if !blocked.isEmpty { parts.append("\(blocked.count.grouped) can't be changed") }
    if hiddenCount > 0 {
      parts.append("the filter hides \(hiddenCount.grouped) of them")
    }
    var text = title + "?"
    if !blocked.isEmpty { text = "\(reasons) \(text)" }
    if !parts.isEmpty { text += " " + parts.joined(separator: ", ") + "." }
    var question = AppModel.Question(text: text, changes: effective)
    question.purpose = set.purpose
    question.allowsOwnerless = set.allowsOwnerless
    if isCounted {
      question.conclusion =
        "\(title): done, \(effective.count.grouped) changed"
        + (soCount > 0 ? ", \(soCount.grouped) needed no change" : "")
        + (blocked.isEmpty ? "" : ", \(blocked.count.grouped) stayed as before") + "."
    }
    return .ask(question)
  }

  /// What stands against changes, the last owners first.
  private static func reasons(
    _ blocked: [(change: Change, error: OrgError)], _ snapshot: Snapshot
  ) -> String {
    let owners = blocked.filter { $0.error.code == .lastOwner }
    let others = blocked.filter { $0.error.code != .lastOwner }
    var sentences = ownerSentences(owners, snapshot)
    sentences += others.prefix(2).map(\.error.message)
    if others.count > 2 { sentences.append("And \((others.count - 2).grouped) more can't be changed.") }
    return sentences.joined(separator: " ")
  }

  /// Why organizations would be left without an owner: a sentence for each, or one where one user is the last owner of
  /// them all.
  private static func ownerSentences(
    _ blocked: [(change: Change, error: OrgError)], _ snapshot: Snapshot
  ) -> [String] {
    // All changes that take the owners of an organization have the same sentence.
    var sentences: [String: String] = [:]
    var ids: [String] = []
    for (change, error) in blocked {
      if sentences.updateValue(error.message, forKey: change.organizationID) == nil {
        ids.append(change.organizationID)
      }
    }
    let users = Set(blocked.compactMap(\.change.userID))
    guard ids.count > 1, users.count == 1, let user = users.first else {
      let more = ids.count - 3
      return ids.prefix(3).compactMap { sentences[$0] }
        + (more > 0
          ? ["\(more.grouped) more organization\(more == 1 ? "" : "s") would be left without an owner."] : [])
    }
    var names = ids.prefix(ids.count > 4 ? 3 : 4).map {
      (snapshot.organization(id: $0)?.name ?? $0).escapedForDisplay
    }
    if ids.count > names.count { names.append("\((ids.count - names.count).grouped) more") }
    let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    return ["\(user.escapedForDisplay) is the last owner of \(list); make someone else an owner there first."]
  }
}

/// Changes that somebody wants to make, before it is looked what they come to.
enum BulkEditRequest: Sendable {
  /// These, under a title as in `Undo generation 12`; whether to say at the end how many were changed, and not which.
  case set(ChangeSet, title: String, isCounted: Bool)
  /// An edit of all marked organizations.
  case organizations(BulkEdit)
  /// An edit of all marked members of an organization.
  case members(of: String, BulkEdit)
  /// An edit of a person in all marked organizations, or in all there are.
  case person(BulkEdit, isEverywhere: Bool)
}

extension AppModel {
  /// Wants changes to be made: what they would do is found out first, and asked about then.
  ///
  /// - Parameters:
  ///   - title: what it would be, as in `Undo generation 12`.
  ///   - isCounted: whether to say at the end how many were changed, and not which.
  mutating func propose(_ set: ChangeSet, _ title: String, isCounted: Bool = false) -> [Effect] {
    propose(.set(set, title: title, isCounted: isCounted))
  }

  /// The same for any request. Keys are held until it is asked about.
  mutating func propose(_ bulkEditRequest: BulkEditRequest) -> [Effect] {
    self.bulkEditRequest = bulkEditRequest
    message = Message(text: "Finding out what would change…", kind: .note)
    return proposeNow()
  }

  /// Lets it be found out what a request comes to, once what is on its way is done and shown: what the changes
  /// expect is what stands there then.
  mutating func proposeNow() -> [Effect] {
    guard let bulkEditRequest, bulkEditPlan == nil, !isCommitting, sheet?.isCurrent != false else {
      return []
    }
    let source: BulkEditPlan.Source
    let title: String
    var isCounted = true
    switch bulkEditRequest {
    case .set(let set, let name, let isCountedThen):
      (source, title, isCounted) = (.set(set), name, isCountedThen)
    case .organizations(let edit):
      let marked = MarkedRecords(records: .organizations(marks), organizationList: organizationList)
      (source, title) = (.marked(marked, edit), marked.title(edit))
    case .members(let id, let edit):
      let marked = MarkedRecords(
        records: .members(of: id, memberMarks[id] ?? []), organizationList: organizationList)
      (source, title) = (.marked(marked, edit), marked.title(edit))
    case .person(let edit, let isEverywhere):
      guard let found = bulkEditPlan(of: edit, isEverywhere: isEverywhere) else {
        self.bulkEditRequest = nil
        return []
      }
      (source, title) = found
    }
    lastSerial += 1
    let bulkEditPlan = BulkEditPlan(serial: lastSerial, title: title, source: source, isCounted: isCounted)
    self.bulkEditPlan = bulkEditPlan
    return [.runtime(.preview(bulkEditPlan))]
  }

  /// Takes in what proposed changes would do.
  public mutating func receive(
    _ bulkEditPreview: BulkEditPlan.BulkEditPreview, for bulkEditPlan: BulkEditPlan
  ) {
    guard self.bulkEditPlan == bulkEditPlan else { return }
    (bulkEditRequest, self.bulkEditPlan) = (nil, nil)
    message = nil
    guard case .browse = mode else { return }
    switch bulkEditPreview {
    case .ask(let question): mode = .ask(question)
    case .refuse(let message): self.message = message
    }
  }

  /// Asks whether as much of an undo or a redo shall be done as can be.
  mutating func proposePart(of set: ChangeSet, _ error: OrgError) -> [Effect] {
    guard case .browse = mode, bulkEditRequest == nil else {
      message = Message(text: error.message, kind: .refusal)
      return []
    }
    switch set.purpose {
    case .undo(let generation):
      return propose(set, "Undo the rest of generation \(generation)", isCounted: true)
    case .redo(let generation):
      return propose(set, "Redo the rest of generation \(generation)", isCounted: true)
    case .edit: return []
    }
  }
}
