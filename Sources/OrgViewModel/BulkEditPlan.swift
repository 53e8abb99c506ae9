import OrgCore

/// Changes that a person wants to make, on their way to the question that names what they would do: how many will
/// happen, are so already, and can't be made, and why.
package struct BulkEditPlan: Sendable, Hashable {
  /// Where the changes come from.
  package enum Source: Sendable {
    /// They are known. What can't be made is left out in the end.
    case set(ChangeSet)
    /// They are made of all that is marked.
    case marked(MarkedRecords, BulkEdit)
    /// They are made of some organizations of a person.
    case person(PersonRows, in: Set<String>, BulkEdit)
    /// They make some findings about billing right.
    case billing(BillingRows, Set<String>)
    /// They remove users from all organizations; what becomes of those without another owner is `nil` until that has been
    /// chosen.
    case offboarding([String], Offboarding.Handover?, at: Timestamp)
    /// They hand an organization over, all of them or none.
    case transfer(OwnershipTransfer, at: Timestamp)
    /// They add users to an organization.
    case additions(Additions, at: Timestamp)
    /// A member is removed, whatever the role is.
    case removal(user: String, organization: String)
    /// An organization is deleted softly.
    case deletion(organization: String)

    /// Whether it is known to be about a member.
    func isAbout(_ user: String, in organization: String?) -> Bool {
      switch self {
      case .set(let set): set.changes.contains { $0.userID == user && $0.organizationID == organization }
      case .removal(let removed, let id): removed == user && id == organization
      default: false
      }
    }
  }

  /// Tells it from others.
  let serial: Int
  /// What it would be: `Undo generation 12`. Text of the data is escaped.
  let title: String
  let source: Source
  /// Whether to say at the end how many were changed, and not which.
  let isCounted: Bool
  /// What was asked for, to find it out once more.
  let request: BulkEditRequest
  /// Whether it was found out before.
  var isRecounted = false
  /// The question that was answered with yes, before the data changed.
  var confirmed: Question?

  /// Whether it is the same plan.
  package static func == (left: Self, right: Self) -> Bool { left.serial == right.serial }

  /// By the number of the plan.
  package func hash(into hasher: inout Hasher) { hasher.combine(serial) }

  /// What to ask, and what happens on yes; or why there is nothing to ask.
  package enum BulkEditPreview: Sendable {
    /// The question.
    case ask(Question)
    /// What was answered with yes before holds still: it is to be done.
    case confirmed(Question)
    /// What becomes of organizations without another owner has to be chosen first.
    case choose(HandoverMenu)
    /// There is nothing that could be changed; all reasons, where there are several.
    case refuse(StatusLine.Message, Refusals)
  }

  /// Finds out what the changes would do. Costs time that grows with them.
  ///
  /// - Parameter reader: the data as they are; what is marked is looked at in the data in which it is marked.
  package func preview(on reader: any StoreReader) -> BulkEditPreview {
    do throws(OrgError) {
      switch source {
      case .person(let rows, let organizations, let edit):
        let set = ChangeSet(try rows.changes(edit, in: organizations))
        return try preview(of: set, title, on: reader, hiddenCount: rows.hiddenCount(of: organizations))
      case .billing(let rows, let findings):
        let set = ChangeSet(rows.repairs(of: findings))
        guard !set.changes.isEmpty else {
          return Self.refusal("Of none of these findings it is certain what would be right.")
        }
        return try preview(
          of: set, title, on: reader, hiddenCount: rows.hiddenCount(of: findings),
          uncertainCount: findings.count - set.changes.count)
      case .offboarding(let users, let handover, let time):
        let offboarding = try Offboarding(of: users, in: reader)
        guard offboarding.ownerless.isEmpty || handover != nil else {
          return .choose(HandoverMenu(offboarding))
        }
        let set = try offboarding.changes(handover ?? .ownersStay, at: time, in: reader)
        return try preview(of: set, offboarding.title(handover), on: reader, hiddenCount: 0)
      case .transfer(let transfer, let time):
        let changes = try transfer.changes(at: time, in: reader).changes
        guard let organization = try reader.organization(id: transfer.organization), !changes.isEmpty else {
          return .refuse(StatusLine.Message(text: "No changes needed.", kind: .note), Refusals())
        }
        let text = transfer.question(organization.name, adding: changes.contains(where: \.isAddition))
        return try preview(of: Question(text: text, changes: changes), on: reader)
      case .additions(let additions, let time):
        let preview = try additions.preview(at: time, on: reader)
        if case .ask(let question) = preview { return asked(question, on: reader) }
        return preview
      case .set(let set): return try preview(of: set, title, on: reader, hiddenCount: 0)
      case .marked(let marked, let edit):
        return try preview(
          of: ChangeSet(try marked.changes(edit)), title, on: marked.organizationList.reader,
          hiddenCount: marked.hiddenCount)
      case .removal(let user, let id):
        guard let organization = try reader.organization(id: id), let member = try reader.member(user, of: id)
        else {
          return .refuse(StatusLine.Message(text: "No changes needed.", kind: .note), Refusals())
        }
        return try preview(of: Question.removal(of: member, from: organization), on: reader)
      case .deletion(let id):
        guard let organization = try reader.organization(id: id) else {
          return Self.refusal("There is no organization \(id.quoted) any more.")
        }
        guard organization.status != .deleted else {
          return Self.refusal("\(organization.name.escapedForDisplay) is deleted already.")
        }
        return try preview(of: Question.deletion(of: organization), on: reader)
      }
    } catch {
      return Self.refusal(error.message)
    }
  }

  private static func refusal(_ reason: String) -> BulkEditPreview {
    .refuse(StatusLine.Message(text: reason, kind: .refusal), Refusals())
  }

  /// Asks a question about one change, unless that can't be made.
  private func preview(
    of question: Question, on reader: any StoreReader
  ) throws(OrgError) -> BulkEditPreview {
    let preview = try Preview(of: ChangeSet(question.changes), on: reader)
    if let error = preview.blocked.first?.error { return Self.refusal(error.message) }
    return asked(question, on: reader)
  }

  /// Asks a question, unless it was answered already.
  private func asked(_ question: Question, on reader: any StoreReader) -> BulkEditPreview {
    var question = question
    (question.origin, question.revision, question.isRecounted) = (request, reader.revision, isRecounted)
    return confirmed?.isSame(as: question) == true ? .confirmed(question) : .ask(question)
  }

  private func preview(
    of set: ChangeSet, _ title: String, on reader: any StoreReader, hiddenCount: Int, uncertainCount: Int = 0
  ) throws(OrgError) -> BulkEditPreview {
    let preview = try Preview(of: set, on: reader)
    let effective = preview.effective
    let blocked = preview.blocked
    let reasons = try Self.reasons(blocked, reader)
    let refusals = try Refusals(title, blocked, reader)
    guard !effective.isEmpty else {
      return .refuse(
        blocked.isEmpty
          ? StatusLine.Message(text: "No changes needed.", kind: .note)
          : StatusLine.Message(text: reasons, kind: .refusal), refusals)
    }
    let soCount = preview.outcomes.count - effective.count - blocked.count
    var parts: [String] = []
    if preview.outcomes.count + uncertainCount > 1 { parts.append("\(effective.count.grouped) will change") }
    if soCount > 0 { parts.append("\(soCount.grouped) \(soCount == 1 ? "needs" : "need") no change") }
    if !blocked.isEmpty { parts.append("\(blocked.count.grouped) can't be changed") }
    if uncertainCount > 0 {
      parts.append("for \(uncertainCount.grouped) it isn't certain what would be right")
    }
    if hiddenCount > 0 {
      parts.append("the filter hides \(hiddenCount.grouped) of them")
    }
    var text = title + "?"
    if !blocked.isEmpty { text = "\(reasons) \(text)" }
    if !parts.isEmpty { text += " " + parts.joined(separator: ", ") + "." }
    var question = Question(text: text, changes: effective)
    question.purpose = set.purpose
    question.allowsOwnerless = set.allowsOwnerless
    question.refusals = refusals
    if isCounted {
      question.conclusion =
        "\(title): done, \(effective.count.grouped) changed"
        + (soCount > 0 ? ", \(soCount.grouped) needed no change" : "")
        + (blocked.isEmpty ? "" : ", \(blocked.count.grouped) stayed as before") + "."
    }
    return asked(question, on: reader)
  }

  /// What stands against changes, the last owners first.
  private static func reasons(
    _ blocked: [(change: Change, error: OrgError)], _ reader: any StoreReader
  ) throws(OrgError) -> String {
    let owners = blocked.filter { $0.error.code == .lastOwner }
    let others = blocked.filter { $0.error.code != .lastOwner }
    var sentences = try ownerSentences(owners, reader)
    sentences += others.prefix(2).map(\.error.message)
    if others.count > 2 { sentences.append("And \((others.count - 2).grouped) more can't be changed.") }
    return sentences.joined(separator: " ")
  }

  /// Why organizations would be left without an owner: a sentence for each, or one where one user is the last owner of
  /// them all.
  private static func ownerSentences(
    _ blocked: [(change: Change, error: OrgError)], _ reader: any StoreReader
  ) throws(OrgError) -> [String] {
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
    var names: [String] = []
    for id in ids.prefix(ids.count > 4 ? 3 : 4) {
      names.append((try reader.organization(id: id)?.name ?? id).escapedForDisplay)
    }
    if ids.count > names.count { names.append("\((ids.count - names.count).grouped) more") }
    let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    return ["\(user.escapedForDisplay) is the last owner of \(list); make someone else an owner there first."]
  }
}

extension Offboarding {
  /// What it would be, for a question; text of the data is escaped.
  fileprivate func title(_ handover: Handover?) -> String {
    let who = users.count == 1 ? users[0].escapedForDisplay : Words.users(users.count)
    let count = organizationCount
    let title = "Remove \(who) from \(count > 1 ? "all " : "")\(Words.organizations(count))"
    guard !ownerless.isEmpty, let handover else { return title }
    let places = Words.organizations(ownerless.count)
    return switch handover {
    case .successor(let user): "\(title), and make \(user.escapedForDisplay) owner of \(places)"
    case .ownersStay: "\(title), but leave owners in \(places) without another"
    }
  }
}
