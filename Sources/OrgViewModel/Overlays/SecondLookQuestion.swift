import OrgCore

/// Whether what was typed in the form below is meant, though it is unusual.
package struct SecondLookQuestion: YesNoQuestion {
  /// What is asked; text of the data is escaped.
  let question: String
  /// What is confirmed by yes.
  let confirmation: String
  /// The id that takes the place of what was typed; `nil` where that is meant as it is.
  let user: String?
  /// Whether yes has the focus.
  package var isYes = false

  init(question: String, confirmation: String, user: String? = nil) {
    (self.question, self.confirmation, self.user) = (question, confirmation, user)
  }

  /// What it can do.
  package static let commands = questionCommands

  /// What is asked.
  package func text(_ workspace: Workspace) -> String { question }

  /// Saves the form, or goes back to it.
  package func answer(_ answer: Answer, _ workspace: inout Workspace) {
    guard answer == .yes, var form = workspace.form else { return }
    if let user { form.replaceUser(with: user) } else { form.confirmed.insert(confirmation) }
    let isDone = form.submit(&workspace)
    workspace.form = form
    if isDone { workspace.closeForm() }
  }
}
