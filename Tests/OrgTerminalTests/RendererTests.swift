import Foundation
@testable import OrgCore
import OrgViewModel
import Testing

@testable import OrgTerminal

/// Screens by name, in the states that matter.
enum Scenes {
  static let sizes = [(120, 32), (80, 24), (40, 10)]
  static let problem = DataProblem(
    place: "organizations.json, byte 512, org_1.status", reason: "there is no status \"gone\"",
    remedy: DataProblem.Remedy("run orgman doctor --fix"))

  static func all(_ columns: Int, _ rows: Int, isUTF8: Bool = true) -> [(name: String, screen: Screen)] {
    func scene(_ name: String, _ screen: Screen? = nil, _ actions: Action...) -> (String, Screen) {
      var screen = screen ?? Screen(columns, rows, isUTF8: isUTF8)
      for action in actions { screen.press(action) }
      return (name, screen)
    }
    var flash = Screen(columns, rows, isUTF8: isUTF8)
    flash.press(.open, .moveDown)
    flash.others { organizations, members in
      organizations[1].planTier = "starter"
      members[0].role = .member
      members[1].role = .owner
    }
    var news = Screen(columns, rows, isUTF8: isUTF8)
    news.press(.edit, .nextField, .insert("x"))
    news.others { organizations, _ in organizations[0].planTier = "enterprise" }
    var noHistory = Screen(columns, rows, isUTF8: isUTF8)
    noHistory.history = []
    var reading = Screen(columns, rows, isUTF8: isUTF8)
    reading.model = AppModel(
      OrganizationList(.unread, for: ListRequest()), viewport: reading.model.workspace.viewport)
    reading.model.receive(ReadingProgress(done: 430, total: 1000))
    var rereading = Screen(columns, rows, isUTF8: isUTF8)
    rereading.model.receive(ReadingProgress(done: 430, total: 1000))
    var merging = Screen(columns, rows, isUTF8: isUTF8)
    merging.model.receive(ReadingProgress(done: 1000, total: 1000))
    var conflict = Screen(columns, rows, isUTF8: isUTF8)
    conflict.press(.edit, .nextField, .paste("x"), .nextField, .nextField, .deleteToStart, .save)
    let conflicts = [
      Conflict("org", field: "plan_tier", base: "founders_friend", theirs: "enterprise", mine: "x"),
      Conflict("org", field: "lago_customer_id", base: "lago_1", theirs: "lago_2", mine: nil),
    ]
    _ = conflict.model.receive(.failed(OrgError(.conflict, "Somebody changed it.", conflicts: conflicts)))
    var billing = Screen(columns, rows, isUTF8: isUTF8)
    _ = billing.model.receive(verified: .success(Sample.billing))
    var stale = billing
    stale.others { organizations, _ in organizations[0].stripeCustomerID = "cus_other" }
    let damaged = Screen(columns, rows, problems: [problem], isUTF8: isUTF8)
    let empty = Screen(
      columns, rows, organizations: [], members: [], readOnly: "it was opened so", isUTF8: isUTF8)
    return [
      scene("list"), scene("detail", nil, .open), scene("role", nil, .open, .moveDown, .changeRole),
      scene("question", nil, .open, .remove, .nextField), scene("delete", nil, .moveDown, .remove),
      scene("form", nil, .edit, .insert("x")), scene("discard", nil, .edit, .insert("x"), .back),
      scene("create", nil, .add, .save), scene("member", nil, .open, .add, .nextField), scene("news", news),
      scene("offered", nil, .open, .add, .insert("b"), .moveDown),
      scene("several", nil, .open, .add, .paste("new1 new2, bob"), .save),
      scene("conflict", conflict), scene("typed wrong", nil, .add, .paste("globex")),
      scene("filter", nil, .filter, .insert("e"), .insert("x")),
      scene("nothing", nil, .filter, .insert("zz"), .accept),
      scene("marked", nil, .mark, .moveDown, .mark, .filter, .insert("e"), .accept),
      scene("range", nil, .open, .markRange, .moveDown),
      scene("plan", nil, .changePlan), scene("plan of marked", nil, .mark, .mark, .changePlan),
      scene("status of marked", nil, .mark, .mark, .changeStatus),
      scene("role of marked", nil, .open, .markAll, .changeRole),
      scene("bulk", nil, .open, .markAll, .changeRole, .choose(.member)),
      scene("bulk form", nil, .mark, .mark, .changePlan, .chooseOtherPlan),
      scene("sort", nil, .sort), scene("sorted", nil, .sort, .sortBy(.members)),
      scene("sorted by plan", nil, .sort, .sortBy(.plan)),
      scene("sorted by creation", nil, .sort, .sortBy(.created)),
      scene("help", nil, .help, .moveDown), scene("refused", nil, .changeRole), scene("flash", flash),
      scene("reading", reading), scene("reading again", rereading), scene("merging", merging),
      scene("damaged", damaged), scene("damaged edit", damaged, .edit),
      scene("empty", empty),
      scene("empty add", empty, .add), scene("evil", nil, .moveDown, .open),
      scene("evil form", nil, .moveDown, .edit), scene("palette", nil, .palette),
      scene("palette fuzzy", nil, .palette, .insert("rle")),
      scene("palette refused", empty, .palette, .insert("undo")),
      scene("palette nothing", nil, .palette, .insert("zzz")),
      scene("evil form", nil, .moveDown, .edit), scene("history", nil, .showHistory, .moveDown, .moveDown),
      scene("history none", noHistory, .showHistory),
      scene("history nothing", nil, .showHistory, .filter, .insert("zz"), .accept),
      scene("history of one", nil, .open, .moveDown, .showItsHistory),
      scene("entry", nil, .showHistory, .moveDown, .moveDown, .moveDown, .moveDown, .open, .moveToLast),
      scene("entry undone", nil, .showHistory, .moveDown, .moveDown, .open),
      scene("entry note", nil, .showHistory, .moveDown, .moveDown, .moveDown, .open),
      scene("undo entry", nil, .showHistory, .undoEntry),
      scene("overview", nil, .showOverview, .moveDown),
      scene("overview end", nil, .showOverview, .moveToLast),
      scene("overview filter", nil, .showOverview, .filter, .insert("owner")),
      scene("overview billing", billing, .showOverview, .filter, .insert("billing")),
      scene("billing", billing, .showBilling), scene("billing stale", stale, .showBilling),
      scene("billing end", billing, .showBilling, .mark, .moveToLast),
      scene("billing repair", billing, .showBilling, .markAll, .repairBilling),
      scene("billing nothing", billing, .showBilling, .filter, .insert("zz"), .accept),
      scene("billing without a key", nil, .showBilling),
      scene("overview empty", empty, .showOverview), scene("users", nil, .showUsers, .moveDown),
      scene("users nothing", nil, .showUsers, .filter, .insert("zz"), .accept),
      scene("users empty", empty, .showUsers), scene("person", nil, .showUsers, .open),
      scene("person marked", nil, .showUsers, .moveDown, .open, .mark, .changeRole),
      scene("remove everywhere", nil, .showUsers, .moveDown, .open, .mark, .removeEverywhere),
      scene("successor", nil, .showUsers, .markAll, .removeEverywhere, .handOver),
      scene("transfer", nil, .open, .transferOwnership),
    ]
  }
}

