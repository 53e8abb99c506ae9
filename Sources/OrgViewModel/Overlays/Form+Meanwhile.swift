import OrgCore

// What others do while the form is open.
extension Form {
  /// Follows what others changed underneath: fields that weren't changed here show it, and for the others it is said what
  /// others put there.
  package mutating func follow(_ listing: any OrganizationListing) {
    guard listing.summary.hasOrganizations, !isSaving else { return }
    switch purpose {
    case .create: noteFlaws(in: listing)
    case .addMember(let id, _):
      guard let now = organization(id, in: listing) else { return }
      purpose = .addMember(organization: id, name: now.name)
      noteFlaws(in: listing)
    case .edit(let base):
      guard let now = organization(base.id, in: listing) else { return }
      follow(now, since: base)
      noteFlaws(in: listing)
    case .transfer(let id, _, let owner):
      guard let now = organization(id, in: listing) else { return }
      purpose = .transfer(organization: id, name: now.name, owner: owner)
    case .plan, .successor: break
    }
  }

  /// The organization as it is now; if it is gone, that is said. `nil`, too, where it isn't there yet.
  private mutating func organization(_ id: String, in listing: any OrganizationListing) -> Organization? {
    guard !listing.contains(id) else { return listing.organization(id: id) }
    let name =
      switch purpose {
      case .edit(let base): base.name
      case .addMember(_, let name), .transfer(_, let name, _): name
      case .create, .plan, .successor: id
      }
    externalChangeNotice =
      "\(name.escapedForDisplay) was removed meanwhile; what you typed is kept, but can't be saved."
    return nil
  }

  private mutating func follow(_ now: Organization, since base: Organization) {
    var base = base
    var kept: [OrganizationField] = []
    for index in fields.indices {
      guard let field = fields[index].organizationField else { continue }
      guard fields[index].conflict == nil else {
        fields[index].conflict?.theirs = now[field]
        continue
      }
      fields[index].news = nil
      guard now[field] != base[field] else { continue }
      if fields[index].isUntouched || fields[index].input.text == now[field] ?? "" {
        base[field] = now[field]
        fields[index].follow(now[field] ?? "")
        if problem?.field == index { problem = nil }
        if !followed.contains(field) { followed.append(field) }
      } else {
        kept.append(field)
        let theirs = now[field]?.escapedForDisplay ?? "nothing"
        fields[index].news = "Others put \(theirs) there meanwhile; saving asks which to keep."
      }
    }
    purpose = .edit(base)
    let changes = OrganizationField.allCases.filter { followed.contains($0) || kept.contains($0) }
      .map { "\($0.title) is \(now[$0]?.escapedForDisplay ?? "none") now" }
    externalChangeNotice = changes.isEmpty ? nil : "Changed meanwhile: \(changes.joined(separator: ", "))."
  }

  /// Checks once more what is typed: others may have taken a name, or added the user.
  private mutating func noteFlaws(in listing: any OrganizationListing) {
    for index in fields.indices where !fields[index].isUntouched && fields[index].conflict == nil {
      noteFlaw(at: index, in: listing)
    }
  }
}
