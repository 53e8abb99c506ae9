import OrgCore

/// What differs between two stores, as changes to the second that make it like the first.
///
/// Both sides are read in the order of their ids, some organizations at a time: only ids are kept in memory.
package struct StoreComparison {
  private let from: StoreSide
  private let to: StoreSide
  /// How many organizations are read at a time.
  private static let chunk = 500

  /// One difference.
  package enum Difference: Sendable {
    /// A change to the second store, with its ids.
    case change(RecordedChange)
    /// What no change to the second store can do, in a sentence.
    case impossible(String)
    /// What to know, and no difference, in a sentence.
    case note(String)
  }

  /// - Throws: `damagedData` where not all data of a store can be read; what its reader throws.
  package init(from: any OrgStore, to: any OrgStore) throws(OrgError) {
    self.from = try StoreSide(from)
    self.to = try StoreSide(to)
  }

  /// What to know beforehand, each in a sentence: what isn't there yet, and what isn't compared.
  package var warnings: [String] {
    var warnings = (from.reader.problems + to.reader.problems).map { "\($0)." }
    warnings += to.reader.summary.recordProblems.map { "What differs there can't be changed. \($0)." }
    for (side, other) in [(from, to), (to, from)] {
      let missing = other.keys.filter { !side.keys.contains($0) }.map(\.name)
      if !missing.isEmpty {
        warnings.append(
          "\(side.name.escapedForDisplay) has no \(missing.joined(separator: ", ")), so nothing of that is compared."
        )
      }
      if other.holdsJoinedAt, !side.holdsJoinedAt {
        warnings.append(
          "\(side.name.escapedForDisplay) doesn't have when members joined, so that isn't compared.")
      }
      if let orphans = side.orphans { warnings.append(orphans) }
    }
    return warnings
  }

  /// The newest state of the second store that was compared.
  package var target: any StoreReader { to.reader }

  /// Reports all differences in an order in which they can be applied: what goes first, then what changes, then what is new.
  ///
  /// - Parameter progress: is called from time to time with how many organizations of how many have been compared.
  package func run(
    progress: (Int, Int) -> Void = { _, _ in }, _ report: (Difference) throws(OrgError) -> Void
  ) throws(OrgError) {
    for side in [from, to] {
      for sentence in try side.unknownValues() {
        try report(.impossible("\(side.name.escapedForDisplay): \(sentence)"))
      }
    }
    let (source, target) = (try from.directory(), try to.directory())
    var names = SharedNames(source.sharedNames)
    var both: [String] = []
    var (new, gone): ([String], [String]) = ([], [])
    merge(source.portable, target.portable) { id, isInSource, isInTarget in
      if isInSource && isInTarget {
        both.append(id)
      } else if isInSource {
        new.append(id)
      } else {
        gone.append(id)
      }
    }
    let total = both.count + new.count + gone.count
    var done = 0
    func advance(_ count: Int) {
      done += count
      progress(done, total)
    }
    try inChunks(gone) { (ids) throws(OrgError) in
      let locals = ids.map { target.local($0, to.ids) }
      let records = try to.records(locals)
      for local in locals {
        if let record = records[local] { try remove(record.organization, record.members, report) }
      }
      advance(ids.count)
    }
    var renames = Renames()
    try inChunks(both) { (ids) throws(OrgError) in
      let theirs = try from.records(ids.map { source.local($0, from.ids) })
      let mine = try to.records(ids.map { target.local($0, to.ids) })
      for id in ids {
        guard let wanted = theirs[source.local(id, from.ids)], let present = mine[target.local(id, to.ids)]
        else {
          continue
        }
        names.note(wanted.organization, present.organization)
        try compare(wanted.organization, present.organization, &renames, report)
        try compare(wanted.members, present.members, of: present.organization, report)
      }
      advance(ids.count)
    }
    for change in renames.inOrder {
      if case .setField(_, let id, _, let name?) = change.change,
        let reason = names.obstacle(to: name, of: id)
      {
        try report(.impossible(reason))
      } else {
        try report(.change(change))
      }
    }
    try inChunks(new) { (ids) throws(OrgError) in
      let records = try from.records(ids.map { source.local($0, from.ids) })
      for id in ids {
        guard let record = records[source.local(id, from.ids)] else { continue }
        if let reason = names.obstacle(to: record.organization.name, of: to.ids.local(id)) {
          try report(.impossible("\(reason.dropLast()), and neither can its members."))
          continue
        }
        try create(record.organization, record.members, as: to.ids.local(id), report)
      }
      advance(ids.count)
    }
  }

  private func inChunks(_ ids: [String], _ body: ([String]) throws(OrgError) -> Void) throws(OrgError) {
    for start in stride(from: 0, to: ids.count, by: Self.chunk) {
      try body(Array(ids[start..<min(start + Self.chunk, ids.count)]))
    }
  }

  /// Goes through the ids of both in order.
  private func merge(_ left: [String], _ right: [String], _ body: (String, Bool, Bool) -> Void) {
    var (place, other) = (0, 0)
    while place < left.count || other < right.count {
      let order =
        place == left.count
        ? 1 : other == right.count ? -1 : Self.order(left[place], right[other])
      body(order <= 0 ? left[place] : right[other], order <= 0, order >= 0)
      if order <= 0 { place += 1 }
      if order >= 0 { other += 1 }
    }
  }

  private static func order(_ left: String, _ right: String) -> Int {
    left == right ? 0 : Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8)) ? -1 : 1
  }
}

