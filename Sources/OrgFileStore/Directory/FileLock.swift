import CLinux
import Glibc
import OrgCore
import SystemPackage

/// The lock shared by orgman's own processes and threads: `flock` on `.orgman/lock`, a file that is never removed.
/// Other programs don't know about it. Waiters get it in the order in which they arrived; see `LockQueue`.
struct FileLock {
  static let name = "lock"

  let directory: DataDirectory
  /// How long to wait for the lock, in milliseconds.
  var patience = 30_000
  /// How long another waiter may take to notice that it is its turn, in milliseconds.
  var hesitation: Int64 = 30

  /// Runs the body with the lock held.
  ///
  /// - Parameter waiting: called about ten times a second while another holder has the lock; return `false` to give up.
  /// - Throws: `locked` on timeout, `cancelled`, or `system`.
  func withLock<Value>(
    waiting: (Contention) -> Bool, _ body: (borrowing Descriptor) throws(OrgError) -> Value
  ) throws(OrgError) -> Value {
    let space = try explaining { () throws(SystemCallError) in try directory.openPrivate() }
    let file = try acquire(space, waiting)
    defer { directory.calls.unlock(file) }
    return try body(space)
  }

  /// Whether another process holds the lock or is waiting for it.
  var isContended: Bool {
    let calls = directory.calls
    guard
      let space = try? calls.open(DataDirectory.privateName, in: directory.root, O_RDONLY | O_DIRECTORY),
      let file = try? calls.open(Self.name, in: space, O_RDWR)
    else { return false }
    return LockQueue(file).isTaken
  }

  private func acquire(
    _ space: borrowing Descriptor, _ waiting: (Contention) -> Bool
  ) throws(OrgError) -> Descriptor {
    let start = clinux_monotonic_milliseconds()
    var asked = start
    while true {
      let file = try explaining { () throws(SystemCallError) in
        try directory.create(Self.name, in: space, O_RDWR)
      }
      var queue = LockQueue(file, hesitation: hesitation)
      while true {
        let turn = queue.turn()
        if case .own = turn,
          try explaining({ () throws(SystemCallError) in try directory.calls.tryLock(file, Self.name) })
        {
          break
        }
        queue.enter()
        let now = clinux_monotonic_milliseconds()
        let isOver = now - start >= patience
        if isOver || now - asked >= 100 {
          asked = now
          let holder = holder(file, waited: Int(now - start))
          guard !isOver else {
            throw OrgError(
              .locked,
              "The data are \(holder); nothing was changed. Try again, or see what that program is doing.",
              holder: holder)
          }
          guard waiting(holder) else { throw OrgError(.cancelled, "Cancelled; nothing was changed.") }
        }
        // Only the next in line needs to notice at once.
        if case .later = turn { usleep(5000) } else { usleep(300) }
      }
      queue.leave()
      if try explaining({ () throws(SystemCallError) in try isFound(file, in: space) }) {
        try explaining { () throws(SystemCallError) in try introduce(file) }
        return file
      }
    }
  }

  /// Whether the locked file is still the one under this name. If it was removed in the meantime,
  /// its lock protects nothing.
  private func isFound(
    _ file: borrowing Descriptor, in space: borrowing Descriptor
  ) throws(SystemCallError) -> Bool {
    guard let present = try? directory.calls.status(of: Self.name, in: space) else { return false }
    return present.st_ino == (try directory.calls.status(file, Self.name)).st_ino
  }

  private func explaining<Value: ~Copyable>(
    _ body: () throws(SystemCallError) -> Value
  ) throws(OrgError) -> Value {
    do {
      return try body()
    } catch {
      throw OrgError(error, "\(directory.path.escapedForDisplay) can't be locked")
    }
  }

  /// Records the holder in the file, for processes that wait.
  private func introduce(_ file: borrowing Descriptor) throws(SystemCallError) {
    let line = "\(getpid())\t\(Self.programName)\t\(userName(getuid()))\t\(Timestamp.now())\n"
    try directory.calls.truncate(file, Self.name)
    try directory.calls.write(Array(line.utf8), to: file, Self.name)
  }

  private func holder(_ file: borrowing Descriptor, waited: Int) -> Contention {
    // Any longer line wasn't written by orgman.
    let line = try? directory.calls.readBeginning(of: file, Self.name, length: 256)
    return Self.holder(line ?? [], waited: waited)
  }

  /// Parses the holder's record.
  static func holder(_ bytes: some Collection<UInt8>, waited: Int) -> Contention {
    let parts = String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == "\t" || $0 == "\n" })
    guard parts.count >= 3, let pid = Int32(parts[0]) else {
      return Contention(program: "", origin: .process(0), user: "", waitedMilliseconds: waited)
    }
    return Contention(
      program: String(parts[1]), origin: .process(pid), user: String(parts[2]),
      since: parts.count > 3 ? Timestamp(String(parts[3])) : nil, state: Self.state(of: pid),
      waitedMilliseconds: waited)
  }

  /// The state of a process according to the kernel.
  private static func state(of pid: Int32) -> Contention.State {
    guard let file = fopen("/proc/\(pid)/stat", "re") else { return .gone }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = fread(&bytes, 1, bytes.count, file)
    // The name is in parentheses and may itself contain parentheses.
    let letter = bytes[..<count].lastIndex(of: UInt8(ascii: ")")).map { bytes[min($0 + 2, count - 1)] }
    switch letter {
    case UInt8(ascii: "T"), UInt8(ascii: "t"): return .stopped
    case UInt8(ascii: "Z"), UInt8(ascii: "X"): return .gone
    default: return .running
    }
  }

  /// The name of the running program, without its directory.
  private static var programName: String {
    CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "orgman"
  }
}
