import Foundation
import Glibc
import OrgCore
import SystemPackage
import TerminalTesting
import Testing

@testable import OrgFileStore

/// Every system call of a commit and of a recovery fails once, or is the last one.
@Suite(.sideBySide) struct FaultTests {
  /// What stands before the commit that is disturbed.
  enum Setting: CaseIterable {
    /// There is no journal yet.
    case first
    /// There is one.
    case later
    /// Another program wrote meanwhile.
    case foreign
    /// Another program wrote what it had read before the latest change.
    case stale

    func prepare(_ scratch: Scratch) throws {
      guard self != .first else { return }
      _ = try scratch.store().commit(Sample.plan)
      switch self {
      case .first, .later: break
      case .foreign:
        try scratch.write(
          "organizations.json",
          scratch.read("organizations.json").replacingOccurrences(of: "Globex", with: "Foreign"))
      case .stale:
        try scratch.write(
          "organizations.json", Fixture.organizations.replacingOccurrences(of: "\"Acme", with: "\"Foreign"))
      }
    }

    var outcomes: (old: [String], new: [String]) {
      get throws {
        let scratch = try Scratch.reference()
        try prepare(scratch)
        // What the other program wrote is ingested whatever happens to the commit.
        if self != .first { _ = try scratch.store().maintain() }
        let old = try scratch.files()
        _ = try scratch.store().commit(Sample.create("new"))
        return (old, try scratch.files())
      }
    }
  }

  static let faults: [SystemCalls.Fault] = [.fail(.ioError), .fail(.noSpace), .fail(.interrupted), .short]

