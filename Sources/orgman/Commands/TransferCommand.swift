import ArgumentParser
import OrgCore

/// `orgman transfer`
struct TransferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer", abstract: "Hand an organization over from one owner to another user.",
    discussion: """
      Makes TO an owner, and a member where the user isn't one, and then FROM a member, in one step: all of it happens or \
      nothing. orgman undo takes it back as a whole. If nothing has to change, it says so.
      """)

  @Argument(help: organizationHelp, completion: .organizations)
  var organization: String

  @Argument(help: "The id of the owner who hands over.")
  var from: String

  @Argument(help: "The id of the user who takes over.")
  var to: String

  @Option(help: "The role that FROM has afterwards; without it, member.")
  var role: Role?

  @Flag(help: "Remove FROM from the organization.")
  var leave = false

  @OptionGroup var directory: UserOptions
  @OptionGroup var options: EditOptions

  func validate() throws {
    if role != nil, leave { throw ValidationError("Say --role or --leave, not both.") }
    if role == .owner {
      throw ValidationError("With --role owner nothing is handed over; orgman role makes others owners, too.")
    }
    if from == to { throw ValidationError("FROM and TO are the same user; name another one who takes over.") }
    for (name, user) in [("FROM", from), ("TO", to)] where user.isEmpty {
      throw ValidationError("\(name) names no user; it is empty.")
    }
    if [from, to].contains("-") {
      throw ValidationError("- can only be the organizations; name both users.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      let targets = try Targets(organization)
      if let role { try options.options.check(role) }
      try directory.check([to])
      let time = Timestamp.now()
      let afterwards = leave ? OwnershipTransfer.Afterwards.leaves : .role(role ?? .member)
      try options.edit(isInputTaken: targets.areListed) { (reader) throws(OrgError) in
        try InputLine(number: nil, text: to).checkNewUser(in: reader)
        var set = ChangeSet([])
        for organization in try targets.organizations(in: reader) {
          let transfer = OwnershipTransfer(of: organization.id, from: from, to: to, afterwards)
          set.changes += try transfer.changes(at: time, in: reader).changes
        }
        return set
      }
    }
  }
}
