/// What can be wrong with a store, each kind once.
enum StoreFault: CaseIterable {
  /// Says of what it refuses that it changed nothing.
  case acceptsAll
  /// Has an organization from the start.
  case beginsWithData
  /// What was read has what was committed since.
  case changesOldData
  /// Compares expected values with the data before the last commit.
  case checksOldData
  /// Commits each change on its own.
  case commitsInParts
  /// There is no page after the first.
  case endsPagesEarly
  /// Ids are found whatever their case.
  case findsAnyCase
  /// Finds the newest generation for every number.
  case findsAnyGeneration
  /// Says that it committed, and didn't.
  case forgetsCommits
  /// The oldest generation is missing from the history.
  case forgetsFirst
  /// There is no history.
  case forgetsHistory
  /// The history doesn't have since when a removed member had been one.
  case forgetsJoining
  /// The history has no names.
  case forgetsNames
  /// Has no Lago ids.
  case forgetsOptional
  /// Every organization has the default plan.
  case forgetsPlans
  /// An undo is an edit in the history.
  case forgetsPurpose
  /// Names rules of another store.
  case hasOtherRules
  /// Conflicts have no values.
  case hidesConflicts
  /// All records are the same in two states.
  case hidesDifferences
  /// Nothing is gone from one state to the next.
  case hidesRemovals
  /// Commits though it was cancelled.
  case ignoresCancelling
  /// Every page is the first.
  case ignoresCursor
  /// A filter lets everything through.
  case ignoresFilter
  /// Lists are sorted by name, whatever is asked for.
  case ignoresOrders
  /// Doesn't guard the last owner.
  case ignoresOwners
  /// Lists have everything, whatever is looked for.
  case ignoresQueries
  /// Undoes what anybody did.
  case ignoresUser
  /// There is always something to undo.
  case inventsUndo
  /// Takes a hundred times as long for ten times as much.
  case isSlow
  /// The revision doesn't rise.
  case keepsRevision
  /// Keeps printable ASCII alone.
  case losesText
  /// Names are in lower case.
  case lowersNames
  /// Counts no members.
  case miscounts
  /// Every organization is in the first row.
  case misplacesRows
  /// Receipts name what was so already.
  case namesAll
  /// Commits while somebody else holds the data up.
  case neverWaits
  /// A commit that changes nothing is a generation.
  case notesNothing
  /// The history has the oldest first.
  case oldestFirst
  /// Replaces whatever is there.
  case overwritesUnseen
  /// Every page of records is the first.
  case repeatsPages
  /// Makes the last change first.
  case reversesChanges
  /// The last member comes first.
  case reversesMembers
  /// The last organization comes first.
  case reversesOrganizations
  /// Records that are asked for by their ids come in the wrong order.
  case reversesRecords
  /// Times have no fraction of a second.
  case roundsTimes
  /// Looks forward for what comes before.
  case searchesForward
  /// Each store has data of its own.
  case sharesNothing
  /// Receipts have the data before the commit.
  case showsDataBefore
  /// Shows the data before the last commit.
  case showsOldData
  /// Organizations stay when they are removed.
  case skipsRemovals
  /// Can't be read while somebody else holds the data up.
  case stopsReaders
  /// Nothing can be redone.
  case stopsRedo

  /// A behavior that finds it; others may, too.
  var finder: String {
    switch self {
    case .acceptsAll: "an organization's id must have the form that the rules name"
    case .beginsWithData: "an empty store has no organizations, no members and no history"
    case .changesOldData: "what was read stays as it is while the data change"
    case .checksOldData: "a role that another changed is a conflict, with base, theirs and mine"
    case .commitsInParts: "a set with one conflict is not committed at all"
    case .endsPagesEarly: "the pages of the history together are the history, whatever their length"
    case .findsAnyCase: "a member is found by the user's id, to the letter"
    case .findsAnyGeneration: "an entry is found by its generation, and an unknown one isn't"
    case .forgetsCommits: "a set of 10,000 changes is committed as a whole, and undone as a whole"
    case .forgetsFirst: "the history has the newest first, each commit once"
    case .forgetsHistory: "an entry has the changes of the set in order, with before and after"
    case .forgetsJoining: "a member comes back with the time of joining"
    case .forgetsNames: "an entry keeps the name that the organization had then"
    case .forgetsOptional: "billing ids are set one by one or both at once"
    case .forgetsPlans: "organizations are found by their plan, to the letter"
    case .forgetsPurpose: "an undo and a redo are generations that say what they are about"
    case .showsDataBefore: "a receipt has the data after the change"
    case .hasOtherRules: "the data say what values they may hold"
    case .hidesConflicts: "a field that another changed is a conflict, with base, theirs and mine"
    case .hidesDifferences: "organizations that differ from an earlier state are named"
    case .hidesRemovals: "organizations that are gone since an earlier state are named"
    case .ignoresCancelling: "a commit that waits says for whom and how long, and can be cancelled"
    case .ignoresCursor: "the pages of a filter together are all that it lets through"
    case .ignoresFilter: "the history of a person in an organization has that membership alone"
    case .ignoresOrders: "a listing has the organizations in the order that is asked for"
    case .ignoresOwners: "the last owner is neither removed nor demoted"
    case .ignoresQueries: "a listing has the organizations that a query matches"
    case .ignoresUser: "what is undone or redone is one's own"
    case .inventsUndo: "where nothing happened there is nothing to undo or redo"
    case .isSlow: "a set that is ten times as large takes about ten times as long, not a hundred"
    case .keepsRevision: "the revision rises with each committed change, and the newest generation by one"
    case .losesText: "a name is kept as it is, scalar by scalar"
    case .lowersNames: "a name may change its own case"
    case .miscounts: "members are counted by their roles, in each organization and together"
    case .misplacesRows: "a listing knows the row of each organization that it shows"
    case .namesAll: "a receipt names what was done, in order, without what was so already"
    case .neverWaits: "a commit that waits is made as soon as it can be"
    case .notesNothing: "what is so already changes nothing and is no generation"
    case .oldestFirst: "the history has the newest first, each commit once"
    case .overwritesUnseen: "a member whose role another changed is not removed"
    case .repeatsPages: "pages of organizations together are all that match, in the order of the data"
    case .reversesChanges: "later changes of a set build on earlier ones"
    case .reversesMembers: "members come in the order in which they were added, with every field"
    case .reversesOrganizations: "organizations come in the order in which they were created"
    case .reversesRecords: "organizations are found by their ids, in the order of the data"
    case .roundsTimes: "times are kept to the microsecond, from the year 1 to 9999"
    case .searchesForward: "a listing finds the next row that matches, in both directions and around the end"
    case .sharesNothing: "what one manager commits another finds at once, with its history"
    case .showsOldData: "changes of different fields from the same old picture both survive"
    case .skipsRemovals: "an organization without members is removed, and its name and id are free"
    case .stopsReaders: "nobody waits to read"
    case .stopsRedo: "every kind of change is undone step by step, and done again"
    }
  }
}
