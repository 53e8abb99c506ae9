import Glibc

/// A progress bar on standard error for operations that take more than a moment. Shows nothing unless
/// standard error is a terminal.
final class Progress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var last: ContinuousClock.Instant?
  private var width = 0
  private static let patience = Duration.milliseconds(300)
  private static let pause = Duration.milliseconds(100)

  /// Shows the progress of an operation.
  ///
  /// - Parameter fraction: from 0 to 1; `nil` if unknown.
  func show(_ what: String, _ fraction: Double?) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now - start > Self.patience, last.map({ now - $0 > Self.pause }) ?? true else { return }
    last = now
    var text = what
    if let fraction, fraction.isFinite {
      let done = Int(min(max(fraction, 0), 1) * 20)
      text +=
        " [" + String(repeating: "#", count: done) + String(repeating: ".", count: 20 - done)
        + "] \(Int(min(max(fraction, 0), 1) * 100)) %"
    }
    FileHandle.standardError("\r" + text + String(repeating: " ", count: max(0, width - text.utf8.count)))
    width = text.utf8.count
  }

  /// Removes the bar.
  func clear() {
    guard width > 0 else { return }
    FileHandle.standardError("\r" + String(repeating: " ", count: width) + "\r")
    width = 0
  }
}
