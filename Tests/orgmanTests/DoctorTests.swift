import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// Records that lack values, and files that are damaged: how they are shown, and what `doctor` makes of them.
  @Suite struct DoctorTests {
    private func orgman(_ data: DataFiles, _ arguments: String...) throws -> Output {
      try run(try builtProduct("orgman"), arguments + ["--data", data.path])
    }

    private func bare() throws -> DataFiles {
      let data = try DataFiles([
        Record("bare", "Bare", members: [("ann", "owner"), ("bob", "member")]), Record("whole", "Whole"),
      ])
      try data.python(
        DataFiles.organizations,
        "[data['org_bare'].pop(key) for key in ['created_at', 'plan_tier', 'status']]")
      try data.python(DataFiles.users, "[data['org_bare'][1].pop(key) for key in ['role', 'joined_at']]")
      return data
    }

    @Test func `defaults are marked for people, and plain in JSON, where an unknown time is null`() throws {
      let data = try bare()
      let list = try orgman(data, "list", "--json", "Bare")
      #expect(
        list.stdout.contains("\"created_at\": null, \"plan_tier\": \"founders_friend\"")
          && list.stdout.contains("\"status\": \"active\""))
      #expect(list.status == .exited(0) && list.stderr == "")
      let show = try orgman(data, "show", "Bare").stdout
      #expect(show.contains("created_at\t\nplan_tier\tfounders_friend\tdefault\n"))
      #expect(show.contains("status\tactive\tdefault\n") && show.contains("user\tbob\tmember\t\n"))
      #expect(try orgman(data, "list", "created:<2999-01-01").stdout.contains("Bare") == false)
      #expect(try orgman(data, "show", "Bare", "--json").stdout.contains("\"joined_at\": null}"))

      let screen = try start(["--data", data.path])
      try screen.waitForText("(active)")
      screen.press(.enter)
      try screen.waitForText("(founders_friend)")
      try screen.waitForText("unknown")
      let shown = try screen.waitForText("(member)")
      #expect(shown.lines[0].hasSuffix("live"))
      screen.press(.text("Q"))
      try screen.waitForExit()
    }

    @Test func `doctor shows the defaults that it would write, asks, and leaves none`() throws {
      let data = try bare()
      let before = try data.contents()
      #expect(try orgman(data, "set", "org_whole", "--plan", "enterprise").status == .exited(0))
      let told = try orgman(data, "doctor").stdout
      #expect(
        told.contains(
          "note: 1 record has no status; the service takes active: Bare (org_bare).\n  --fix would write that."
        ))
      #expect(try orgman(data, "doctor", "--fix").status == .exited(1))
      let fixed = try orgman(data, "doctor", "--fix", "--yes")
      #expect(fixed.status == .exited(0), "\(fixed.stdout)\(fixed.stderr)")
      let after = try orgman(data, "doctor")
      #expect(after.status == .exited(0) && !after.stdout.contains("--fix would"), "\(after.stdout)")
      #expect(try !orgman(data, "show", "Bare").stdout.contains("default"))
      #expect(try data.contents() != before)
    }

    @Test func `doctor names the one command for a value that the service can't load, and it works`() throws {
      let data = try DataFiles([Record("bad", "Bad", members: [("ann", "owner")]), Record("good", "Good")])
      #expect(try orgman(data, "set", "org_good", "--plan", "starter").status == .exited(0))
      let whole = try data.text(DataFiles.organizations)
      try data.python(DataFiles.organizations, "data['org_bad']['status'] = 'gone'")
      let refused = try orgman(data, "set", "org_good", "--plan", "enterprise")
      #expect(refused.status == .exited(1))
      #expect(refused.stderr.contains("org_bad: there is no status \"gone\". Run orgman doctor --fix"))
      let told = try orgman(data, "doctor")
      #expect(told.status == .exited(1))
      #expect(told.stdout.hasPrefix("error: organizations.json, byte "))
      #expect(
        told.stdout.contains(
          "  --fix would set status of Bad (org_bad) to \"active\", which the history has."))
      #expect(!told.stdout.contains("differ from generation"))
      #expect(try orgman(data, "doctor", "--fix", "--yes").status == .exited(0))
      #expect(try data.text(DataFiles.organizations) == whole)
      #expect(try orgman(data, "set", "org_good", "--plan", "enterprise").status == .exited(0))
    }

    @Test func `doctor tells of a torn file once, first, and of nothing that follows from it`() throws {
      let data = try DataFiles.reference()
      #expect(try orgman(data, "create", "New").status == .exited(0))
      let whole = try data.text(DataFiles.organizations)
      try data.write(DataFiles.organizations, String(whole.prefix(1500)))
      let told = try orgman(data, "doctor").stdout
      #expect(told.hasPrefix("error: organizations.json, byte "))
      #expect(told.components(separatedBy: "error: ").count == 2)
      #expect(!told.contains("an organization that there isn't") && !told.contains("differ from"))
      #expect(try orgman(data, "doctor", "--fix", "--yes").status == .exited(0))
      #expect(try data.text(DataFiles.organizations) == whole)
    }
  }
}
