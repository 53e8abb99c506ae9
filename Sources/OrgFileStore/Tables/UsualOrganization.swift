import OrgCore

/// A record with the keys of an organization.
typealias OrganizationRecord = PerOrganizationKey<JSONKey>.FoundRecord

extension InlineArray where Element == JSONKey {
  /// A record in which these keys were looked for.
  typealias FoundRecord = Record<count>
}

/// The locations of the values in an organization's record that has the form that the service writes and satisfies all
/// rules. Optional keys may be missing.
struct UsualOrganization {
  typealias ValueRange = RawFieldOrganization.ValueRange

  /// The ranges of the string values without their quotes, by the index of the key.
  private(set) var places = PerOrganizationKey<ValueRange>(repeating: ValueRange())
  /// The index of its status.
  private(set) var status = 0
  /// The offset after the closing brace.
  let end: Int

  /// The text before a value, and the kind of the value.
  private struct Part {
    enum Kind {
      case id, name, time, text, optional, status
    }

    let kind: Kind
    let prefix: UnsafeRawBufferPointer
  }

  /// Returns `nil` for any other record.
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
        if let value { places[place] = ValueRange(value) }
        continue
      }
      guard let value = record.takeString() else { return nil }
      switch part.kind {
      case .id, .text, .optional: break
      // A name of this many bytes can't have more characters. Longer names are counted elsewhere.
      case .name: guard FieldRules.nameLength.contains(value.count) else { return nil }
      case .time: guard CanonicalRecordScanner.isTime(bytes, value) else { return nil }
      case .status:
        guard let found = record.place(of: value, among: Self.statusNames) else { return nil }
        status = found
      }
      places[place] = ValueRange(value)
    }
    guard record.take("\n  }") else { return nil }
    end = record.position
  }

  /// Allocated once and never freed.
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
