import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Many records at once.
  @Suite struct Marking {
    @Test func `marked organizations are put on a plan, after a question, and undone in one go`() throws {
      let data = try DataFiles.reference()
      let before = try data.contents()
      let orgman = try open(data)
      let names = orgman.screen.listed
      // By members, and back to the first row.
      orgman.send("sm")
      try orgman.waitForText("Members ▼")
      orgman.send("sn")
      try orgman.waitForText("Name ▲")
      orgman.send("g")
      try orgman.waitFor("the first row") { $0.selected == names[0] }
      orgman.send(" jv")
      orgman.press(.down)
      orgman.send("v")
      try orgman.waitForText("3 marked")
      orgman.send("I")
      try orgman.waitFor("the inverse, with the marks on their records") { screen in
        screen.text.contains("Name ▼") && screen.text.contains("•\(names[0].prefix(20))")
          && screen.lines.count { $0.hasPrefix("•") || $0.contains(" • ") } == 3
      }
      orgman.send("pe")
      try orgman.waitForText("Put 3 organizations on enterprise?")
      orgman.press(.enter)
      try orgman.waitFor("the question to go") { $0.row(containing: "Put 3") == nil }
      #expect(try data.contents() == before)
      orgman.send("pey")
      try orgman.waitForText("Put 3 organizations on enterprise: done")
      for name in [names[0], names[2], names[3]] {
        #expect(try data.organization(named: name)["plan_tier"] as? String == "enterprise")
      }
      #expect(orgman.screen.text.contains("3 marked"))
      orgman.send("u")
      try orgman.waitForText("Undone: ")
      #expect(try data.contents() == before)
      try orgman.quit()
    }

    @Test func `two people become owners in one go, and the last owner stays`() throws {
      let data = try DataFiles([
        Record("1", "Acme", members: [("ann", "owner"), ("bob", "member"), ("cy", "member")])
      ])
      let orgman = try open(data)
      try orgman.enter()
      orgman.press(.down)
      orgman.send("  ro")
      try orgman.waitForText("Give 2 members the role owner? 2 will change.")
      orgman.send("y")
      try orgman.waitForText("done, 2 changed")
      #expect(try data.members(of: "org_1") == ["ann owner", "bob owner", "cy owner"])
      orgman.send("*d")
      try orgman.waitForText("last owner of Acme")
      #expect(try data.members(of: "org_1").count == 3)
      try orgman.quit()
    }
  }
}
