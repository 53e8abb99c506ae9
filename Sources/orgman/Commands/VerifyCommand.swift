import ArgumentParser
import Glibc
import OrgCore
import OrgFileStore
import OrgIntegrations
import OrgTerminal
import Synchronization

extension BillingService: ExpressibleByArgument {}

/// `orgman verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare billing ids, plans and statuses with what Stripe and Lago have.",
    discussion: """
      Asks each service that there is a key for, and only asks: nothing is ever changed there. The key is the systemd \
      credential stripe-key or lago-key; else in the file that the configuration names under [billing], which only you may \
      use; else in ORGMAN_STRIPE_KEY or ORGMAN_LAGO_KEY. A restricted key (rk_) that may read customers and subscriptions \
      is enough.

      Each finding has a code: \(VerifyCommand.codes). What a service doesn't answer is unknown, \
      and never missing. At the end it says how many requests were sent. ^C ends it with what is known by then, which --resume \
      doesn't ask again; nor does it after a service failed.

      --fix sets ids that are certain, as those that a customer's metadata name, and clears those of deleted customers, \
      after showing what it would do; it prints the changes instead of the findings.

      Exits with 0 if nothing was found, with 1 for findings, and with 2 if all that was found is that something is \
      unknown. With --fix, what was repaired doesn't count.
      """)

  /// All codes, with commas.
  private static var codes: String {
    BillingFinding.Code.allCases.map(\.rawValue).joined(separator: ", ")
  }

  @Option(help: ArgumentHelp("Ask this service alone: stripe or lago.", valueName: "service"))
  var only: BillingService?

  @Flag(help: "Set ids that are certain, and clear those of deleted customers, after showing what that is.")
  var fix = false

  @Flag(
    help:
      "Go on with what a run with the same services, addresses and keys learned that ended early within the last hour."
  )
  var resume = false

  @OptionGroup var listing: ListingOptions
  @OptionGroup var editing: EditOptions

  func validate() throws {
    if fix, listing.csv { throw ValidationError("--fix prints changes, not findings; leave --csv out.") }
    if !fix, editing.confirmation.dryRun || editing.confirmation.yes {
      throw ValidationError("Without --fix nothing is changed; leave --dry-run and --yes out.")
    }
  }

  func run() throws {
    try exitingWithStatus {
      try editing.options.requirePlatformAdmin(for: "orgman verify")
      let access = try BillingAccess(only: only)
      let clients = try access.clients { !Interruption.hasCome }
      for warning in access.warnings { FileHandle.standardError("orgman: \(warning)\n") }
      let state = resume ? try VerifyState.load() : nil
      let store = try editing.options.store(isReadOnly: !fix || editing.confirmation.dryRun)
      if fix, !editing.confirmation.dryRun, let reason = store.readOnlyReason {
        throw OrgError(.readOnly, "Nothing can be changed: \(reason).")
      }
      let report = try compare(clients, access, from: state, store)
      VerifyState.save(report.isPartial ? report.state : nil)
      if fix {
        try repair(report, store)
      } else {
        try print(report)
      }
      FileHandle.standardError("orgman: \(report.summary(isFixed: fix))\n")
      if report.isPartial {
        FileHandle.standardError(
          "orgman: Not everything is known yet; orgman verify --resume asks for the rest.\n")
      }
      try listing.damage.check(store.reader())
      if let status = report.exitStatus(isFixed: fix && !editing.confirmation.dryRun) {
        throw ExitCode(status)
      }
    }
  }

  private func compare(
    _ clients: [BillingService: ServiceClient], _ access: BillingAccess, from state: BillingState?,
    _ store: any OrgStore
  ) throws(OrgError) -> BillingReport {
    let progress = Mutex(Progress())
    defer { progress.withLock { $0.clear() } }
    let verification = BillingVerification(
      stripe: clients[.stripe], lago: clients[.lago], rules: access.rules
    ) { done in
      progress.withLock {
        switch done {
        case .customers(let service, let count):
          $0.show("Reading the customers of \(service.title): \(count)", nil)
        case .singles(let service, let count, let total):
          $0.show("Asking \(service.title) for single customers", Double(count) / Double(total))
        case .organizations(let count): $0.show("Comparing organizations: \(count)", nil)
        }
      }
    }
    Interruption.watch()
    defer { Interruption.ignore() }
    return try verification.run(from: state) { () throws(OrgError) in
      let reader = try store.reader()
      listing.damage.tell(of: reader)
      return reader
    }
  }

  private static let columns = [
    Column("code", "Code"), Column("service", nil), Column("org_id", nil), Column("name", "Organization"),
    Column("customer_id", nil), Column("problem", "Problem", wraps: true), Column("repair", nil),
  ]

  private func print(_ report: BillingReport) throws(OrgError) {
    let output = StandardOutput()
    var list = try Listing(Self.columns, as: listing.format(editing.options, on: output), on: output)
    for finding in report.findings {
      let name = finding.organization?.name
      try list.add([
        .text(finding.code.rawValue), .text(finding.service.rawValue), .text(finding.organization?.id),
        .text(name), .text(finding.customer), .text(finding.text),
        .text(finding.repair?.summary(organizationName: name ?? "")),
      ])
    }
    try list.finish()
  }

  private func repair(_ report: BillingReport, _ store: any OrgStore) throws {
    let repairs = report.findings.compactMap(\.repair)
    try editing.edit(on: store, asksAlways: true) { (reader) throws(OrgError) in
      // What was changed meanwhile is no longer what was found.
      var changes: [Change] = []
      for case .setField(let field, let id, let from, let to) in repairs {
        let organization = try reader.organization(id: id)
        if let organization, organization[field] == from {
          changes.append(.setField(field, organization: id, from: from, to: to))
        }
      }
      return ChangeSet(changes)
    }
  }
}

/// ^C, which ends a command with what it has. Pressed again, it ends the program.
private enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var hasCome: Bool { flag.load(ordering: .relaxed) }

  static func watch() {
    // A signal handler must not be the first to use it.
    _ = hasCome
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
    action.sa_flags = Int32(bitPattern: 0x8000_0000) | SA_RESTART  // SA_RESETHAND
    sigaction(SIGINT, &action, nil)
  }

  static func ignore() { signal(SIGINT, SIG_DFL) }
}
