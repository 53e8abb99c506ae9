import OrgCore

// The forms that there are.
extension Form {
  /// The field for a plan: those that are configured can be chosen, and others typed.
  private static func planField(_ plan: String, _ preferences: Preferences) -> Field {
    let tiers = preferences.planTiers
    return Field(
      .organization(.planTier), "Plan", plan, choices: tiers, takesOthers: true,
      hint: "\(tiers.map(\.escapedForDisplay).joined(separator: ", ")), other…")
  }

  static func create(_ preferences: Preferences = Preferences()) -> Form {
    Form(
      purpose: .create,
      fields: [
        Field(.organization(.name), "Name", "", hint: "1 to 200 characters"),
        Field(.user, "Owner", "", hint: "the id of a user; empty for none yet"),
        planField(preferences.newPlan, preferences),
        Field(
          .organization(.status), OrganizationField.status.title, Organization.Status.active.rawValue,
          choices: [Organization.Status.active, .suspended].map(\.rawValue)),
      ]
        + OrganizationField.optional.map { Field(.organization($0), $0.title, "", hint: hint($0)) })
  }

  /// Whether no user needs to be named.
  var isOptionalUser: Bool { purpose == .create }

  /// A new organization, with its owner where one was named; fields that are empty aren't set.
  func creation(_ environment: Environment, _ rules: Rules) throws(OrgError) -> [Change] {
    var organization = Organization(
      id: environment.newID(rules), name: "", createdAt: environment.now())
    for field in fields {
      guard let name = field.organizationField else { continue }
      let text = field.input.text
      organization[name] = name.isOptional && text.withoutSurroundingSpace.isEmpty ? nil : text
    }
    let new = try rules.checked(organization)
    guard !user.isEmpty else { return [.createOrganization(new)] }
    return [
      .createOrganization(new),
      .addMember(
        OrgUser(organizationID: new.id, userID: user, role: .owner, joinedAt: environment.now())),
    ]
  }

  static func edit(
    _ organization: Organization, focus: OrganizationField, _ preferences: Preferences = Preferences()
  ) -> Form {
    let statuses = Organization.Status.allCases.map(\.rawValue)
    let fields = (OrganizationField.allCases.filter { !$0.isOptional } + OrganizationField.optional).map {
      field in
      field == .planTier
        ? planField(organization.planTier, preferences)
        : Field(
          .organization(field), field.title, organization[field] ?? "",
          choices: field == .status ? statuses : [], hint: hint(field))
    }
    var form = Form(purpose: .edit(organization), fields: fields)
    form.focus = fields.firstIndex { $0.organizationField == focus } ?? 0
    return form
  }

  static func addMember(to organization: Organization, roles: [Role]) -> Form {
    var form = Form(
      purpose: .addMember(organization: organization.id, name: organization.name),
      fields: [
        Field(.user, "User id", "", hint: "one or several, with commas or blanks between"),
        Field(.role, "Role", Role.member.title, choices: roles.map(\.title)),
      ])
    form.fields[0].input.limit = severalUsersLimit
    return form
  }

  static func successor(of offboarding: Offboarding) -> Form {
    Form(
      purpose: .successor(of: offboarding.users),
      fields: [
        Field(
          .user, "User id", "",
          hint: "a member or a new one, becomes owner of \(Words.organizations(offboarding.ownerless.count))")
      ])
  }

  /// - Parameter plan: what to begin with.
  static func plan(ofMarked count: Int, from plan: String, _ preferences: Preferences) -> Form {
    Form(purpose: .plan(count), fields: [planField(plan, preferences)])
  }

  /// Lets a plan be typed that isn't among those that can be chosen.
  func typingPlan() -> Form {
    var form = self
    for index in form.fields.indices where form.fields[index].organizationField == .planTier {
      form.fields[index].typeOther()
    }
    return form
  }

  private static func hint(_ field: OrganizationField) -> String {
    field == .name ? "1 to 200 characters" : field.isOptional ? "empty for none" : ""
  }
}
