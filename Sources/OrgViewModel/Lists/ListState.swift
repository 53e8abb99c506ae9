/// What is marked in a list.
protocol MarkSet: Sendable {
  associatedtype Element
  init()
  var count: Int { get }
  func contains(_ element: Element) -> Bool
  mutating func add(_ element: Element)
  mutating func drop(_ element: Element)
}

extension MarkSet {
  var isEmpty: Bool { count == 0 }
}

extension Set: MarkSet where Element == String {
  mutating func add(_ element: Element) { insert(element) }
  mutating func drop(_ element: Element) { remove(element) }
}

/// What all lists have in common: the selected row, the scroll, the marks and the filter.
struct ListState<ID: Hashable & Sendable, Marks: MarkSet>: Sendable {
  /// The selection and the scroll.
  var selection = Selection<ID>()
  /// What is marked.
  var marks = Marks()
  /// The range that is being marked: where it began, and what was marked before.
  var range: (start: ID, before: Marks)?
  /// What the rows are filtered by, or will be in a moment.
  var filter = ""
  /// What was selected when a filter began to be typed: it is selected again when the rows show it again.
  var anchor: ID?

  /// What a person chose on purpose, and not just moved over: it was opened, found or pointed at. It keeps its place on the
  /// screen when the rows are sorted another way.
  var chosen: ID?
  /// Whether the rows that come next are shown from the top, as they are sorted another way.
  var showsTop = false
  /// Whether the last row is to be selected when it is known which that is: not all rows were there when it was asked for.
  var seeksEnd = false

  /// What keys are about, if there is something.
  var selected: ID? { selection.isGone ? nil : selection.id }

  /// Remembers what is selected, for when the filter shows it again.
  mutating func rememberAnchor() { anchor = selected }

  /// Rows on the screen, of which there are `count`.
  func visible(_ rows: Int, of count: Int) -> Range<Int> {
    let top = min(selection.top, count)
    return top..<min(count, top + rows)
  }

  /// Notes that the rows will be sorted another way: the top is shown, unless what is selected was chosen on purpose.
  ///
  /// - Parameter isMarked: whether what is selected is marked, which chooses it.
  mutating func prepareSorting(isMarked: Bool) {
    showsTop = !isMarked && (selected == nil || chosen != selected)
  }

  // MARK: Marking

  /// Marks an element, or unmarks it.
  mutating func toggle(_ element: Marks.Element) {
    range = nil
    if marks.contains(element) { marks.drop(element) } else { marks.add(element) }
  }

  /// Begins a range at what is selected.
  mutating func beginRange(at id: ID) { range = (id, marks) }

  /// Marks everything from where the range began, whose row is given, to the selected row.
  ///
  /// - Parameters:
  ///   - start: where the range began; `nil` if that is gone, which ends it.
  ///   - element: what is marked in a row; `nil` for nothing.
  mutating func extendRange(from start: Int?, _ element: (Int) -> Marks.Element?) {
    guard let range else { return }
    guard let start, !selection.isGone else { return self.range = nil }
    marks = range.before
    for row in min(start, selection.row)...max(start, selection.row) {
      if let element = element(row) { marks.add(element) }
    }
  }

  /// Reverts what a range has marked; false if there is none.
  mutating func dropRange() -> Bool {
    guard let range else { return false }
    (marks, self.range) = (range.before, nil)
    return true
  }
}
