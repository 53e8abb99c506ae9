import Glibc
import OrgCore
import SystemPackage

extension FileStore {
  /// Checks everything: both files against all rules and against each other, the journal, leftover files, and
  /// permissions. Changes nothing.
  ///
  /// - Throws: `system` if the directory can't be read.
  public func examine() throws(OrgError) -> [Finding] {
    let contents = parts.files.contentsNow()
    let journal = try readJournal()
    let damage = damageFindings(contents, journal)
    // Don't report the consequences of a broken file along with it.
    guard damage.isEmpty else { return damage + journal.damage + leftovers + permissionFindings }
    let plan = RepairPlan(contents, known: journal.newest)
    let repaired = contents.problems.isEmpty ? contents : plan.applied(to: contents) { _ in true }
    let isRepairable = repaired.problems.isEmpty
    var findings = recordFindings(contents, plan, isRepairable: isRepairable)
    findings += (isRepairable ? repaired : contents).findings(isRepairable: isRepairable)
    findings += journal.damage
    if contents.problems.isEmpty { findings += differenceFindings(contents, journal) }
    findings += leftovers + permissionFindings
    return findings
  }

  /// The findings about records and their remedies. There are none unless the service could load the repaired files.
  private func recordFindings(
    _ contents: FileContents, _ plan: RepairPlan, isRepairable: Bool
  ) -> [Finding] {
    var findings: [Finding] = []
    let repairs = plan.items.filter { if case .repair = $0.remedy { true } else { false } }
    for item in repairs {
      findings.append(Finding(item.severity, item.text, isRepairable ? item.remedy : nil))
    }
    for problem in contents.problems + contents.recordProblems
    where !repairs.contains(where: { $0.covers(problem) }) {
      let isError = problem.scope == .everything
      let advice = "Repair it by hand, or put the data back with orgman restore."
      findings.append(Finding(isError ? .error : .warning, "\(problem). \(advice)"))
    }
    let names: [(field: DefaultedFields, text: String)] = [
      (.planTier, "no plan_tier; the service takes \(PlanTier.default)"),
      (.status, "no status; the service takes active"),
      (.createdAt, "no created_at; the service takes the time when it loads the record"),
      (.role, "no role; the service takes member"),
      (.joinedAt, "no joined_at; the service takes the time when it loads the record"),
    ]
    for (field, text) in names {
      let found = plan.items.filter { $0.remedy == .writeDefaults(field) }.map(\.text)
      guard !found.isEmpty else { continue }
      let shown = found.prefix(3).joined(separator: ", ") + (found.count > 3 ? ", …" : "")
      let subject = "\(found.count) record\(found.count == 1 ? " has" : "s have")"
      findings.append(
        Finding(.note, "\(subject) \(text): \(shown).", isRepairable ? .writeDefaults(field) : nil))
    }
    return findings.sorted { $0.severity == .error && $1.severity != .error }
  }

  /// The findings about broken files. These are reported alone, because other problems follow from them.
  private func damageFindings(_ contents: FileContents, _ journal: JournalState) -> [Finding] {
    let newest = journal.newest
    let files = [
      (
        OrganizationTable.file, contents.organizations.problems, contents.organizations.isBroken,
        contents.organizations.isReadable
      ),
      (MemberTable.file, contents.members.problems, contents.members.isBroken, contents.members.isReadable),
    ]
    var findings: [Finding] = []
    for (file, problems, isBroken, isReadable) in files where isBroken {
      // This is where the text breaks off. Anything reported before it may be a consequence.
      let text = problems.last.map { "\($0)." } ?? "\(file) can't be read as JSON."
      let isInTheWay = !isReadable && directory.identity(of: file) != nil
      let isKnown = newest != nil && !isInTheWay
      let advice =
        isInTheWay
        ? " Move what is there away."
        : isKnown ? "" : " Put the file back from a backup, or repair it by hand."
      findings.append(Finding(.error, text + advice, isKnown ? .recover : nil))
    }
    guard findings.isEmpty, contents.problems.isEmpty else { return findings }
    if contents.organizationCount == 0 {
      let text = "\(OrganizationTable.file), byte 0: another program has emptied the file:"
      if let newest, newest.organizationCount > 0 {
        let count = "\(newest.organizationCount) organization\(newest.organizationCount == 1 ? "" : "s")"
        findings.append(Finding(.error, "\(text) the history has \(count).", .recover))
      } else if newest == nil, !contents.members.orphanedMembers.isEmpty {
        let count = contents.members.orphanedMembers.count
        findings.append(
          Finding(
            .error,
            "\(text) \(MemberTable.file) has the member lists of \(count) organization\(count == 1 ? "" : "s"). Put the file back from a backup, or repair it by hand."
          ))
      }
    }
    if let newest, newest.memberCount > 0, contents.members.listCount == 0,
      contents.members.orphanedMembers.isEmpty
    {
      let count = "\(newest.memberCount) member\(newest.memberCount == 1 ? "" : "s")"
      findings.append(
        Finding(
          .error,
          "\(MemberTable.file), byte 0: another program has emptied the file: the history has \(count).",
          .recover))
    }
    return findings
  }

