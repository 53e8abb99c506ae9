import OrgCore

/// Changes that somebody wants to make, on their way to the question that names what they would do: how many will
/// happen, are so already, and can't be made, and why.
public struct Proposal: Sendable, Hashable {
  /// Tells it from others.
  let serial: Int
  /// What it would be: `Undo generation 12`. Text of the data is escaped.
  let title: String
  /// All that is wanted. What can't be made is left out in the end.
  public let set: ChangeSet
  /// How many of what it is about the filter hides.
  var hiddenCount = 0

  /// What to ask, and what happens on yes; or why there is nothing to ask.
  enum Verdict {
    case ask(AppModel.Question)
    case refuse(AppModel.Message)
  }

  func verdict(_ preview: Preview) -> Verdict {
    let effective = preview.effective
    let blocked = preview.blocked
    let reasons = Self.reasons(blocked)
    guard !effective.isEmpty else {
      return .refuse(
        blocked.isEmpty
          ? AppModel.Message(text: "It is so already; nothing was changed.", kind: .note)
          : AppModel.Message(text: reasons, kind: .refusal))
    }
    let soCount = preview.outcomes.count - effective.count - blocked.count
    var parts: [String] = []
    if preview.outcomes.count > 1 { parts.append("\(effective.count.grouped) will change") }
    if soCount > 0 { parts.append("\(soCount.grouped) \(soCount == 1 ? "is" : "are") so already") }
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
    return .ask(question)
  }

  /// What stands against changes, the last owners first.
  private static func reasons(_ blocked: [(change: Change, error: OrgError)]) -> String {
    let owners = blocked.filter { $0.error.code == .lastOwner }
    let others = blocked.filter { $0.error.code != .lastOwner }
    var sentences = owners.prefix(3).map(\.error.message)
    if owners.count > 3 {
      sentences.append("So it is in \((owners.count - 3).grouped) more.")
    }
    sentences += others.prefix(2).map(\.error.message)
    if others.count > 2 { sentences.append("And \((others.count - 2).grouped) more can't be changed.") }
    return sentences.joined(separator: " ")
  }
}

extension AppModel {
  /// Wants changes to be made: what they would do is found out first, and asked about then.
  ///
  /// - Parameters:
  ///   - title: what it would be, as in `Undo generation 12`.
  ///   - hiddenCount: how many of what it is about the filter hides.
  mutating func propose(_ set: ChangeSet, _ title: String, hiddenCount: Int = 0) -> [Effect] {
    lastSerial += 1
    let proposal = Proposal(serial: lastSerial, title: title, set: set, hiddenCount: hiddenCount)
    self.proposal = proposal
    return [.preview(proposal)]
  }

  /// Takes in what proposed changes would do.
  public mutating func receive(_ preview: Preview, for proposal: Proposal) {
    guard self.proposal == proposal else { return }
    self.proposal = nil
    guard case .browse = mode else { return }
    switch proposal.verdict(preview) {
    case .ask(let question): mode = .ask(question)
    case .refuse(let message): self.message = message
    }
  }
}
