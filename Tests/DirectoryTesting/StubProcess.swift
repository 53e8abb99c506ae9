import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// A program in Python that ends when its standard input does, so that it never outlives the tests, and whose first line says
/// that it is ready.
final class StubProcess: Sendable {
  /// Its first line.
  let greeting: String
  private let process: Mutex<ChildProcess>
  /// Open as long as it is wanted, and only in the tests' process.
  private let lifeline: Descriptor

  init(_ command: [String]) throws {
    let (input, output) = (try makePipe(), try makePipe())
    let process = try ChildProcess(
      "/usr/bin/env", command, environment: plainEnvironment, workingDirectory: nil, inNewSession: false
    ) {
      posix_spawn_file_actions_adddup2(&$0, input.read.number, 0)
      posix_spawn_file_actions_adddup2(&$0, output.write.number, 1)
      posix_spawn_file_actions_addopen(&$0, 2, "/dev/null", O_WRONLY, 0)
    }
    output.read.stopBlocking()
    var bytes: [UInt8] = []
    let deadline = ContinuousClock.now + .seconds(60)
    while bytes.last != UInt8(ascii: "\n") {
      guard process.status == nil,
        wait(for: [(output.read, POLLIN), (process.ended, POLLIN)], until: deadline)
      else { throw StubFailure() }
      _ = output.read.readAll { bytes += $0 }
    }
    self.process = Mutex(process)
    lifeline = input.write
    greeting = String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}

/// That a stand-in couldn't be started.
struct StubFailure: Error {}

/// Stand-ins that stay for as long as a test does: a value that isn't used again may go at once.
public final class KeptStandIns: Sendable {
  private let kept = Mutex<[any Sendable]>([])

  /// None.
  public init() {}

  /// Keeps one.
  public func keep(_ standIn: some Sendable) { kept.withLock { $0.append(standIn) } }
}
