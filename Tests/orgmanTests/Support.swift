import Foundation
import TerminalTesting
import Testing

/// Everything that is tested on the real program in a real terminal. How fast it is, is measured by `orgman-bench`: a
/// machine that does several things at once says little about the speed of any.
@Suite(.sideBySide) struct EndToEnd {}

/// Starts orgman on data and waits until it shows them.
func open(
  _ data: any TestData, _ arguments: [String] = [], environment: [String: String] = plainEnvironment,
  columns: Int = 120, rows: Int = 32
) throws -> TerminalProcess {
  let orgman = try start(
    ["--data", data.address] + arguments, environment: environment, columns: columns, rows: rows)
  orgman.belongings = [data]
  // The line at the bottom is drawn last.
  try orgman.waitFor("a whole frame") {
    let isNarrow = $0.lines[0].hasPrefix(" Organizations")
    return (isNarrow || $0.lines[0].hasPrefix(" orgman")) && $0.lines.last?.isEmpty == false
  }
  return orgman
}

/// Starts orgman in a terminal.
func start(
  _ arguments: [String], environment: [String: String] = plainEnvironment, columns: Int = 120, rows: Int = 32
) throws -> TerminalProcess {
  try TerminalProcess(
    try builtProduct("orgman"), arguments, environment: environment, columns: columns, rows: rows)
}

extension Screen {
  /// The rows of the list, by the names in them, in a wide terminal of 120 columns.
  var listed: [String] { bodyLines.map { String($0.dropFirst().prefix(34)).trimmed }.filter { !$0.isEmpty } }

  /// The name in the row with the selection.
  var selected: String? {
    bodyLines.first { $0.hasPrefix("▸") }.map { line in
      let name = String(line.dropFirst().prefix(34)).trimmed
      // Behind it, the mark of a change.
      return name.hasSuffix("*") ? String(name.dropLast()).trimmed : name
    }
  }

  /// The line of the detail with the selection.
  var selectedDetail: String? {
    lines.compactMap { $0.components(separatedBy: "│").dropFirst().last }.first { $0.hasPrefix("▸") }
      .map { String($0.dropFirst()).trimmed }
  }

  private var bodyLines: [String] {
    lines.dropFirst(2).dropLast(3).map { $0.components(separatedBy: "│")[0] }
  }

  /// The sentences at the bottom, which may take several lines.
  var status: String { lines.suffix(4).dropLast().map(\.trimmed).joined(separator: " ").trimmed }
}

extension String {
  var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

extension TerminalProcess {
  /// Filters by words and keeps the filter, so that one row is left and selected.
  func choose(_ words: String) throws {
    send("/")
    press(.control("u"))
    send(words)
    press(.enter)
    try waitFor("one row for \(words)") { $0.status.contains("/\(words)") && $0.text.contains(" 1/1 of ") }
  }

  /// Opens the detail of the selected organization, in which the first member is selected.
  func enter() throws {
    press(.enter)
    try waitFor("the selection in the detail") { $0.selectedDetail != nil }
  }

  /// Presses q, and expects a clean end.
  func quit() throws {
    send("Q")
    #expect(try waitForExit() == .exited(0))
    #expect(unrestored == [])
    #expect(!exists(processID))
  }
}

/// Whether there is such a process.
func exists(_ process: Int32) -> Bool { kill(process, 0) == 0 }

func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// The same numbers in every run: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
