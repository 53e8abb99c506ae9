import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman offboard`
struct OffboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "offboard", abstract: "Remove users from all their organizations.",
    discussion: """
      Shows what would change, asks, and changes all of it or nothing. Where a user is the only owner of an organization, \
      name who takes it over with --successor, or leave the user there with --leave-owners.

      To remove what the history says of a user, too, use orgman erase.
      """)

  @Argument(help: userIDsHelp)
  var users: [String]

  @Option(
    help:
      "The user who becomes an owner of organizations that would have none, and a member where the user isn't one."
  )
  var successor: String?

  @Flag(help: "Leave owners in organizations that have no other.")
  var leaveOwners = false

  @OptionGroup var directory: UserOptions
  @OptionGroup var options: EditOptions

  func validate() throws {
    if users.contains("-"), users.count > 1 {
      throw ValidationError("- reads the users from standard input; don't name others.")
    }
    if successor != nil, leaveOwners {
      throw ValidationError("Say --successor or --leave-owners, not both.")
    }
    if successor?.isEmpty == true { throw ValidationError("--successor names no user; it is empty.") }
  }

  func run() throws {
    try exitingWithStatus {
      if let successor { try directory.check([successor]) }
      let lines = try InputLine.all(users, "ids of users")
      let time = Timestamp.now()
      try options.edit(isInputTaken: self.users == ["-"]) { (reader) throws(OrgError) in
        let users = try reader.userIDs(lines).map(\.text)
        let successor = try successor.map { (name) throws(OrgError) in try reader.userID(name) }
        if let successor { try InputLine(number: nil, text: successor).checkNewUser(in: reader) }
        let offboarding = try Offboarding(of: users, in: reader)
        guard offboarding.ownerless.isEmpty || successor != nil || leaveOwners else {
          let message =
            "\(offboarding.obstacle): name who takes over with --successor USER, or leave owners there with --leave-owners."
          // The message has a few of them.
          let all = offboarding.ownerless.map { "\($0.id.escapedForDisplay)  \($0.name.escapedForDisplay)" }
          throw OrgError(.lastOwner, message, reasons: all.count > 4 ? [message] + all : [])
        }
        return try offboarding.changes(
          successor.map { .successor($0) } ?? .ownersStay, at: time, in: reader)
      }
    }
  }
}