// One organization.
extension StoreComparison {
  private typealias Report = (Difference) throws(OrgError) -> Void

  private func remove(
    _ organization: Organization, _ members: [OrgUser], _ report: Report
  ) throws(OrgError) {
    for member in members { try report(.change(removal(of: member, from: organization))) }
    try report(
      .change(RecordedChange(.removeOrganization(organization), organizationName: organization.name)))
  }

  private func create(
    _ organization: Organization, _ members: [OrgUser], as id: String, _ report: Report
  ) throws(OrgError) {
    var organization = organization
    organization.id = id
    for field in OrganizationField.allCases where !to.keys.contains(.field(field)) && field.isOptional {
      organization[field] = nil
    }
    do throws(OrgError) {
      _ = try to.rules.checked(organization)
    } catch {
      return try report(
        .impossible("\(organization.name.quoted) and its members can't be there: \(error.message)"))
    }
    try report(
      .change(RecordedChange(.createOrganization(organization), organizationName: organization.name)))
    for member in try once(members, in: organization, report) { try add(member, to: organization, report) }
  }

  private func add(_ member: OrgUser, to organization: Organization, _ report: Report) throws(OrgError) {
    var member = member
    member.organizationID = organization.id
    do throws(OrgError) {
      try to.rules.checkUserID(member.userID)
      try to.rules.check(member.role)
    } catch {
      return try report(
        .impossible(
          "\(member.userID.quoted) can't be added to \(organization.name.escapedForDisplay): \(error.message)"
        ))
    }
    try report(.change(RecordedChange(.addMember(member), organizationName: organization.name)))
  }

  private func removal(of member: OrgUser, from organization: Organization) -> RecordedChange {
    RecordedChange(
      .removeMember(user: member.userID, organization: organization.id, role: member.role),
      organizationName: organization.name, joinedAt: member.joinedAt)
  }

  private func compare(
    _ wanted: Organization, _ present: Organization, _ renames: inout Renames, _ report: Report
  ) throws(OrgError) {
    let name = present.name
    for field in OrganizationField.allCases
    where from.keys.contains(.field(field)) && to.keys.contains(.field(field))
      && wanted[field] != present[field]
    {
      do throws(OrgError) {
        _ = try to.rules.checked(wanted[field], for: field)
      } catch {
        try report(.impossible("\(field.title) of \(name.escapedForDisplay) can't be set: \(error.message)"))
        continue
      }
      let change = RecordedChange(
        .setField(field, organization: present.id, from: present[field], to: wanted[field]),
        organizationName: name)
      if field == .name {
        renames.add(change, from: name, to: wanted.name)
      } else {
        try report(.change(change))
      }
    }
    if from.keys.contains(.createdAt), to.keys.contains(.createdAt), wanted.createdAt != present.createdAt {
      try report(
        .impossible(
          "\(name.escapedForDisplay) was created at \(present.createdAt), not at \(wanted.createdAt); no change sets that."
        ))
    }
  }

