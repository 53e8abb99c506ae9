/// A set of optional fields.
package struct OptionalFields: OptionSet, Sendable, Hashable {
  /// One bit a field, by its place among the optional ones.
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The optional fields that pass a test.
  package init(_ test: (OrganizationField) -> Bool) {
    var bits: UInt32 = 0
    for (place, field) in OrganizationField.optional.enumerated() where test(field) { bits |= 1 << place }
    rawValue = bits
  }

  /// The optional fields of which the place in a record passes a test.
  package init(places test: (Int) -> Bool) {
    var bits: UInt32 = 0
    for (place, key) in Self.places.enumerated() where test(key) { bits |= 1 << place }
    rawValue = bits
  }

  private static let places = OrganizationField.optional.map { OrganizationKey.field($0).place }
}
