import OrgCore
import Testing

@testable import OrgViewModel

@Suite struct RandomTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `20,000 actions with others at work never break the selection`(seed: UInt64) {
    var random = SplitMix(state: seed)
    var driver = Driver(rows: 4)
    for step in 0..<5000 {
      switch random.below(100) {
      case 0..<4: foreign(&driver, &random)
      case 4: driver.holds = true
      case 5..<9: driver.release()
      case 9: driver.model.receive(Driver.viewport(rows: 1 + random.below(30), isWide: random.below(2) == 0))
      case 10: driver.model.endFlash()
      case 11: driver.store.fail(OrgError(.locked, "Somebody has the lock."))
      case 12: driver.releaseOne()
      default:
        let action = allActions[random.below(allActions.count)]
        // As the reader of keys does: keys wait for rows.
        if !driver.model.awaitsRows { driver.press(action) }
      }
      driver.log = []
      guard isSound(driver) else {
        Issue.record("seed \(seed), step \(step), \(driver.model.context.name)")
        return
      }
    }
  }

  private func foreign(_ driver: inout Driver, _ random: inout SplitMix) {
    let kind = random.below(5)
    let place = random.below(1000)
    let number = random.below(50)
    driver.others { organizations, members in
      switch kind {
      case 0 where organizations.count < 30:
        organizations.append(Sample.organization("org_x\(number)_\(place)", "x\(place)"))
      case 1 where !organizations.isEmpty: organizations.remove(at: place % organizations.count)
      case 2 where !organizations.isEmpty:
        organizations[place % organizations.count].name = "renamed \(place)"
      case 3 where !organizations.isEmpty:
        let id = organizations[place % organizations.count].id
        members.removeAll { $0.organizationID == id && $0.userID == "u\(number)" }
        members.insert(Sample.member("u\(number)", Rules.files.roles[place % 3], id), at: members.count / 2)
      default: if !members.isEmpty { members.remove(at: place % members.count) }
      }
    }
  }

  private func isSound(_ driver: Driver) -> Bool {
    let model = driver.model
    let rows = model.organizationList.count
    guard model.selectedRow >= 0, model.selectedRow < max(1, rows),
      model.visibleRows.contains(model.selectedRow) || rows == 0
    else { return false }
    if !model.list.isGone {
      guard
        rows == 0
          ? model.list.id == nil
          : model.organizationList.organization(at: model.selectedRow).id == model.list.id
      else { return false }
    } else if model.organizations.pane == .detail {
      return false
    }
    if let screen = model.rows, !screen.isSound(model.viewport) { return false }
    for line in model.history?.visibleEntryLines ?? [] { if case .title(0, _) = line { return false } }
    if let person = model.person, let rows = person.list.rows,
      !person.list.state.marks.allSatisfy(rows.contains)
    {
      return false
    }
    for row in model.visibleRows { _ = model.listRow(row) }
    for line in model.visibleLines { _ = model.detailLine(line) }
    if case .member(let user) = model.detail.id, let member = model.selectedMember, member.userID != user {
      return false
    }
    if model.selectedOrganization != nil, !model.detail.isGone, model.detail.id != nil {
      guard model.visibleLines.contains(model.selectedLine) else { return false }
    }
    if let form = driver.form {
      guard form.fields.indices.contains(form.focus), !form.isSaving || model.isCommitting else {
        return false
      }
      for field in form.fields where field.isChoice {
        guard field.choices.contains(field.input.text) else { return false }
      }
    }
    return true
  }
}

extension RowsScreen {
  /// Whether it has selected what it says, on the screen.
  fileprivate func isSound(_ viewport: Viewport) -> Bool {
    guard let rows = list.rows else { return true }
    let visible = list.visible(viewport.listRows)
    for row in visible { _ = rows.id(at: row) }
    guard rows.count > 0, !list.state.selection.isGone else { return true }
    return list.selectedRow < rows.count && rows.id(at: list.selectedRow) == list.state.selection.id
      && visible.contains(list.selectedRow)
  }
}

/// Random numbers that are the same every time.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
