import Glibc
import OrgCore
import SystemPackage

/// Something that `FileStore.examine` found.
public struct Finding: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// Nothing is written while it is so, or something may be lost.
    case error
    /// It works, but isn't as it should be.
    case warning
    /// Worth knowing.
    case note
  }

  /// What can be done about it without losing information.
  public enum Remedy: Sendable, Hashable {
    /// Take in what others wrote, and clear away what a crash left.
    case maintain
    /// Give organizations the empty member list that they lack.
    case addMemberLists
    /// Keep others out of a file or directory, by its path from the data directory.
    case closeToOthers(String)
  }

  /// How bad it is.
  public let severity: Severity
  /// What it is, in a sentence; text of the data is escaped.
  public let text: String
  /// What `mend` would do about it, if anything can be done.
  public let remedy: Remedy?

  init(_ severity: Severity, _ text: String, _ remedy: Remedy? = nil) {
    self.severity = severity
    self.text = text
    self.remedy = remedy
  }
}

extension FileStore {
  /// Looks at everything: both files against every rule, how they fit each other, the journal, what was left
  /// lying about, and who may read it. Changes nothing.
  ///
  /// - Throws: `system` where the directory can't be read.
  public func examine() throws(OrgError) -> [Finding] {
    let contents = contentsNow()
    var findings = contents.problems.map { Finding(.error, "\($0).") }
    findings += contents.findings
    findings += try journalFindings(contents)
    findings += permissionFindings
    return findings
  }

  /// Does what the remedies of findings say; what they don't say stays as it is.
  public func mend(_ remedies: Set<Finding.Remedy>) throws(OrgError) {
    try checkWritable()
    for remedy in remedies {
      if case .closeToOthers(let name) = remedy { try close(name) }
    }
    if remedies.contains(.maintain) || remedies.contains(.addMemberLists) {
      try FileLock(directory: directory).withLock(waiting: { _ in true }) { (_) throws(OrgError) in
        let leases = Leases(directory)
        defer { withExtendedLifetime(leases) {} }
        try Engine(self).tidy(addingLists: remedies.contains(.addMemberLists))
      }
    }
  }

  private func journalFindings(_ contents: FileContents) throws(OrgError) -> [Finding] {
    guard
      let space = try? directory.calls.open(
        DataDirectory.privateName, in: directory.root, O_RDONLY | O_DIRECTORY)
    else {
      return [Finding(.note, "There is no history yet: it begins with the first change through orgman.")]
    }
    var findings: [Finding] = []
    func names(_ name: String) -> [String] {
      guard let opened = try? directory.calls.open(name, in: space, O_RDONLY | O_DIRECTORY) else { return [] }
      return ((try? directory.calls.list(opened, name)) ?? []).sorted()
    }
    do {
      if let journal = try? directory.calls.open("journal", in: space, O_RDONLY | O_DIRECTORY) {
        let everything = try Journal.everything(journal, directory.calls)
        findings += everything.damage.map {
          Finding(
            .warning,
            "The journal is damaged: \($0). What stands behind it there is kept, but can't be undone.")
        }
        if let last = everything.lines.last?.record {
          let differs = contents.files.contains { sha256($0.bytes) != last.files[$0.name]?.sha256 }
          if differs {
            findings.append(
              Finding(
                .warning, "The data differ from generation \(last.generation), the newest of the history.",
                .maintain))
          } else if !explains(everything.lines.map(\.record), last.generation, space) {
            findings.append(
              Finding(
                .warning,
                "The history doesn't explain every byte from its first checkpoint to generation \(last.generation)."
              ))
          }
        }
      }
    } catch {
      throw OrgError(error, "The journal in \(path.escapedForDisplay) can't be read")
    }
    let leftovers =
      (((try? directory.calls.list(space, "")) ?? []) + names("checkpoints") + names("quarantine"))
      .filter { $0.hasSuffix(".new") || $0.hasSuffix(".part") }
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

  /// Whether the first checkpoint and the journal give the data of a generation, byte for byte.
  private func explains(
    _ records: [JournalRecord], _ generation: UInt64, _ space: borrowing Descriptor
  ) -> Bool {
    guard let checkpoints = try? directory.calls.open("checkpoints", in: space, O_RDONLY | O_DIRECTORY),
      // What came before was erased.
      let first = (records.last { $0.kind == .erase } ?? records.first)?.generation
    else { return false }
    return (try? Vault.replay(records, from: first, to: generation, checkpoints, directory.calls)) != nil
  }

  private var permissionFindings: [Finding] {
    let names = [".", OrganizationTable.file, MemberTable.file, DataDirectory.privateName]
    return names.compactMap { name in
      var status = stat()
      guard fstatat(directory.root.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
        status.st_mode & 0o007 != 0
      else { return nil }
      let shown = name == "." ? path : "\(path)/\(name)"
      return Finding(
        .warning,
        "Users outside the group may use \(shown.escapedForDisplay) (mode \(String(status.st_mode & 0o7777, radix: 8))).",
        .closeToOthers(name))
    }
  }

  private func close(_ name: String) throws(OrgError) {
    do {
      let file = try directory.calls.open(name, in: directory.root, O_RDONLY)
      let status = try directory.calls.status(file, name)
      try directory.calls.setMode(status.st_mode & 0o7770, of: file, name)
    } catch {
      throw OrgError(error, "The mode of \(name) can't be changed")
    }
  }
}

extension FileContents {
  /// What is odd about records that can be loaded.
  fileprivate var findings: [Finding] {
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
    summarize(withoutList, "no member list in org_users.json", .addMemberLists, .warning)
    summarize(withoutOwner, "no owner", nil, .note)
    for (id, count) in members.strays.sorted(by: { $0.key < $1.key }) {
      findings.append(
        Finding(
          .warning,
          "org_users.json has \(count) member\(count == 1 ? "" : "s") of \(id.escapedForDisplay), an organization that there isn't."
        ))
    }
    return findings
  }
}
