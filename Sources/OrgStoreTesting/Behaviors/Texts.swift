import OrgCore

extension StoreBehavior {
  /// Texts that other software gets wrong, each without white space at its ends.
  private static let texts = [
    "日本語テキスト", "Ünïcödé", "e\u{301} and \u{E9}", "عربى \u{202E}مقلوب", "👩‍👩‍👧‍👦 🏳️‍🌈", "\u{10FFFF}\u{1F600}\u{FFFD}",
    "\"quotes\" 'single' \\back\\ /slash/", "a\u{0}b", "\u{1}\u{8}\u{B}\u{C}\u{1B}[31m\u{7F}",
    "line\nbreak\r\ntab\tend",
    "\u{FEFF}mark", "{\"json\": [1, null]}", "%s %@ \\(x) ${HOME} '; DROP TABLE organizations; --", "null",
    "0", "-1.5e3",
    "a\u{2028}\u{200B}\u{2060}z", String(repeating: "\u{1F468}", count: 200),
  ]

  /// They, cut off where they are longer than may be, as far as a store can hold them.
  private static func texts(length: Int, _ rules: Rules) -> [String] {
    texts.filter { text in rules.allowsNull || !text.unicodeScalars.contains { $0.value == 0 } }
      .map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(length))) }
  }

  /// Ids that other software gets wrong.
  private static func ids(_ rules: Rules) -> [String] {
    switch rules.idForm {
    case .prefixed: texts.map { "org_\($0)" }
    case .text(let length): texts(length: length, rules)
    case .uuid:
      [
        "00000000-0000-0000-0000-000000000000", "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "0b5e94d2-5ff6-4d0c-a8ae-7d1f1d1f9c3e", "ffffffff-ffff-ffff-ffff-ffffffffffff",
      ]
    }
  }

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
  static let keptTexts: [StoreBehavior] = [
    StoreBehavior("a name is kept as it is, scalar by scalar") { manager, sample in
      let texts = texts(length: sample.rules.nameLength, sample.rules)
      for (number, text) in texts.enumerated() {
        try manager.commit(sample.adding(sample.id("\(number)"), named: text, at: number))
      }
      try expect("the names", try manager.organizations().map { Exact($0.name) }, is: texts.map(Exact.init))
    },
    StoreBehavior("plans and billing ids are kept as they are, scalar by scalar") { manager, sample in
      try manager.commit(sample.adding())
      for text in texts(length: sample.rules.planLength, sample.rules) {
        try manager.updatePlan(of: sample.acme, to: text)
        try manager.updateBillingIDs(of: sample.acme, lago: text, stripe: text)
        for field in [OrganizationField.planTier, .lagoCustomerID, .stripeCustomerID] {
          try expect(
            "\(field.rawValue)", try manager.value(field, of: sample.acme).map(Exact.init), is: Exact(text))
        }
      }
    },
    StoreBehavior("a user's id is kept as it is, with its white space") { manager, sample in
      try manager.commit(sample.adding())
      let users =
        texts(length: sample.rules.userIDLength, sample.rules) + [" leading", "trailing ", "UPPER", "upper"]
      for user in users { try manager.addUser(user, to: sample.acme) }
      try expect("the users", try manager.userIDs(of: sample.acme).map(Exact.init), is: users.map(Exact.init))
      for user in users {
        try expect("\(user.quoted)", try manager.role(of: user, in: sample.acme), is: .member)
      }
      for user in users {
        try expect("removing \(user.quoted)", try manager.removeUser(user, from: sample.acme))
      }
    },
    StoreBehavior("an organization's id is kept as it is, scalar by scalar") { manager, sample in
      let ids = ids(sample.rules)
      for (number, id) in ids.enumerated() {
        try manager.commit(sample.adding(id, named: "Number \(number)", at: number))
      }
      try expect("the ids", try manager.organizations().map { Exact($0.id) }, is: ids.map(Exact.init))
      for (number, id) in ids.enumerated() {
        try expect("the name of \(id.quoted)", try manager.value(.name, of: id), is: "Number \(number)")
        try manager.addUser("ann", to: id)
      }
      try expect("the organizations of ann", try manager.organizations(ofUser: "ann").count, is: ids.count)
    },
    StoreBehavior("the history keeps texts as they are, and an undo brings them back") { manager, sample in
      try manager.commit(sample.adding())
      let texts = texts(length: sample.rules.planLength, sample.rules)
      for text in texts {
        try manager.updatePlan(of: sample.acme, to: text)
        let change = try need("the change", try manager.history().first?.changes.first).change
        guard case .setField(.planTier, _, _, let plan) = change else {
          throw BehaviorFailure("the change", expected: "a plan", found: "\(change)")
        }
        try expect("the plan in the history", plan.map(Exact.init), is: Exact(text))
      }
      for text in texts.dropLast().reversed() {
        try manager.commit(try manager.undoing(by: nil).set)
        try expect("the plan", try manager.value(.planTier, of: sample.acme).map(Exact.init), is: Exact(text))
      }
    },
    StoreBehavior("times are kept to the microsecond, from the year 1 to 9999") { manager, sample in
      let times =
        ["0001-01-01 00:00:00", "1969-12-31 23:59:59.999999", "2026-11-22 21:51:10.07683"]
        + ["9999-12-31 23:59:59.999999"]
      for (number, text) in times.enumerated() {
        let time = try need("the time \(text)", Timestamp(text))
        let id = sample.id("\(number)")
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
