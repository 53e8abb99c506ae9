import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Several programs on the same data.
  @Suite struct ForeignChanges {
    @Test(arguments: TestStore.allCases)
    func `what another program changes is shown within a second, and marked, and the selection stays`(
      store: TestStore
    ) throws {
      let data = try store.reference()
      let orgman = try open(data)
      orgman.send("jjj")
      let before = try orgman.waitFor("the fourth row") { $0.lines[5].hasPrefix("▸") }
      let selected = try #require(before.selected)
      try data.set("plan_tier", of: "org_8c9dd973-7d11-4355-ae40-71f67e752ce4", to: "platinum")
      try orgman.waitFor("the plan") {
        $0.lines.contains { $0.hasPrefix("ΔGlobex") && $0.contains("platinum") }
      }
      try data.add((0..<3).map { Record("new\($0)", "AAA \($0)") })
      let screen = try orgman.waitFor("the new ones") {
        $0.lines.contains { $0.hasPrefix("ΔAAA 0") } && $0.lines[0].contains("13 orgs")
      }
      #expect(screen.selected == selected)
      #expect(screen.lines.contains { $0.hasPrefix(" Zoë's Bakery") })
      try orgman.waitFor("the marks to go") { !$0.text.contains("ΔGlobex") }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a member's new role is shown within a second where the member is selected`(store: TestStore) throws
    {
      let data = try store.reference()
      let orgman = try open(data)
      try orgman.choose("bakery")
      try orgman.enter()
      orgman.press(.down)
      try orgman.waitFor("the second member") { $0.selectedDetail?.hasPrefix("user_001") == true }
      let id = "org_1f94942f-38fc-4490-a501-98247f318fef"
      try data.setRole(of: "user_001", in: id, to: "billing_admin")
      try data.add("aaa", to: id, "owner")
      let screen = try orgman.waitFor("the change") { $0.text.contains("aaa") }
      #expect(screen.selectedDetail?.contains(/user_001 *Δ *billing/) == true)
      #expect(screen.text.contains("Δaaa"))
      #expect(
        screen.text.contains("▸Zoë's BakeryΔ") || screen.text.contains("ΔZoë's Bakery")
          || screen.text.contains(/▸Zoë's Bakery *Δ/))
      try orgman.quit()
    }

    @Test func `a file that another program takes long to write is waited for, and the header says so`()
      throws
    {
      let data = try DataFiles.reference()
      let orgman = try open(data)
      let whole = try data.text(DataFiles.organizations).replacingOccurrences(of: "Globex", with: "Renamed")
      let writer = try #require(
        FileHandle(forUpdatingAtPath: "\(data.path)/\(DataFiles.organizations)"))
      #expect(flock(writer.fileDescriptor, LOCK_EX) == 0)
      try writer.truncate(atOffset: 0)
      writer.write(Data(whole.utf8.prefix(500)))
      orgman.send("R")
      let screen = try orgman.waitFor("the word that it takes long") { $0.lines[0].contains("merging") }
      #expect(screen.lines.contains { $0.contains("Globex") })
      orgman.send("j")
      try orgman.waitFor("the second row") { $0.lines[3].hasPrefix("▸") }
      writer.write(Data(whole.utf8.dropFirst(500)))
      try writer.close()
      try orgman.waitFor("the change") {
        $0.lines[0].hasSuffix("live") && $0.lines.contains { $0.contains("Renamed") }
      }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `two of it show each other's changes within a second`(store: TestStore) throws {
      let data = try store.reference()
      let one = try open(data)
      let other = try open(data, columns: 80, rows: 24)
      one.send("aAlpha\u{13}")
      try one.waitForText("Created Alpha")
      let screen = try other.waitForText("Alpha")
      #expect(screen.lines.contains { $0.hasPrefix("ΔAlpha") })
      #expect(screen.lines.contains { $0.hasPrefix("▸Acme Corp") })
      other.send("dy")
      try other.waitForText("Status of Acme Corp: active → deleted.")
      try one.waitFor("that it is hidden") {
        $0.lines[0].contains("11 orgs, 2 hidden") && $0.row(containing: "Acme Corp") == nil
      }
      #expect(one.screen.selected == "Alpha")
      // What was done here needs no mark.
      #expect(one.screen.row(containing: "▸Alpha Δ") == nil)
      try one.quit()
      try other.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `an edit of what others changed meanwhile shows both values and waits for a choice`(store: TestStore)
      throws
    {
      let data = try store.reference()
      let orgman = try open(data)
      try orgman.choose("globex")
      orgman.send("e")
      try orgman.waitForText("Edit Globex")
      orgman.press(.tab, .control("u"))
      orgman.send("starter")
      try data.set("plan_tier", of: "org_8c9dd973-7d11-4355-ae40-71f67e752ce4", to: "theirs")
      try orgman.waitForText("theirs")
      orgman.press(.control("s"))
      let screen = try orgman.waitForText("theirs or mine?")
      for line in ["was     enterprise", "theirs  theirs", "mine    starter"] {
        #expect(screen.row(containing: line) != nil, "\(line)")
      }
      #expect(try data.organization(named: "Globex")["plan_tier"] as? String == "theirs")
      // Saved again, knowingly.
      orgman.send("m")
      try orgman.waitFor("the choice to be made") { $0.row(containing: "theirs or mine?") == nil }
      orgman.press(.control("s"))
      try orgman.waitFor("the end of the form") { $0.row(containing: "Edit Globex") == nil }
      #expect(try data.organization(named: "Globex")["plan_tier"] as? String == "starter")
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `no key ever lands on another record than the one that was selected`(store: TestStore) throws {
      var random = SeededGenerator(state: 7)
      let target = Record("m", "Middle", members: [("ann", "owner"), ("bob", "member"), ("zoe", "owner")])
      let others = (0..<12).map { number in
        Record(
          "o\(number)", number < 8 ? "A\(number)" : "Z\(number)",
          members: [("ann", "owner"), ("bob", "member"), ("cat", "owner")])
      }
      /// What an external program might leave: the others in any order around the one, and with names that
      /// sort before or behind its.
      func surroundings(_ random: inout SeededGenerator) -> [Record] {
        others.shuffled(using: &random).map { record in
          var record = record
          record.name = (Bool.random(using: &random) ? "A" : "Z") + record.name.dropFirst()
          record.members = record.members.filter { $0.0 != "bob" || Bool.random(using: &random) }
          record.plan = Bool.random(using: &random) ? "starter" : "other"
          return record
        }
      }
      /// Members that sort and stand around the one that is edited.
      func around(_ member: (String, String), _ random: inout SeededGenerator) -> [(String, String)] {
        let guests = (0..<4).map { ("guest\($0)", "member") }.filter { _ in Bool.random(using: &random) }
        return [("ann", "owner")] + guests.prefix(guests.count / 2) + [member]
          + guests.suffix(guests.count - guests.count / 2)
      }
      var present = target
      let data = try store.data(others + [present])
      let orgman = try open(data)
      try orgman.waitForText("13 orgs")
      orgman.send("jjjjjjjj")
      try orgman.waitFor("the one") { $0.selected == "Middle" }
      try orgman.enter()
      orgman.press(.down)
      try orgman.waitFor("bob") { $0.selectedDetail?.hasPrefix("bob") == true }

      var role = "member"
      var plan = "starter"
      for round in 0..<40 {
        present.members = around(("bob", role), &random)
        present.plan = plan
        let neighbours = surroundings(&random)
        let place = Int.random(in: 0...neighbours.count, using: &random)
        let files = Array(neighbours[..<place]) + [present] + Array(neighbours[place...])
        let isRole = Bool.random(using: &random)
        var expected = files
        if isRole {
          let next =
            ["owner", "member", "billing_admin"].filter { $0 != role }.randomElement(using: &random)
            ?? "owner"
          let keys = Bool.random(using: &random) ? ("", "r\(next.prefix(1))") : ("r", "\(next.prefix(1))")
          orgman.send(keys.0)
          try data.write(files)
          orgman.send(keys.1)
          func word(_ role: String) -> String { role == "billing_admin" ? "billing" : role }
          try orgman.waitForText("Role of bob in Middle: \(word(role)) → \(word(next)).")
          role = next
        } else {
          let next = "plan\(round)"
          let isEarly = Bool.random(using: &random)
          // To the plan, and back to the member.
          orgman.send(isEarly ? "ge" : "g")
          try data.write(files)
          orgman.send(isEarly ? "" : "e")
          orgman.press(.tab, .control("u"))
          orgman.send("\(next)\u{13}")
          try orgman.waitForText("isn't configured")
          orgman.send("y")
          try orgman.waitForText("Plan of Middle: \(plan) → \(next).")
          plan = next
          orgman.send("h/Middle\r")
          try orgman.waitForText("1 of")
          orgman.press(.enter)
          orgman.send("g")
          try orgman.waitFor("the title") { $0.selectedDetail?.hasPrefix("Middle") == true }
          for _ in 0..<40 where orgman.screen.selectedDetail?.hasPrefix("bob") != true {
            let before = orgman.screen.selectedDetail
            orgman.send("j")
            do {
              try orgman.waitFor("the next line", timeout: .seconds(1)) { $0.selectedDetail != before }
            } catch {
              // A frame came late, and the key went past bob to the end.
              orgman.send("g")
              try orgman.waitFor("the title") { $0.selectedDetail?.hasPrefix("Middle") == true }
            }
          }
          orgman.send("h/\u{15}\r")
          // The detail shows its own filter, so the list has to have the focus again.
          try orgman.waitFor("all rows") { $0.selectedDetail == nil && !$0.text.contains("/Middle") }
        }
        present.members = present.members.map { $0.0 == "bob" ? ("bob", role) : $0 }
        present.plan = plan
        expected[place] = present
        #expect(try data.hold(expected), "round \(round)")
        if orgman.screen.selectedDetail == nil { try orgman.enter() }
        #expect(orgman.screen.selectedDetail?.hasPrefix("bob") == true, "round \(round)")
      }
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `a key about a record that was removed meanwhile does nothing to the one in its place`(
      store: TestStore
    ) throws {
      let records = (0..<6).map {
        Record("\($0)", "Name \($0)", members: [("ann", "owner"), ("bob", "owner"), ("cat", "owner")])
      }
      let data = try store.data(records.filter { $0.name != "Name 2" })
      let orgman = try open(data)
      try orgman.waitForText("5 orgs")
      orgman.send("aName 2\u{13}")
      try orgman.waitForText("Created Name 2")
      // Undone and redone by somebody else, it goes and comes back.
      func elsewhere(_ command: String) throws {
        let output = try run(try builtProduct("orgman"), [command, "--yes", "--data", data.address])
        #expect(output.status == .exited(0), "\(output.stderr)")
      }
      for keys in ["dy", "e\u{15}x\u{13}", "\rro", "\rdy"] {
        let orgman = try open(data)
        orgman.send("jj")
        try orgman.waitFor("the third") { $0.selected == "Name 2" }
        try elsewhere("undo")
        let before = try data.contents()
        orgman.send(keys)
        try orgman.waitForText("5 orgs")
        // Whatever the keys opened is closed again, until the list is there.
        for _ in 0..<4 where orgman.screen.lines.last?.contains("q quit") != true {
          let shown = orgman.screen.text
          orgman.send("\u{3}")
          let screen = try orgman.waitFor("something to close") {
            $0.text != shown || $0.lines.last?.contains("q quit") == true
          }
          if screen.text.contains("Throw away") { orgman.send("y") }
        }
        orgman.send("RQ")
        try orgman.waitForExit()
        #expect(try data.contents() == before, "\(keys.debugDescription)")
        try elsewhere("redo")
      }
      // And a member in the place of another.
      try orgman.waitFor("it again") { $0.lines[0].contains("6 orgs") }
      orgman.send("gj")
      try orgman.enter()
      orgman.press(.down)
      try orgman.waitFor("bob") { $0.selectedDetail?.hasPrefix("bob") == true }
      try data.remove("bob", from: "org_1")
      let before = try data.contents()
      orgman.send("dy")
      try orgman.waitFor("a refusal") { $0.text.contains("gone") || $0.text.contains("No changes needed") }
      #expect(try data.contents() == before)
      try orgman.quit()
    }

    @Test func `a file that somebody wrote again as it was doesn't keep an edit from being saved`() throws {
      let data = try DataFiles.reference()
      let orgman = try open(data)
      try orgman.choose("bakery")
      try orgman.enter()
      for name in [DataFiles.organizations, DataFiles.users] { try data.write(name, data.bytes(name)) }
      orgman.send("rm")
      try orgman.waitForText("is the last owner of")
      orgman.send("jro")
      try orgman.waitForText("Role of user_001 in Zoë's Bakery: member → owner.")
      try orgman.quit()
    }

    @Test(arguments: TestStore.allCases)
    func `of 400 edits by 8 processes at once none is lost`(store: TestStore) throws {
      let processes = 8
      let created = 10
      let changed = 40
      let data = try store.data(
        (0..<processes).map { number in
          Record("\(number)", "Team \(number)", members: [("boss", "owner"), ("user", "member")])
        })
      let programs = try (0..<processes).map { _ in try open(data, columns: 100, rows: 24) }
      for round in 0..<created {
        for (number, program) in programs.enumerated() { program.send("aOrg \(number)-\(round)\u{13}") }
        for (number, program) in programs.enumerated() {
          try program.waitForText("Created Org \(number)-\(round) on", timeout: .seconds(30))
        }
      }
      for (number, program) in programs.enumerated() {
        // A number alone is in ids as well.
        program.send("/\"team \(number)\"\r")
        try program.waitForText("1 of \(processes * (created + 1))")
        program.send("\rj")
        try program.waitForText("▸user")
      }
      for (number, program) in programs.enumerated() {
        // Ahead of what the screen shows, as people type who know what they want. Each change expects what
        // the one before has set, so that a lost one would end them.
        let (other, last) = number % 2 == 0 ? ("m", "b") : ("b", "m")
        for edit in 0..<changed - 1 { program.send(edit % 2 == 0 ? "ro" : "r" + other) }
        program.send("r" + last)
      }
      let roles = (0..<processes).map { $0 % 2 == 0 ? "billing_admin" : "member" }
      for (number, program) in programs.enumerated() {
        try program.waitForText(
          "Role of user in Team \(number): owner → \(number % 2 == 0 ? "billing" : "member").",
          timeout: .seconds(60))
      }
      for program in programs { try program.quit() }
      let names = (0..<processes).flatMap { number in
        ["Team \(number)"] + (0..<created).map { "Org \(number)-\($0)" }
      }
      #expect(try data.names() == names.sorted())
      for number in 0..<processes {
        #expect(try data.members(of: "org_\(number)") == ["boss owner", "user \(roles[number])"])
      }
      try data.check()
    }
  }
}
