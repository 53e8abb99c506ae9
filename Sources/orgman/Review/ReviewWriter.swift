import OrgCore

/// A form of a review.
protocol ReviewWriter: AnyObject {
  func begin() throws(OrgError)
  /// - Parameter isGone: whether the organization isn't there any more.
  func add(_ rows: [AccessReview.Row], of id: String, named name: String, isGone: Bool) throws(OrgError)
  func finish(_ summary: String) throws(OrgError)
}

/// A review as a table, or as lines, CSV or JSON.
final class ListedReview: ReviewWriter {
  private var list: Listing
  private let compares: Bool

  static let columns = [
    Column("org_id", nil), Column("org_name", "Organization"), Column("user_id", "User"),
    Column("role", "Role"), Column("since", "Since"), Column("granted_by", "Granted by"),
  ]
  /// What there is besides in a review that is compared.
  static let comparison = [Column("change", "Change"), Column("earlier_role", "Before")]

  init(_ format: OutputFormat, on output: StandardOutput, compares: Bool) throws(OrgError) {
    self.compares = compares
    list = try Listing(Self.columns + (compares ? Self.comparison : []), as: format, on: output)
  }

  func begin() {}

  func add(_ rows: [AccessReview.Row], of id: String, named name: String, isGone: Bool) throws(OrgError) {
    for row in rows {
      var cells: [Cell] = [
        .text(id), .text(name), .text(row.user),
        row.role.map { .role($0, isDefaulted: false) } ?? .text(nil), .time(row.since), .text(row.granter),
      ]
      if compares { cells += [.text(row.change?.rawValue), .text(row.earlierRole)] }
      try list.add(cells)
    }
  }

  func finish(_ summary: String) throws(OrgError) { try list.finish() }
}

/// A review in Markdown, to be signed.
final class MarkdownReview: ReviewWriter {
  private let output: StandardOutput
  private let data: String
  private let user: String?
  private let earlier: String?

  /// - Parameters:
  ///   - data: where the data are.
  ///   - user: whose rights limit what is shown; `nil` for a platform admin.
  ///   - earlier: the file of the review that it is compared with.
  init(_ output: StandardOutput, of data: String, as user: String?, comparesWith earlier: String?) {
    (self.output, self.data, self.user, self.earlier) = (output, data, user, earlier)
  }

  func begin() throws(OrgError) {
    let time = Timestamp.now().description
    var text = "# Access review\n\n\(data.escapedForMarkdown) on \(time)"
    if let user { text += ", as \(user.escapedForMarkdown) may see it" }
    if let earlier { text += ", compared with \(earlier.escapedForMarkdown)" }
    try output.write(text + "\n")
  }

  func add(_ rows: [AccessReview.Row], of id: String, named name: String, isGone: Bool) throws(OrgError) {
    let end = isGone ? ", which is gone" : ""
    try output.write("\n## \(name.escapedForMarkdown) (\(id.escapedForMarkdown))\(end)\n\n")
    if rows.isEmpty {
      try output.write("There are no members.\n")
    } else {
      try output.write(line(["User", "Role", "Since", "Granted by"] + (earlier == nil ? [] : ["Change"])))
      try output.write(line(Array(repeating: "---", count: earlier == nil ? 4 : 5)))
    }
    for row in rows {
      var cells = [row.user.escapedForMarkdown]
      if let role = row.role {
        let since = row.since == .unknown ? "unknown" : row.since.description
        cells += [role.title, since, (row.granter ?? "unknown").escapedForMarkdown]
      } else {
        cells += ["", "", ""]
      }
      if earlier != nil { cells.append(row.changeText) }
      try output.write(line(cells))
    }
    try output.write("\nReviewed by: ______________________________ Date: ______________\n")
  }

  func finish(_ summary: String) throws(OrgError) {
    try output.write("\n## Summary\n\n\(summary)\n")
    try output.flush()
  }

  private func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
}

extension AccessReview.Row {
  /// What differs, in Markdown.
  fileprivate var changeText: String {
    let role = earlierRole.map { Role(typed: $0)?.title ?? $0 }?.escapedForMarkdown ?? ""
    return switch change {
    case nil: ""
    case .added: "**added**"
    case .removed: "**removed**, was \(role)"
    case .changed: "**changed**, was \(role)"
    }
  }
}

extension String {
  /// The text within a line of Markdown, in which it can't be markup, a link, HTML or the end of a cell. What doesn't show, or
  /// would act on a terminal, is escaped for display.
  var escapedForMarkdown: String {
    var text = ""
    for scalar in escapedForDisplay.unicodeScalars {
      if "\\`*_[]{}<>#|&~$:^=!\"'".unicodeScalars.contains(scalar) { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(scalar)
    }
    // Some make links of these on their own.
    return text.replacing("www.", with: "www\\.").replacing("WWW.", with: "WWW\\.")
  }
}
