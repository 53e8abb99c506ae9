import OrgCore
import OrgViewModel

extension ConfigurationReader {
  /// What an id must look like, as a regular expression.
  mutating func pattern(_ entry: TOMLReader.Entry) {
    let names = ["user"] + OrganizationField.optional.map(\.descriptor.word)
    guard names.contains(entry.path[1]) else {
      return note(
        "There is no \(TOMLReader.name([entry.path[1]])) in [ids]; there are \(Self.list(names)).",
        entry.place)
    }
    guard let text = string(entry) else { return }
    guard IDPatterns.isPattern(text) else {
      return note("\(text.quoted) isn't a regular expression.", entry.value.place)
    }
    let pattern = text.isEmpty ? nil : text
    if entry.path[1] == "user" { configuration.preferences.idPatterns.user = pattern }
    for field in OrganizationField.optional where field.descriptor.word == entry.path[1] {
      configuration.preferences.idPatterns.billing[field] = pattern
    }
  }
}
