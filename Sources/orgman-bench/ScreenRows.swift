import Glibc
import OrgCore
import OrgFileStore

/// Measurements of the real program in a real pseudo-terminal.
struct ScreenRows {
  let sample: Sample
  let runs: Int
  let soak: Int

  /// A frame is complete when no output arrives for this many milliseconds, which aren't counted.
  private static let frame: Int64 = 30
  /// The same if rows may arrive after the typed letter is shown.
  private var filtered: Int64 { sample.scale == .tenfold ? 300 : 150 }

  private func figure(_ row: Row, _ samples: [Double], note: String? = nil) -> Figure {
    Figure(row, sample.scale, samples, note: note)
  }

  // MARK: Starting

  private func open(columns: UInt16 = 120, rows: UInt16 = 32) throws(BenchFailure) -> Terminal {
    try Terminal([try Program.path, "--data", sample.directory], columns: columns, rows: rows)
  }

  /// Whether the bottom line, which is drawn last, and the number of members are shown.
  private func isLoaded(_ output: Output) -> Bool {
    output.contains("help") && output.contains(sample.scale.members.grouped)
  }

  /// Starts the program and waits until it has shown everything and is idle.
  private func loaded(columns: UInt16 = 120, rows: UInt16 = 32) throws(BenchFailure) -> Terminal {
    let terminal = try open(columns: columns, rows: rows)
    _ = try terminal.read(until: "the members", quiet: 500, isLoaded)
    try terminal.rest(milliseconds: 500)
    return terminal
  }

  private func end(_ terminal: Terminal) {
    _ = try? terminal.type("Q")
    // Wait until the program has ended; otherwise it is killed.
    _ = try? terminal.rest(milliseconds: 20_000)
  }

  /// Measures the time from just before the start of the program to the last byte of the first frame, and of the
  /// first frame with the members.
  func start() throws(BenchFailure) -> [Figure] {
    var frames: [Double] = []
    var members: [Double] = []
    for run in 0...(sample.scale == .tenfold ? max(3, runs / 3) : runs) {
      let terminal = try open()
      let output = try terminal.read(until: "the members", quiet: 100, isLoaded)
      // The members may follow immediately, so a shorter pause than elsewhere separates the two frames. The frame that
      // only says that the data are being read doesn't count.
      guard let frame = output.time(of: "\(sample.scale.organizations.grouped) orgs", pause: 5),
        let filled = output.time(of: sample.scale.members.grouped, pause: 5)
      else { throw BenchFailure("there is no whole frame") }
      if run > 0 {
        frames.append(Double(frame - terminal.process.start) / 1e6)
        members.append(Double(filled - terminal.process.start) / 1e6)
      }
      end(terminal)
    }
    return [figure(.start, frames), figure(.members, members)]
  }

  // MARK: Keys

  /// Types a key, and returns how many milliseconds it took until the last byte of the response had been read.
  private func press(_ key: String, in terminal: Terminal, quiet: Int64) throws(BenchFailure) -> Double {
    let start = try terminal.type(key)
    let output = try terminal.read(until: "the frame for \(key.debugDescription)", quiet: quiet, seconds: 10)
    return Double(output.end - start) / 1e6
  }

  private func press(
    _ keys: [String], _ count: Int, in terminal: Terminal, quiet: Int64
  ) throws(BenchFailure) -> [Double] {
    var samples: [Double] = []
    for number in 0..<count {
      samples.append(try press(keys[number % keys.count], in: terminal, quiet: quiet))
    }
    return samples
  }

  /// Names the key that took longest.
  private func slowest(_ samples: [Double], _ keys: [String]) -> String? {
    guard let worst = samples.indices.max(by: { samples[$0] < samples[$1] }) else { return nil }
    let key = keys[worst % keys.count]
    let control = key.utf8.first.flatMap { $0 < 32 ? "^" + String(UnicodeScalar($0 + 64)) : nil }
    return "slowest: \(control ?? key)"
  }

  func moving() throws(BenchFailure) -> [Figure] {
    let terminal = try loaded()
    defer { end(terminal) }
    // j, ^F, k, ^D, G, k, ^B, ^U, and g; each of them changes what is shown.
    let keys = "jjjjjjjj\u{6}\u{6}\u{6}kkkk\u{4}\u{4}Gkkk\u{2}\u{2}\u{2}\u{15}\u{15}g".map { String($0) }
    _ = try press(keys, keys.count, in: terminal, quiet: Self.frame)
    let samples = try press(keys, runs * 12, in: terminal, quiet: Self.frame)
    return [figure(.moving, samples, note: slowest(samples, keys))]
  }

