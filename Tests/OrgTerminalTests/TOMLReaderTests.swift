import Foundation
import TerminalTesting
import Testing

@testable import OrgTerminal

@Suite struct TOMLReaderTests {
  private func described(_ value: TOMLReader.Value) -> String {
    switch value.kind {
    case .string(let text): text.debugDescription
    case .integer(let number): "\(number)"
    case .boolean(let isTrue): "\(isTrue)"
    case .array(let values): "[\(values.map(described).joined(separator: ","))]"
    }
  }

  private func read(_ text: String) throws -> [String] {
    try TOMLReader(text).entries.map {
      "\(TOMLReader.name($0.path))=\(described($0.value)) \($0.value.place.line):\($0.value.place.column)"
    }
  }

  private func problem(_ text: String) -> String {
    do throws(ConfigurationProblem) {
      _ = try TOMLReader(text)
      return "none"
    } catch {
      return "\(error.place.map { "\($0.line):\($0.column)" } ?? "-") \(error.message)"
    }
  }

  @Test func `what it takes means what TOML says, and has its place`() throws {
    let text = """
      \u{FEFF}# a comment
      a = "x" # behind
      b-1_C='C:\\n'\r
      "two words" = [ 1, -2,
        # inside
        +3, ]
      [t . "u.v"]
      \tflag = true
      n.o = false
      'x' = "\\u00e9\\U0001F600\\t\\"\\\\"
      empty = []
      nested = [["a"], []]
      """
    #expect(
      try read(text) == [
        "a=\"x\" 2:5", "b-1_C=\"C:\\\\n\" 3:7", "\"two words\"=[1,-2,3] 4:15", "t.\"u.v\".flag=true 8:9",
        "t.\"u.v\".n.o=false 9:7", "t.\"u.v\".x=\"é😀\\t\\\"\\\\\" 10:7", "t.\"u.v\".empty=[] 11:9",
        "t.\"u.v\".nested=[[\"a\"],[]] 12:10",
      ])
    #expect(try read("") == [])
    #expect(try read("\n\r\n  # only this") == [])
  }

  @Test func `what is wrong is named with its line and column`() {
    for (text, expected) in [
      ("a", "1:2 An = is missing before the end of the file."),
      ("\n  a = ", "2:7 Expected a value, not the end of the file."),
      ("a = yes", "1:5 \"yes\" is no value; put text in quotes."),
      ("a = 1.5", "1:5 \"1.5\" is no value; put text in quotes."),
      ("a = 1 b = 2", "1:7 The line should end here, not go on with \"b\"."),
      ("a = \"x", "1:5 The text that begins here doesn't end in this line; its last quote is missing."),
      ("a = 'x\n'", "1:5 The text that begins here doesn't end in this line; its last quote is missing."),
      ("a = \"\\q\"", "1:6 That is no escape; write \\\\ for a backslash, or put the text in single quotes."),
      ("a = \"\\", "1:6 That is no escape; write \\\\ for a backslash, or put the text in single quotes."),
      ("a = \"\\ud800\"", "1:6 \\u must be followed by 4 hexadecimal digits, \\U by 8."),
      ("a = \"\\u12", "1:6 \\u must be followed by 4 hexadecimal digits, \\U by 8."),
      ("a = [1, 2", "1:5 The ] that ends this is missing."),
      ("a = [1 2]", "1:8 Expected a comma or ], not \"2\"."),
      ("a = [,]", "1:6 Expected a value, not \",\"."),
      ("[a", "1:3 The ] that ends the heading is missing before the end of the file."),
      ("[[a]]", "1:1 Tables in double brackets aren't used in this file."),
      ("a = {b = 1}", "1:5 Tables in braces aren't used in this file; write a heading in brackets."),
      ("a = \"\"\"x\"\"\"", "1:5 Text of several lines isn't used in this file."),
      ("a = 1\n[a]", "2:1 a is set in line 1, column 1 already, so it has nothing in it."),
      ("a.b = 1\na = 2", "2:1 a is set in line 1, column 1 already; say it once."),
      ("a = 1\na = 2", "2:1 a is set in line 1, column 1 already; say it once."),
      ("[t]\n[u]\n[t]", "3:1 [t] is already in line 1, column 1; put both together."),
      (
        "\u{1B}[2J = 1",
        "1:1 Expected a name, not \"\\u{1B}\"; quote a name that has other characters."
      ),
      ("# \u{7}", "1:3 A comment has no control characters."),
      ("a = " + String(repeating: "[", count: 100_000), "1:21 Brackets are nested too deeply."),
    ] {
      #expect(problem(text) == expected, "\(text.prefix(40))")
    }
  }

  @Test func `no text makes it crash or go on for ever`() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ab\"'\\[]{}=,.#\n\r\t u1-_é\u{1B}\u{0}")
    for _ in 0..<2000 {
      let text = String(
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in alphabet.randomElement() ?? "a" })
      _ = try? TOMLReader(text)
    }
    let text = Configuration.defaultText
    for end in stride(from: 0, to: text.count, by: 149) { _ = try? TOMLReader(String(text.prefix(end))) }
  }

  @Test func `Python's reader of TOML sees the same`() throws {
    let lines = Configuration.defaultText.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }.joined(
      separator: "\n")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import sys, tomllib
      def flat(path, value):
        if isinstance(value, dict):
          for key in value: yield from flat(path + [key], value[key])
        else: yield path, value
      for path, value in flat([], tomllib.loads(sys.stdin.read())): print(len(path), path[-1], value, sep='|')
      """,
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.start()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let printed = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    func python(_ value: TOMLReader.Value) -> String {
      switch value.kind {
      case .string(let text): text
      case .integer(let number): "\(number)"
      case .boolean(let isTrue): isTrue ? "True" : "False"
      case .array(let values):
        "["
          + values.map {
            let text = python($0)
            return text == "\\" ? "'\\\\'" : text == "'" ? "\"'\"" : "'\(text)'"
          }.joined(separator: ", ") + "]"
      }
    }
    let mine = try TOMLReader(text).entries.map {
      "\($0.path.count)|\($0.path.last ?? "")|\(python($0.value))"
    }
    #expect(mine.sorted() == printed.split(separator: "\n").map(String.init).sorted())
    #expect(mine.count > 50)
  }
}
