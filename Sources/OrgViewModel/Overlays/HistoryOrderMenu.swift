import OrgCore

/// The choice of which generations come first.
package struct HistoryOrderMenu: Menu {
  /// Where keys go in it.
  package static let contexts = [Context.historyOrderChoice]
  /// Where keys go in it.
  package var context: Context { .historyOrderChoice }

  /// What it can do.
  package static let commands: [Command<Self>] =
    HistoryFilter.Order.allCases.map { order in
      Command(
        .sortBy(order), String(order.rawValue.prefix(1)), .answering, order.phrase, hint: order.rawValue
      ) {
        $1.dismiss()
        $1.go(.perform(.sortBy(order)))
      }
    } + [
      Command(.invertOrder, "I", .answering, "the other way round", hint: "invert") {
        $1.dismiss()
        $1.go(.perform(.invertOrder))
      }
    ] + menuCommands

  /// What is asked.
  package func question(_ workspace: Workspace) -> String { "Which come first:" }
}

extension HistoryFilter.Order {
  /// It, in a sentence.
  var phrase: String { self == .newestFirst ? "the newest first" : "the oldest first" }
  /// The other way round.
  var inverse: Self { self == .newestFirst ? .oldestFirst : .newestFirst }
  /// The sign of its direction.
  package var sign: String { self == .newestFirst ? "▼" : "▲" }
}

extension HistoryScreen {
  /// What sorts the history. Pages are read by time, so there is no other order that doesn't need all of it.
  static var orderCommands: [Command<Self>] {
    [
      Command(
        .sort, "s", in: [.history], .finding, "sort: then n newest first, o oldest first"
      ) { $1.open(HistoryOrderMenu()) },
      Command(.invertOrder, "I", in: [.history], .finding, "sort the other way round") {
        $0.sort(by: $0.order.inverse, &$1)
      },
    ]
      + HistoryFilter.Order.allCases.map { order in
        Command(.sortBy(order), "", in: [.history], .finding) { $0.sort(by: order, &$1) }
      }
  }
}

extension Context {
  package static let historyOrderChoice = Context(
    "sort-history", "The choice of what comes first in the history", .menu)
}

extension Action {
  /// Sorts the history.
  package static func sortBy(_ order: HistoryFilter.Order) -> Action {
    Action("sort-by-\(order.rawValue)", "Sort the history, \(order.phrase)")
  }
}
