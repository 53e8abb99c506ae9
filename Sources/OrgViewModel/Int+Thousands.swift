extension Int {
  /// With a comma between thousands: `10,000`.
  package var grouped: String {
    let digits = Array(String(self))
    return String(
      digits.enumerated().flatMap { index, digit -> [Character] in
        index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
      })
  }
}
