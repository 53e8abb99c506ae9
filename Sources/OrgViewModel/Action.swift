import OrgCore

/// Everything that a person can ask for, by name. Which key stands for which action is decided elsewhere.
public enum Action: Sendable, Hashable {
  // MARK: Moving
  /// To the next row, or line.
  case moveDown
  /// To the previous row, or line.
  case moveUp
  /// To the first row, or the start of the text.
  case moveToFirst
  /// To the last row, or the end of the text.
  case moveToLast
  /// A page on.
  case pageDown
  /// A page back.
  case pageUp
  /// Half a page on.
  case halfPageDown
  /// Half a page back.
  case halfPageUp

  // MARK: Going about
  /// Into the selected organization; in the detail, edits what is selected.
  case open
  /// Closes what is open, one thing at a time: prompt, filter, pane. Never quits.
  case back
  /// To the next pane.
  case nextPane
  /// To the previous pane.
  case previousPane
  /// Starts typing a filter.
  case filter
  /// To the next row that the latest filter matches.
  case nextMatch
  /// To the previous row that it matches.
  case previousMatch
  /// Asks what to sort by.
  case sort
  /// Sorts by a column; by the one that it is sorted by already, the other way round.
  case sortBy(ListOrder.Column)
  /// Sorts the other way round.
  case invertOrder
  /// To the screen of the organizations.
  case showOrganizations
  /// To the screen of the users.
  case showUsers
  /// To the screen with what happened.
  case showHistory
  /// To the screen with counts of what there is.
  case showOverview
  /// To the organizations of the selected user.
  case showPerson
  /// To the history of what is selected alone.
  case showItsHistory
  /// To the place before this one.
  case goBack
  /// To the place that `goBack` left.
  case goForward
  /// To the place where somebody was last, whichever way they came from there.
  case goToLast
  /// Shows the keys.
  case help
  /// Selects what stands in a line of a pane, counted from the first row or line that the screen shows of it.
  case point(AppModel.Pane, line: Int)
  /// Switches the mouse on, or off.
  case toggleMouse
  /// Opens the command palette.
  case palette
  /// Back, and from the list out of the program.
  case close
  /// Out of the program.
  case quit
  /// Stops what is going on: a prompt, a form, a wait.
  case cancel

  // MARK: Copying
  /// Copies the id of the organization or the user, or the value of the field.
  case copy
  /// Copies all values of the organization, or of the member.
  case copyRow

  // MARK: Marking
  /// Marks what is selected, or unmarks it, and goes on to the next.
  case mark
  /// Begins to mark what is moved over, or ends it.
  case markRange
  /// Marks all that the filter shows; in the detail, all members.
  case markAll
  /// Takes all marks away.
  case unmarkAll

  // MARK: Editing
  /// Changes the role of the selected member, or of all that are marked.
  case changeRole
  /// Makes the member, or what a prompt asks about, an owner.
  case chooseOwner
  /// The same for the role of a plain member.
  case chooseMember
  /// The same for the role of a billing admin.
  case chooseBillingAdmin
  /// Changes the plan of the selected organization, or of all that are marked.
  case changePlan
  /// Puts what a menu asks about on a plan.
  case choosePlan(String)
  /// Lets a plan be typed.
  case chooseOtherPlan
  /// Changes the status of the selected organization, or of all that are marked.
  case changeStatus
  /// Gives what a menu asks about a status.
  case chooseStatus(Organization.Status)
  /// Creates an organization, or adds a member where the detail has the focus.
  case add
  /// Edits the selected organization.
  case edit
  /// Deletes the selected organization softly, or removes the selected member, or all that are marked; asks first.
  case remove
  /// Removes a user from all organizations; asks first.
  case removeEverywhere
  /// Takes back the latest edit of whoever sits here that isn't undone yet.
  case undo
  /// Does again what was undone last.
  case redo
  /// Takes back the selected generation of the history; asks first.
  case undoEntry
  /// Answers a question with yes.
  case confirm
  /// Answers a question with no.
  case decline