  func filter() throws(BenchFailure) -> [Figure] {
    let terminal = try loaded()
    defer { end(terminal) }
    try terminal.type("/")
    _ = try terminal.read(until: "the filter", quiet: filtered)
    // Filters with many, few, and no matches. Each word is cleared with ^U, which shows all rows again.
    let keys = "acme\u{15}labs 12\u{15}zz\u{15}org_1\u{15}umbrella 9\u{15}é\u{15}lago_cust_10\u{15}"
      .map { String($0) }
    _ = try press(keys, 5, in: terminal, quiet: filtered)
    let samples = try press(keys, runs * 4, in: terminal, quiet: filtered)
    return [figure(.filter, samples, note: slowest(samples, keys))]
  }

  /// Measures the number of bytes for moving the selection in a terminal of the usual size.
  func bytes() throws(BenchFailure) -> [Figure] {
    let terminal = try loaded(columns: 80, rows: 24)
    defer { end(terminal) }
    func count(_ key: String, _ times: Int) throws(BenchFailure) -> [Double] {
      var samples: [Double] = []
      for _ in 0..<times {
        try terminal.type(key)
        let output = try terminal.read(until: "the frame for \(key)", quiet: Self.frame, seconds: 10)
        samples.append(Double(output.bytes.count))
      }
      return samples
    }
    let moves = try count("j", 15) + count("k", 15)
    _ = try count("j", 30)
    return [figure(.bytes, moves), figure(.scrollBytes, try count("j", 30))]
  }

  // MARK: Idle

  func resting() throws(BenchFailure) -> [Figure] {
    let terminal = try loaded()
    defer { end(terminal) }
    // Idle threads end after five seconds.
    try terminal.rest(milliseconds: 6000)
    let files = Double(size(of: sample.organizationsFile) + size(of: sample.membersFile))
    let linking = try terminal.process.isStatic ? "linked in" : "in libraries"
    func memory(_ row: Row, _ name: String) throws(BenchFailure) -> Figure {
      let bytes = Double(try terminal.process.memory(name))
      return figure(row, [bytes / files], note: "\((bytes / 1e6).short) MB, Swift runtime \(linking)")
    }
    let figures = [try memory(.memory, "VmRSS"), try memory(.peak, "VmHWM")]
    let before = try terminal.process.timesRun()
    let output = try terminal.rest(milliseconds: 10_000)
    let after = try terminal.process.timesRun()
    // A thread that no longer exists must have run in order to end.
    let ended = before.keys.count { after[$0] == nil }
    let ran = after.merging(before) { $0 - $1 }.filter { after[$0.key] != nil && $0.value > 0 }
    let names = ran.map { "\(terminal.process.name(ofThread: $0.key)) \($0.value)" }.sorted()
    let who = names + (ended > 0 ? ["threads that ended \(ended)"] : [])
    let wakeUps = Double(ran.values.reduce(0, +) + ended)
    return figures + [
      figure(.wakeUps, [wakeUps], note: who.isEmpty ? nil : who.joined(separator: ", ")),
      figure(.silence, [Double(output.bytes.count)]),
    ]
  }

  // MARK: Changes

  /// Starts the program and shows the organization for measurements.
  private func showingOrganization() throws(BenchFailure) -> Terminal {
    let terminal = try loaded()
    try terminal.type("/" + sample.organization + "\r")
    try terminal.rest(milliseconds: sample.scale == .tenfold ? 3000 : 1000)
    // Force a full redraw; otherwise only cells that differ from the previous content are sent.
    try terminal.type("\u{c}")
    _ = try terminal.read(until: "the organization", quiet: 100) { $0.contains(sample.user) }
    return terminal
  }

