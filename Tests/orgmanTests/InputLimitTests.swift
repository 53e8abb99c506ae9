import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Files and streams that never end, or never begin.
  @Suite struct InputLimits {
    /// What a shell makes ready, the name of what is to be read, and what is said of it.
    private static let places = [
      ("mkfifo $DATA/x", "$DATA/x", "is a named pipe, which may never end"),
      ("truncate -s 20G $DATA/x", "$DATA/x", "MiB, which is too much."),
      (":", "/dev/zero", "/dev/zero is a device; name a file."),
      (":", "$DATA", "is a directory; name a file."),
      (":", "/dev/stdin </dev/zero", "/dev/stdin is a device; name a file."),
    ]

    @Test(arguments: ["import", "apply", "restore"], places)
    func `what is no plain file, or too large, is refused at once`(
      command: String, place: (prepared: String, name: String, sentence: String)
    ) throws {
      let data = try DataFiles.reference()
      let before = try data.contents()
      let output = try Script(data: data).shell(
        "\(place.prepared)\norgman \(command) \(place.name) --yes")
      #expect(output.status == .exited(1))
      #expect(output.stderr.contains(place.sentence), "\(output.stderr)")
      #expect(output.stderr.split(separator: "\n").count == 1)
      #expect(try data.contents() == before)
    }

    @Test(arguments: [
      ("cat /dev/zero | orgman import -", "a value has more than 1 MiB"),
      ("orgman import - </dev/zero", "Standard input is a device"),
      ("yes | tr -d '\\n' | orgman import -", "a value has more than 1 MiB"),
      ("(echo user_id,org_id; yes ,) | orgman import - --format csv", "More than 100000 records"),
      ("yes '{' | orgman import - --format json", "in double quotes is expected"),
      ("(printf '['; yes '{\"x\":[],' | tr -d '\\n') | orgman import -", "is expected"),
      ("cat /dev/zero | orgman apply -", "is no preview of changes"),
      ("cat /dev/zero | orgman restore /dev/stdin", "is no backup that orgman wrote"),
    ])
    func `a stream without end gets a sentence`(line: String, sentence: String) throws {
      let output = try Script(data: try DataFiles.reference()).shell(line)
      #expect(output.status == .exited(1))
      #expect(output.stderr.contains(sentence), "\(output.stderr)")
    }

    @Test func `what a shell passes on is read`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      for line in [
        "orgman export | orgman import -", "orgman export | orgman import /dev/stdin",
        "orgman export >$DATA/x; orgman import /dev/fd/3 3<$DATA/x --format json",
      ] {
        let output = try orgman.shell(line)
        #expect(output.stdout == "No changes needed.\n", "\(line): \(output.stderr)")
      }
      let output = try orgman.shell("orgman import - </dev/null")
      #expect(output.stderr == "orgman: Standard input is empty, so nothing was imported.\n")
    }

    @Test func `an object with too many fields, or records with too many errors, end an import`() throws {
      let fields = (0..<2000).map { "\"f\($0)\": 1" }.joined(separator: ", ")
      let output = try Script(data: try DataFiles.reference())("import", input: "[{\(fields)}]")
      #expect(output.stderr.contains("line 1: an object has more than 1000 fields"), "\(output.stderr)")
    }

    @Test func `a key sequence without end neither holds the program up nor ends up as letters`() throws {
      let data = try DataFiles.reference()
      let orgman = try open(data, columns: 80, rows: 24)
      orgman.send("\u{1B}[")
      // More than is read in the time that a person waits.
      orgman.send([UInt8](repeating: UInt8(ascii: "1"), count: 32 << 20))
      orgman.resize(columns: 81, rows: 24)
      try orgman.waitFor("the new width", timeout: .seconds(10)) { $0.lines[0].count > 79 }
      #expect(orgman.untakenByteCount > 0)
      orgman.signal(SIGTERM)
      #expect(try orgman.waitForExit() == .exited(128 + SIGTERM))
    }

    @Test func `what follows the longest sequence belongs to it up to its end`() throws {
      let orgman = try open(try DataFiles.reference())
      orgman.send("\u{1B}[" + String(repeating: "1;", count: 5000) + "Q")
      orgman.send("/xyz")
      let screen = try orgman.waitForText("/xyz")
      #expect(screen.row(containing: "screen before") == nil)
      orgman.signal(SIGTERM)
      try orgman.waitForExit()
    }
  }

  /// Backups through the command line.
  @Suite struct Backups {
    @Test func `a dry run lists all that a restore takes away, and undo gives back the bytes`() throws {
      let members = (0..<400).map { ("user_\($0)", $0 == 399 ? "owner" : "member") }
      let data = try DataFiles([Record("1", "one", members: members), Record("2", "two")])
      let before = try data.contents()
      let orgman = Script(data: data)
      let text = Record.files([Record("1", "one"), Record("2", "two"), Record("3", "three")]).organizations
      let backup: [String: Any] = [
        "format": "orgman backup", "version": 1, "time": "2026-11-22 21:51:00",
        "organizations.json": text, "org_users.json": "{}",
      ]
      try data.write("backup", Array(JSONSerialization.data(withJSONObject: backup)))
      let preview = try orgman("restore", data.path + "/backup", "--dry-run")
      #expect(preview.stdout.hasPrefix("1 organization comes, 400 members go:\n"))
      for (user, role) in members { #expect(preview.stdout.contains("Removed \(user) (\(role)) from one\n")) }
      #expect(preview.stdout.contains("3 organizations are left without a member list: one, two, three.\n"))
      #expect(preview.stderr.contains("was written by an older orgman and has no checksums"))
      #expect(try orgman("restore", data.path + "/backup", "--yes").stdout.contains("… and 381 more"))
      #expect(try data.contents() == [text, "{}"])
      let undo = try orgman("undo", "--dry-run")
      #expect(undo.status == .exited(0))
      #expect(undo.stdout.contains("Added user_7 to one as member\n"))
      #expect(try orgman("undo", "--yes").status == .exited(0))
      #expect(try data.contents() == before)
      #expect(try orgman("redo", "--yes").status == .exited(0))
      #expect(try data.contents() == [text, "{}"])
      #expect(try orgman("undo", "--yes").status == .exited(0))
      #expect(try data.contents() == before)
    }

    @Test func `neither backup nor export is made of data that look wiped`() throws {
      let data = try DataFiles([Record("1", "one", members: [("a", "owner")])])
      let orgman = Script(data: data)
      #expect(try orgman("set", "org_1", "--plan", "gold", "--new-plan", "--yes").status == .exited(0))
      try data.write(DataFiles.organizations, "{}")
      for output in [
        try orgman("backup", data.path + "/backup"), try orgman("export"),
        try orgman("export", data.path + "/export"),
      ] {
        #expect(output.status == .exited(1))
        #expect(output.stdout == "")
        #expect(
          output.stderr.contains("organizations.json is empty, but the history knows 1 organization"),
          "\(output.stderr)")
      }
      #expect(!fileExists(data.path + "/backup") && !fileExists(data.path + "/export"))
    }

    @Test func `a damaged backup changes nothing`() throws {
      let data = try DataFiles.reference()
      let orgman = Script(data: data)
      #expect(try orgman("backup", data.path + "/backup").status == .exited(0))
      #expect(try data.text("backup").hasPrefix("{\"sha256\":\""))
      let before = try data.contents()
      var bytes = try data.bytes("backup")
      bytes[bytes.count / 2] ^= 1
      try data.write("backup", bytes)
      let output = try orgman("restore", data.path + "/backup", "--yes")
      #expect(output.status == .exited(1))
      #expect(
        output.stderr.hasSuffix("is damaged: it doesn't match its checksum, so nothing was restored.\n"))
      #expect(try data.contents() == before)
    }
  }
}