  // MARK: Text fields and forms
  /// Types text.
  case insert(String)
  /// Takes pasted text into the field that is being typed in; elsewhere it does nothing.
  case paste(String)
  /// A character to the left; in a choice, the one before.
  case moveLeft
  /// A character to the right; in a choice, the next.
  case moveRight
  /// To the start of the word.
  case moveWordLeft
  /// To the end of the word.
  case moveWordRight
  /// Takes back what was typed last in the field.
  case undoTyping
  /// Keeps what others put into a field that was edited here, too.
  case keepTheirs
  /// Sets it to what was typed here all the same.
  case takeMine
  /// Deletes the character before the cursor.
  case deleteBackward
  /// Deletes the character under the cursor.
  case deleteForward
  /// Deletes the word before the cursor.
  case deleteWord
  /// Deletes everything before the cursor.
  case deleteToStart
  /// Deletes everything behind the cursor.
  case deleteToEnd
  /// To the next field.
  case nextField
  /// To the previous field.
  case previousField
  /// Accepts what was typed.
  case accept
  /// Saves the form.
  case save

  // MARK: The program
  /// Reads the data again from disk.
  case reload
  /// Draws the screen anew.
  case redraw
  /// Stops the program and gives the shell the terminal.
  case suspend
}

extension Action {
  /// Whether every screen knows what to do with it, whatever is selected.
  var isOfEveryScreen: Bool {
    switch self {
    case .moveDown, .moveUp, .moveToFirst, .moveToLast, .pageDown, .pageUp, .halfPageDown, .halfPageUp: true
    case .back, .cancel, .close, .filter, .help, .palette, .reload: true
    case .showOrganizations, .showUsers, .showHistory, .showOverview, .goBack, .goForward, .goToLast: true
    case .quit, .redraw, .suspend, .point: true
    default: false
    }
  }
}

/// Where keys go at the moment. The same key means different things in different contexts. The raw value is its
/// name in the configuration.
public enum Context: String, Sendable, Hashable, CaseIterable {
  /// The list of organizations.
  case list
  /// One organization and its members.
  case detail
  /// All users.
  case users
  /// What happened.
  case history
  /// One generation of what happened.
  case entry
  /// What there is, counted.
  case overview
  /// One user's organizations.
  case person
  /// The line in which a filter is typed.
  case filter
  /// The choice of a role for a member.
  case roleChoice = "role"
  /// The choice of a plan.
  case planChoice = "plan"
  /// The choice of a status.
  case statusChoice = "status"
  /// The choice of a column to sort by.
  case sortChoice = "sort"
  /// A question answered by yes or no.
  case question
  /// A form, in a field in which text is typed.
  case form
  /// A form, in a field with a few choices.
  case choice
  /// A form, in a field that others changed as well.
  case conflict
  /// The page with the keys.
  case help
  /// The command palette.
  case palette

  /// Whether it is a screen or a pane of one, in which nothing is typed, asked or covered.
  public var isScreen: Bool {
    switch self {
    case .list, .detail, .users, .history, .entry, .overview, .person: true
    case .filter, .question, .form, .choice, .conflict, .help, .palette: false
    case .roleChoice, .planChoice, .statusChoice, .sortChoice: false
    }
  }

  /// Whether one of a few answers is chosen there, each by a key of its own.
  public var isMenu: Bool {
    switch self {
    case .roleChoice, .planChoice, .statusChoice, .sortChoice: true
    case .filter, .question, .form, .choice, .conflict, .help, .palette: false
    case .list, .detail, .users, .history, .entry, .overview, .person: false
    }
  }

  /// Whether printable keys type themselves there.
  public var isTyping: Bool {
    switch self {
    case .filter, .form, .palette: true
    case .question, .choice, .conflict, .help: false
    case .roleChoice, .planChoice, .statusChoice, .sortChoice: false
    case .list, .detail, .users, .history, .entry, .overview, .person: false
    }
  }
}
