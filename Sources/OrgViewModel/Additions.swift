import OrgCore

/// Several users who are to become members of an organization.
package struct Additions: Sendable, Hashable {
  /// The users, each once.
  let users: [String]
  /// Those among them whose e-mail addresses were typed, by their ids.
  var people: [String: Person] = [:]
  let role: Role
  /// The organization's id, and the name that it had.
  let organization: String
  let name: String
  /// What ids of new users must look like.
  let patterns: IDPatterns
  /// What a directory of users has against them, in sentences.
  let doubts: [String]

  /// What became of them: those who can be added, those who are members, and why others can't be.
  private struct Outcome {
    var changes: [Change] = []
    var added: [String] = []
    var members: [(user: String, role: Role)] = []
    var refused: [OrgError] = []
  }

  /// Finds out who can be added.
  ///
  /// - Parameter time: when they join.
  func preview(at time: Timestamp, on reader: any StoreReader) throws(OrgError)
    -> BulkEditPlan.BulkEditPreview
  {
    let outcome = try outcome(at: time, on: reader)
    guard !outcome.changes.isEmpty else {
      return .refuse(
        StatusLine.Message(text: reasons(outcome).joined(separator: " "), kind: .refusal), refusals(outcome))
    }
    let count = outcome.added.count
    var question = Question(
      text: (doubts + reasons(outcome) + ["Add \(title(count)): \(outcome.added.listed(8, named))?"]).joined(
        separator: " "),
      changes: outcome.changes)
    question.conclusion =
      "Added \(title(count))"
      + (outcome.members.isEmpty ? "" : "; \(outcome.members.count.grouped) in it already")
      + (outcome.refused.isEmpty ? "" : "; \(outcome.refused.count.grouped) refused") + "."
    question.refusals = refusals(outcome)
    return .ask(question)
  }

  /// An id, and whose it is, where it wasn't the id that was typed.
  private func named(_ user: String) -> String {
    let detail = people[user]?.detail ?? ""
    return user.escapedForDisplay + (detail.isEmpty ? "" : " (\(detail.escapedForDisplay))")
  }

  private func outcome(at time: Timestamp, on reader: any StoreReader) throws(OrgError) -> Outcome {
    var outcome = Outcome()
    var possible: [Change] = []
    for user in users {
      do throws(OrgError) {
        try patterns.checkUserID(user)
      } catch {
        // One that is in the data is known to be right.
        guard reader.rules.allows(userID: user), try !reader.memberships(of: user).isEmpty else {
          outcome.refused.append(error)
          continue
        }
      }
      possible.append(
        .addMember(OrgUser(organizationID: organization, userID: user, role: role, joinedAt: time)))
    }
    let set = ChangeSet(possible)
    let records = try reader.records(for: set)
    for (change, result) in Preview(of: set, on: records).outcomes {
      let user = change.userID ?? ""
      switch result {
      case .happens:
        outcome.changes.append(change)
        outcome.added.append(user)
      case .alreadySo: outcome.members.append((user, role))
      case .blocked(let error):
        if error.code == .alreadyMember, let present = records.member(user, of: organization)?.role {
          outcome.members.append((user, present))
        } else {
          outcome.refused.append(error)
        }
      }
    }
    return outcome
  }

  /// `3 users to Acme as member`
  private func title(_ count: Int) -> String {
    "\(Words.users(count)) to \(name.escapedForDisplay) as \(role.title)"
  }

  /// All who can't be added, with the reasons.
  private func refusals(_ outcome: Outcome) -> Refusals {
    let members = outcome.members.map {
      "\($0.user.escapedForDisplay) is in \(name.escapedForDisplay) already, as \($0.role.title)."
    }
    return Refusals(title: "Add \(title(users.count))", sentences: members + outcome.refused.map(\.message))
  }

  /// Why some can't be added, in sentences.
  private func reasons(_ outcome: Outcome) -> [String] {
    var sentences: [String] = []
    if !outcome.members.isEmpty {
      let verb = outcome.members.count == 1 ? "is" : "are"
      let list = outcome.members.listed(6) { "\($0.user.escapedForDisplay) (\($0.role.title))" }
      sentences.append("\(list) \(verb) in \(name.escapedForDisplay) already.")
    }
    // One reason may be that of all.
    let messages = outcome.refused.map(\.message).unique
    sentences += messages.prefix(3)
    if messages.count > 3 {
      sentences.append("And \((messages.count - 3).grouped) more can't be added.")
    }
    return sentences
  }
}

extension Array {
  /// The first few, and how many more there are: `a, b and 3 more`.
  fileprivate func listed(_ limit: Int, _ text: (Element) -> String) -> String {
    var texts = prefix(count > limit ? limit - 1 : limit).map(text)
    if count > texts.count { texts.append("\((count - texts.count).grouped) more") }
    guard texts.count > 1, let last = texts.popLast() else { return texts.first ?? "" }
    return texts.joined(separator: ", ") + " and " + last
  }
}

extension Rules {
  /// Whether a text can be a user's id at all.
  fileprivate func allows(userID: String) -> Bool { (try? checkUserID(userID)) != nil }
}
