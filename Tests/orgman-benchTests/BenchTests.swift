import Foundation
import OrgFileStore
import TerminalTesting
import Testing

/// Quick looks at whether the benchmark says what it saw. Never whether it was fast: that is its own business.
@Suite struct BenchTests {
  private let place: TemporaryDirectory

  init() throws { place = try TemporaryDirectory() }

  private func bench(_ arguments: [String], path: String? = nil) throws -> Output {
    var environment = plainEnvironment
    environment["TMPDIR"] = place.path
    environment["PATH"] = path ?? ProcessInfo.processInfo.environment["PATH"]
    return try run(
      builtProduct("orgman-bench"), ["--scale", "small", "--runs", "3"] + arguments, environment: environment,
      timeout: .seconds(60))
  }

  private struct Result: Decodable {
    struct Report: Decodable {
      let scale: String
      let organizations, members, organizationsBytes, membersBytes: Int
      let figures: [Figure]
    }

    struct Figure: Decodable {
      let row: String
      let count: Int
      let median, p99, min, max, target: Double?
      let isMet: Bool?
      let missing, failure: String?
    }

    let processors: Int
    let reports: [Report]
  }

  private func decode(_ output: Output) throws -> Result.Report {
    let result = try JSONDecoder().decode(Result.self, from: Data(output.stdoutBytes))
    #expect(result.processors > 0)
    return try #require(result.reports.first)
  }

  @Test func `rows of the store, of the screen and of others are measured on data as Python writes them`()
    throws
  {
    let rows = ["start", "bytes", "scroll-bytes", "open", "scan", "write"]
    let output = try bench(["--json", "--keep", "--only"] + rows)
    #expect(output.status == .exited(0), "\(output.stderr)\(output.stdout)")
    let report = try decode(output)
    #expect(report.figures.map(\.row) == rows)
    for figure in report.figures {
      let median = try #require(figure.median)
      #expect(try #require(figure.min) <= median && median <= #require(figure.p99))
      #expect(try #require(figure.p99) <= #require(figure.max) && figure.count >= 3)
      // At the bytes of a move there is a target at every scale.
      if figure.row == "bytes" { #expect(figure.isMet == (try #require(figure.max) <= 200)) }
    }

    let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
    let directory = place.path + "/" + (try #require(names.first))
    #expect(names.count == 1)
    let reader = try FileStore(path: directory, isReadOnly: true).reader()
    #expect(reader.problems.isEmpty)
    #expect(reader.summary.organizationCount == 1000 && report.organizations == 1000)
    #expect(reader.summary.memberCount == 10_000 && report.members == 10_000)
    let script = """
      import json, sys
      for path in sys.argv[1:]:
        text = open(path).read()
        assert json.dumps(json.loads(text), indent=2) == text
      """
    let python = try run(
      "/usr/bin/env",
      ["python3", "-c", script, directory + "/organizations.json", directory + "/org_users.json"],
      environment: ProcessInfo.processInfo.environment)
    #expect(python.status == .exited(0), "\(python.stderr)")
  }

  @Test func `the table is one, and the data are gone afterwards`() throws {
    let output = try bench(["--only", "scan", "write"])
    #expect(output.status == .exited(0), "\(output.stderr)")
    let table = output.stdout.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(table.count == 4)
    #expect(Set(table.map { $0.count { $0 == "|" } }) == [9])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [])
  }

  @Test func `a program that isn't installed is named as missing`() throws {
    let report = try decode(
      bench(["--json", "--only", "python", "jq", "simdjson", "fzf", "visidata"], path: place.path))
    #expect(report.figures.map(\.row) == ["python", "jq", "simdjson", "fzf", "visidata"])
    #expect(report.figures.allSatisfy { $0.missing != nil && $0.median == nil })
  }

  @Test func `billing is verified against services of its own, and their requests are counted`() throws {
    let output = try bench(["--only", "verify", "verify-peak"])
    #expect(output.status == .exited(0), "\(output.stderr)\(output.stdout)")
    #expect(
      output.stdout.contains("10 requests to Stripe, 20 requests to Lago, half of which list subscriptions"))
    #expect(output.stdout.contains(" MB for a tenth of the organizations"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [])
  }

  @Test func `a row that doesn't exist is refused`() throws {
    #expect(try bench(["--only", "everything"]).status == .exited(64))
    #expect(try bench(["--only", "soak"]).status == .exited(64))
  }
}
