import Foundation
import TerminalTesting
import Testing

@Suite("Running a program without a terminal")
struct RunTests {
  @Test("Input, output, errors and the exit code pass through, in exactly the given environment")
  func passes() throws {
    let output = try run(
      "/bin/sh", ["-c", "cat; echo oh >&2; env; exit 4"], environment: ["A": "b"], input: "in\n")
    #expect(output.status == .exited(4))
    #expect(output.stdout.hasPrefix("in\n"))
    #expect(output.stdout.contains("A=b\n"))
    #expect(!output.stdout.contains("HOME="))
    #expect(output.stderr == "oh\n")
    #expect(try run("/bin/sh", ["-c", "kill -KILL $$"]).status == .signalled(SIGKILL))
    #expect(try run("/bin/pwd", workingDirectory: "/usr").stdout == "/usr\n")
  }

  @Test("Much input and much output do not block each other")
  func large() throws {
    let text = String(repeating: "0123456789abcdef", count: 100_000)
    let output = try run("/usr/bin/tee", ["/dev/stderr"], input: text)
    #expect(output.status == .exited(0))
    #expect(output.stdout == text)
    #expect(output.stderr == text)
  }

  @Test("A program that does not want its input does not end the tests")
  func brokenPipe() throws {
    let text = String(repeating: "x", count: 1_000_000)
    #expect(try run("/bin/sh", ["-c", "exec <&-; echo done"], input: text).stdout == "done\n")
  }

  @Test("A program that does not end is killed after the time-out")
  func timeOut() throws {
    let failure = #expect(throws: TerminalFailure.self) {
      try run("/bin/sh", ["-c", "echo $$; exec sleep 60"], timeout: .milliseconds(300))
    }
    let id = try #require(failure?.description.split(separator: "\n").compactMap { Int32($0) }.first)
    #expect(kill(id, 0) == -1 && errno == ESRCH)
  }

  @Test("A program's end is enough, though a child of its own keeps the pipes open")
  func inherited() throws {
    let start = ContinuousClock.now
    let output = try run("/bin/sh", ["-c", "sleep 5 & echo done"])
    #expect(output.stdout == "done\n")
    #expect(start.duration(to: .now) < .seconds(4))
  }
}

@Suite("What tests stand on")
struct SupportTests {
  @Test("A temporary directory is there, empty and one's own, until nobody holds it")
  func directory() throws {
    var one: TemporaryDirectory? = try TemporaryDirectory()
    let other = try TemporaryDirectory()
    let path = try #require(one?.path)
    #expect(path != other.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    try "x".write(toFile: path + "/file", atomically: false, encoding: .utf8)
    one = nil
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: other.path))
  }

  @Test("A built product is found beside the tests, and a missing one is an error")
  func product() throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #expect(try builtProduct(URL(filePath: tests).lastPathComponent) == tests)
    #expect(throws: TerminalFailure.self) { try builtProduct("no-such-product") }
  }
}
