import CVTerm
import Foundation

/// The path of an executable of this package, beside the running tests.
///
/// `swift build --build-tests` and `swift test` build it as well. Throws where it stands nowhere near.
public func builtProduct(_ name: String) throws -> String {
  let tests =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).map { [$0] } ?? []
  let candidates = (tests + CommandLine.arguments).map {
    URL(filePath: $0).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
  }
  guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
    throw TerminalFailure("No executable \(name) among \(candidates)")
  }
  return path
}

/// An empty directory for one test, removed with everything in it when nobody holds it any more.
public final class TemporaryDirectory: Sendable {
  /// Its absolute path, without symbolic links.
  public let path: String

  /// Creates the directory; throws what the system says.
  public init() throws {
    let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    var template = Array("\(parent)/orgman-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw TerminalFailure("mkdtemp", code: errno) }
    path = String(cString: made)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What came of a process without a terminal.
public struct Output: Sendable {
  /// How it ended.
  public let status: ExitStatus
  /// What it wrote to its standard output, byte for byte.
  public let stdoutBytes: [UInt8]
  /// What it wrote to its standard error, byte for byte.
  public let stderrBytes: [UInt8]

  /// What it wrote to its standard output, as UTF-8.
  public var stdout: String { String(decoding: stdoutBytes, as: UTF8.self) }
  /// What it wrote to its standard error, as UTF-8.
  public var stderr: String { String(decoding: stderrBytes, as: UTF8.self) }
}

/// Runs a program to its end with pipes for its input and output and exactly this environment.
///
/// Throws where it can't be started, and, after killing it, where it still runs after the time-out.
public func run(
  _ executable: String, _ arguments: [String] = [], environment: [String: String] = plainEnvironment,
  input: String = "", workingDirectory: String? = nil, timeout: Duration = .seconds(30)
) throws -> Output {
  var (child, stdin, outputs) = try startWithPipes(executable, arguments, environment, workingDirectory)
  var bytes: [[UInt8]] = [[], []]
  var left = Array(input.utf8)[...]
  let deadline = ContinuousClock.now + timeout
  while true {
    // In this order, so that the last words of the program are read.
    let status = child.status
    if let pipe = stdin, !pipe.write(&left) || left.isEmpty { stdin = nil }
    for index in outputs.indices where outputs[index]?.readAll({ bytes[index] += $0 }) == false {
      outputs[index] = nil
    }
    if let status { return Output(status: status, stdoutBytes: bytes[0], stderrBytes: bytes[1]) }
    let readable = ([child.ended] + outputs.compactMap { $0 }).map { ($0, POLLIN) }
    let writable = stdin.map { [($0, POLLOUT)] } ?? []
    guard wait(for: readable + writable, until: deadline) else {
      let texts = bytes.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
      throw TerminalFailure("\(executable) still runs after \(timeout).\n\(texts)")
    }
  }
}

private func startWithPipes(
  _ executable: String, _ arguments: [String], _ environment: [String: String], _ workingDirectory: String?
) throws -> (ChildProcess, stdin: Descriptor?, outputs: [Descriptor?]) {
  let pipes = try (0..<3).map { _ in try makePipe() }
  let child = try ChildProcess(
    executable, arguments, environment: environment, workingDirectory: workingDirectory, inNewSession: false
  ) {
    posix_spawn_file_actions_adddup2(&$0, pipes[0].read.number, 0)
    posix_spawn_file_actions_adddup2(&$0, pipes[1].write.number, 1)
    posix_spawn_file_actions_adddup2(&$0, pipes[2].write.number, 2)
  }
  let ours = [pipes[0].write, pipes[1].read, pipes[2].read]
  for pipe in ours { pipe.stopBlocking() }
  return (child, ours[0], [ours[1], ours[2]])
}
