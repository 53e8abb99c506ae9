import ArgumentParser
import OrgCore
import OrgFileStore

/// `orgman erase`
struct EraseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Erase an organization or a user for good, from the data and their history.",
    discussion: """
      Removes the organization with its members, or the user in all organizations, from the data and from all that \
      orgman keeps of them: the history, checkpoints, files that were put aside, and your own drafts. The history says \
      that something was erased, when and by whom; that of files can still be verified. It can't be undone, and the data \
      can't be put back to what they were before.

      In a database it takes the rights of the role that owns the schema orgman. The service's other tables, such as its \
      audit log, aren't touched.

      What orgman can't reach is named: other files in the directory, and drafts of other users. Copies elsewhere, such \
      as backups, are yours to find.
      """)

  @Argument(help: "An organization's id or exact name, or a user id.", completion: .organizations)
  var name: String

  @Flag(help: "It names an organization.")
  var organization = false

  @Flag(help: "It names a user.")
  var user = false

  @Flag(help: "Even if an organization loses its last owner.")
  var allowOwnerless = false

  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  private struct Result: Encodable {
    let organizations, members, lines, drafts: Int
    let files, remaining: [String]
  }

  func validate() throws {
    if organization, user { throw ValidationError("Say --organization or --user, not both.") }
  }

  func run() throws {
    try exitingWithStatus {
      try options.requirePlatformAdmin(for: "orgman erase")
      let location = try DataLocation(options.data)
      guard let store = try options.store() as? any ErasingStore else {
        throw OrgError(.invalidValue, "Nothing can be erased from \(location.display.escapedForDisplay).")
      }
      let subject = try subject(in: store.reader())
      let plan = try store.erase(subject, allowingOwnerless: allowOwnerless, isTrial: true)
      let path = (store as? FileStore)?.path ?? location.display
      let texts = [subject.id] + plan.organizationNames(of: subject)
      let drafts = DraftStore.count(mentioning: texts, for: path)
      guard !plan.isEmpty || drafts > 0 else {
        throw OrgError(
          .organizationNotFound, "There is nothing of \(name.quoted) in the data, nor in their history.")
      }
      if !options.json || confirmation.dryRun { try show(plan, drafts) }
      if confirmation.dryRun { return }
      try confirmation.confirm("Erase this for good? It can't be undone.")
      let done = try store.erase(subject, allowingOwnerless: allowOwnerless)
      DraftStore.remove(mentioning: texts, for: path)
      if options.json { try show(done, drafts) } else { print("Erased.") }
      let others = location.isDatabase ? "The service's other tables, drafts" : "Drafts"
      FileHandle.standardError(
        "orgman: \(others) of other users, and copies elsewhere, weren't looked for.\n")
      guard done.remaining.isEmpty else {
        let list = done.remaining.map(\.escapedForDisplay).joined(separator: ", ")
        throw OrgError(
          .system,
          "These files in the data directory seem to have \(name.quoted) still; remove them, or erase again when no program has them open: \(list)."
        )
      }
    }
  }

  private func subject(in reader: any StoreReader) throws(OrgError) -> ErasureSubject {
    var found: [ErasureSubject] = []
    if !user {
      if try reader.organization(id: name) != nil || reader.rules.isStartOfID(name) {
        // An organization that is no longer in the data may still be in the history.
        found.append(.organization(name))
      } else if try reader.organizations().contains(where: { $0.name == name }) {
        found.append(.organization(try reader.organization(named: name).id))
      }
    }
    let isMember = try !reader.memberships(of: name).isEmpty
    if !organization, user || found.isEmpty || isMember {
      found.append(.user(name))
    }
    guard found.count < 2 else {
      throw OrgError(
        .invalidValue,
        "\(name.quoted) names an organization and a user; say --organization or --user.")
    }
    guard let subject = found.first else {
      throw OrgError(
        .organizationNotFound, "There is no organization \(name.quoted); name it by its id or its exact name."
      )
    }
    return subject
  }

  private func show(_ plan: Erasure, _ drafts: Int) throws {
    let organizations = plan.changes.count { $0.change.userID == nil }
    let members = plan.changes.count - organizations
    if options.json {
      return try printJSON(
        Result(
          organizations: organizations, members: members, lines: plan.historyCount, drafts: drafts,
          files: plan.others, remaining: plan.remaining))
    }
    let output = StandardOutput()
    func row(_ place: String, _ count: Int, _ word: String) throws(OrgError) {
      guard count > 0 else { return }
      let padded = place + String(repeating: " ", count: max(1, 22 - place.count))
      try output.write("\(padded)\(count) \(word)\(count == 1 ? "" : "s")\n")
    }
    for change in plan.changes.prefix(confirmation.dryRun ? .max : 20) {
      try output.write(change.summary + "\n")
    }
    if !confirmation.dryRun, plan.changes.count > 20 {
      try output.write("… and \(plan.changes.count - 20) more; --dry-run shows all.\n")
    }
    try row(plan.places.organizations, organizations, "organization")
    try row(plan.places.members, members, "member")
    try row(plan.places.history, plan.historyCount, plan.places.historyUnit)
    try row("drafts", drafts, "file")
    for other in plan.others { try output.write(other.escapedForDisplay + "\n") }
    try output.write(plan.places.consequence + "\n")
    try output.flush()
  }
}

extension Erasure {
  /// The names of the erased organization.
  fileprivate func organizationNames(of subject: ErasureSubject) -> [String] {
    guard case .organization = subject else { return [] }
    return Set(changes.map(\.organizationName)).filter { !$0.isEmpty }.sorted()
  }
}
