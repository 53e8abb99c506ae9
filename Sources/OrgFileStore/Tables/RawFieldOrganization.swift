import OrgCore

/// The values of an organization as ASCII text, for as long as a closure runs.
struct RawFieldOrganization {
  /// The range of a value.
  struct ValueRange: BitwiseCopyable, Sendable {
    let start: UInt32
    let end: UInt32

    /// - Parameter range: below 4 GB; stores read no larger files.
    init(_ range: Range<Int>) {
      (start, end) = (UInt32(range.lowerBound), UInt32(range.upperBound))
    }

    /// Of a value that isn't there: no value begins where the text does.
    init() { (start, end) = (0, 0) }

    /// `nil` for a value that isn't there.
    var range: Range<Int>? { start == 0 ? nil : Int(start)..<Int(end) }
  }

  private let bytes: UnsafeRawBufferPointer
  private let places: UnsafeBufferPointer<ValueRange>
  let createdAt: Timestamp
  let status: Organization.Status

  /// - Parameter places: where the values stand in the bytes, by the places of their keys in a record.
  init(
    _ bytes: UnsafeRawBufferPointer, _ places: UnsafeBufferPointer<ValueRange>, createdAt: Timestamp,
    status: Organization.Status
  ) {
    (self.bytes, self.places, self.createdAt, self.status) = (bytes, places, createdAt, status)
  }

  /// A value by the place of its key in a record; `nil` if the record has no value for it.
  func text(at place: Int) -> UnsafeRawBufferPointer? {
    places[place].range.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
  }

  static let planPlace = OrganizationKey.field(.planTier).place
}