  private func compare(
    _ wanted: [OrgUser], _ present: [OrgUser], of organization: Organization, _ report: Report
  ) throws(OrgError) {
    if wanted.count == present.count, zip(wanted, present).allSatisfy({ isSame($0, $1) }) { return }
    let wanted = try once(wanted, in: organization, report)
    var rest = Dictionary(wanted.map { ($0.userID, $0) }) { first, _ in first }
    for member in present {
      guard let other = rest.removeValue(forKey: member.userID) else {
        try report(.change(removal(of: member, from: organization)))
        continue
      }
      guard !isSame(other, member) else { continue }
      if holdJoinedAt, other.joinedAt != member.joinedAt, (try? to.rules.check(other.role)) != nil {
        // No change sets the time alone.
        try report(.change(removal(of: member, from: organization)))
        try add(other, to: organization, report)
      } else if (try? to.rules.check(other.role)) != nil {
        let change = Change.setRole(
          user: member.userID, organization: organization.id, from: member.role, to: other.role)
        try report(.change(RecordedChange(change, organizationName: organization.name)))
      } else {
        try report(
          .impossible(
            "\(member.userID.escapedForDisplay) is \(member.role.title) in \(organization.name.escapedForDisplay), and can't be \(other.role.title) there."
          ))
      }
    }
    var left = rest
    for member in wanted {
      if let member = left.removeValue(forKey: member.userID) { try add(member, to: organization, report) }
    }
  }

  /// Members without those that are there once more.
  private func once(
    _ members: [OrgUser], in organization: Organization, _ report: Report
  ) throws(OrgError) -> [OrgUser] {
    var known: Set<String> = []
    var result: [OrgUser] = []
    for member in members {
      if known.insert(member.userID).inserted {
        result.append(member)
      } else {
        try report(
          .note(
            "\(member.userID.escapedForDisplay) is in \(organization.name.escapedForDisplay) more than once; only the first is compared."
          ))
      }
    }
    return result
  }

  private var holdJoinedAt: Bool { from.holdsJoinedAt && to.holdsJoinedAt }

  private func isSame(_ left: OrgUser, _ right: OrgUser) -> Bool {
    left.userID == right.userID && left.role == right.role
      && (!holdJoinedAt || left.joinedAt == right.joinedAt)
  }
}

/// Who has a name that several organizations have on the first side, but for case and white space: only one can have it
/// where changes are made.
private struct SharedNames {
  private let hashes: Set<Int>
  private var holders: [String: (id: String, name: String)] = [:]

  init(_ hashes: Set<Int>) { self.hashes = hashes }

  /// Looks at an organization of both sides: one that has its name already keeps it.
  mutating func note(_ wanted: Organization, _ present: Organization) {
    let key = present.name.nameKey
    guard hashes.contains(key.hashValue), wanted.name.nameKey == key else { return }
    holders[key] = (present.id, present.name)
  }

  /// Why an organization can't be given a name; the first one can.
  mutating func obstacle(to name: String, of id: String) -> String? {
    let key = name.nameKey
    guard hashes.contains(key.hashValue) else { return nil }
    guard let holder = holders[key], holder.id != id else {
      holders[key] = (id, name)
      return nil
    }
    return
      "\(name.quoted) (\(id.escapedForDisplay)) can't be there beside \(holder.name.quoted) (\(holder.id.escapedForDisplay)), for the names differ in case or white space alone."
  }
}

/// New names in an order in which each is free when it is taken.
private struct Renames {
  private var pending: [(change: RecordedChange, from: String, to: String)] = []

  mutating func add(_ change: RecordedChange, from: String, to: String) {
    pending.append((change, from.nameKey, to.nameKey))
  }

  /// A name that another organization still has to give up is taken after that; where they go round, one gets another name
  /// for a moment.
  var inOrder: [RecordedChange] {
    let holders = Dictionary(pending.enumerated().map { ($1.from, $0) }) { first, _ in first }
    var result: [RecordedChange] = []
    var isDone = [Bool](repeating: false, count: pending.count)
    for start in pending.indices where !isDone[start] {
      // Those that wait for each other, the last of which waits for none.
      var chain = [start]
      isDone[start] = true
      var isCircle = false
      while let last = chain.last, let next = holders[pending[last].to], next != last {
        isCircle = next == start
        guard !isDone[next] else { break }
        isDone[next] = true
        chain.append(next)
      }
      guard isCircle, case .setField(_, let id, let from, let to) = pending[start].change.change else {
        result += chain.reversed().map { pending[$0].change }
        continue
      }
      let between = String((to ?? "").unicodeScalars.prefix(180).map(Character.init)) + " (\(id.suffix(8)))"
      func rename(_ from: String?, _ to: String?) -> RecordedChange {
        RecordedChange(
          .setField(.name, organization: id, from: from, to: to),
          organizationName: pending[start].change.organizationName)
      }
      result.append(rename(from, between))
      result += chain.dropFirst().reversed().map { pending[$0].change }
      result.append(rename(between, to))
    }
    return result
  }
}
