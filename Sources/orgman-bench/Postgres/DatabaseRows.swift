import Glibc

/// Measurements of the real program on a database, in a real pseudo-terminal.
struct DatabaseRows {
  let sample: DatabaseSample
  let runs: Int

  /// A frame is complete when no output arrives for this many milliseconds, which aren't counted.
  private static let frame: Int64 = 30

  private func figure(_ row: Row, _ samples: [Double], note: String? = nil) -> Figure {
    Figure(row, sample.scale, samples, note: note, ofDatabase: true)
  }

  // MARK: Starting

  private func open(columns: UInt16 = 120, rows: UInt16 = 32) throws(BenchFailure) -> Terminal {
    try Terminal([try Program.path, "--data", sample.address], columns: columns, rows: rows)
  }

  private func isLoaded(_ output: Output) -> Bool {
    output.contains("help") && output.contains(sample.scale.members.grouped)
  }

  /// Starts the program and waits until it has shown everything, has read what it reads meanwhile, and is idle.
  private func loaded(columns: UInt16 = 120) throws(BenchFailure) -> Terminal {
    let terminal = try open(columns: columns)
    _ = try terminal.read(until: "the organizations", quiet: 500, isLoaded)
    // All rows are there when the end of the list can be reached.
    let deadline = now() + 60_000_000_000
    while true {
      try terminal.type("G")
      let output = try terminal.rest(milliseconds: 300)
      try terminal.type("g")
      try terminal.rest(milliseconds: 200)
      if output.contains("Ünïted") || output.contains("中文") || output.contains("Кири") { return terminal }
      guard now() < deadline else { throw BenchFailure("the end of the list can't be reached") }
    }
  }

  private func end(_ terminal: Terminal) {
    _ = try? terminal.type("Q")
    // Wait until the program has ended; otherwise it is killed.
    _ = try? terminal.rest(milliseconds: 20_000)
  }

  /// From just before the start of the program to the last byte of the first frame with rows.
  func start() throws(BenchFailure) -> [Figure] {
    var frames: [Double] = []
    for run in 0...max(5, runs / 2) {
      let terminal = try open()
      let output = try terminal.read(until: "the organizations", quiet: 100, isLoaded)
      guard let frame = output.time(of: "\(sample.scale.organizations.grouped) orgs", pause: 10) else {
        throw BenchFailure("there is no whole frame")
      }
      if run > 0 { frames.append(Double(frame - terminal.process.start) / 1e6) }
      end(terminal)
    }
    return [figure(.start, frames)]
  }

  // MARK: Keys

  private func press(_ key: String, in terminal: Terminal, quiet: Int64) throws(BenchFailure) -> Double {
    let start = try terminal.type(key)
    let output = try terminal.read(until: "the frame for \(key.debugDescription)", quiet: quiet, seconds: 30)
    return Double(output.end - start) / 1e6
  }

  /// Moves within what was read ahead; jumps are measured on their own.
  func moving() throws(BenchFailure) -> [Figure] {
    let terminal = try loaded()
    defer { end(terminal) }
    let keys = "jjjjjjjj\u{6}jjj\u{6}kkkk\u{4}jj\u{15}kkkkkkkk\u{2}\u{2}".map { String($0) }
    for key in keys { _ = try press(key, in: terminal, quiet: 100) }
    var samples: [Double] = []
    for number in 0..<runs * 12 {
      samples.append(try press(keys[number % keys.count], in: terminal, quiet: Self.frame))
    }
    var jumps: [Double] = []
    for number in 0..<max(4, runs / 2) {
      jumps.append(try press(["G", "g"][number % 2], in: terminal, quiet: 100))
    }
    let worst = samples.indices.max { samples[$0] < samples[$1] }.map { keys[$0 % keys.count] } ?? ""
    let control = worst.utf8.first.flatMap { $0 < 32 ? "^" + String(UnicodeScalar($0 + 64)) : nil }
    return [figure(.moving, samples, note: "slowest: \(control ?? worst)"), figure(.jump, jumps)]
  }

  /// Types words as fast as they are read; what counts is the time to the first rows.
  func filter() throws(BenchFailure) -> [Figure] {
    let terminal = try loaded()
    defer { end(terminal) }
    try terminal.type("/")
    _ = try terminal.read(until: "the filter", quiet: 100)
    /// - Parameter words: what is typed, in capitals, and what only rows that it matches show, and not the line where it is
    ///   typed: without a first letter that other rows may have shown in its place.
    func measure(_ row: Row, _ words: [(String, String)]) throws(BenchFailure) -> Figure {
      var samples: [Double] = []
      var worst = (time: 0.0, word: "")
      for run in 0...max(2, runs / 4) {
        for (word, expected) in words {
          let start = try terminal.type(word)
          let output = try terminal.read(until: "the rows for \(word)", quiet: 200) { $0.contains(expected) }
          guard let time = output.time(of: expected, pause: 5) else {
            throw BenchFailure("no rows for \(word)")
          }
          let taken = Double(time - start) / 1e6
          if run > 0 {
            samples.append(taken)
            if taken > worst.time { worst = (taken, word) }
          }
          try terminal.type("\u{15}")
          _ = try terminal.read(until: "all rows", quiet: 300)
        }
      }
      return figure(row, samples, note: "slowest: \(worst.word)")
    }
    return [
      try measure(
        .filter,
        [
          ("UMBRELLA", "mbrella"), ("WONKA", "onka"), ("HOOLI 77", "ooli"),
          ("TYRELL CORP 9", "yrell"),
          ("КИРИЛ", "ириллица"), ("qqqq", Self.nothing),
        ]),
      try measure(.shortFilter, [("WO", "onka"), ("TY", "yrell"), ("qq", Self.nothing)]),
    ]
  }

