import OrgCore

/// What was typed in an edit pane and not saved: kept outside, so that it survives the end of the program, whatever
/// ended it.
package struct Draft: Sendable, Hashable, Codable {
  /// What the form is for.
  enum Purpose: String, Codable {
    case create, edit, member
  }

  private let purpose: Purpose
  /// The organization's id, and the name that it had.
  private let organization: String?
  private let name: String
  /// The organization's values when the form was opened, by their names in the file, and when it was created.
  private let base: [String: String]
  private let createdAt: String?
  /// What is typed or chosen, field by field.
  private let texts: [String]
  private let focus: Int

  /// What was being edited, for a sentence. Text of the data is escaped.
  package var subject: String {
    switch purpose {
    case .create: name.isEmpty ? "a new organization" : "a new organization, \(name.escapedForDisplay)"
    case .edit: name.escapedForDisplay
    case .member: "a new member of \(name.escapedForDisplay)"
    }
  }

  /// What is worth keeping of a form; `nil` where nothing was typed, or it is soon typed again.
  init?(_ form: Form) {
    guard form.isDirty else { return nil }
    switch form.purpose {
    case .create:
      (purpose, organization, createdAt, base) = (.create, nil, nil, [:])
      name = form.fields.first?.input.text ?? ""
    case .edit(let record):
      (purpose, organization, createdAt) = (.edit, record.id, record.createdAt.description)
      name = record.name
      var values: [String: String] = [:]
      for field in OrganizationField.allCases { values[field.rawValue] = record[field] }
      base = values
    case .addMember(let id, let name):
      (purpose, organization, createdAt, base) = (.member, id, nil, [:])
      self.name = name
    case .plan, .successor, .transfer: return nil
    }
    texts = form.fields.map(\.input.text)
    focus = form.focus
  }

  /// The form as it was left; `nil` if this isn't one.
  func form(_ preferences: Preferences, roles: [Role]) -> Form? {
    var form: Form
    switch purpose {
    case .create: form = .create(preferences)
    case .edit:
      guard let organization, let createdAt = createdAt.flatMap({ Timestamp(recorded: $0) }) else {
        return nil
      }
      var record = Organization(id: organization, name: name, createdAt: createdAt)
      for field in OrganizationField.allCases { record[field] = base[field.rawValue] }
      form = .edit(record, focus: .name, preferences)
    case .member:
      guard let organization else { return nil }
      form = .addMember(
        to: Organization(id: organization, name: name, createdAt: Timestamp(microseconds: 0)), roles: roles)
    }
    guard texts.count == form.fields.count else { return nil }
    for (index, text) in texts.enumerated() {
      // What can't be chosen any more stays what it was.
      let choices = form.fields[index].choices
      if choices.isEmpty || choices.contains(text) || form.fields[index].takesOthers {
        form.fields[index].set(text)
      }
    }
    form.focus = min(max(0, focus), form.fields.count - 1)
    return form
  }
}
