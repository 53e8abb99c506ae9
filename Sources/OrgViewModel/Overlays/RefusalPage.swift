import OrgCore

/// Changes that can't be made, or couldn't be, with the reasons.
package struct Refusals: Sendable, Hashable {
  /// What they are part of: `Set 5 organizations to deleted`. Text of the data is escaped.
  package var title = ""
  /// A change and why it can't be made, in a sentence each.
  package var sentences: [String] = []
}

extension Refusals {
  /// Those of a preview. Costs time that grows with them.
  init(_ title: String, _ blocked: [(change: Change, error: OrgError)], _ reader: any StoreReader)
    throws(OrgError)
  {
    guard !blocked.isEmpty else { return }
    var names: [String: String] = [:]
    for organization in try reader.organizations(ids: blocked.map(\.change.organizationID).unique) {
      names[organization.id] = organization.name
    }
    sentences = blocked.map { change, error in
      let name = names[change.organizationID] ?? change.organizationID
      return "\(change.summary(organizationName: name)): \(error.message)"
    }
    self.title = title
  }
}

/// The page that lists all that can't be changed, and why.
package struct RefusalPage: Overlay {
  /// What is listed.
  package let refusals: Refusals
  /// The first sentence that is shown.
  package private(set) var top = 0

  init(_ refusals: Refusals) {
    self.refusals = refusals
  }

  /// Where keys go in it.
  package static let contexts = [Context.refusals]
  /// Where keys go in it.
  package var context: Context { .refusals }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [Motion.down, .up, .first, .last, .pageDown, .pageUp].map { motion in
      Command(motion.action, motion.keys, .moving, motion.help) { $0.move(motion, $1.viewport) }
    } + [
      closing(.back, "q Esc Enter w", .program, "close this page", hint: "close"),
      closing(.cancel, "^C", .program, "cancel what is going on"),
    ] + commonCommands

  private mutating func move(_ motion: Motion, _ viewport: Viewport) {
    // Long sentences take several lines, so that a page is about half as many.
    let page = max(1, viewport.helpRows / 2)
    switch motion {
    case .down: top += 1
    case .up: top -= 1
    case .first: top = 0
    case .last: top = refusals.sentences.count - page
    case .pageDown, .halfPageDown: top += page
    case .pageUp, .halfPageUp: top -= page
    }
    top = max(0, min(top, refusals.sentences.count - 1))
  }
}

extension Screen {
  /// Lists all that couldn't be changed last.
  static var refusalCommand: Command<Self> {
    Command(
      .showRefusals, "w", .changing, "all that couldn't be changed, and why",
      unless: { $1.status.refusals.sentences.isEmpty ? "Nothing was refused." : nil }
    ) { $1.open(RefusalPage($1.status.refusals)) }
  }
}

extension Context {
  package static let refusals = Context("refusals", "What can't be changed, and why", .other)
}

extension Action {
  package static let showRefusals = Action(
    "show-refusals", "List all that couldn't be changed, and why",
    synonyms: "why blocked failed errors rest left")
}