  /// Measures the time from typing the letter for the role to the frame that confirms the change.
  func editShown() throws -> [Figure] {
    var role = try FileStore(path: sample.directory, isReadOnly: true).reader()
      .role(of: sample.user, in: sample.organization)
    let terminal = try showingOrganization()
    defer { end(terminal) }
    try terminal.type("\r")
    _ = try terminal.read(until: "the members", quiet: 100)
    try terminal.type("G")
    _ = try terminal.read(until: "the last member", quiet: 100)
    var samples: [Double] = []
    for run in 0..<3 + max(3, runs / 2) {
      let next = role == .member ? "b" : "m"
      try terminal.type("r")
      _ = try terminal.read(until: "the question", quiet: Self.frame, seconds: 10)
      let start = try terminal.type(next)
      // The message that confirms the change contains an arrow.
      let output = try terminal.read(until: "the word that it is done", quiet: Self.frame) {
        $0.contains("→")
      }
      if run >= 3 { samples.append(Double(output.end - start) / 1e6) }
      role = next == "m" ? .member : .billingAdmin
    }
    let stored = try FileStore(path: sample.directory, isReadOnly: true).reader()
      .role(of: sample.user, in: sample.organization)
    guard stored == role else { throw BenchFailure("what was said to be done isn't in the file") }
    return [figure(.editShown, samples)]
  }

  /// Two versions of the members' file that differ in the role of one member.
  private func versions() throws(BenchFailure) -> [(role: String, bytes: [UInt8])] {
    let bytes = try contents(of: sample.membersFile)
    let start = """
      "org_id": "\(sample.organization)",
            "user_id": "\(sample.otherUser)",
            "role": "
      """
    // Text without NULs, which `strstr` can search.
    let found = (bytes + [0]).withUnsafeBytes { memory -> Int? in
      let text = memory.assumingMemoryBound(to: CChar.self)
      guard let base = text.baseAddress, let found = strstr(base, start) else { return nil }
      return UnsafePointer(found) - base + start.utf8.count
    }
    guard let found, let end = bytes[found...].firstIndex(of: UInt8(ascii: "\"")) else {
      throw BenchFailure("the member isn't in the file")
    }
    let role = String(decoding: bytes[found..<end], as: UTF8.self)
    let otherRole = role == "member" ? "billing_admin" : "member"
    var other = bytes
    other.replaceSubrange(found..<end, with: Array(otherRole.utf8))
    return [(otherRole, other), (role, bytes)]
  }

  /// Writes the file as the service does, and returns how many milliseconds after closing it the frame with
  /// the change was complete.
  private func change(
    to version: (role: String, bytes: [UInt8]), _ terminal: Terminal, quiet: Int64 = frame
  ) throws(BenchFailure) -> Double {
    var file = try OutputFile(sample.membersFile)
    try file.write(version.bytes)
    let end = file.close()
    // The screen calls it billing.
    let shown = version.role == "billing_admin" ? "billing" : version.role
    let output = try terminal.read(until: "the change of another program", quiet: quiet) {
      $0.contains(shown)
    }
    return Double((output.time(of: shown, pause: Self.frame) ?? output.end) - end) / 1e6
  }

  func foreign() throws(BenchFailure) -> [Figure] {
    let versions = try versions()
    let terminal = try showingOrganization()
    defer { end(terminal) }
    var samples: [Double] = []
    for run in 0...max(3, runs / 3) {
      let time = try change(to: versions[run % 2], terminal)
      if run > 0 { samples.append(time) }
      // Wait until the changes are no longer highlighted, and the history is up to date.
      try terminal.rest(milliseconds: 3000)
    }
    return [figure(.foreign, samples)]
  }

  /// Measures whether memory grows with changes by other programs.
  func soaked() throws(BenchFailure) -> [Figure] {
    let versions = try versions()
    let terminal = try showingOrganization()
    defer { end(terminal) }
    // The first changes fill buffers that are reused later.
    let warming = min(1000, soak / 10 + 1)
    var sizes: [Double] = []
    for number in 0..<warming + soak {
      // The next change is made as soon as this one is shown.
      _ = try change(to: versions[number % 2], terminal, quiet: 0)
      let done = number + 1 - warming
      if done == 0 || done == soak / 2 || done == soak {
        try terminal.rest(milliseconds: 3000)
        sizes.append(Double(try terminal.process.memory("VmRSS")))
      }
      if done > 0, done % 1000 == 0 { progress("  \(done.grouped) of \(soak.grouped) changes") }
    }
    let note = sizes.map { ($0 / 1e6).short }.joined(separator: ", ") + " MB after \(soak.grouped) changes"
    return [figure(.soak, sizes.dropFirst().map { $0 / sizes[0] }, note: note)]
  }
}
