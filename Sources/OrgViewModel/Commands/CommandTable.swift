import OrgCore

/// All screens and overlays. A new one is added here.
package enum Registry {
  package static let screens: [any Screen.Type] = [
    OrganizationsScreen.self, UsersScreen.self, HistoryScreen.self, OverviewScreen.self, PersonScreen.self,
    BillingScreen.self,
  ]

  static let overlays: [any Overlay.Type] = [
    FilterPrompt.self, RoleMenu.self, PlanMenu.self, StatusMenu.self, SortMenu<OrganizationColumn>.self,
    SortMenu<MemberColumn>.self, SortMenu<UserColumn>.self, SortMenu<MembershipColumn>.self,
    SortMenu<BillingColumn>.self,
    HistoryOrderMenu.self,
    HandoverMenu.self, Question.self, DiscardQuestion.self, LeaveQuestion.self, DraftQuestion.self,
    Form.self, NamePrompt.self, ExportMenu.self, RefusalPage.self, Help.self, Palette.self,
  ]
}

/// Everything that can be asked for, where, and by which keys out of the box.
package struct CommandTable: Sendable {
  /// Where keys can go.
  package let contexts: [Context]
  /// What keys are bound to, in the order of the help page.
  package let bindings: [Binding]
  /// Every action that a key, the palette or the configuration may name, in the order of the palette.
  package let actions: [Action]
  private let byName: [String: Action]

  /// The table for some plans and roles, each of which can be chosen by a key.
  package init(planTiers: [String] = PlanTier.known, roles: [Role] = Rules.files.roles) {
    let screens = Registry.screens.flatMap { $0.bindings }.map {
      var binding = $0
      if binding.action == .changeRole { binding.help = RoleMenu.help(roles) }
      return binding
    }
    let overlays = Registry.overlays.flatMap { overlay in
      overlay == PlanMenu.self
        ? PlanMenu.bindings(planTiers)
        : overlay == RoleMenu.self ? RoleMenu.bindings(roles) : overlay.bindings
    }
    contexts = (Registry.screens.flatMap { $0.contexts } + Registry.overlays.flatMap { $0.contexts }).unique
    let all = screens + overlays
    bindings = Binding.Section.allCases.flatMap { section in all.filter { $0.section == section } }
    let actions =
      ([.open]
      + Self.paletteOrder.flatMap { section in
        all.filter { $0.section == section }.map(\.action)
      }).unique
    self.actions = actions.filter(\.isCommand) + actions.filter { !$0.isCommand }
    byName = Dictionary(actions.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The sections in the order in which the palette offers their commands: what changes something first.
  private static let paletteOrder: [Binding.Section] = {
    let first: [Binding.Section] = [.changing, .marking, .finding, .goingAbout]
    return first + Binding.Section.allCases.filter { !first.contains($0) }
  }()

  /// The table with the plans that are known out of the box, and the roles of the files.
  package static let standard = CommandTable()

  /// The action of a name; `nil` if there is none.
  package func action(named name: String) -> Action? { byName[name] }

  /// Why an action can't be done on a screen that has no command for it: where it can.
  func elsewhere(_ action: Action) -> String {
    let places = contexts.filter { context in
      context.kind == .screen
        && bindings.contains { $0.action == action && $0.contexts.contains(context) }
    }
    guard let last = places.last else { return "This can't be done here." }
    let titles = places.map(\.title.lowercasedFirst)
    let others = titles.dropLast().joined(separator: ", ")
    let text = others.isEmpty ? last.title.lowercasedFirst : "\(others) or \(titles[titles.count - 1])"
    return "This can't be done here; go to \(text)."
  }

  /// The context of a name; `nil` if there is none.
  package func context(named name: String) -> Context? { contexts.first { $0.name == name } }
}

extension Array where Element: Hashable {
  /// Each element once, in the order of its first appearance.
  package var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
