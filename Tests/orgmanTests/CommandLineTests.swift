import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// What is typed on the command line, right and wrong.
  @Suite struct CommandLineArguments {
    private let program: String

    init() throws { program = try builtProduct("orgman") }

    private func expect(
      _ arguments: [String], _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let output = try run(program, arguments)
      #expect(output.status == .exited(64), "\(arguments)", sourceLocation: sourceLocation)
      #expect(output.stdout == "", "\(arguments)", sourceLocation: sourceLocation)
      #expect(output.stderr == "orgman: \(sentence)\n", "\(arguments)", sourceLocation: sourceLocation)
    }

    @Test(arguments: TestStore.allCases)
    func `options of all commands can come before the command`(store: TestStore) throws {
      let data = try store.reference()
      let expected = try run(program, ["list", "plan:enterprise", "--data", data.address, "--json"])
      #expect(expected.status == .exited(0) && expected.stdout.contains("Globex"))
      for arguments in [
        ["--data", data.address, "list", "plan:enterprise", "--json"],
        ["--json", "--read-only", "--data=\(data.address)", "list", "plan:enterprise"],
        ["--json", "list", "--data", data.address, "plan:enterprise"],
      ] {
        let output = try run(program, arguments)
        #expect(output.status == .exited(0) && output.stdout == expected.stdout, "\(output)")
      }
      let refused = try run(program, ["--data", data.address, "--read-only", "create", "Acme"])
      #expect(refused.stderr.hasPrefix("orgman: Nothing can be changed"))
      let history = try run(program, ["--data", data.address, "history", "list", "Globex"])
      #expect(history.status == .exited(0), "\(history)")
      let log = data.directory + "/log"
      #expect(try run(program, ["--log-file", log, "--data", data.address, "plans"]).status == .exited(0))
      #expect(try String(contentsOfFile: log, encoding: .utf8).contains("Started."))
      #expect(try run(program, ["--help", "list"]).stdout == run(program, ["list", "--help"]).stdout)
    }

    @Test func `a mistyped command suggests the one that was meant`() throws {
      for (typed, sentence) in [
        (["lsit"], "There is no command \"lsit\". Did you mean list?"),
        (["memebrs", "Acme"], "There is no command \"memebrs\". Did you mean members?"),
        (["--data", "/nowhere", "exprot", "x.csv"], "There is no command \"exprot\". Did you mean export?"),
        (["LIST"], "There is no command \"LIST\". Did you mean list?"),
        (["ls"], "There is no command \"ls\". Did you mean list?"),
        (["xyzzy"], "There is no command \"xyzzy\"."),
        (["help", "lsit"], "There is no command \"lsit\". Did you mean list?"),
        (["help", "nope"], "There is no command \"nope\"."),
        (["help", "history", "prnue"], "There is no command \"prnue\". Did you mean prune?"),
        (["nope", "--help"], "There is no command \"nope\"."),
        (
          ["/srv/data"],
          "There is no command \"/srv/data\". To open the data there, name them with --data, as in orgman --data /srv/data."
        ),
        (["\u{1B}[2J"], #"There is no command "\u{1B}[2J"."#),
      ] {
        try expect(typed, sentence + " See orgman --help.")
      }
    }

    @Test func `help of a command that there is works`() throws {
      for (arguments, same) in [
        (["help", "list"], ["list", "--help"]),
        (["help", "history", "prune"], ["history", "prune", "--help"]),
        (["help"], ["--help"]),
      ] {
        let (output, other) = (try run(program, arguments), try run(program, same))
        #expect(output.status == .exited(0) && output.stdout == other.stdout && !output.stdout.isEmpty)
      }
    }

    @Test func `what is wrong points to the help of that command`() throws {
      for (typed, sentence) in [
        (["list", "--jsno"], "Unknown option '--jsno'. Did you mean '--json'? See orgman list --help."),
        (["--reed-only"], "Unknown option '--reed-only'. Did you mean '--read-only'? See orgman --help."),
        (
          ["history", "prune", "--befroe", "x"],
          "Unknown option '--befroe'. Did you mean '--before'? See orgman history prune --help."
        ),
        (["show"], "Missing expected argument '<organization>'. See orgman show --help."),
        (
          ["list", "--log-level", "loud"],
          "The value 'loud' is invalid for '--log-level <level>'. Please provide one of the following: trace, debug, info, notice, warning or error. See orgman list --help."
        ),
        (["list", "--spreadsheet"], "--spreadsheet is about CSV; say --csv, too. See orgman list --help."),
      ] {
        try expect(typed, sentence)
      }
    }

    @Test func `every number refuses what isn't one with a sentence`() throws {
      let range = "a whole number is expected, 1 or more"
      for (value, reason) in [
        ("x", range), ("", range), ("0", range), ("-5", range), ("1.5", range), ("1e3", range), ("+1", range),
        ("99999999999999999999", "it is too large"),
      ] {
        try expect(
          ["history", "--limit", value],
          "The value '\(value)' is invalid for '--limit <limit>': \(reason). See orgman history --help.")
        guard !value.hasPrefix("-") else { continue }
        for command in ["undo", "redo", "accept"] {
          try expect(
            [command, value],
            "The value '\(value)' is invalid for '<generation>': \(reason). See orgman \(command) --help.")
        }
      }
      for command in ["undo", "redo", "accept"] {
        try expect(
          [command, "-5"], "'-5' is invalid: a number can't be negative here. See orgman \(command) --help.")
      }
      try expect(
        ["restore", "--generation", "-1"],
        "The value '-1' is invalid for '--generation <generation>': a whole number is expected, 0 or more. See orgman restore --help."
      )
    }

    @Test(arguments: [
      ("out.xml", "xml"), ("out.csv.gz", "gz"), ("dir.d/out.XLSX", "XLSX"),
    ])
    func `export refuses a file whose name ends in what it can't write`(name: String, suffix: String) throws {
      let data = try DataFiles.reference()
      try expect(
        ["export", data.path + "/" + name, "--data", data.path],
        "\"\(data.path)/\(name)\" ends in .\(suffix), which is no format of export; end it in .csv, .json or .jsonl, "
          + "or say which with --format. See orgman export --help.")
      #expect(!fileExists(data.path + "/" + name))
      // Where it is said, the name may be any.
      let said = try run(program, ["export", data.path + "/out.xml", "--format", "csv", "--data", data.path])
      #expect(said.status == .exited(0), "\(said)")
      #expect(try data.text("out.xml").hasPrefix("record,org_id,"))
    }

    @Test(arguments: TestStore.allCases)
    func `a new plan has to be meant`(store: TestStore) throws {
      let data = try store.reference()
      for (arguments, plan, near) in [
        (["set", "Globex"], "profesional", "professional"), (["create", "New"], "startre", "starter"),
      ] {
        let before = try data.contents()
        let asked = arguments + ["--plan", plan, "--data", data.address]
        let output = try run(program, asked)
        #expect(output.status == .exited(1))
        #expect(
          output.stderr
            == "orgman: No organization is on a plan \"\(plan)\", and it isn't configured. Did you mean \(near)? "
            + "To use a new plan, say --new-plan.\n")
        #expect(try data.contents() == before)
        let meant = try run(program, asked + ["--new-plan"])
        #expect(meant.status == .exited(0), "\(meant)")
      }
      // An organization is on it now.
      let known = try run(program, ["set", "Acme Corp", "--plan", "profesional", "--data", data.address])
      #expect(known.status == .exited(0), "\(known)")
    }

    @Test(arguments: TestStore.allCases)
    func `ids that are typed are looked at, and one that another has is said`(store: TestStore) throws {
      let data = try store.data([
        Record("1", "Acme", members: [("old one", "owner")]), Record("2", "Globex"), Record("3", "Initech"),
      ])
      func orgman(_ arguments: String...) throws -> Output {
        try run(program, arguments + ["--data", data.address])
      }
      let before = try data.contents()
      for (arguments, sentence) in [
        (
          ["set", "Acme", "--stripe", "sub_1"],
          "A Stripe id looks like cus_[A-Za-z0-9_]+, and \"sub_1\" doesn't; the configuration sets that under [ids]."
        ),
        (
          ["set", "Acme", "--lago", "a b"],
          "A Lago id can't contain blanks or control characters, as \"a b\" does."
        ),
        (
          ["add", "Globex", "new one"],
          "A user's id can't contain blanks or control characters, as \"new one\" does."
        ),
        (
          ["create", "New", "--owner", "new\u{7}one"],
          #"A user's id can't contain blanks or control characters, as "new\u{7}one" does."#
        ),
      ] {
        let output = try run(program, arguments + ["--data", data.address])
        #expect(output.status == .exited(1) && output.stderr == "orgman: \(sentence)\n", "\(output)")
      }
      #expect(try data.contents() == before)
      // An id that the data have already is right.
      #expect(try orgman("add", "Globex", "old one").stdout == "Added old one to Globex as member\n")
      #expect(try orgman("set", "Acme", "--stripe", "cus_1").stderr == "")
      let second = try orgman("set", "Globex", "--stripe", "cus_1")
      #expect(second.status == .exited(0))
      #expect(second.stderr == "orgman: Warning: cus_1 is the Stripe id of Acme, too.\n")
      let doctor = try orgman("doctor")
      #expect(
        doctor.stdout.contains("note: 2 organizations have the Stripe id cus_1: Acme and Globex.\n"),
        "\(doctor)")
    }

    @Test(arguments: TestStore.allCases)
    func `with --spreadsheet no value of a CSV is a formula`(store: TestStore) throws {
      let names = ["=1+1", "+49 Corp", "-dash", "@home", " =2", "plain", "a=b"]
      let data = try store.data(
        names.enumerated().map { Record("\($0)", $1, members: [("=cmd|' /C calc'!A0", "owner")]) })
      for (arguments, place) in [(["list", "--csv"], 1), (["export", "--format", "csv"], 2)] {
        func values(_ more: [String]) throws -> [String] {
          let output = try run(program, arguments + more + ["--data", data.address])
          #expect(output.status == .exited(0), "\(output)")
          let program = """
            import csv, io, json, sys
            rows = list(csv.reader(io.StringIO(sys.argv[1], newline='')))[1:]
            print(json.dumps([row[\(place)] for row in rows if row[0] != 'member']))
            """
          return try runPython(program, [output.stdout]).json()
        }
        #expect(try values([]) == names)
        #expect(
          try values(["--spreadsheet"]) == ["'=1+1", "'+49 Corp", "'-dash", "'@home", "' =2", "plain", "a=b"])
      }
      let members = try run(
        program, ["members", data.id("org_1"), "--csv", "--spreadsheet", "--data", data.address])
      #expect(members.stdout.contains(",'=cmd|' /C calc'!A0,owner"))
    }
  }
}
