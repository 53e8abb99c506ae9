import OrgCore
import OrgViewModel
import Testing

@testable import OrgTerminal

@Suite struct ConfigurationTests {
  private func problems(_ text: String) -> [String] {
    Configuration.read(text).problems.map {
      "\($0.place.map { "\($0.line):\($0.column)" } ?? "-") \($0.message)"
    }
  }

  private func keymap(_ text: String) -> Keymap {
    let (configuration, problems) = Configuration.read(text)
    #expect(problems == [])
    return configuration.keymap
  }

  private func bound(_ keymap: Keymap) -> [Context: [Key: Action]] {
    var result: [Context: [Key: Action]] = [:]
    for binding in keymap.sections.flatMap(\.bindings) {
      for context in binding.contexts {
        for key in binding.keys { result[context, default: [:]][key] = binding.action }
      }
    }
    return result
  }

  @Test func `roles that the data have get keys, unless these are assigned to something else`() {
    func chosen(_ text: String, _ roles: [Role]) -> Action? {
      var configuration = Configuration.read(text).configuration
      configuration.bindKeys(to: roles)
      return configuration.keymap.action(for: .character("a"), in: .roleChoice)
    }
    let roles = [Role.owner, .admin, .member]
    #expect(chosen("", roles) == .choose(.admin))
    #expect(chosen("plan-tiers = [\"gold\"]", roles) == .choose(.admin))
    #expect(chosen("[keys.in.role]\n\(Action.choose(.owner).name) = \"a\"", roles) == .choose(.owner))
    #expect(chosen("", Rules.files.roles) == nil)
  }

