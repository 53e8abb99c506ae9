import OrgCore

/// One thing for each key of an organization's record. The number is that of `OrganizationKey.all`.
typealias PerOrganizationKey<Value> = InlineArray<7, Value>
/// A record with these keys.
typealias OrganizationRecord = Record<7>

/// Where the values of an organization stand that is written as the service does, and that keeps all rules. Of optional
/// keys, any may be missing.
struct UsualOrganization {
  typealias Place = RawFieldOrganization.Place

  /// The values of strings without their quotes, by the places of their keys.
  private(set) var places = PerOrganizationKey<Place>(repeating: Place())
  /// Its place among all statuses.
  private(set) var status = 0
  /// Behind the closing brace.
  let end: Int

  /// What stands in front of a value, and what the value is.
  private struct Part {
    enum Kind {
      case id, name, time, text, optional, status
    }

    let kind: Kind
    let prefix: UnsafeRawBufferPointer
  }

  /// `nil` for any other.
  init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
    var record = CanonicalRecordScanner(bytes, at: start)
    let parts = Self.parts
    for place in 0..<parts.count {
      let part = parts[place]
      guard record.take(part.prefix) else {
        guard part.kind == .optional else { return nil }
        continue
      }
      if part.kind == .optional {
        guard let value = record.takeOptionalString() else { return nil }
        if let value { places[place] = Place(value) }
        continue
      }
      guard let value = record.takeString() else { return nil }
      switch part.kind {
      case .id, .text, .optional: break
      // So few bytes are no more characters; a longer name is counted with care elsewhere.
      case .name: guard Rules.nameLength.contains(value.count) else { return nil }
      case .time: guard CanonicalRecordScanner.isTime(bytes, value) else { return nil }
      case .status:
        guard let found = record.place(of: value, among: Self.statusNames) else { return nil }
        status = found
      }
      places[place] = Place(value)
    }
    guard record.take("\n  }") else { return nil }
    end = record.position
  }

  /// Made once, and never given back.
  nonisolated(unsafe) private static let parts: PerOrganizationKey<Part> = {
    precondition(OrganizationKey.all.count == PerOrganizationKey<Part>.count)
    return PerOrganizationKey<Part> { place in
      let key = OrganizationKey.all[place]
      let kind: Part.Kind =
        switch key {
        case .id: .id
        case .createdAt: .time
        case .field(.name): .name
        case .field(.status): .status
        case .field(let field): field.isOptional ? .optional : .text
        }
      let start = (place == 0 ? "{" : ",") + "\n    \"\(key.name)\": "
      let prefix = start + (kind == .optional ? "" : kind == .id ? "\"org_" : "\"")
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: prefix.utf8.count, alignment: 1)
      memory.copyBytes(from: prefix.utf8)
      return Part(kind: kind, prefix: UnsafeRawBufferPointer(memory))
    }
  }()

  private static let statusNames = Organization.Status.allCases.map { Array($0.rawValue.utf8) }
}
