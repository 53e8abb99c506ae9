import ArgumentParser
import OrgCore
import OrgFileStore

/// Options of commands that edit.
struct EditOptions: ParsableArguments {
  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var options: DataOptions

  /// Makes a change set from the current data, and previews it, or commits it and prints the
  /// changes; see `OrgManager.edit`.
  ///
  /// - Parameters:
  ///   - store: the data, where they are open already.
  ///   - isInputTaken: whether standard input is read for another purpose than answers.
  ///   - asksForSeveral: whether changes to several organizations are shown first and need confirmation.
  ///   - asksAlways: whether changes to one organization need it, too.
  ///   - make: makes the changes; called again if the data have changed in the meantime.
  ///   - report: prints the result, instead of the changes.
  func edit(
    on store: (any OrgStore)? = nil, isInputTaken: Bool = false, asksForSeveral: Bool = true,
    asksAlways: Bool = false,
    _ make: (any StoreReader) throws(OrgError) -> ChangeSet,
    report: ((StandardOutput, Commit) throws(OrgError) -> Void)? = nil
  ) throws {
    let store = try store ?? options.store(isReadOnly: confirmation.dryRun)
    if let reason = store.readOnlyReason, !confirmation.dryRun {
      throw OrgError(.readOnly, "Nothing can be changed: \(reason).")
    }
    let manager = OrgManager(store: store)
    let output = StandardOutput()
    let isAgreed = !asksForSeveral || confirmation.yes
    var edit = try manager.edit(
      isTrial: confirmation.dryRun,
      committingIf: { isAgreed || $0.organizationCount <= (asksAlways ? 0 : 1) }, make)
    if confirmation.dryRun { return try show(edit.preview.recorded, of: edit.set, manager, output) }
    while edit.commit == nil {
      let shown = edit.preview.summaries
      try ask(edit.preview, isInputTaken: isInputTaken)
      // What was shown is what is made; where the data have changed since, it is counted again and shown anew.
      edit = try manager.edit(committingIf: { $0.summaries == shown || $0.recorded.isEmpty }, make)
      if edit.commit == nil {
        FileHandle.standardError("The data changed meanwhile, so this was counted again:\n")
      }
    }
    guard let commit = edit.commit else { return }
    if let report {
      try report(output, commit)
    } else {
      let made = Set(commit.changes)
      try show(edit.preview.recorded.filter { made.contains($0.change) }, of: edit.set, manager, output)
    }
    return try output.flush()
  }

  private func ask(_ preview: Preview, isInputTaken: Bool) throws {
    let recorded = preview.recorded
    for line in recorded.prefix(20) { FileHandle.standardError(line.summary + "\n") }
    if recorded.count > 20 { FileHandle.standardError("… and \(recorded.count - 20) more.\n") }
    let (values, places) = (recorded.count, preview.organizationCount)
    try confirmation.confirm(
      "Change \(values == 1 ? "this value" : "these \(values) values") in \(places) organization\(places == 1 ? "" : "s")?",
      isInputTaken: isInputTaken)
  }

  private func show(
    _ changes: [RecordedChange], of set: ChangeSet, _ manager: OrgManager, _ output: StandardOutput
  ) throws {
    if options.json {
      let generation = try manager.newestGeneration()
      try output.write(
        try encodedJSON(ChangeDocument(set, recorded: changes, generation: generation)) + "\n")
    } else {
      if changes.isEmpty { try output.write("No changes needed.\n") }
      for change in changes { try output.write(change.summary + "\n") }
    }
    try output.flush()
  }
}

extension Preview {
  /// What it changes, as it is shown.
  fileprivate var summaries: [String] { recorded.map(\.summary) }
  /// The number of organizations that it changes.
  fileprivate var organizationCount: Int { Set(recorded.map(\.change.organizationID)).count }
}
