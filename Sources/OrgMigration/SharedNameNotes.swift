import OrgCore

/// What to say of names that differ in case or white space alone: no two organizations can be given such names, so somebody
/// else did.
struct SharedNameNotes {
  /// Each in a sentence.
  let sentences: [String]
  private static let limit = 20

  /// - Parameter named: names with the ids of who has them.
  init(_ named: [(name: String, id: String)]) {
    let shared = Dictionary(grouping: named) { $0.name.nameKey }.values.filter { $0.count > 1 }
    let groups = shared.map { $0.sorted { $0.id < $1.id } }.sorted { $0[0].name < $1[0].name }
    var sentences = groups.prefix(Self.limit).map { group in
      let list = group.prefix(5).map { "\($0.name.quoted) (\($0.id.escapedForDisplay))" }
      let more = group.count > 5 ? " and \(group.count - 5) more" : ""
      return "The names of \(list.joined(separator: ", "))\(more) differ in case or white space alone."
    }
    if groups.count > Self.limit { sentences.append("So do \(groups.count - Self.limit) other names.") }
    self.sentences = sentences
  }
}
