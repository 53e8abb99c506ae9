import FoundationEssentials

/// The measurements. The raw values are the arguments of `--only`.
enum Row: String, CaseIterable, Codable {
  case start, members, moving, filter
  case edit, edits
  case editShown = "edit-shown"
  case foreign, memory, peak
  case wakeUps = "wake-ups"
  case silence, bytes
  case scrollBytes = "scroll-bytes"
  case open, recovery
  case verify
  case verifyPeak = "verify-peak"
  case soak
  case python, jq, simdjson, fzf, visidata, scan, write
  // In a database alone.
  case jump
  case shortFilter = "short-filter"
  case opening, resident
  case residentPeak = "resident-peak"
  case queries, psql, pgcli, copy, update, migrate
  case migrateBack = "migrate-back"
  case copyIn = "copy-in"

  var title: String {
    switch self {
    case .start: "start to first full frame"
    case .members: "start to the members shown"
    case .moving: "key to frame, moving"
    case .filter: "key to frame, typing a filter"
    case .edit: "role edit, durable, in process"
    case .edits: "1,000 role edits in one change set"
    case .editShown: "role edit, key to frame that says it is done"
    case .foreign: "foreign change to frame"
    case .memory: "resident memory, all loaded / the files"
    case .peak: "peak of resident memory / the files"
    case .wakeUps: "wake-ups, idle for 10 s"
    case .silence: "bytes to the terminal, idle for 10 s"
    case .bytes: "bytes to the terminal for a cursor move, 80x24"
    case .scrollBytes: "the same, where the list scrolls"
    case .open: "open and read both files, in process"
    case .recovery: "open and repair a file torn in the middle"
    case .verify: "verify: billing of all organizations, 5 ms a request"
    case .verifyPeak: "peak of resident memory of that"
    case .soak: "resident memory, end / begin of the soak"
    case .python: "python3: json.load of both files"
    case .jq: "jq -c . of both files"
    case .simdjson: "simdjson: parse both files"
    case .fzf: "fzf --filter on the names"
    case .visidata: "visidata -b on both files"
    case .scan: "plain: read both files, look at each byte"
    case .write: "plain: write org_users.json anew, fsync, rename"
    case .jump: "key to frame, to the other end of the list"
    case .shortFilter: "filter of two letters, to the first rows"
    case .opening: "opening an organization with 12 members"
    case .resident: "resident memory"
    case .residentPeak: "peak of resident memory"
    case .queries: "connections that asked anything, idle for 10 s"
    case .psql: "psql: connect, read the first 30 by name"
    case .pgcli: "pgcli: connect, list the databases"
    case .copy: "psql: connect, COPY all ids"
    case .update: "psql: the same UPDATE, committed"
    case .migrate: "migrate files to database"
    case .migrateBack: "migrate database to files"
    case .copyIn: "psql: COPY members into a bare table"
    }
  }

  var unit: String {
    switch self {
    case .memory, .peak, .soak: "x"
    case .wakeUps, .queries: ""
    case .resident, .residentPeak, .verifyPeak: "MB"
    case .silence, .bytes, .scrollBytes: "B"
    case .migrate, .migrateBack, .copyIn: "records/s"
    default: "ms"
    }
  }

  /// The rows to compare with, if they are measured in the same run.
  var peers: [Row] {
    switch self {
    case .start: [.python, .visidata, .scan, .psql, .pgcli, .copy]
    case .members, .open: [.python, .jq, .simdjson, .visidata, .scan]
    case .filter: [.fzf]
    case .edit: [.python, .write]
    case .edits, .recovery: [.write]
    case .editShown: [.write, .update]
    case .foreign: [.python, .scan, .update]
    case .migrate: [.copyIn]
    default: []
    }
  }
}

/// The limit for a figure according to the design.
struct Target {
  enum Statistic: String { case median, p99, worst }

  let limit: Double
  let statistic: Statistic
  /// Whether the figure has to be as large at least, not at most.
  var isLeast = false

  /// The limits for data in a database.
  init?(ofDatabase row: Row, _ scale: Scale) {
    let isLarge = scale == .hundredfold
    switch row {
    case .start: (limit, statistic) = (isLarge ? 250 : 100, .median)
    case .moving: (limit, statistic) = (5, .p99)
    case .filter: (limit, statistic) = (isLarge ? 150 : 50, .median)
    case .opening: (limit, statistic) = (10, .median)
    case .foreign: (limit, statistic) = (50, .median)
    case .resident: (limit, statistic) = (isLarge ? 150 : 60, .worst)
    case .wakeUps, .queries: (limit, statistic) = (0, .worst)
    case .migrate: (limit, statistic, isLeast) = (50_000, .median, true)
    default: return nil
    }
  }

