import OrgCore

/// A question about an id that was typed in a form: who has it already.
package enum IDLookup: Sendable, Hashable {
  /// The organizations that have a billing id, but for the one that is edited.
  case billing(OrganizationField, String, except: String?)
  /// The organizations that a user is in.
  case user(String)
  /// What a directory of users has against them, in sentences.
  case directory([String])

  /// The names of the organizations; none for a directory, which isn't in the data. May take a while, so it isn't asked on the screen's thread.
  package func names(in reader: any StoreReader) throws(OrgError) -> [String] {
    switch self {
    case .billing(let field, let value, let id):
      try reader.organizations(withBillingID: value, in: field).filter { $0.id != id }.map(\.name)
    case .user(let user): try reader.organizations(ofUser: user).map(\.name)
    case .directory: []
    }
  }
}

extension AppModel {
  /// Learns who has an id that was typed, and goes on with what waits for that.
  package mutating func receive(_ names: [String], for lookup: IDLookup) -> [Effect] {
    if var form = workspace.form {
      form.found[lookup] = names
      let isAwaited = form.awaited == lookup
      if isAwaited { form.awaited = nil }
      let isDone = isAwaited && workspace.overlay is Form && form.submit(&workspace)
      workspace.form = form
      if isDone { workspace.closeForm() }
    }
    return takeEffects()
  }
}