@Suite struct RendererTests {
  @Test func `a role that only some data have is counted where members have it`() {
    func text(_ members: [OrgUser], _ actions: [Action]) -> String {
      var screen = Screen(120, 24, members: members)
      for action in actions { screen.press(action) }
      return screen.renderer.frame(screen.model, size: screen.size).lines.prefix(16).map {
        $0.map(\.text).joined()
      }.joined(separator: "\n")
    }
    let admin = OrgUser(
      organizationID: Sample.organizations[0].id, userID: "eve", role: .admin, joinedAt: Sample.time)
    for actions in [[], [Action.showUsers]] {
      let counted = actions.isEmpty ? "admin 1  member" : "    admin   member"
      #expect(!text(Sample.members, actions).contains(counted))
      #expect(text(Sample.members + [admin], actions).contains(counted))
    }
  }

  @Test func `the header says why nothing can be changed, and that there are no leases, where there is room`()
  {
    func header(_ screen: Screen) -> String {
      screen.renderer.frame(screen.model, size: screen.size).lines[0].map(\.text).joined()
    }
    let asked = Screen(80, 24, readOnly: "it was opened so")
    #expect(header(asked).hasSuffix("   read-only"))
    let immutable = Screen(80, 24, readOnly: "it is immutable", readOnlySummary: "immutable")
    #expect(header(immutable).hasSuffix("   read-only: immutable"))
    let narrow = Screen(60, 24, readOnly: "it is immutable", readOnlySummary: "immutable")
    #expect(header(narrow).hasSuffix("   read-only"))
    var live = Screen(80, 24)
    #expect(header(live).hasSuffix("   live"))
    live.model.receive(hasLeases: false)
    #expect(header(live).hasSuffix("   live, no leases"))
    live.model.receive(hasLeases: true)
    #expect(header(live).hasSuffix("   live"))
    live.model.receive(replicaWarning: "replica away")
    #expect(header(live).hasSuffix("   live, replica away"))
    live.model.receive(replicaWarning: nil)
    #expect(header(live).hasSuffix("   live"))
  }

