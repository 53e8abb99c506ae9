import OrgCore

/// What a restore changes, or would change.
public struct Restoration: Sendable {
  /// Every organization, member, and value that is added, removed, or changed, in order.
  public let changes: [RecordedChange]
  /// Other differences, in sentences. Text from the data is escaped.
  public let notes: [String]

  init(from old: FileContents, to new: FileContents) {
    changes = new.changes(replacing: old)
    notes = new.notes(replacing: old, isOnlyForm: changes.isEmpty)
  }
}

extension FileContents {
  /// The changes from another state to this one, record by record. They include the records in lists and
  /// organizations that one side lacks altogether. Applied in this order, or undone in reverse order, each change
  /// finds the state that it expects.
  func changes(replacing old: FileContents) -> [RecordedChange] {
    var changes: [RecordedChange] = []
    for index in 0..<old.organizationCount {
      guard self.index(ofOrganization: old.organizations.id(at: index)) == nil else { continue }
      let gone = old.organization(at: index)
      var seen: Set<String> = []
      for member in 0..<old.memberCount(at: index)
      where seen.insert(old.member(member, at: index).userID).inserted {
        changes.append(old.removal(of: member, at: index, name: gone.name))
      }
      changes.append(RecordedChange(.removeOrganization(gone), organizationName: gone.name))
    }
    for index in 0..<organizationCount {
      let organization = organization(at: index)
      let other = old.index(ofOrganization: organization.id)
      if let other, isSame(at: index, as: other, in: old) { continue }
      func add(_ change: Change) {
        changes.append(RecordedChange(change, organizationName: organization.name))
      }
      if let other {
        let before = old.organization(at: other)
        for field in OrganizationField.allCases where before[field] != organization[field] {
          add(.setField(field, organization: organization.id, from: before[field], to: organization[field]))
        }
      } else {
        add(.createOrganization(organization))
      }
      let now = membersByUser(at: index)
      let then = other.map { old.membersByUser(at: $0) } ?? [:]
      if let other {
        var seen: Set<String> = []
        for place in 0..<old.memberCount(at: other) {
          let member = old.member(place, at: other)
          guard seen.insert(member.userID).inserted, now[member.userID]?.joinedAt != member.joinedAt else {
            continue
          }
          changes.append(old.removal(of: place, at: other, name: organization.name))
        }
      }
      var seen: Set<String> = []
      for place in 0..<memberCount(at: index) {
        let member = self.member(place, at: index)
        guard seen.insert(member.userID).inserted else { continue }
        if let before = then[member.userID], before.joinedAt == member.joinedAt {
          guard before.role != member.role else { continue }
          add(
            .setRole(user: member.userID, organization: organization.id, from: before.role, to: member.role))
        } else {
          add(.addMember(member))
        }
      }
    }
    return changes
  }

  /// The first record of each user, which is the effective one.
  private func membersByUser(at index: Int) -> [String: OrgUser] {
    Dictionary(
      (0..<memberCount(at: index)).map { place in
        let member = member(place, at: index)
        return (member.userID, member)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Differences that changes can't express.
  fileprivate func notes(replacing old: FileContents, isOnlyForm: Bool) -> [String] {
    var notes: [String] = []
    for (id, count) in members.orphanedMembers.sorted(by: { $0.key < $1.key })
    where old.members.orphanedMembers[id] != count {
      let members = "\(count) member\(count == 1 ? "" : "s")"
      if let index = old.index(ofOrganization: id) {
        let name = old.organization(at: index).name.escapedForDisplay
        notes.append(
          "org_users.json keeps the list with \(members) of \(name) (\(id.escapedForDisplay)), without the organization."
        )
      } else {
        notes.append("\(members) of \(id.escapedForDisplay) come, an organization that there isn't.")
      }
    }
    for (id, count) in old.members.orphanedMembers.sorted(by: { $0.key < $1.key })
    where members.orphanedMembers[id] == nil && index(ofOrganization: id) == nil {
      notes.append(
        "\(count) member\(count == 1 ? "" : "s") of \(id.escapedForDisplay) go, an organization that there isn't."
      )
    }
    var (lost, gained, moved): ([String], [String], [String]) = ([], [], [])
    for index in 0..<organizationCount {
      let id = organizations.id(at: index)
      let other = old.index(ofOrganization: id)
      let had = other.map { old.members.hasList(at: $0) } ?? true
      guard had != members.hasList(at: index) || other != nil else { continue }
      let organization = organization(at: index)
      let name = organization.name.escapedForDisplay
      if had, !members.hasList(at: index) { lost.append(name) }
      if !had, members.hasList(at: index) { gained.append(name) }
      if let other, old.organization(at: other).createdAt != organization.createdAt { moved.append(name) }
    }
    func add(_ names: [String], _ one: String, _ several: String) {
      guard !names.isEmpty else { return }
      let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
      notes.append(
        "\(names.count) organization\(names.count == 1 ? " \(one)" : "s \(several)"): \(shown).")
    }
    add(lost, "is left without a member list", "are left without a member list")
    add(gained, "gets a member list", "get a member list")
    add(moved, "gets another time of creation", "get another time of creation")
    let isSame =
      haveSameBytes(organizations.bytes, old.organizations.bytes)
      && haveSameBytes(members.bytes, old.members.bytes)
    if isOnlyForm, notes.isEmpty, !isSame {
      notes.append("The order, the formatting or fields that orgman doesn't know differ.")
    }
    return notes
  }

  /// Undoes a generation that resulted in these data, and returns the data before it; `nil` if the recorded
  /// edits don't match the bytes.
  ///
  /// - Parameter files: the state of the files after the previous generation, if known.
  func reverting(_ record: JournalRecord, to files: [String: JournalRecord.FileState]?) -> Application? {
    var texts: [String: (bytes: [UInt8], splices: BytePatch)] = [:]
    for (file, bytes) in self.files {
      var splices: [ByteEdit] = []
      var shift = 0
      var end = 0
      for splice in record.data.splices?[file] ?? [] {
        let (before, after) = (Array(splice.before.utf8), Array(splice.after.utf8))
        let (start, isTooLarge) = splice.at.addingReportingOverflow(shift)
        guard !isTooLarge, start >= end, start <= bytes.count, after.count <= bytes.count - start,
          bytes[start..<start + after.count].elementsEqual(after)
        else { return nil }
        splices.append(ByteEdit(start..<start + after.count, before))
        shift += after.count - before.count
        end = start + after.count
      }
      let reversed = BytePatch(splices)
      let text = reversed.applied(to: bytes)
      if let state = files?[file], sha256(text) != state.sha256 { return nil }
      texts[file] = (text, reversed)
    }
    guard let organizations = texts[OrganizationTable.file], let members = texts[MemberTable.file] else {
      return nil
    }
    let table = OrganizationTable(organizations.bytes)
    return Application(
      contents: FileContents(organizations: table, members: MemberTable(members.bytes, of: table)),
      organizations: organizations.splices, members: members.splices)
  }
}
