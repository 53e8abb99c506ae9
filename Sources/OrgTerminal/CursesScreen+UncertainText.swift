import CNcurses

extension CursesScreen {
  /// Draws the rest of a row, which curses believes to be blank, with the cursor placed after each text whose width is
  /// uncertain. What such a text covers beyond its cells is covered again by what follows.
  func drawDirectly(_ runs: [RowPieces.Run], row: Int) {
    let mayReachEnd = row == size.rows - 1 || runs.contains { $0.reach > size.columns }
    let clips = mayReachEnd && cncurses_can_clip()
    if clips { cncurses_wrap(false) }
    /// Where the cursor is; `nil` if that isn't known.
    var cursor: Int?
    /// The column up to which there may be more than blanks.
    var covered = 0
    var isInRow = false
    func place(_ column: Int) {
      if cursor == column { return }
      if isInRow {
        cncurses_place_in_row(Int32(row), Int32(column))
      } else {
        cncurses_place(Int32(row), Int32(column))
      }
      (cursor, isInRow) = (column, true)
    }
    for run in runs {
      for part in run.parts {
        // What was erased needn't be drawn.
        if part.isBlank, part.column >= covered, part.width > 8 || run.isUncertain { continue }
        let (attributes, pair) = appearance(run.style)
        cncurses_style(attributes, pair)
        place(part.column)
        if part.isBlanks {
          cncurses_blanks(Int32(part.width))
        } else {
          let fits = clips || part.reach <= size.columns
          var text = fits ? part.text : String(part.text.unicodeScalars.prefix(1))
          text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cncurses_text($0.baseAddress, $0.count) }
          }
        }
        cursor = part.isUncertain ? nil : part.column + part.width
        covered = max(covered, part.reach)
        // Where it wraps, it is in the next row.
        if part.reach >= size.columns { isInRow = false }
      }
    }
    let end = runs.last.map { $0.column + $0.width } ?? 0
    if end < size.columns, covered > end {
      place(end)
      cncurses_style(0, 0)
      if cncurses_can_erase() {
        cncurses_erase_to_end()
      } else {
        cncurses_blanks(Int32(size.columns - end))
      }
    }
    if clips { cncurses_wrap(true) }
  }
}
