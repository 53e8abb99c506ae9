import OrgCore

extension StoreBehavior {
  /// Adds an organization and so many members but one, as one set.
  private static func large(_ sample: Sample, _ name: String = "acme", changes count: Int) -> ChangeSet {
    let id = sample.id(name)
    return ChangeSet(
      [.createOrganization(sample.organization(id, named: name))]
        + (1..<count).map { .addMember(sample.member("user \($0)", of: id, at: $0)) })
  }

  /// Sets with many changes.
  static let largeSets: [StoreBehavior] = [
    StoreBehavior("a set of 10,000 changes is committed as a whole, and undone as a whole") {
      manager, sample in
      let commit = try manager.commit(large(sample, changes: 10_000))
      try expect("what was done", commit.changes.count, is: 10_000)
      try expect("the count of members", try manager.reader().summary.memberCount, is: 9999)
      try expect("the first", try manager.users(of: sample.acme).first?.userID, is: "user 1")
      try expect("the last", try manager.users(of: sample.acme).last?.userID, is: "user 9999")
      try expect("the changes in the history", try manager.history().map(\.changes.count), is: [10_000])
      try manager.commit(try manager.undoing(by: nil).set)
      try expect("the organizations", try manager.organizations(), is: [])
    },
    StoreBehavior("one bad change among 10,000 leaves all of them out") { manager, sample in
      var set = large(sample, changes: 10_000)
      set.changes.insert(.addMember(sample.member("")), at: 7000)
      try manager.expectRefusal(.invalidIdentifier, of: "the set") { try $0.commit(set) }
    },
    StoreBehavior("a set changes a field of 2,000 organizations and 2,000 roles at once") { manager, sample in
      let ids = (0..<2000).map { sample.id("\($0)") }
      try manager.commit(
        ChangeSet(
          ids.enumerated().flatMap {
            sample.adding($0.element, named: "\($0.offset)", at: $0.offset, members: ["ann": .member]).changes
          }))
      try manager.commit(
        ChangeSet(
          ids.enumerated().flatMap { number, id in
            sample.plan(of: id, to: "plan \(number)").changes
              + [.setRole(user: "ann", organization: id, from: .member, to: .owner)]
          }))
      try expect(
        "the plans", try manager.organizations().map(\.planTier), is: ids.indices.map { "plan \($0)" })
      try expect(
        "the roles", try ids.allSatisfy { try manager.role(of: "ann", in: $0) == .owner })
    },
    StoreBehavior(
      "a set that is ten times as large takes about ten times as long, not a hundred", abilities: []
    ) {
      store, sample in
      let manager = try store.manager()
      // The first is slow for other reasons; and whatever else the machine does makes it only slower.
      var times: [Duration] = []
      for number in 0..<4 {
        let set = large(sample, "small \(number)", changes: 1000)
        times.append(try store.time { try manager.commit(set) })
      }
      let set = large(sample, "large", changes: 10_000)
      let time = try store.time { try manager.commit(set) }
      let limit = max(times.min() ?? .zero, .milliseconds(10)) * 40
      guard time > limit else { return }
      throw BehaviorFailure("10,000 changes", expected: "at most \(limit)", found: "\(time)")
    },
  ]
}