  init?(_ row: Row, _ scale: Scale) {
    /// The limits at the documented scale and at ten times that. Smaller data must not take longer.
    func pick(_ documented: Double, _ tenfold: Double) -> Double { scale == .tenfold ? tenfold : documented }
    let limit: Double?
    switch row {
    case .start: (limit, statistic) = (pick(50, 250), .median)
    case .moving: (limit, statistic) = (5, .p99)
    case .filter: (limit, statistic) = (pick(16, 33), .p99)
    case .edit: (limit, statistic) = (pick(30, 200), .median)
    case .edits: (limit, statistic) = (pick(100, 400), .median)
    case .foreign: (limit, statistic) = (pick(100, 500), .median)
    // The base memory of any program exceeds the size of a few organizations.
    case .memory: (limit, statistic) = (scale == .small ? nil : pick(2, 1.5), .worst)
    case .wakeUps, .silence: (limit, statistic) = (0, .worst)
    case .bytes: (limit, statistic) = (200, .worst)
    // At ten times the data, ten times the requests.
    case .verify: (limit, statistic) = (pick(30_000, 300_000), .worst)
    // The design requires a constant value: with this many changes, any growth over time is visible.
    case .soak: (limit, statistic) = (1.1, .worst)
    default: return nil
    }
    guard let limit else { return nil }
    self.limit = limit
  }
}

/// The result for one row.
struct Figure: Encodable {
  let row: Row
  let title: String
  let unit: String
  var count = 0
  var median: Double?
  var p99: Double?
  var min: Double?
  var max: Double?
  var target: Double?
  var targetStatistic: String?
  /// Whether the target is the least that the figure has to be, not the most.
  var isTargetLeast: Bool?
  var isMet: Bool?
  /// The ratio of this figure's median to that of each peer.
  var ratios: [String: Double] = [:]
  /// The program that isn't installed on this machine.
  var missing: String?
  /// Why it couldn't be measured.
  var failure: String?
  var note: String?

  private init(_ row: Row) {
    self.row = row
    title = row.title
    unit = row.unit
  }

  init(_ row: Row, missing: String) {
    self.init(row)
    self.missing = missing
  }

  init(_ row: Row, _ scale: Scale, failure: String, ofDatabase isOfDatabase: Bool = false) {
    self.init(row)
    self.failure = failure
    if let target = isOfDatabase ? Target(ofDatabase: row, scale) : Target(row, scale) {
      judge(target, value: nil)
    }
  }

  init(
    _ row: Row, _ scale: Scale, _ samples: [Double], note: String? = nil,
    ofDatabase isOfDatabase: Bool = false
  ) {
    guard !samples.isEmpty else {
      self.init(row, scale, failure: "nothing was measured")
      return
    }
    self.init(row)
    self.note = note
    let sorted = samples.sorted()
    /// The smallest sample that is at least as large as the given percentage of all samples.
    func percentile(_ percent: Int) -> Double {
      sorted[Swift.max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
    count = sorted.count
    median = percentile(50)
    p99 = percentile(99)
    min = sorted[0]
    max = sorted[sorted.count - 1]
    if let target = isOfDatabase ? Target(ofDatabase: row, scale) : Target(row, scale) {
      let values = [Target.Statistic.median: median, .p99: p99, .worst: max]
      judge(target, value: values[target.statistic] ?? nil)
    }
  }

  private mutating func judge(_ target: Target, value: Double?) {
    self.target = target.limit
    targetStatistic = target.statistic.rawValue
    isTargetLeast = target.isLeast
    isMet = value.map { target.isLeast ? $0 >= target.limit : $0 <= target.limit } ?? false
  }

  /// Compares the figure with others from the same run.
  fileprivate mutating func compare(_ others: [Figure], _ scale: Scale) {
    guard let median else { return }
    for peer in row.peers {
      if let other = others.first(where: { $0.row == peer })?.median, other > 0 {
        ratios[peer.rawValue] = median / other
      }
    }
    // The design also requires ratios: at the documented scale, and of an edit in a database.
    if row == .editShown, let ratio = ratios[Row.update.rawValue] { isMet = ratio <= 3 }
    if row == .start, scale == .documented, let ratio = ratios[Row.python.rawValue], ratio > 0.5 {
      isMet = false
    }
  }
}

/// The figures at one scale.
struct Report: Encodable {
  let scale: Scale
  let organizations: Int
  let members: Int
  let organizationsBytes: Int
  let membersBytes: Int
  let databaseBytes: Int?
  let loadBefore: Double
  let loadAfter: Double
  let figures: [Figure]

  init(_ sample: Sample, loads: (before: Double, after: Double), _ measured: [Figure]) {
    scale = sample.scale
    organizations = scale.organizations
    members = scale.members
    organizationsBytes = size(of: sample.organizationsFile)
    membersBytes = size(of: sample.membersFile)
    databaseBytes = nil
    loadBefore = loads.before
    loadAfter = loads.after
    figures = Self.compared(measured, scale)
  }

  init(_ sample: DatabaseSample, loads: (before: Double, after: Double), _ measured: [Figure]) {
    scale = sample.scale
    organizations = scale.organizations
    members = scale.members
    (organizationsBytes, membersBytes, databaseBytes) = (0, 0, sample.bytes)
    loadBefore = loads.before
    loadAfter = loads.after
    figures = Self.compared(measured, scale)
  }

  private static func compared(_ figures: [Figure], _ scale: Scale) -> [Figure] {
    figures.map { figure in
      var figure = figure
      figure.compare(figures, scale)
      return figure
    }
  }

  /// What the data are in.
  private var store: String {
    if let databaseBytes { return "PostgreSQL, \(Self.megabytes(databaseBytes)) with indexes" }
    return "organizations.json \(Self.megabytes(organizationsBytes)), "
      + "org_users.json \(Self.megabytes(membersBytes))"
  }

  var markdown: String {
    var lines = [
      "**\(scale.rawValue)**: \(organizations.grouped) organizations, \(members.grouped) members; \(store); "
        + "load average \(loadBefore.short) before, \(loadAfter.short) after", "",
      "| figure | median | p99 | min..max | runs | target | met | against others |",
      "|---|---:|---:|---:|---:|---:|---|---|",
    ]
    lines += figures.map(line)
    let missing = figures.compactMap(\.missing)
    if !missing.isEmpty { lines += ["", "Missing: " + missing.joined(separator: "; ") + "."] }
    return lines.joined(separator: "\n")
  }

  private func line(_ figure: Figure) -> String {
    let unit = figure.unit.isEmpty ? "" : " \(figure.unit)"
    let sign = figure.isTargetLeast == true ? ">=" : "<="
    var target = figure.target.map { "\(figure.targetStatistic ?? "") \(sign) \($0.short)\(unit)" } ?? ""
    if figure.row == .editShown, databaseBytes != nil { target = "median <= 3 x update" }
    if figure.row == .start, scale == .documented, databaseBytes == nil { target += ", <= 0.5 x python" }
    let isMet = figure.isMet.map { $0 ? "yes" : "**no**" } ?? ""
    guard let median = figure.median, let p99 = figure.p99, let min = figure.min, let max = figure.max else {
      let why = figure.missing.map { _ in "missing" } ?? "failed: \(figure.failure ?? "")"
      return "| \(figure.title) | \(why) | | | | \(target) | \(isMet) | |"
    }
    let ratios = figure.row.peers.compactMap { peer in
      figure.ratios[peer.rawValue].map { "\($0.short) x \(peer.rawValue)" }
    }
    let remarks = (figure.note.map { [$0] } ?? []) + ratios
    return "| \(figure.title) | \(median.short)\(unit) | \(p99.short)\(unit) | \(min.short)..\(max.short) | "
      + "\(figure.count) | \(target) | \(isMet) | \(remarks.joined(separator: ", ")) |"
  }

  private static func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).short + " MB" }
}

