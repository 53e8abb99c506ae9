import OrgCore

/// What the line above the hints says: what was just done, or why it wasn't.
package struct StatusLine: Sendable, Hashable {
  /// A sentence.
  package struct Message: Sendable, Hashable {
    /// What it is about.
    package enum Kind: Sendable, Hashable {
      /// Something was done, or is going on.
      case note
      /// Something couldn't be done.
      case refusal
    }

    /// The sentence; text of the data in it is escaped.
    package let text: String
    /// What it is about.
    package let kind: Kind
    /// Whether it is about something that an undo reverts.
    package var canBeUndone = false
    /// Whether something couldn't be done, all of which can be listed.
    package var listsRefusals = false

    /// A sentence; text of the data in it must be escaped.
    package init(text: String, kind: Kind) {
      self.text = text
      self.kind = kind
    }
  }

  /// What it says; `nil` for nothing.
  package var message: Message?
  /// What couldn't be done last, change by change.
  package var refusals = Refusals()

  /// Says that something was done, or is going on.
  mutating func note(_ text: String) { message = Message(text: text, kind: .note) }

  /// Says why something isn't done.
  mutating func refuse(_ reason: String) { message = Message(text: reason, kind: .refusal) }

  /// Says what became of something. A refusal that was shown until now isn't lost.
  mutating func report(_ text: String, _ kind: Message.Kind) {
    if let message, message.kind == .refusal, message.text != text {
      self.message = Message(text: "\(message.text) \(text)", kind: .refusal)
    } else {
      message = Message(text: text, kind: kind)
    }
  }

  /// Adds a sentence to the message, which keeps what it offers.
  mutating func add(_ text: String) {
    var whole = Message(text: message.map { "\($0.text) \(text)" } ?? text, kind: message?.kind ?? .note)
    whole.canBeUndone = message?.canBeUndone ?? false
    whole.listsRefusals = message?.listsRefusals ?? false
    message = whole
  }

  /// Says where a search has led, if that isn't where one would expect.
  ///
  /// - Parameters:
  ///   - isSame: whether it led to the row that was selected before.
  ///   - isForward: whether it led to a row further down.
  mutating func say(_ found: Found, isSame: Bool, isForward: Bool, _ query: String) {
    if isSame {
      note("This is the only one that matches \(query.quoted).")
    } else if found.isAround {
      note(isForward ? "On from the end." : "On from the start.")
    }
  }

  /// `; 3 more are marked that the filter hides`
  static func hiddenMarks(_ count: Int) -> String {
    count > 0 ? "; \(count.grouped) more \(count == 1 ? "is" : "are") marked that the filter hides" : ""
  }

  static let nothingToFind = "There is nothing to look for yet: filter first."
  static let unreadable =
    "That character can't be shown here, so it isn't taken; start orgman with LC_ALL=C.UTF-8 to type it."
  static let nothingIsSelected = "Nothing is selected here."
}
