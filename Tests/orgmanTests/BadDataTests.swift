import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Files that somebody else filled, with whatever.
  @Suite struct BadData {
    /// What could act on a terminal, or hide in it, and how it is shown.
    private static let hostile: [(String, String)] = [
      ("\u{1b}]0;pwned\u{7}", "\\u{1B}]0;pwned\\u{7}"), ("\u{1b}[2J\u{1b}[31m", "\\u{1B}[2J\\u{1B}[31m"),
      ("a\0b", "a\\0b"), ("line\nfeed\r\ttab", "line\\nfeed\\r\\ttab"),
      ("rtl\u{202e}txt.exe", "rtl\\u{202E}txt"),
      ("iso\u{2066}late", "iso\\u{2066}late"), ("zero\u{200b}width", "zero\\u{200B}width"),
      ("\u{9b}31mcsi", "\\u{9B}31mcsi"),
      ("\u{90}dcs\u{9c}", "\\u{90}dcs\\u{9C}"), ("bom\u{feff}", "bom\\u{FEFF}"),
      ("tag\u{e0041}", "tag\\u{E0041}"),
      ("del\u{7f}", "del\\u{7F}"), ("line\u{2028}sep", "line\\u{2028}sep"),
    ]
    /// What must never get to the terminal, whatever stands in the files.
    private static let forbidden = [
      "\u{1b}]", "\u{7}", "\0", "\u{202e}", "\u{2066}", "\u{200b}", "\u{9b}", "\u{90}", "\u{feff}",
      "\u{e0041}", "\u{7f}",
      "\u{2028}", "\u{1b}[2J\u{1b}[31m",
    ]

    @Test func `hostile names are visible escapes, on the screen and nowhere acted upon`() throws {
      let records = Self.hostile.enumerated().map { number, text in
        var record = Record("\(number)", text.0, members: [(text.0, "owner"), ("plain", "member")])
        record.plan = text.0
        record.lago = text.0
        return record
      }
      let data = try DataFiles(records + [Record("wide", String(repeating: "界", count: 200))])
      let before = try data.contents()
      let orgman = try open(data, columns: 200, rows: 50)
      try orgman.waitForText("14 orgs")
      for (_, shown) in Self.hostile { #expect(orgman.screen.row(containing: shown) != nil, "\(shown)") }
      for number in Self.hostile.indices {
        orgman.send("/")
        orgman.press(.control("u"))
        orgman.send("org_\(number)")
        orgman.press(.enter)
        // `org_1` is in others, too; it is the first one that counts here.
        try orgman.waitForText("/org_\(number) ")
        orgman.press(.enter)
        try orgman.waitFor("the detail") { $0.lines.last?.contains("back") == true }
        // Everywhere where a name can be: prompt, question, form, status line.
        orgman.send("r")
        try orgman.waitForText("is the last owner of ")
        orgman.send("S")
        try orgman.waitForText("Status of ")
        orgman.send("d")
        try orgman.waitForText("to deleted?")
        orgman.send("n")
        try orgman.waitFor("the detail") { $0.row(containing: "to deleted?") == nil }
        orgman.send("e")
        try orgman.waitForText("Edit ")
        orgman.press(.tab, .tab, .tab, .control("c"))
        try orgman.waitFor("the detail") { $0.row(containing: "Edit ") == nil }
        orgman.send("h")
      }
      orgman.send("/")
      orgman.press(.control("u"))
      orgman.send("org_wide")
      orgman.press(.enter)
      let wide = try orgman.waitForText("界…")
      #expect(wide.rows == 50)
      try orgman.quit()
      #expect(orgman.forbiddenOutput(Self.forbidden) == [])
      #expect(try data.contents() == before)
    }

    @Test func `a hostile name of a directory, a filter and a pasted name do nothing either`() throws {
      let base = try DataFiles.reference()
      let path = base.path + "/\u{1b}]0;pwned\u{7}\u{202e}"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      for name in [DataFiles.organizations, DataFiles.users] {
        try FileManager.default.copyItem(atPath: "\(base.path)/\(name)", toPath: "\(path)/\(name)")
      }
      let missing = try start(["--data", path + "/none"])
      try missing.waitForText("[y/N]")
      missing.send("n\r")
      try missing.waitForExit()
      #expect(missing.forbiddenOutput(Self.forbidden) == [])

      let orgman = try start(["--data", path])
      try orgman.waitForText("10 orgs")
      orgman.send("/\u{1b}[200~\u{202e}\u{200b}x\u{1b}[201~")
      try orgman.waitForText("0 of 9")
      orgman.press(.control("u"), .enter)
      try orgman.waitFor("all rows") { $0.listed.count == 9 }
      orgman.send("a")
      try orgman.waitForText("New organization")
      orgman.send("\u{1b}[200~bi\u{202e}di\u{1b}[201~\u{13}")
      try orgman.waitForText("Created bi\\u{202E}di")
      try orgman.quit()
      #expect(orgman.forbiddenOutput(Self.forbidden) == [])
    }

    private static let good = Record("good", "Good", members: [("ann", "owner")])
    private static let bad = Record("bad", "Bad", members: [("bob", "owner"), ("ben", "member")])
    private static let last = Record("last", "Last")

    /// How a file is broken: text that is replaced, by what; where it is found, and what stands there.
    struct Damage: CustomTestStringConvertible, Sendable {
      var file = DataFiles.organizations
      var old: String
      var new: [UInt8]
      var key: String
      var reason: String
      /// Names that can still be read.
      var names = ["Good", "Last"]
      var testDescription: String { reason }

      init(_ old: String, _ new: String, _ key: String, _ reason: String) {
        (self.old, self.new, self.key, self.reason) = (old, Array(new.utf8), key, reason)
      }
    }

    private static let damages: [Damage] = {
      var list = [
        Damage("\"Bad\",", "\"\",", "org_bad", "the name is empty"),
        Damage("\"Bad\",", "\"x\\ud800\",", "org_bad", "a surrogate is unpaired"),
      ]
      var status = Damage("\"suspended\"", "\"closed\"", "org_bad", "there is no status \"closed\"")
      list.append(status)
      status = Damage(
        "\"user_id\": \"ben\",\n      \"role\": \"member\"",
        "\"user_id\": \"ben\",\n      \"role\": \"admin\"", "org_bad", "there is no role \"admin\"")
      status.file = DataFiles.users
      status.names = ["Bad", "Good", "Last"]
      list.append(status)
      var encoding = Damage("\"Bad\",", "", "org_bad", "the text is not UTF-8")
      encoding.new = [0x22, 0x42, 0xFF, 0x22, 0x2C]
      encoding.names = ["B\u{FFFD}", "Good", "Last"]
      list.append(encoding)
      return list
    }()

    @Test(arguments: damages) func `a bad record is named, the rest is shown, and nothing is changed`(
      damage: Damage
    ) throws {
      var bad = Self.bad
      bad.status = "suspended"
      let data = try DataFiles([Self.good, bad, Self.last])
      let text = try data.bytes(damage.file)
      let place = try #require(text.firstRange(of: Array(damage.old.utf8)))
      try data.write(damage.file, text[..<place.lowerBound] + damage.new + text[place.upperBound...])
      let before = try [data.bytes(DataFiles.organizations), data.bytes(DataFiles.users)]

      let orgman = try open(data)
      let screen = try orgman.waitForText("damaged")
      #expect(screen.lines[0].hasSuffix("damaged"))
      let status = screen.status
      let match = try #require(
        status.firstMatch(of: /(\w+\.json), byte (\d+), ([^ :]+): (.*)/), "\(status)")
      #expect(match.1 == damage.file)
      #expect(match.3.hasPrefix(damage.key))
      #expect(match.4.hasPrefix(damage.reason))
      let offset = try #require(Int(match.2))
      #expect(
        (place.lowerBound - 40...place.lowerBound + 60).contains(offset), "byte \(offset), not \(place)")
      #expect(screen.listed == damage.names)

      orgman.send("/Good\r")
      try orgman.waitForText("1 of \(damage.names.count)")
      for key in ["a", "d", "e"] {
        orgman.send(key)
        try orgman.waitForText("Nothing can be changed; run orgman doctor --fix")
        orgman.send("g")
        try orgman.waitFor("the sentence to go") { $0.row(containing: "Nothing can be changed") == nil }
      }
      try orgman.enter()
      orgman.send("rm")
      try orgman.waitForText("Nothing can be changed; run orgman doctor --fix")
      #expect(try [data.bytes(DataFiles.organizations), data.bytes(DataFiles.users)] == before)

      // Mended, it is open for edits at once.
      try data.write(damage.file, text)
      try orgman.waitFor("a live header") { $0.lines[0].hasSuffix("live") }
      orgman.send("aadam\u{13}")
      try orgman.waitForText("Added adam to Good")
      try orgman.quit()
    }

    @Test(
      arguments: [DataFiles.organizations, DataFiles.users],
      ["", "{\"org_good\": ", "hello", "[]", "null", "{}{}", "\u{feff}{}"])
    func `a file that isn't one is named and kept`(name: String, text: String) throws {
      let data = try DataFiles([Self.good, Self.last])
      try data.write(name, text)
      let before = try data.contents()
      let orgman = try open(data)
      try orgman.waitForText("damaged")
      let screen = try orgman.waitFor("what is wrong") { $0.status.contains("\(name), byte ") }
      if name == DataFiles.users { #expect(screen.listed == ["Good", "Last"]) }
      orgman.send("a")
      try orgman.waitForText("Nothing can be changed; run orgman doctor --fix")
      try orgman.quit()
      #expect(try data.contents() == before)
    }

    @Test func `a file torn in the middle shows what stands before, where nothing may be written`() throws {
      let data = try DataFiles([Self.good, Self.bad, Self.last])
      let whole = try data.text(DataFiles.organizations)
      let orgman = try open(data, ["--read-only"])
      try orgman.waitForText("3 orgs  3 members   read-only")
      let half = String(whole.prefix(whole.count - 100))
      try data.write(DataFiles.organizations, half)
      let torn = try orgman.waitForText("damaged")
      #expect(torn.listed == ["Bad", "Good"])
      #expect(torn.status.contains("org_last"))
      #expect(try data.text(DataFiles.organizations) == half)
      try data.write(DataFiles.organizations, whole)
      try orgman.waitForText("3 orgs  3 members   read-only")
      try FileManager.default.removeItem(atPath: "\(data.path)/\(DataFiles.users)")
      try orgman.waitForText("org_users.json, byte 0: the file is missing")
      #expect(!fileExists("\(data.path)/\(DataFiles.users)"))
      try orgman.quit()
    }

    @Test(arguments: [DataFiles.organizations, DataFiles.users])
    func `a file that is torn, wiped or removed under an open screen is back, and the screen says so`(
      name: String
    ) throws {
      let data = try DataFiles([Self.good, Self.bad, Self.last])
      let whole = try data.contents()
      let orgman = try open(data)
      try orgman.waitForText("3 orgs  3 members   live")
      let file = "\(data.path)/\(name)"
      let damages: [() throws -> Void] = [
        { try data.write(name, String(try data.text(name).prefix(300))) }, { try data.write(name, "{}") },
        { try FileManager.default.removeItem(atPath: file) }, { try data.write(name, "") },
      ]
      for damage in damages {
        try damage()
        try orgman.waitForText("Repaired what another program broke")
        try orgman.waitForText("3 orgs  3 members   live")
        #expect(try data.contents() == whole)
        orgman.send("g")
        try orgman.waitFor("a quiet status line") { !$0.text.contains("Repaired what") }
      }
      try orgman.quit()
    }

    @Test func `10,000 organizations with 100,000 members open and can be filtered`() throws {
      let roles = ["owner", "member", "billing_admin"]
      let data = try DataFiles(
        (0..<10_000).map { number in
          Record(
            "\(number)", "Organization \(number)",
            members: (0..<10).map { ("user_\(number)_\($0)", roles[$0 % 3]) })
        })
      let orgman = try open(data)
      try orgman.waitForText("10,000 orgs  100,000 members   live")
      orgman.send("/")
      orgman.send("n")
      try orgman.waitForText("10,000 of 10,000")
      orgman.send(" 9876")
      try orgman.waitForText("1 of 10,000")
      orgman.press(.enter)
      try orgman.enter()
      orgman.send("rb")
      try orgman.waitForText("Role of user_9876_0 in Organization 9876: owner → billing")
      #expect(try data.members(of: "org_9876").first == "user_9876_0 billing_admin")
      try orgman.quit()
    }
  }
}

extension TerminalProcess {
  /// Which of these the program has written, one of which would be one too many.
  fileprivate func forbiddenOutput(_ forbidden: [String]) -> [String] {
    let output = outputBytes
    return forbidden.filter { output.firstRange(of: Array($0.utf8)) != nil }.map(\.debugDescription)
  }
}
