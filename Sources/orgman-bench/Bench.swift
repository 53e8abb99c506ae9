import ArgumentParser
import FoundationEssentials
import Glibc
import OrgFileStore

/// Measures orgman on generated data and prints the results.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orgman-bench",
    abstract: "Measure orgman on generated data, beside other programs, and print a table.",
    discussion: """
      The data are the same in every run. What happens on the screen is measured with the real orgman, which must \
      stand beside this program (swift build -c release builds it), in a pseudo-terminal: from before the key is \
      written to after the last byte of the frame has been read. What writes is done a dozen times before it \
      counts, as the first writes of a machine touch memory for the first time and are several times as slow; of \
      what reads, the first time doesn't count either.

      Targets that are missed are named in the table; the exit code is 1 only where a row couldn't be measured.

      Rows: \(Row.allCases.map(\.rawValue).joined(separator: ", ")).
      """)

  enum Scales: String, CaseIterable, ExpressibleByArgument {
    case small, documented, tenfold, hundredfold, all

    /// Whether it is asked for, in the order of the amount of data.
    func includes(_ scale: Scale, in store: Store) -> Bool {
      if rawValue == scale.rawValue { return true }
      // Files of more than a million members, and databases of less than a hundred thousand, tell nothing new.
      return self == .all
        && (store == .files ? scale != .hundredfold : scale == .documented || scale == .hundredfold)
    }
  }

  enum Store: String, CaseIterable, ExpressibleByArgument {
    case files, postgres
  }

  @Option(help: "What the data are in: files, or postgres for a PostgreSQL database.")
  var store = Store.files

  @Option(
    help: """
      With --store postgres: a database on a server that runs already. Where it has no tables, they are made; where it \
      has those of the benchmark, these are used. Without it, a server is started in a directory of its own.
      """)
  var server: String?

  @Option(
    help: """
      How much data: small (1,000 organizations with 10,000 members), documented (10,000 and 100,000), tenfold \
      (100,000 and 1,000,000), or all three, with how the figures grow. In a database also hundredfold (1,000,000 and \
      10,000,000); there, all is documented and hundredfold.
      """)
  var scale = Scales.documented

  @Option(help: "How often things are measured; what takes long less often, single keys more often.")
  var runs = 25

  @Option(parsing: .upToNextOption, help: "Measure these rows and no others.")
  var only: [Row] = []

  @Option(
    help: "Let another program change the data so often while orgman is open; 100,000 is the full soak.")
  var soak = 0

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Flag(help: "Keep the directory with the data, and say where it is.")
  var keep = false

  func validate() throws {
    if scale == .hundredfold, store == .files {
      throw ValidationError("Files with 10,000,000 members aren't measured; use --store postgres.")
    }
    if server != nil, store == .files || scale == .all {
      throw ValidationError("--server needs --store postgres and one --scale.")
    }
    guard runs > 0, soak >= 0 else {
      throw ValidationError("--runs must be 1 or more, and --soak 0 or more.")
    }
    if only.contains(.soak), soak == 0 { throw ValidationError("The row soak needs --soak N.") }
  }

  func run() throws {
    var reports: [Report] = []
    for scale in Scale.allCases where self.scale.includes(scale, in: store) {
      let report = try store == .files ? measure(scale) : measureDatabase(scale)
      reports.append(report)
      if !json { print(report.markdown + "\n") }
      fflush(nil)
    }
    let growth = reports.count > 1 ? Growth(reports) : nil
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let result = Result(processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)), reports: reports, growth: growth)
      print(String(decoding: try encoder.encode(result), as: UTF8.self))
    } else if let growth {
      print(growth.markdown + "\n")
    }
    if reports.contains(where: { $0.figures.contains { $0.failure != nil } }) { throw ExitCode.failure }
  }

  private struct Result: Encodable {
    let processors: Int
    let reports: [Report]
    let growth: Growth?
  }

  private func measure(_ scale: Scale) throws -> Report {
    let directory = try makeDirectory()
    defer { if !keep { try? FileManager.default.removeItem(atPath: directory) } }
    let before = loadAverage()
    progress("\(scale.rawValue): writing the data to \(directory)")
    let sample = try Sample(scale, in: directory)
    let figures = try measure(sample)
    return Report(sample, loads: (before, loadAverage()), figures)
  }

  private func measureDatabase(_ scale: Scale) throws -> Report {
    let before = loadAverage()
    var own: BenchServer?
    if server == nil {
      progress("\(scale.rawValue): starting a server")
      own = try BenchServer(in: FileManager.default.temporaryDirectory.path)
    }
    defer { own = nil }
    let address = server ?? own.map { "postgres:///postgres?host=\($0.host)&user=postgres" } ?? ""
    let sample = try DatabaseSample(scale, at: address, orgman: try Program.path)
    return Report(sample, loads: (before, loadAverage()), measure(sample))
  }

  /// Measures the requested rows of a database, in the order of the table.
  private func measure(_ sample: DatabaseSample) -> [Figure] {
    var figures: [Row: Figure] = [:]
    func measure(_ rows: [Row], _ body: () throws -> [Figure]) {
      let wanted = rows.filter { only.isEmpty || only.contains($0) }
      guard !wanted.isEmpty else { return }
      progress("\(sample.scale.rawValue): \(wanted.map(\.rawValue).joined(separator: ", "))")
      do {
        for figure in try body() where wanted.contains(figure.row) { figures[figure.row] = figure }
      } catch {
        for row in wanted {
          figures[row] = Figure(row, sample.scale, failure: "\(error)", ofDatabase: true)
        }
      }
    }
    let peers = DatabasePeers(sample: sample, runs: runs)
    for row in [Row.psql, .pgcli, .copy, .update] { measure([row]) { [try peers.measure(row)] } }
    let screen = DatabaseRows(sample: sample, runs: runs)
    measure([.start], screen.start)
    measure([.moving, .jump], screen.moving)
    measure([.filter, .shortFilter], screen.filter)
    measure([.opening], screen.opening)
    measure([.editShown], screen.editShown)
    measure([.foreign], screen.foreign)
    measure([.resident, .residentPeak, .wakeUps, .queries], screen.resting)
    measure([.migrate, .migrateBack, .copyIn]) {
      let directory = try makeDirectory()
      defer { try? FileManager.default.removeItem(atPath: directory) }
      return try MigrationRows(sample: sample, directory: directory, runs: runs).measure()
    }
    return Row.allCases.compactMap { figures[$0] }
  }

  /// Measures the requested rows, in the order of the table.
  private func measure(_ sample: Sample) throws -> [Figure] {
    var figures: [Row: Figure] = [:]
    func measure(_ rows: [Row], _ body: () throws -> [Figure]) {
      let wanted = rows.filter { (only.isEmpty || only.contains($0)) && ($0 != .soak || soak > 0) }
      guard !wanted.isEmpty else { return }
      progress("\(sample.scale.rawValue): \(wanted.map(\.rawValue).joined(separator: ", "))")
      do {
        for figure in try body() where wanted.contains(figure.row) { figures[figure.row] = figure }
      } catch {
        for row in wanted { figures[row] = Figure(row, sample.scale, failure: "\(error)") }
      }
    }
    let peers = Peers(sample: sample, runs: runs)
    for row in [Row.python, .jq, .simdjson, .fzf, .visidata, .scan, .write] {
      measure([row]) { [try peers.measure(row)] }
    }
    // Edits first, so that the other rows have a history, as in real life.
    let store = StoreRows(sample: sample, runs: runs)
    for row in [Row.edit, .edits, .open, .recovery] { measure([row]) { [try store.measure(row)] } }
    measure([.verify, .verifyPeak], BillingRows(sample: sample).measure)
    let screen = ScreenRows(sample: sample, runs: runs, soak: soak)
    measure([.start, .members], screen.start)
    measure([.moving], screen.moving)
    measure([.filter], screen.filter)
    measure([.memory, .peak, .wakeUps, .silence], screen.resting)
    measure([.bytes, .scrollBytes], screen.bytes)
    measure([.editShown], screen.editShown)
    measure([.foreign], screen.foreign)
    measure([.soak], screen.soaked)
    return Row.allCases.compactMap { figures[$0] }
  }

  private func makeDirectory() throws(BenchFailure) -> String {
    var template = Array((FileManager.default.temporaryDirectory.path + "/orgman-bench-XXXXXX").utf8CString)
    guard let made = mkdtemp(&template) else { throw BenchFailure("mkdtemp", errno: errno) }
    return String(cString: made)
  }

  private func loadAverage() -> Double {
    var load = 0.0
    return getloadavg(&load, 1) == 1 ? load : -1
  }
}

extension Row: ExpressibleByArgument {}

/// Reports progress on standard error.
func progress(_ text: String) {
  let line = Array((text + "\n").utf8)
  write(STDERR_FILENO, line, line.count)
}
