import OrgCore

/// The line in which the name of something that is written is typed: a view, or a file.
package struct NamePrompt: TextOverlay {
  /// What the name is for.
  enum Purpose: Sendable {
    /// A view; what it is, but for the name.
    case view(SavedView)
    /// A file with rows of a list.
    case export(ExportRequest)
  }

  /// What is typed.
  package private(set) var field: TextField
  private let purpose: Purpose
  /// The name that was asked about, as there is something of it already.
  private var asked: String?

  init(_ purpose: Purpose) {
    self.purpose = purpose
    switch purpose {
    case .view: field = TextField()
    case .export(let request): field = TextField(request.path ?? "")
    }
  }

  /// What is asked.
  package var label: String {
    switch purpose {
    case .view: "Save the view as: "
    case .export(let request): "Write \(request.format.title) to: "
    }
  }

  /// Where keys go in it.
  package static let contexts = [Context.name]
  /// Where keys go in it.
  package var context: Context { .name }

  /// What it can do.
  package static let commands: [Command<Self>] =
    [
      Command(.accept, "Enter", .form, "save; asks before anything is replaced", hint: "save") {
        $0.accept(&$1)
      },
      Command(.back, "Esc", .form, "cancel", hint: "cancel") { $0.close(&$1) },
      Command(.cancel, "^C", .program, "cancel what is going on") { $0.close(&$1) },
    ] + textCommands() + commonCommands

  private func close(_ workspace: inout Workspace) {
    if let export = workspace.requests.export, case .export(let request) = purpose,
      export.serial == request.serial
    {
      _ = workspace.cancelExport()
    }
    workspace.dismiss()
  }

  package mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace) {
    workspace.status.message = nil
    change(&field)
  }

  private mutating func accept(_ workspace: inout Workspace) {
    let name = field.text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    guard !name.isEmpty else { return workspace.status.refuse("Type a name first.") }
    switch purpose {
    case .view(let view):
      if workspace.views.contains(where: { $0.name == name }), asked != name {
        asked = name
        return workspace.status.refuse(
          "There is a view \(name.escapedForDisplay) already; Enter again replaces it.")
      }
      workspace.dismiss()
      workspace.save(
        SavedView(name: name, list: view.list, filter: view.filter, sort: view.sort, columns: view.columns))
    case .export(var request):
      request.path = field.text
      request.replaces = asked == field.text
      asked = field.text
      // It stays open until that takes long, as there may be a file of this name.
      workspace.begin(request)
    }
  }

  /// Whether it asks where rows are written.
  func asks(for request: ExportRequest) -> Bool {
    if case .export(let other) = purpose { other.serial == request.serial } else { false }
  }
}

extension Context {
  package static let name = Context("name", "While a name is typed", .text)
}