  /// To record new frames, run with ORGMAN_RECORD=1, and look at each: what looks off is off.
  @Test func `whole screens are as they were looked at`() throws {
    var frames: [String: String] = [:]
    for (columns, rows) in Scenes.sizes {
      for (name, screen) in Scenes.all(columns, rows) {
        frames["\(name) \(columns)x\(rows)"] = described(screen)
      }
    }
    for (name, screen) in Scenes.all(80, 24, isUTF8: false)
    where ["list", "form", "flash", "history", "overview", "sorted", "marked"].contains(name) {
      frames["\(name) in ASCII"] = described(screen)
    }
    for (columns, rows) in [(1, 1), (20, 5), (39, 9)] {
      frames["\(columns)x\(rows)"] = described(Screen(columns, rows))
    }
    if ProcessInfo.processInfo.environment["ORGMAN_RECORD"] != nil {
      let texts = frames.sorted { $0.key < $1.key }.map { "    \"\($0)\": #\"\"\"\n\($1)\n\"\"\"#,\n" }
        .joined()
      let text =
        "/// Screens that somebody has looked at; the tests for the renderer record them.\n"
        + "enum Golden {\n  static let frames: [String: String] = [\n\(texts)  ]\n}\n"
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Golden.swift")
      try text.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("recorded")
      return
    }
    #expect(frames.keys.sorted() == Golden.frames.keys.sorted())
    for (name, frame) in frames {
      #expect(frame == Golden.frames[name], "\(name) is now\n\(frame)")
    }
  }

  private func described(_ screen: Screen) -> String {
    let cursor = screen.frame.cursor.map { "\($0.column), \($0.row)" } ?? "hidden"
    return "\(screen.text)\n[cursor \(cursor)]"
  }

  @Test(arguments: [true, false])
  func `at no size from 1x1 to 130x40 is a line too wide, or the cursor outside`(isUTF8: Bool) {
    let sizes = [1, 2, 7, 38, 39, 40, 41, 53, 54, 60, 69, 70, 79, 99, 100, 101, 119, 130]
    for (name, scene) in Scenes.all(130, 40, isUTF8: isUTF8) {
      for columns in isUTF8 && name == "flash" ? Array(1...130) : sizes {
        for rows in [1, 2, 9, 10, 11, 16, 24, 40] {
          var screen = scene
          screen.resize(columns, rows)
          let frame = screen.frame
          let isInside =
            frame.cursor.map { (0..<columns).contains($0.column) && (0..<rows).contains($0.row) } ?? true
          let widths = frame.lines.map { line in
            line.reduce(0) { $0 + screen.renderer.typesetter.measured($1.text) }
          }
          #expect(frame.lines.count == rows)
          if !isInside || widths.contains(where: { $0 > columns }) {
            Issue.record(
              "\(name) at \(columns)x\(rows): \(widths), cursor \(String(describing: frame.cursor))")
          }
        }
      }
    }
  }