  /// The state of the journal.
  private struct JournalState {
    var damage: [Finding] = []
    var last: JournalRecord?
    /// The generation of the checkpoint at which the replay started.
    var start: UInt64 = 0
    /// The data as of its newest generation; `nil` if they can't be reconstructed.
    var newest: FileContents?
  }

  private func readJournal() throws(OrgError) -> JournalState {
    guard
      let space = try? directory.calls.open(
        DataDirectory.privateName, in: directory.root, O_RDONLY | O_DIRECTORY)
    else {
      // A directory that can't be opened is reported along with the permissions.
      guard directory.identity(of: DataDirectory.privateName) == nil else { return JournalState() }
      return JournalState(damage: [
        Finding(.note, "There is no history yet: it begins with the first change through orgman.")
      ])
    }
    var state = JournalState()
    do {
      guard let journal = try? directory.calls.open("journal", in: space, O_RDONLY | O_DIRECTORY) else {
        return state
      }
      try readLines(journal, space, &state)
      return state
    } catch {
      throw OrgError(error, "The journal in \(path.escapedForDisplay) can't be read")
    }
  }

  /// How many bytes of the journal are replayed from the first checkpoint: a replay takes about as
  /// long as the changes did.
  private static let limitToReplay = 16 << 20

  private func readLines(
    _ journal: borrowing Descriptor, _ space: borrowing Descriptor, _ state: inout JournalState
  ) throws(SystemCallError) {
    let calls = directory.calls
    var index = JournalIndex(in: space, of: journal, calls)
    var isIndexWrong = index == nil && calls.exists(JournalIndex.name, in: space)
    var last: JournalRecord?
    var first: UInt64?
    var length = 0
    let damage = try Journal.check(journal, calls) { segment, parsed in
      // Nothing before an erasure can be replayed.
      first =
        parsed.lines.last { $0.record.kind == .erase }?.record.generation
        ?? first ?? parsed.lines.first?.record.generation
      last = parsed.lines.last?.record ?? last
      length += parsed.good
      if index?.agrees(segment, parsed.lines) == false { (index, isIndexWrong) = (nil, true) }
    }
    state.damage = damage.map {
      Finding(
        .warning,
        "The journal is damaged: \($0). The lines after it are kept, but can't be undone.")
    }
    if isIndexWrong {
      state.damage.append(
        Finding(.warning, "The index of the history doesn't match the journal.", .rebuildIndex))
    }
    state.last = last
    guard let last, let first,
      let checkpoints = try? calls.open("checkpoints", in: space, O_RDONLY | O_DIRECTORY)
    else { return }
    // Before an anchor's generation, the history may be of another store. Of a long history, only replay what follows the
    // second newest checkpoint.
    state.start = max(first, JournalAnchor(in: journal, calls)?.generation ?? 0)
    if length > Self.limitToReplay {
      state.start = try StateDirectory.generations(of: checkpoints, calls).suffix(2).first ?? first
    }
    let records = try Journal.lines(from: state.start, isBefore: false, journal, calls)
    state.newest = try StateDirectory.replay(
      records, from: state.start, to: last.generation, checkpoints, calls)
  }

  private func differenceFindings(_ contents: FileContents, _ journal: JournalState) -> [Finding] {
    guard let last = journal.last else { return [] }
    if contents.files.contains(where: { sha256($0.bytes) != last.data.files[$0.name]?.sha256 }) {
      return [
        Finding(
          .warning, "The data differ from generation \(last.generation), the newest of the history.",
          .maintain)
      ]
    }
    guard journal.newest == nil else { return [] }
    return [
      Finding(
        .warning,
        "The history doesn't explain every byte from its first checkpoint to generation \(last.generation).")
    ]
  }

