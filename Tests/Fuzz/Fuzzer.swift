import Glibc

/// What is fuzzed: each reads one kind of what comes from outside, and checks what must hold of it then.
enum Target: String, CaseIterable {
  case organizations, users, journal, segment, checkpoint, backup, csv, json, apply, query, configuration,
    keys,
    time, lock

  func read(_ bytes: [UInt8]) {
    switch self {
    case .organizations: readOrganizations(bytes)
    case .users: readUsers(bytes)
    case .journal: readJournal(bytes)
    case .segment: readSegment(bytes)
    case .checkpoint: readCheckpoint(bytes)
    case .backup: readBackup(bytes)
    case .csv: readCSV(bytes)
    case .json: readJSON(bytes)
    case .apply: readChanges(bytes)
    case .query: readQuery(bytes)
    case .configuration: readConfiguration(bytes)
    case .keys: readKeys(bytes)
    case .time: readTime(bytes)
    case .lock: readLockHolder(bytes)
    }
  }
}

/// Ends the program where something that must hold doesn't: the fuzzer keeps the input.
func require(_ condition: Bool, _ message: @autoclosure () -> String, line: UInt = #line) {
  if !condition { fatalError("line \(line): \(message())") }
}

/// The arguments of a C program.
public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Set once, before anything is read.
nonisolated(unsafe) private var target = Target.query

/// `orgman-fuzz <target> [<option of libFuzzer> ...] [<corpus> ...]`; without a target, prints all of them.
@_cdecl("LLVMFuzzerInitialize")
public func chooseTarget(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>
) -> CInt {
  let all = arguments.pointee
  guard count.pointee > 1, let chosen = all[1].flatMap({ Target(rawValue: String(cString: $0)) }) else {
    for target in Target.allCases { puts(target.rawValue) }
    exit(count.pointee > 1 ? 64 : 0)
  }
  target = chosen
  setlocale(LC_CTYPE, "C.UTF-8")
  // The name of the program stays the first.
  all[1] = all[0]
  arguments.pointee = all + 1
  count.pointee -= 1
  return 0
}

/// Reads one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func readInput(_ start: UnsafePointer<UInt8>?, _ length: Int) -> CInt {
  target.read(Array(UnsafeBufferPointer(start: start, count: length)))
  return 0
}
