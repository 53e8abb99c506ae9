import Glibc

/// A session of psql, to which statements are given one after the other.
final class Psql {
  private let process: Process
  private let input: Int32
  private let output: Int32
  private var rest: [UInt8] = []

  /// Connects to a database.
  init(_ address: String) throws(BenchFailure) {
    var (to, from): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&to) == 0, pipe(&from) == 0 else { throw BenchFailure("pipe", errno: errno) }
    for end in to + from { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (input, output) = (to[1], from[0])
    let (reads, writes) = (to[0], from[1])
    defer { for end in [reads, writes] { close(end) } }
    process = try Process(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", address]) {
      posix_spawn_file_actions_adddup2(&$0, reads, 0)
      posix_spawn_file_actions_adddup2(&$0, writes, 1)
    }
  }

  deinit {
    close(input)
    _ = process.wait()
    close(output)
  }

  /// Sends statements without waiting for them, and returns the time just before.
  @discardableResult
  func send(_ statements: String) throws(BenchFailure) -> Int64 {
    let bytes = Array((statements + "\n\\echo .\n").utf8)
    let start = now()
    guard write(input, bytes, bytes.count) == bytes.count else { throw BenchFailure("psql", errno: errno) }
    return start
  }

  /// The lines that the statements sent last print.
  func lines() throws(BenchFailure) -> [String] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let end: [UInt8] = Array(".\n".utf8)
    while !(rest.suffix(2).elementsEqual(end) && (rest.count == 2 || rest[rest.count - 3] == 10)) {
      let count = read(output, &buffer, buffer.count)
      guard count > 0 else { throw BenchFailure("psql ended: a statement was refused") }
      rest += buffer[..<count]
    }
    defer { rest = [] }
    return String(decoding: rest.dropLast(2), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Runs statements, and returns the lines that they print.
  @discardableResult
  func run(_ statements: String) throws(BenchFailure) -> [String] {
    try send(statements)
    return try lines()
  }

  /// Runs a statement, and returns how many milliseconds it took.
  func time(_ statement: String) throws(BenchFailure) -> Double {
    let start = try send(statement)
    _ = try lines()
    return Double(now() - start) / 1e6
  }
}
