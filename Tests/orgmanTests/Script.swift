import Foundation
import TerminalTesting
import Testing

/// Runs commands on the data of a test, as a script does.
struct Script {
  let data: any TestData

  func callAsFunction(_ arguments: String..., input: String = "") throws -> Output {
    try self(arguments, input: input)
  }

  func callAsFunction(_ arguments: [String], input: String = "") throws -> Output {
    // Behind --, it would be a name.
    let place = ["--data", data.address]
    return try run(
      try builtProduct("orgman"), arguments.prefix(1) + place + arguments.dropFirst(), input: input)
  }

  /// Runs a line of a shell, in which `orgman` is the program and `$DATA` a directory of the test's own.
  func shell(_ line: String, input: String = "") throws -> Output {
    let program = try builtProduct("orgman")
    let environment = plainEnvironment.merging(["ORGMAN_DATA": data.address, "DATA": data.directory]) { $1 }
    return try run(
      "/bin/sh", ["-c", "orgman() { '\(program)' \"$@\"; }\n" + line], environment: environment, input: input)
  }
}

extension Output {
  /// Standard output as JSON.
  func json<Value>(_: Value.Type = Value.self) throws -> Value {
    try #require(JSONSerialization.jsonObject(with: Data(stdoutBytes), options: .fragmentsAllowed) as? Value)
  }

  /// Whether nothing in it could act on a terminal.
  var isHarmless: Bool {
    stdout.unicodeScalars.allSatisfy {
      ($0.value >= 0x20 && $0.value != 0x7F && $0.properties.generalCategory != .format
        && $0.properties.generalCategory != .control) || $0 == "\n" || $0 == "\t" || $0 == "\r"
    }
  }
}

extension [[String: Any]] {
  /// The records as JSON.
  func json() throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: self), as: UTF8.self)
  }
}

/// Organizations whose texts try everything.
func hostileRecords() -> [Record] {
  var records = [
    Record("1", "a\tb\nc\u{1B}[31m", members: [("x\ty\u{1B}]0;z\u{7}", "owner"), ("\"q\",\r\nr", "member")]),
    Record("2", "\u{202E}gnp.exe \"q\", 'r' \\t $(touch x) `id`", members: [("-rf", "billing_admin")]),
    Record("3", "-dash"), Record("4", "株式会社みらい 🚀", members: [("ünïcode", "member")]), Record("5", "plain"),
  ]
  records[1].lago = "lago\u{9B}31m,\""
  records[2].status = "deleted"
  records[4].plan = "my \"plan\""
  return records
}
