import OrgCore

/// What covers the screen, or a part of it, and gets the keys: a prompt, a menu, a question, a form, the help page, the
/// command palette.
package protocol Overlay: CommandTarget {
  /// The word for an action in the line at the bottom; empty to keep it out of there, `nil` for the one that its command has.
  func hint(for action: Action) -> String?
  /// Receives text that is typed or pasted.
  mutating func type(_ text: String, isPasted: Bool, _ workspace: inout Workspace)
  /// Expects what changes that were made here have set since it was opened.
  mutating func rebase(on done: [Change], _ latest: Change.Latest)
  /// Follows what others changed underneath.
  mutating func follow(_ listing: any OrganizationListing)
  /// Fits itself to a screen of another size.
  mutating func resize(_ viewport: Viewport)
  /// The users whom it is about.
  var namedUsers: [String] { get }
}

extension Overlay {
  /// As its commands have it.
  package func hint(for action: Action) -> String? { nil }
  /// Nothing is typed here.
  package mutating func type(_ text: String, isPasted: Bool, _ workspace: inout Workspace) {}
  /// Nothing in it depends on changes.
  package mutating func rebase(on done: [Change], _ latest: Change.Latest) {}
  /// Nothing in it depends on the data.
  package mutating func follow(_ listing: any OrganizationListing) {}
  /// Nothing in it depends on the size.
  package mutating func resize(_ viewport: Viewport) {}

  /// Does what an action asks for; nothing if it has no command for it.
  package mutating func perform(_ action: Action, _ workspace: inout Workspace) {
    if let (text, isPasted) = action.text {
      type(text, isPasted: isPasted, &workspace)
    } else {
      command(for: action)?.run(&self, &workspace)
    }
  }

  /// What can be done at any time.
  static var commonCommands: [Command<Self>] {
    [
      Command(.suspend, "^Z", .program, "suspend") { $1.ask(.suspend) },
      Command(.redraw, "^L", .program, "draw the screen again") { $1.ask(.redraw) },
    ]
  }

  /// The command that closes it.
  static func closing(
    _ action: Action, _ keys: String, _ section: Binding.Section, _ help: String = "", hint: String? = nil
  ) -> Command<Self> {
    Command(action, keys, section, help, hint: hint) { $1.dismiss() }
  }
}

/// An overlay in which text is typed.
package protocol TextOverlay: Overlay {
  /// Changes the text.
  mutating func edit(_ change: (inout TextField) -> Void, _ workspace: inout Workspace)
}

extension TextOverlay {
  package mutating func type(_ text: String, isPasted: Bool, _ workspace: inout Workspace) {
    edit({ isPasted ? $0.paste(text) : $0.insert(text) }, &workspace)
  }

  /// What keys do in a line of text.
  static func textCommands(in contexts: [Context] = Self.contexts) -> [Command<Self>] {
    TextField.edits.map { edit in
      Command(edit.action, edit.keys, in: contexts, .text, edit.help) { $0.edit(edit.change, &$1) }
    }
  }
}
