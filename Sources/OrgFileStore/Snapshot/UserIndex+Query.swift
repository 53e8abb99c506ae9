import OrgCore

extension UserIndex {
  /// The users that match a query, in the order of their ids.
  func rows(matching query: UserQuery) -> [Int32] {
    let all = 0..<Int32(clamping: count)
    let named =
      query.words.isEmpty
      ? Array(all)
      : folded.withUnsafeBytes { text in
        all.filter { row in
          let id = text[foldedStarts[Int(row)]..<foldedStarts[Int(row) + 1]]
          return query.words.match(UnsafeRawBufferPointer(rebasing: id))
        }
      }
    guard !query.isAboutIDs else { return named }
    let statuses = query.memberships.isAboutOrganizations ? organizationStatuses : []
    return named.filter { row in
      let row = Int(row)
      return query.matches(roleCounts(at: row)) { body in
        for place in firsts[row]..<firsts[row + 1] {
          let membership = Membership(number: memberships[place])
          body(Role.inFiles[membership.role], statuses[membership.organization])
        }
      }
    }
  }

  /// The status of each organization, by its index.
  private var organizationStatuses: [Organization.Status] {
    let contents = snapshot.contents
    return (0..<contents.organizationCount).map { contents.organization(at: $0).status }
  }

  /// What some users are sorted by: not for ids.
  func counts(by column: UserColumn, of rows: [Int32]) -> [Int32] {
    let width = Role.inFiles.count
    guard let role = column.role else {
      return rows.map { row in
        let start = Int(row) * width
        return counts[start..<start + width].reduce(0, +)
      }
    }
    guard let place = Role.inFiles.firstIndex(of: role) else { return rows.map { _ in 0 } }
    return rows.map { counts[Int($0) * width + place] }
  }
}