  @Test(arguments: Setting.allCases)
  func `whichever call of a commit fails, both files are as before or as after, and the caller knows`(
    setting: Setting
  ) throws {
    let (old, new) = try setting.outcomes
    var runs = 0
    // One kind of fault at each call; at a larger scale, all kinds.
    for round in 0..<min(Self.faults.count, testScale) {
      var index = 1
      while true {
        let fault = Self.faults[(index + round) % Self.faults.count]
        let scratch = try Scratch.reference()
        try setting.prepare(scratch)
        let faults = Faults()
        let store = try scratch.store(faults)
        faults.plan(.once(index, fault))
        let error = code { try store.commit(Sample.create("new")) }
        let isOver = faults.count < index
        let note = "\(setting) \(fault) at call \(index), \(faults.names.dropFirst(index - 1).first ?? "-")"
        faults.plan(nil)
        if case .fail(.interrupted) = fault { #expect(error == nil, "\(note)") }
        if case .short = fault { #expect(error == nil, "\(note)") }
        let files = try scratch.recovered(note)
        #expect(files == new || error != nil && files == old, "\(note)")
        // The caller's change set is still good, for the same store and for another.
        _ = try (index % 2 == 0 ? store : scratch.store()).commit(Sample.create("new"))
        #expect(try scratch.files() == new, "\(note)")
        runs += 1
        if isOver { break }
        index += 1
      }
    }
    print("faults at calls of a commit, \(setting): \(runs)")
  }

  @Test(arguments: Setting.allCases)
  func `killed at whichever call of a commit, both files are as before or as after`(setting: Setting) throws {
    let (old, new) = try setting.outcomes
    var index = 1
    while true {
      let scratch = try Scratch.reference()
      try setting.prepare(scratch)
      let faults = Faults()
      let store = try scratch.store(faults)
      faults.plan(.end(index))
      let error = code { try store.commit(Sample.create("new")) }
      let isOver = faults.count < index
      let note = "\(setting), killed at call \(index), \(faults.names.dropFirst(index - 1).first ?? "-")"
      let files = try scratch.recovered(note)
      #expect(files == new || error != nil && files == old, "\(note)")
      // Recovery changes nothing more when it runs again.
      if index % 4 == 0 || testScale > 1 { #expect(try scratch.recovered(note) == files, "\(note)") }
      if isOver { break }
      index += 1
    }
    print("kills at calls of a commit, \(setting): \(index)")
  }

  @Test(arguments: Setting.allCases)
  func `a recovery that fails or is killed at whichever call is made good by the next`(setting: Setting)
    throws
  {
    let (old, new) = try setting.outcomes
    var random = SeededGenerator(seed: UInt64(testScale))
    var index = 1
    var runs = 0
    var isOver = false
    while !isOver {
      var inner = 1
      while true {
        let scratch = try Scratch.reference()
        try setting.prepare(scratch)
        let faults = Faults()
        faults.plan(.end(index))
        let error = code { try scratch.store(faults).commit(Sample.create("new")) }
        isOver = faults.count < index
        let recovery = Faults()
        let fault = Self.faults.randomElement(using: &random) ?? .short
        let plan = runs % 2 == 0 ? Faults.Plan.end(inner) : .once(inner, fault)
        recovery.plan(plan)
        // Opening may be what fails.
        _ = try? scratch.store(recovery).maintain()
        let note = "\(setting), killed at call \(index), recovery \(plan)"
        let files = try scratch.recovered(note)
        #expect(files == new || error != nil && files == old, "\(note)")
        runs += 1
        if recovery.count < inner { break }
        inner += Int.random(in: 1...max(1, 120 / testScale), using: &random)
      }
      index += Int.random(in: 1...max(1, 6 / testScale), using: &random)
    }
    print("disturbed recoveries, \(setting): \(runs)")
  }

  /// A file that can't be read for a moment is not one that somebody wrote.
  @Test func `killed before an exchange, recovery publishes what was committed, whichever call of it fails`()
    throws
  {
    let setting = Setting.stale
    let (old, new) = try setting.outcomes
    let whole = Faults()
    let trial = try Scratch.reference()
    try setting.prepare(trial)
    whole.plan(.all([], .ioError))
    _ = try trial.store(whole).commit(Sample.create("new"))
    let exchanges = whole.names.indices.filter { whole.names[$0] == "renameat2" }
    #expect(exchanges.count > 1)
    for exchange in exchanges.prefix(2) {
      for inner in 1...80 {
        let scratch = try Scratch.reference()
        try setting.prepare(scratch)
        let faults = Faults()
        faults.plan(.end(exchange + 1))
        let error = code { try scratch.store(faults).commit(Sample.create("new")) }
        let recovery = Faults()
        recovery.plan(.once(inner, .fail(.ioError)))
        _ = try? scratch.store(recovery).maintain()
        let note = "killed at call \(exchange + 1), recovery fails at call \(inner)"
        let files = try scratch.recovered(note)
        #expect(files == new || error != nil && files == old, "\(note)")
        if recovery.count < inner { break }
      }
    }
  }

  @Test func `opened after a kill, a store never shows one file without the other`() throws {
    let (old, new) = try Setting.later.outcomes
    var index = 1
    while true {
      let scratch = try Scratch.reference()
      try Setting.later.prepare(scratch)
      let faults = Faults()
      faults.plan(.end(index))
      _ = code { try scratch.store(faults).commit(Sample.create("new")) }
      let isOver = faults.count < index
      // Without a word to `maintain`, as a command that only reads.
      let contents = try scratch.store().snapshot().contents
      let files = contents.files.map { String(decoding: $0.bytes, as: UTF8.self) }
      #expect(files == old || files == new, "killed at call \(index)")
      if isOver { break }
      index += 1
    }
  }

  @Test func `a full disk, or no descriptor left, is an error, and all is well when there is room again`()
    throws
  {
    for (names, error) in [
      (["write"], Errno.noSpace), (["open"], .tooManyOpenFiles), (["fsync"], .ioError),
      (["fdatasync"], .ioError), (["read"], .ioError), (["renameat2", "rename"], .ioError),
    ] {
      for setting in Setting.allCases {
        let (old, new) = try setting.outcomes
        let scratch = try Scratch.reference()
        try setting.prepare(scratch)
        let faults = Faults()
        let store = try scratch.store(faults)
        faults.plan(.all(names, error))
        let thrown = code { try store.commit(Sample.create("new")) }
        #expect(thrown == .system || thrown == .damagedData, "\(names) \(setting)")
        _ = try? store.snapshot()
        faults.plan(nil)
        let note = "\(names) \(setting)"
        let files = try scratch.recovered(note)
        #expect(files == old || files == new, "\(note)")
        _ = try store.commit(Sample.create("new"))
        #expect(try scratch.files() == new, "\(note)")
      }
    }
  }

  @Test func `after one to three commits with a crash at any step, what was acknowledged is there`() throws {
    let sets = [Sample.create("a"), Sample.plan, Sample.role, Sample.create("b")]
    var random = SeededGenerator(seed: UInt64(testScale))
    for run in 0..<(60 * testScale) {
      let scratch = try Scratch.reference()
      let chosen = sets.shuffled(using: &random).prefix(1 + run % 3)
      var acknowledged: [ChangeSet] = []
      for set in chosen {
        let faults = Faults()
        faults.plan(.end(Int.random(in: 1...160, using: &random)))
        do {
          _ = try scratch.store(faults).commit(set)
          acknowledged.append(set)
        } catch {}
      }
      let files = try scratch.recovered()
      // Committing again what was acknowledged makes no difference.
      let store = try scratch.store()
      for set in acknowledged { #expect(try store.commit(set).changes.isEmpty) }
      #expect(try scratch.files() == files)
      for set in chosen { _ = try store.commit(set) }
      let final = FileContents(try scratch.read("organizations.json"), try scratch.read("org_users.json"))
      let expected = try outcome(Array(chosen))
      #expect(Set(final.everything) == Set(FileContents(expected[0], expected[1]).everything))
    }
  }
}
