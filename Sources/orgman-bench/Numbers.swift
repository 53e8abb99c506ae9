extension Double {
  /// Formats the number with at most three decimals, without trailing zeros.
  var short: String {
    let digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
    let factor = [1.0, 10, 100, 1000][digits]
    let scaled = Int((magnitude * factor).rounded())
    let whole = scaled / Int(factor)
    var fraction = String(scaled % Int(factor))
    fraction = String(repeating: "0", count: Swift.max(0, digits - fraction.count)) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return (self < 0 ? "-" : "")
      + (digits == 0 || fraction.isEmpty ? whole.grouped : "\(whole.grouped).\(fraction)")
  }
}

extension Int {
  /// Formats the number with thousands separators: `10,000`.
  var grouped: String {
    let digits = Array(String(self))
    return String(
      digits.enumerated().flatMap { index, digit -> [Character] in
        index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
      })
  }
}