  @Test func `the printed configuration is what is out of the box, commented out or not`() {
    let text = Configuration.defaultText
    #expect(problems(text) == [])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.isEmpty || $0.hasPrefix("#") || $0.hasPrefix("[") && $0.hasSuffix("]") })
    #expect(lines.allSatisfy { $0.count <= 120 })
    let active = lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }.joined(
      separator: "\n")
    let (configuration, problems) = Configuration.read(active)
    #expect(problems == [])
    #expect(configuration.theme == .standard && !configuration.hasMouse)
    #expect(configuration.preferences.planTiers == Preferences().planTiers)
    #expect(configuration.preferences.savedQueries.count == 2)
    #expect(bound(configuration.keymap) == bound(.standard))
    #expect(bound(Configuration.read("").configuration.keymap) == bound(.standard))
  }

  @Test func `billing has addresses, files with keys, and plans`() {
    let (configuration, problems) = Configuration.read(
      """
      [billing]
      lago-url = "https://lago.example.com"
      stripe-key-file = "/key"
      stripe-url = ""
      [billing.plans]
      pro = "p"
      free = []
      "very large" = ["a", "b"]
      """)
    #expect(problems == [])
    #expect(configuration.billing.addresses == ["lago": "https://lago.example.com"])
    #expect(configuration.billing.keyFiles == ["stripe": "/key"])
    #expect(configuration.billing.plans == ["pro": ["p"], "free": [], "very large": ["a", "b"]])
  }

  @Test func `directories of users have a table each, in the order of the file`() {
    let (configuration, problems) = Configuration.read(
      """
      [directory.z]
      command = ["/bin/people", "-x"]
      id = "email"
      [directory]
      file = "/people.csv"
      id = "username"
      time-limit = 3
      [directory.corp-ldap]
      ldap = "ldaps://ldap.example.org"
      base = "dc=example"
      disabled = "locked"
      start-tls = true
      [directory.passwd]
      passwd = true
      """)
    #expect(problems == [])
    let directories = configuration.directories
    #expect(directories.map(\.name) == ["z", "file", "corp-ldap", "passwd"])
    #expect(directories.map(\.kind) == [.command, .file, .ldap, .passwd])
    #expect(directories.map(\.key) == [.email, .username, .id, .id])
    #expect(directories.map(\.timeLimit) == [10, 3, 10, 10])
    #expect(directories[0].lists == ["command": ["/bin/people", "-x"]])
    #expect(directories[2].texts == ["ldap": "ldaps://ldap.example.org", "base": "dc=example"])
    #expect(directories[2].lists == ["disabled": ["locked"]] && directories[2].flags == ["start-tls"])
    #expect(Configuration.read("[directory]\nid = \"email\"\nfile = \"\"").configuration.directories == [])
  }

  @Test(arguments: [
    (
      "[directory.a]",
      "1:1 [directory.a] names no source; it has one of file, command, ldap, keycloak or passwd."
    ),
    ("[directory]\nbase = \"x\"", "1:1 [directory] names no source"),
    (
      "[directory]\nfile = \"/a\"\npasswd = true",
      "1:1 [directory] has file and passwd; each source has a table of its own, such as [directory.passwd]."
    ),
    ("[directory]\nfile = \"a\"", "2:8 file in [directory] is an absolute path, not \"a\"."),
    (
      "[directory.k]\nkeycloak = \"https://a\"\nrealm = \"r\"",
      "1:1 [directory.k] has keycloak, and lacks client."
    ),
    ("[directory.k]\nfile = \"/a\"\nbase = \"r\"", "1:1 base in [directory.k] isn't for file."),
    ("[directory.K]\nfile = \"/a\"", "1:1 The name of a directory has small letters, digits and hyphens"),
    ("[directory]\ntime-limit = 0", "2:14 time-limit is a whole number of seconds from 1 to 300."),
    ("[directory]\ncommand = [\"people\"]", "2:11 command in [directory] begins with the absolute path"),
    ("[directory]\npasswd = true\nid = \"email\"", "1:1 passwd in [directory] has no e-mail addresses"),
    ("[directory.a]\npasswd = true\ncolor = \"x\"", "3:1 There is no color in [directory.a]; there are id, "),
  ])
  func `a directory that can't be asked is a problem`(text: String, problem: String) {
    let found = problems(text)
    #expect(found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test func `it names every action that can be configured`() {
    let text = Configuration.defaultText
    for action in CommandTable.standard.actions {
      #expect(text.contains("#\(action.name) = ["), "\(action.name)")
    }
  }

  @Test func `keys are moved, doubled and removed`() {
    let moved = keymap("[keys]\nundo = \"z\"\nremove = [\"^X\", \"Del\"]\nadd = []")
    for context in [Context.list, .detail] {
      #expect(moved.action(for: "z", in: context) == .undo)
      #expect(moved.action(for: "u", in: context) == nil)
      #expect(moved.action(for: .control("x"), in: context) == .remove)
      #expect(moved.action(for: .delete, in: context) == .remove)
      #expect(moved.action(for: "d", in: context) == nil)
      #expect(moved.action(for: "a", in: context) == nil)
    }
    // Elsewhere the Delete key deletes.
    #expect(moved.action(for: .delete, in: .form) == .deleteForward)
    let help = moved.sections.flatMap(\.bindings)
    #expect(!help.contains { $0.action == .add })
    #expect(help.contains { $0.action == .undo && $0.keys == ["z"] && !$0.description.isEmpty })
    #expect(!moved.hints(in: .list).contains { $0.action == .add })
    #expect(moved.hints(in: .list).contains { $0.action == .remove && $0.keys[0] == .control("x") })
  }

  @Test func `two keys can change places`() {
    let swapped = keymap("[keys]\nmove-down = [\"k\", \"Down\"]\nmove-up = [\"j\", \"up\"]")
    #expect(swapped.action(for: "k", in: .list) == .moveDown)
    #expect(swapped.action(for: "j", in: .detail) == .moveUp)
    #expect(swapped.action(for: .up, in: .detail) == .moveUp)
    // The page with the keys is no screen.
    #expect(swapped.action(for: "j", in: .help) == .moveDown)
  }

  @Test func `one context can differ, and goes before the rest`() {
    let map = keymap(
      "[keys]\nadd = \"+\"\n[keys.in.detail]\nadd = \"m\"\n[keys.in.form]\nsave = [\"^S\", \"F10\"]")
    #expect(map.action(for: "+", in: .list) == .add)
    #expect(map.action(for: "+", in: .detail) == nil)
    #expect(map.action(for: "m", in: .detail) == .add)
    #expect(map.action(for: .function(10), in: .form) == .save)
    #expect(map.action(for: .function(10), in: .choice) == nil)
  }

  @Test func `a key that is bound twice says both places`() {
    #expect(
      problems("[keys]\nundo = \"z\"\nredo = [\"^R\", \"z\"]") == [
        "3:15 z is bound twice in [keys.in.list]: to undo in line 2, column 8."
      ])
    #expect(
      problems("[keys]\nundo = \"d\"") == [
        "2:8 d is bound twice in [keys.in.list]: to remove out of the box; give that other keys, too, or none."
      ])
    #expect(
      problems("[keys.in.list]\nundo = \"z\"\n[keys]\nredo = \"z\"") == [
        "4:8 z is bound twice in [keys.in.list]: to undo in line 2, column 8."
      ])
    #expect(problems("[keys]\nundo = [\"z\", \"z\"]").count == 1)
    #expect(problems("[keys.in.list]\nundo = \"z\"\n[keys.in.detail]\nredo = \"z\"") == [])
  }

  @Test func `what is unknown or means nothing is named with its place`() {
    for (text, expected) in [
      (
        "color = 1",
        "1:1 There is no color; there are theme, mouse, emoji, columns, sort, show-deleted, plan-tiers, external-deletions, time-zone, data, read, [ids], [directory], [directory.NAME], [acting-as], [history], [billing], [billing.plans], [views.NAME], [queries] and [keys]."
      ),
      (
        "[kyes]\n",
        "1:1 There is no [kyes]; there are [ids], [directory], [directory.NAME], [acting-as], [history], [billing], [billing.plans], [views.NAME], [queries] and [keys]."
      ),
      (
        "[history]\nkeep = \"soon\"",
        "2:8 keep is a whole number of days, weeks, months or years, such as \"2 years\", or \"forever\", not \"soon\"."
      ),
      ("[history]\nkeep = 2", "2:8 history.keep is a text in quotes."),
      ("[history]\nkept = \"2 years\"", "2:1 There is no kept in [history]; there is keep."),
      ("history = \"2 years\"", "1:1 history is a table: write [history]."),
      ("[ids]\nuser = \"[a-z\"", "2:8 \"[a-z\" isn't a regular expression."),
      ("[ids]\nstripe = 1", "2:10 ids.stripe is a text in quotes."),
      ("[ids]\npaypal = \"\"", "2:1 There is no paypal in [ids]; there are user, lago and stripe."),
      (
        "theme = \"neon\"",
        "1:9 There is no theme \"neon\"; there are default, colorblind, monochrome and contrast."
      ),
      ("theme = 1", "1:9 theme is a text in quotes."), ("mouse = \"on\"", "1:9 mouse is true or false."),
      ("emoji = \"wide\"", "1:9 emoji is auto, sequences or parts, not \"wide\"."),
      ("plan-tiers = []", "1:14 There is at least one plan tier."),
      ("plan-tiers = [\"a\", \"a\"]", "1:20 \"a\" is already at line 1, column 15."),
      ("plan-tiers = [\"a\", 1]", "1:20 Expected a quoted string."),
      ("keys = 1", "1:1 keys is a table: write [keys]."),
      ("[keys]\nundoo = \"z\"", "2:1 There is no action \"undoo\"; it may be undo."),
      ("[keys]\nxyz = \"z\"", "2:1 There is no action \"xyz\"; orgman config --default has all."),
      (
        "[keys]\n\"\u{202E}\" = \"z\"",
        "2:1 There is no action \"\\u{202E}\"; orgman config --default has all."
      ),
      (
        "[keys]\nsave = \"F10\"",
        "2:1 save belongs under [keys.in.form] or [keys.in.choice] or [keys.in.open-choice] or [keys.in.conflict] or [keys.in.offering]."
      ),
      ("[keys.in.help]\nundo = \"z\"", "2:1 undo has no meaning in [keys.in.help]."),
      (
        "[keys.in.form]\nsave = \"s\"",
        "2:8 \"s\" types itself in [keys.in.form]; take a key with ^ or one without a letter."
      ),
      (
        "[keys]\nundo = \"gg\"",
        "2:8 There is no key \"gg\"; keys are written j, ^F, F5, Space, Enter, PgDn, Shift-Tab."
      ),
      ("[keys]\nundo = \"^M\"", "2:8 Terminals send the same for ^M and Enter; write Enter."),
      ("[keys]\nundo = true", "2:8 keys.undo is a text in quotes, or several in brackets."),
      ("[keys]\nquit = []\nclose = []", "3:1 No key would be left for quit or close."),
      (
        "[billing]\nkey = \"x\"",
        "2:1 There is no key in [billing]; there are stripe-url, lago-url, stripe-key-file, lago-key-file and plans."
      ),
      ("[billing]\nlago-key-file = \"key\"", "2:17 lago-key-file is an absolute path, not \"key\"."),
      ("[billing]\nplans = \"x\"", "2:1 billing.plans is a table: write [billing.plans]."),
      ("[queries]\nx = \"plan: y\"", nil), ("[queries]\n\"\" = \"y\"", "2:1 A query needs a name."),
    ] as [(String, String?)] {
      if let expected {
        #expect(problems(text) == [expected], "\(text)")
      } else {
        #expect(problems(text).count == 1)
        #expect(problems(text).first?.hasPrefix("2:") == true, "\(problems(text))")
      }
    }
    let wrongContext = problems("[keys.in.lists]\nundo = \"z\"")
    #expect(
      wrongContext.count == 1
        && wrongContext[0].hasPrefix("1:1 There is no context \"lists\"; there are list, "))
  }

  @Test func `patterns of ids are taken over, and an empty one takes anything`() {
    let (configuration, problems) = Configuration.read("[ids]\nuser = '[a-z]+'\nlago = 'l_\\d+'\nstripe = ''")
    #expect(problems == [])
    #expect(
      configuration.preferences.idPatterns == IDPatterns(user: "[a-z]+", billing: [.lagoCustomerID: "l_\\d+"])
    )
    #expect(Configuration.read("").configuration.preferences.idPatterns == .standard)
  }

  @Test func `columns, the order and plans are taken over`() {
    let (configuration, problems) = Configuration.read(
      "columns = [\"created\", \"id\"]\nsort = \"-members\"\nplan-tiers = [\"gold\", \"gone\", \"other\", \"日\"]"
    )
    #expect(problems == [])
    #expect(configuration.preferences.columns == [.created, .id])
    #expect(
      configuration.preferences.order
        == ListOrder(.members, isDescending: false, planTiers: ["gold", "gone", "other", "日"]))
    let keymap = configuration.keymap
    #expect(keymap.action(for: "g", in: .planChoice) == .choosePlan("gold"))
    // g and o are taken.
    #expect(keymap.action(for: "n", in: .planChoice) == .choosePlan("gone"))
    #expect(keymap.action(for: "o", in: .planChoice) == .chooseOtherPlan)
    #expect(keymap.action(for: "t", in: .planChoice) == .choosePlan("other"))
    #expect(keymap.action(for: "s", in: .planChoice) == nil)
    #expect(
      self.problems("columns = [\"name\", \"id\", \"id\"]\nsort = \"id\"") == [
        "1:12 There is no column \"name\"; there are plan, status, members, created, id, lago and stripe, and the name.",
        "1:26 The column id is there already.",
        "2:8 The list can be sorted by name, plan, status, members and created, not by \"id\".",
      ])
  }

  @Test func `the list has the columns that are wanted, as far as there is room`() {
    var preferences = Preferences()
    preferences.columns = [.created, .members, .id]
    func heading(_ columns: Int) -> [String] {
      let screen = Screen(columns, 24, preferences: preferences)
      return screen.text.split(separator: "\n")[1].split(separator: " ").map(String.init)
    }
    #expect(heading(99) == ["Name", "▲", "Created", "Members", "Id"])
    #expect(heading(80) == ["Name", "▲", "Created", "Members"])
    #expect(heading(40) == ["Name", "▲", "Members"])
    let screen = Screen(99, 24, preferences: preferences)
    #expect(screen.text.contains("2026-11-22"))
    #expect(screen.text.contains("org_41fca4d6-a659-4198-a016-f2c5f25d861a"))
  }

  @Test func `all that is wrong is found, in the order of the file`() {
    #expect(
      problems("mouse = 1\n[keys]\nundo = \"d\"\nx = \"y\"\n[y]\n").map { $0.prefix(3) } == [
        "1:9", "3:8", "4:1", "5:1",
      ])
  }

  @Test func `each key is found by the name that the help gives it`() {
    var keys: [Key] = [
      " ", "j", "G", "株", "^", "\\", "\"", .enter, .tab, .backTab, .escape, .backspace, .delete, .insert, .up,
      .down,
      .left, .right, .home, .end, .pageUp, .pageDown, .control("a"), .control("\\"), .control("_"),
    ]
    keys += (1...12).map(Key.function)
    for key in keys {
      #expect(Key.named(key.description) == .success(key), "\(key)")
    }
    #expect(Key.named("pgdn") == .success(.pageDown))
    #expect(Key.named("^f") == .success(.control("f")))
    #expect(Key.named("f01") != .success(.function(1)))
    #expect(Key.named("") != .success("a"))
  }

  @Test func `how long the history is kept is taken over`() {
    for (text, retention) in [
      ("", .forever), ("[history]\nkeep = \"forever\"", .forever),
      ("[history]\nkeep = \"2 years\"", .last(2, .years)), ("history.keep = '1 week'", .last(1, .weeks)),
    ] as [(String, Retention)] {
      let (configuration, problems) = Configuration.read(text)
      #expect(problems == [] && configuration.preferences.retention == retention, "\(text)")
    }
  }

  @Test func `saved queries and plans are taken over`() {
    let (configuration, problems) = Configuration.read(
      "plan-tiers = [\"free\", \"gold\"]\ntheme='contrast'\nmouse=true\n[queries]\n\"a b\" = 'plan:gold \"x y\"'"
    )
    #expect(problems == [])
    #expect(configuration.preferences.planTiers == ["free", "gold"])
    #expect(configuration.preferences.savedQueries == [SavedQuery(name: "a b", text: "plan:gold \"x y\"")])
    #expect(configuration.theme == .contrast && configuration.hasMouse)
  }
}