  /// What is shown instead of rows where there are none.
  private static let nothing = "atches"

  // MARK: One organization

  /// Shows the organization for measurements, with the whole screen drawn anew.
  private func showingOrganization() throws(BenchFailure) -> Terminal {
    // So wide that no user's id is cut.
    let terminal = try loaded(columns: 160)
    try terminal.type("/\(sample.organization)\r")
    try terminal.rest(milliseconds: 1500)
    try terminal.type("\u{c}")
    _ = try terminal.read(until: "the organization", quiet: 200) { $0.contains(sample.user) }
    return terminal
  }

  /// From the key to the frame with all twelve members, which nobody has looked at before.
  func opening() throws(BenchFailure) -> [Figure] {
    var samples: [Double] = []
    for run in 0..<max(4, runs / 3) {
      let terminal = try Terminal([try Program.path, "--data", sample.address], columns: 80, rows: 32)
      _ = try terminal.read(until: "the organizations", quiet: 500, isLoaded)
      try terminal.type("/\(sample.organization)\r")
      try terminal.rest(milliseconds: 1500)
      let start = try terminal.type("\r")
      let output = try terminal.read(until: "the members", quiet: 200) { $0.contains(sample.user) }
      if run > 0, let time = output.time(of: sample.user, pause: 5) {
        samples.append(Double(time - start) / 1e6)
      }
      end(terminal)
    }
    return [figure(.opening, samples)]
  }

  /// From typing the letter for the role to the frame that confirms the change.
  func editShown() throws(BenchFailure) -> [Figure] {
    let psql = try Psql(sample.address)
    func role() throws(BenchFailure) -> String? {
      try psql.run(
        "select role from organization_members where org_id = '\(sample.organization)' and user_id = '\(sample.user)';"
      ).first
    }
    var isMember = try role() == "member"
    let terminal = try showingOrganization()
    defer { end(terminal) }
    try terminal.type("\r")
    _ = try terminal.read(until: "the members", quiet: 100)
    try terminal.type("G")
    _ = try terminal.read(until: "the last member", quiet: 100)
    var (samples, frames): ([Double], [Double]) = ([], [])
    for run in 0..<3 + runs {
      try terminal.type("r")
      _ = try terminal.read(until: "the question", quiet: Self.frame, seconds: 10)
      let start = try terminal.type(isMember ? "b" : "m")
      // The message that confirms the change contains an arrow.
      let output = try terminal.read(until: "the word that it is done", quiet: Self.frame) {
        $0.contains("→")
      }
      if run >= 3 {
        // The rows follow in a frame of their own.
        samples.append(Double((output.time(of: "→", pause: 0) ?? output.end) - start) / 1e6)
        frames.append(Double(output.end - start) / 1e6)
      }
      isMember.toggle()
    }
    guard try role() == (isMember ? "member" : "billing_admin") else {
      throw BenchFailure("what was said to be done isn't in the database")
    }
    let shown = frames.sorted()[frames.count / 2]
    return [figure(.editShown, samples, note: "with the row: \(shown.short) ms")]
  }

  /// From just before another program's statement is sent to the frame that shows what it changed.
  func foreign() throws(BenchFailure) -> [Figure] {
    let psql = try Psql(sample.address)
    let terminal = try showingOrganization()
    defer { end(terminal) }
    var samples: [Double] = []
    for run in 0...max(3, runs / 3) {
      let role = run % 2 == 0 ? "billing_admin" : "member"
      let start = try psql.send(
        """
        update organization_members set role = '\(role)' where org_id = '\(sample.organization)' \
        and user_id = '\(sample.otherUser)';
        """)
      let output = try terminal.read(until: "the change of another program", quiet: Self.frame) {
        $0.contains(role.prefix(6).description)
      }
      _ = try psql.lines()
      let time = output.time(of: role.prefix(6).description, pause: 5) ?? output.end
      if run > 0 { samples.append(Double(time - start) / 1e6) }
      // Wait until the changes are no longer highlighted.
      try terminal.rest(milliseconds: 3000)
    }
    return [figure(.foreign, samples)]
  }

  // MARK: Idle

  func resting() throws(BenchFailure) -> [Figure] {
    let psql = try Psql(sample.address)
    let terminal = try loaded()
    defer { end(terminal) }
    // Idle threads end after five seconds.
    try terminal.rest(milliseconds: 6000)
    func memory(_ row: Row, _ name: String) throws(BenchFailure) -> Figure {
      figure(row, [Double(try terminal.process.memory(name)) / 1e6])
    }
    /// When the server last did anything for the program.
    func work() throws(BenchFailure) -> [String] {
      try psql.run(
        "select pid, query_start, state_change from pg_stat_activity where application_name = 'orgman';")
    }
    let figures = [try memory(.resident, "VmRSS"), try memory(.residentPeak, "VmHWM")]
    let (before, asked) = (try terminal.process.timesRun(), try work())
    try terminal.rest(milliseconds: 10_000)
    let after = try terminal.process.timesRun()
    let ended = before.keys.count { after[$0] == nil }
    let ran = after.merging(before) { $0 - $1 }.filter { after[$0.key] != nil && $0.value > 0 }
    let names = ran.map { "\(terminal.process.name(ofThread: $0.key)) \($0.value)" }.sorted()
    let wakeUps = Double(ran.values.reduce(0, +) + ended)
    let queries = Double(Set(try work()).subtracting(asked).count)
    return figures + [
      figure(.wakeUps, [wakeUps], note: names.isEmpty ? nil : names.joined(separator: ", ")),
      figure(.queries, [queries]),
    ]
  }
}
