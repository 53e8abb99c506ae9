import OrgCore

/// The choice of what becomes of organizations whose only owners are offboarded.
package struct HandoverMenu: Menu {
  let offboarding: Offboarding

  init(_ offboarding: Offboarding) {
    self.offboarding = offboarding
  }

  /// Where keys go in it.
  package static let contexts = [Context.handoverChoice]
  /// Where keys go in it.
  package var context: Context { .handoverChoice }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [
      Command(
        .handOver, "h", .answering, "hand the organizations over to another user", hint: "hand over to…"
      ) {
        $1.dismiss()
        $1.open(Form.successor(of: $0.offboarding))
      },
      Command(.leaveOwners, "l", .answering, "leave the owners there", hint: "leave there") {
        $1.dismiss()
        $1.requestBulkEdit(.offboarding($0.offboarding.users, .ownersStay))
      },
    ] + menuCommands

  /// Whom it is about.
  package var namedUsers: [String] { offboarding.users }

  /// What is asked.
  package func question(_ workspace: Workspace) -> String {
    let verb = offboarding.users.count == 1 ? "is" : "are"
    return workspace.surroundings.names.sentences(about: namedUsers)
      + "\(offboarding.obstacle), and \(verb) in \(Words.organizations(offboarding.organizationCount)):"
  }
}

extension Context {
  package static let handoverChoice = Context(
    "handover", "The choice of what becomes of organizations without another owner", .menu)
}

extension Action {
  package static let handOver = Action("hand-over", "Hand ownership over", isCommand: false)
  package static let leaveOwners = Action("leave-owners", "Leave the owners", isCommand: false)
  package static let removeEverywhere = Action(
    "remove-everywhere", "Offboard the user, or all marked: remove from all organizations",
    synonyms: "leave deprovision delete user kick revoke")
}
