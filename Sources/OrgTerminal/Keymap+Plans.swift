import OrgViewModel

extension Keymap {
  /// The same map with other plans to choose from, each by the first letter of its name that is free.
  func offering(_ tiers: [String]) -> Keymap {
    let bindings = sections.flatMap(\.bindings)
    let present = bindings.compactMap { if case .choosePlan(let plan) = $0.action { plan } else { nil } }
    guard tiers != present else { return self }
    let rest = bindings.filter { $0.contexts.contains(.planChoice) && !Self.isPlan($0) }
    var taken = Set(rest.flatMap(\.keys))
    var offered: [Binding] = []
    for tier in tiers {
      let letters = tier.lowercased().unicodeScalars.filter {
        ("a"..."z").contains($0) || ("0"..."9").contains($0)
      }
      // A plan without a key of its own can be typed.
      guard let letter = letters.first(where: { !taken.contains(.character($0)) }) else { continue }
      taken.insert(.character(letter))
      let name = tier.escapedForDisplay
      offered.append(
        Binding(
          keys: [.character(letter)], action: .choosePlan(tier), contexts: [.planChoice], description: name,
          hint: name))
    }
    return Keymap(
      sections: sections.map { section in
        guard let place = section.bindings.firstIndex(where: Self.isPlan) else { return section }
        var bindings = section.bindings.filter { !Self.isPlan($0) }
        bindings.insert(contentsOf: offered, at: place)
        return Section(title: section.title, bindings: bindings)
      })
  }

  private static func isPlan(_ binding: Binding) -> Bool {
    if case .choosePlan = binding.action { true } else { false }
  }
}