  /// Incomplete files in the journal, and segments whose removal or compression was interrupted.
  private func journalLeftovers(in space: borrowing Descriptor) -> [String] {
    guard let journal = try? directory.calls.open("journal", in: space, O_RDONLY | O_DIRECTORY) else {
      return []
    }
    let anchor = JournalAnchor(in: journal, directory.calls)
    let names = Set((try? directory.calls.list(journal, "journal")) ?? [])
    return names.filter { name in
      if name.hasSuffix(".part") { return true }
      guard let segment = Segment.name(ofFile: name) else { return false }
      return segment < (anchor?.segment ?? "") || segment != name && names.contains(segment)
    }
  }

  /// Leftovers of crashes, and files that were set aside.
  private var leftovers: [Finding] {
    guard
      let space = try? directory.calls.open(
        DataDirectory.privateName, in: directory.root, O_RDONLY | O_DIRECTORY)
    else { return [] }
    func names(_ name: String) -> [String] {
      guard let opened = try? directory.calls.open(name, in: space, O_RDONLY | O_DIRECTORY) else { return [] }
      return ((try? directory.calls.list(opened, name)) ?? []).sorted()
    }
    var findings: [Finding] = []
    let leftovers =
      (((try? directory.calls.list(space, "")) ?? []) + names("checkpoints") + names("quarantine"))
      .filter { $0.hasSuffix(".new") || $0.hasSuffix(".part") } + journalLeftovers(in: space)
    if !leftovers.isEmpty {
      findings.append(
        Finding(.note, "A crash left \(leftovers.sorted().joined(separator: ", ")) behind.", .maintain))
    }
    let quarantined = names("quarantine").filter { !$0.hasSuffix(".part") }
    if !quarantined.isEmpty {
      findings.append(
        Finding(
          .note,
          "\(quarantined.count) file(s) that couldn't be used whole are kept in .orgman/quarantine: \(quarantined.prefix(5).joined(separator: ", "))."
        ))
    }
    return findings
  }
}

extension FileContents {
  /// Oddities in records that can be loaded.
  fileprivate func findings(isRepairable: Bool) -> [Finding] {
    var findings: [Finding] = []
    var names: [String: String] = [:]
    var withoutOwner: [String] = []
    var withoutList: [String] = []
    for index in 0..<organizationCount {
      let organization = organization(at: index)
      let label = "\(organization.name.escapedForDisplay) (\(organization.id.escapedForDisplay))"
      if let other = names.updateValue(organization.id, forKey: organization.name.nameKey) {
        findings.append(Finding(.warning, "\(label) has the same name as \(other.escapedForDisplay)."))
      }
      if let id = organizations.recordedID(at: index), id != organization.id {
        findings.append(Finding(.warning, "\(label) says in its record that its id is \(id.quoted)."))
      }
      if !members.hasList(at: index) { withoutList.append(label) }
      if roleCounts(at: index).owner == 0, organization.status != .deleted { withoutOwner.append(label) }
      var seen: Set<String> = []
      for member in 0..<memberCount(at: index) {
        let user = self.member(member, at: index).userID
        if !seen.insert(user).inserted {
          findings.append(Finding(.warning, "\(user.escapedForDisplay) is in \(label) more than once."))
        }
      }
    }
    func summarize(_ list: [String], _ text: String, _ remedy: Finding.Remedy?, _ severity: Finding.Severity)
    {
      guard !list.isEmpty else { return }
      let shown = list.prefix(3).joined(separator: ", ") + (list.count > 3 ? ", …" : "")
      findings.append(
        Finding(
          severity, "\(list.count) organization\(list.count == 1 ? " has" : "s have") \(text): \(shown).",
          remedy))
    }
    summarize(
      withoutList, "no member list in org_users.json", isRepairable ? .addMemberLists : nil, .warning)
    summarize(withoutOwner, "no owner", nil, .note)
    for (id, count) in members.orphanedMembers.sorted(by: { $0.key < $1.key }) {
      findings.append(
        Finding(
          .warning,
          "org_users.json has \(count) member\(count == 1 ? "" : "s") of \(id.escapedForDisplay), an organization that there isn't."
        ))
    }
    return findings
  }
}
