import OrgCore

extension StoreBehavior {
  /// Texts that other software gets wrong, each without white space at its ends.
  private static let samples = [
    "日本語テキスト", "Ünïcödé", "e\u{301} and \u{E9}", "عربى \u{202E}مقلوب", "👩‍👩‍👧‍👦 🏳️‍🌈", "\u{10FFFF}\u{1F600}\u{FFFD}",
    "\"quotes\" 'single' \\back\\ /slash/", "a\u{0}b", "\u{1}\u{8}\u{B}\u{C}\u{1B}[31m\u{7F}",
    "line\nbreak\r\ntab\tend",
    "\u{FEFF}mark", "{\"json\": [1, null]}", "%s %@ \\(x) ${HOME} '; DROP TABLE organizations; --", "null",
    "0", "-1.5e3",
    "a\u{2028}\u{200B}\u{2060}z", String(repeating: "\u{1F468}", count: 200),
  ]

  /// Swift's texts are equal where they look the same; these are where all scalars are.
  private struct Exact: Equatable, CustomStringConvertible {
    let text: String

    init(_ text: String) { self.text = text }

    var description: String { text.quoted }

    static func == (left: Exact, right: Exact) -> Bool {
      left.text.unicodeScalars.elementsEqual(right.text.unicodeScalars)
    }
  }

  /// Text is kept scalar by scalar.
  static let texts: [StoreBehavior] = [
    StoreBehavior("a name is kept as it is, scalar by scalar") { manager in
      for text in samples.enumerated() {
        try manager.commit(Sample.adding("org_\(text.offset)", named: text.element))
      }
      try expect("the names", try manager.organizations().map { Exact($0.name) }, is: samples.map(Exact.init))
    },
    StoreBehavior("plans and billing ids are kept as they are, scalar by scalar") { manager in
      try manager.commit(Sample.adding())
      for text in samples {
        try manager.updatePlan(of: Sample.acme, to: text)
        try manager.updateBillingIDs(of: Sample.acme, lago: text, stripe: text)
        for field in [OrganizationField.planTier, .lagoCustomerID, .stripeCustomerID] {
          try expect("\(field.rawValue)", try manager.value(field).map(Exact.init), is: Exact(text))
        }
      }
    },
    StoreBehavior("a user's id is kept as it is, with its white space") { manager in
      try manager.commit(Sample.adding())
      let users = samples + [" leading", "trailing ", "UPPER", "upper"]
      for user in users { try manager.addUser(user, to: Sample.acme) }
      try expect("the users", try manager.userIDs().map(Exact.init), is: users.map(Exact.init))
      for user in users {
        try expect("\(user.quoted)", try manager.role(of: user, in: Sample.acme), is: .member)
      }
      for user in users {
        try expect("removing \(user.quoted)", try manager.removeUser(user, from: Sample.acme))
      }
    },
    StoreBehavior("an organization's id is kept as it is, scalar by scalar") { manager in
      let ids = samples.map { "org_\($0)" }
      for (number, id) in ids.enumerated() {
        try manager.commit(Sample.adding(id, named: "Number \(number)"))
      }
      try expect("the ids", try manager.organizations().map { Exact($0.id) }, is: ids.map(Exact.init))
      for (number, id) in ids.enumerated() {
        try expect("the name of \(id.quoted)", try manager.value(.name, of: id), is: "Number \(number)")
        try manager.addUser("ann", to: id)
      }
      try expect("the organizations of ann", try manager.organizations(ofUser: "ann").count, is: ids.count)
    },
    StoreBehavior("the history keeps texts as they are, and an undo brings them back") { manager in
      try manager.commit(Sample.adding())
      for text in samples {
        try manager.updatePlan(of: Sample.acme, to: text)
        let change = try need("the change", try manager.history().first?.changes.first).change
        guard case .setField(.planTier, _, _, let plan) = change else {
          throw BehaviorFailure("the change", expected: "a plan", found: "\(change)")
        }
        try expect("the plan in the history", plan.map(Exact.init), is: Exact(text))
      }
      for text in samples.dropLast().reversed() {
        try manager.commit(try manager.undoing(by: nil).set)
        try expect("the plan", try manager.value(.planTier).map(Exact.init), is: Exact(text))
      }
    },
    StoreBehavior("times are kept to the microsecond, from the year 1 to 9999") { manager in
      let times =
        ["0001-01-01 00:00:00", "1969-12-31 23:59:59.999999", "2026-11-22 21:51:10.07683"]
        + ["9999-12-31 23:59:59.999999"]
      for (number, text) in times.enumerated() {
        let time = try need("the time \(text)", Timestamp(text))
        let id = "org_\(number)"
        try manager.commit(
          ChangeSet([
            .createOrganization(Organization(id: id, name: text, createdAt: time)),
            .addMember(OrgUser(organizationID: id, userID: "ann", role: .owner, joinedAt: time)),
          ]))
        try expect("the time of creation", try manager.organization(id: id)?.createdAt, is: time)
        try expect("the time of joining", try manager.users(of: id).first?.joinedAt, is: time)
      }
    },
  ]
}