  @Test func `hostile text is in no frame as it is`() {
    let evil = "\u{1B}]0;x\u{7}\u{202E}\u{200B}\r\n\u{85}\u{9B}2J" + String(repeating: "\u{301}", count: 50)
    let organizations = [
      Organization(
        id: "org_\(evil)", name: evil, createdAt: Sample.time, planTier: evil, lagoCustomerID: evil,
        stripeCustomerID: evil)
    ]
    let members = [
      OrgUser(organizationID: organizations[0].id, userID: evil, role: .owner, joinedAt: Sample.time)
    ]
    let hostileEntry = HistoryEntry(
      generation: 1, time: Sample.time, kind: .edit,
      actor: Actor(uid: 1, user: evil, login: "x" + evil, claimedSSHClient: evil, host: evil),
      changes: [
        RecordedChange(
          .setField(.lagoCustomerID, organization: organizations[0].id, from: nil, to: evil),
          organizationName: evil),
        RecordedChange(
          .setRole(user: evil, organization: organizations[0].id, from: .member, to: .owner),
          organizationName: evil),
      ], note: evil)
    let ways: [[Action]] = [
      [], [.open], [.open, .changeRole], [.open, .changeRole, .choose(.owner)], [.open, .remove], [.remove],
      [.edit],
      [.open, .add, .paste(evil)], [.showHistory], [.showHistory, .open], [.showHistory, .undoEntry],
      [.showOverview], [.showOverview, .filter, .paste(evil)], [.showUsers], [.showUsers, .showItsHistory],
      [.showUsers, .open], [.open, .showPerson], [.showUsers, .filter, .paste(evil), .accept],
      [.showItsHistory], [.open, .showItsHistory], [.showHistory, .filter, .paste(evil), .accept],
      [.filter, .paste(evil)], [.filter, .paste(evil), .accept],
    ]
    for (columns, rows) in Scenes.sizes + [(200, 50)] {
      for way in ways {
        for problems in [[], [DataProblem(place: evil, reason: "bad")]] {
          var screen = Screen(
            columns, rows, organizations: organizations, members: members, problems: problems, title: evil)
          screen.history = [hostileEntry]
          for action in way { screen.press(action) }
          let text = screen.frame.lines.joined().map(\.text).joined()
          #expect(text.escapedForDisplay == text)
          #expect(!text.unicodeScalars.contains("\u{202E}"))
        }
      }
    }
  }

  @Test func `nothing is said by color alone`() {
    for (name, screen) in Scenes.all(120, 32) {
      let plain = Renderer(
        typesetter: screen.renderer.typesetter, theme: Theme(hasColors: false), keymap: .standard,
        title: "/srv/ops/data")
      let frame = plain.frame(screen.model, size: screen.size)
      #expect(
        frame.lines.map { $0.map(\.text).joined() } == screen.frame.lines.map { $0.map(\.text).joined() },
        "\(name)")
      #expect(
        frame.lines.joined().allSatisfy {
          $0.style.foreground == .standard && $0.style.background == .standard
        })
    }
  }

  @Test func `the cursor stands on the selected row, in the field, or on the answer`() {
    let cursors = Scenes.all(120, 32).reduce(into: [:]) { $0[$1.name] = $1.screen.frame.cursor }
    #expect(cursors["list"] == Position(column: 0, row: 2))
    #expect(cursors["detail"] == Position(column: 72, row: 10))
    #expect(cursors["create"] == Position(column: 83, row: 3))
    #expect(cursors["filter"] == Position(column: 4, row: 29))
    #expect(cursors["question"]?.row == 30)
  }

  @Test func `moving the selection changes two lines, and its position`() {
    var screen = Screen(80, 24)
    let before = screen.frame.lines
    screen.press(.moveDown)
    #expect(zip(before, screen.frame.lines).count { $0 != $1 } == 3)
  }
}
