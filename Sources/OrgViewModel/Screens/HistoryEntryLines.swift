import OrgCore

/// A line of a generation in detail, ready to be drawn.
package enum EntryLine: Sendable {
  /// The number of the generation, and how it came about.
  case title(UInt64, String)
  /// A label and a value.
  case field(String, String)
  /// Nothing.
  case blank
  /// How many changes there are.
  case changes(Int)
  /// What was changed, and where, and the member whom it was about, if any.
  case change(String, user: String?, isSelected: Bool)
  /// What was there before, or after; `nil` for nothing.
  case value(String, String?)
}

// One generation in detail: a head, and three lines a change.
extension HistoryRows.Row {
  static let linesPerChange = 3

  private var head: [EntryLine] {
    var lines: [EntryLine] = [
      .title(entry.generation, entry.kind.title), .field("Time", zone.fullText(entry.time)),
      .field(
        "By",
        entry.kind != .foreign
          ? "\(entry.actor) on \(entry.actor.host)"
          : entry.writer.map { "\($0) from \($0.host.escapedForDisplay)" } ?? "a program outside orgman"),
    ]
    if let client = entry.actor.claimedSSHClient { lines.append(.field("From", "\(client)?")) }
    switch fate {
    case .holds: break
    case .undone(let generation): lines.append(.field("Since", "undone by \(generation)"))
    case .takenBack(let generation): lines.append(.field("Since", "taken back by \(generation)"))
    }
    if let reversed {
      let word = if case .redo = entry.kind { "Redid" } else { "Undid" }
      lines.append(.field(word, "\(reversed.generation) by \(reversed.origin(zone))"))
    }
    if !entry.reverted.isEmpty {
      lines.append(.field("Undid", entry.reverted.map(String.init).joined(separator: ", ") + ", unknowingly"))
    }
    if let note = entry.note { lines.append(.field("Note", note)) }
    return lines + [.blank, .changes(entry.changes.count)]
  }

  /// How many lines it has.
  var lineCount: Int { head.count + Self.linesPerChange * entry.changes.count }

  /// The change that a line begins; `nil` for one that can't be selected.
  func change(at line: Int) -> Int? {
    let line = line - head.count
    return line >= 0 && line % Self.linesPerChange == 0 ? line / Self.linesPerChange : nil
  }

  /// The line that a change begins at.
  func line(of change: Int) -> Int { head.count + change * Self.linesPerChange }

  func line(_ line: Int, isSelected: Bool) -> EntryLine {
    let head = head
    guard line >= head.count else { return head[line] }
    let (index, part) = (line - head.count).quotientAndRemainder(dividingBy: Self.linesPerChange)
    let change = entry.changes[index]
    switch part {
    case 0: return .change(change.subject, user: change.change.userID, isSelected: isSelected)
    case 1: return .value("before", change.values.before)
    default: return .value("after", change.values.after)
    }
  }
}

extension RecordedChange {
  /// What it is about: `Role of bob in Acme`.
  fileprivate var subject: String {
    switch change {
    case .createOrganization, .removeOrganization: organizationName
    case .setField(let field, _, _, _): "\(field.title) of \(organizationName)"
    case .setRole(let user, _, _, _): "Role of \(user) in \(organizationName)"
    case .addMember, .removeMember: "\(change.userID ?? "") in \(organizationName)"
    }
  }

  /// What was there before and after.
  fileprivate var values: (before: String?, after: String?) {
    func text(_ organization: Organization) -> String {
      "\(organization.name) on \(organization.planTier), \(organization.status.rawValue)"
    }
    return switch change {
    case .createOrganization(let organization): (nil, text(organization))
    case .removeOrganization(let organization): (text(organization), nil)
    case .setField(_, _, let from, let to): (from, to)
    case .setRole(_, _, let from, let to): (from.title, to.title)
    case .addMember(let member): (nil, member.role.title)
    case .removeMember(_, _, let role): (role.title, nil)
    }
  }
}

extension HistoryRows.Row {
  /// How many lines there are up to the end of the change that begins at a line.
  func lineCount(through line: Int) -> Int {
    change(at: line) == nil ? line + 1 : min(lineCount, line + Self.linesPerChange)
  }
}