/// The same figures at several scales, side by side.
struct Growth: Encodable {
  struct Line: Encodable {
    let row: Row
    let title: String
    let unit: String
    let medians: [Double?]
    /// The growth from each scale to the next.
    let factors: [Double?]
    let growsFasterThanData: Bool
  }

  let scales: [Scale]
  /// How many times as much data there are at each scale as at the one before.
  let growths: [Double]
  let lines: [Line]

  init(_ reports: [Report]) {
    scales = reports.map(\.scale)
    let dataFactors = zip(reports, reports.dropFirst()).map { Double($1.members) / Double($0.members) }
    growths = dataFactors
    lines = Row.allCases.compactMap { row in
      let figures = reports.map { report in report.figures.first { $0.row == row } }
      guard let first = figures.compactMap({ $0 }).first else { return nil }
      let medians = figures.map { $0?.median }
      guard medians.contains(where: { $0 != nil }) else { return nil }
      let factors = zip(medians, medians.dropFirst()).map { before, after in
        before.flatMap { before in after.map { before == 0 ? ($0 == 0 ? 1 : .infinity) : $0 / before } }
      }
      // Two runs of the same thing differ by up to a tenth. A value relative to the data size shouldn't grow at all.
      let isRelative = row.unit == "x"
      let isFaster = zip(factors, dataFactors).contains { ($0 ?? 0) > (isRelative ? 1.1 : 1.1 * $1) }
      return Line(
        row: row, title: first.title, unit: first.unit, medians: medians,
        factors: factors.map { $0?.isFinite == true ? $0 : nil },
        growsFasterThanData: row.unit != "records/s" && isFaster)
    }
  }

  var markdown: String {
    var lines = [
      "**Growth**: the medians side by side; from one scale to the next there are "
        + "\(growths.map(\.short).joined(separator: ", ")) times the data", "",
      "| figure | " + scales.map(\.rawValue).joined(separator: " | ")
        + " | growth | faster than the data |",
      "|---|" + scales.map { _ in "---:|" }.joined() + "---:|---|",
    ]
    lines += self.lines.map { line in
      let unit = line.unit.isEmpty ? "" : " \(line.unit)"
      let medians = line.medians.map { $0.map { $0.short + unit } ?? "" }
      let factors = line.factors.map { $0.map { "x \($0.short)" } ?? "-" }
      return "| \(line.title) | " + medians.joined(separator: " | ")
        + " | \(factors.joined(separator: ", ")) | \(line.growsFasterThanData ? "**yes**" : "no") |"
    }
    return lines.joined(separator: "\n")
  }
}
