import OrgCore

// Where the rows of the history come from: the store is asked for as many as are shown.
extension HistoryScreen {
  package func load(_ source: any ScreenSource, _ request: ScreenRequest) throws(OrgError) {
    var filter = subject.filter
    filter.order = order
    var reading = try refreshed("history", filter, source)
    let time = now()
    let asked = HistoryQuery.filter(request.query, of: filter, now: time, zone: zone)
    if asked != filter, !reading.isComplete {
      return try loadMatches(asked, at: time, among: reading, source, request)
    }
    var reversals = try reversals(source)
    while source.isWanted {
      let rows = HistoryRows(
        reading.entries, isComplete: reading.isComplete, subject: subject, query: request.query, order: order,
        reversals: try reversals?.entries(withThoseAmong: reading.entries, source), zone: zone, now: time)
      source.post(rows)
      guard rows.rows.count < request.extent, !reading.isComplete else { break }
      // Twice as much each time: what was read is looked through again.
      try reading.readOn(source, limit: max(200, reading.entries.count))
    }
    try keep("history", reading, source)
    if let reversals { try keep("history reversals", reversals, source) }
  }

  /// Asks the store for what a query finds, where there is more history than has been read; what became of it since is
  /// asked for apart.
  private func loadMatches(
    _ filter: HistoryFilter, at time: Timestamp, among all: HistoryReading, _ source: any ScreenSource,
    _ request: ScreenRequest
  ) throws(OrgError) {
    var found = try refreshed("history found", filter, source)
    var reversals = try refreshed("history reversals", reversalFilter, source)
    let newest =
      order == .newestFirst
      ? all.entries.first : try source.history(matching: subject.filter, from: nil, limit: 1).entries.first
    let total = subject == .all ? newest.map { Int(clamping: $0.generation) } ?? 0 : nil
    while source.isWanted {
      if order == .newestFirst {
        let oldest = found.entries.last?.generation ?? .max
        while source.isWanted, !reversals.isComplete,
          reversals.entries.last.map({ $0.generation > oldest }) ?? false
        {
          try reversals.readOn(source, limit: 1000)
        }
      }
      let rows = HistoryRows(
        found.entries, isComplete: found.isComplete, subject: subject, query: request.query, order: order,
        reversals: order == .newestFirst
          ? reversals.entries : try reversals.entries(withThoseAmong: found.entries, source),
        total: total ?? all.entries.count, totalGoesOn: total == nil && !all.isComplete, zone: zone, now: time
      )
      source.post(rows)
      guard rows.rows.count < request.extent, !found.isComplete else { break }
      try found.readOn(source, limit: max(200, found.entries.count))
    }
    try keep("history found", found, source)
    try keep("history reversals", reversals, source)
  }

  /// What undid or redid something, newest first, where the rows begin with the oldest, of which that is still to come;
  /// `nil` where the rows have it.
  private func reversals(_ source: any ScreenSource) throws(OrgError) -> HistoryReading? {
    order == .newestFirst ? nil : try refreshed("history reversals", reversalFilter, source)
  }

  private var reversalFilter: HistoryFilter {
    var filter = subject.filter
    // What other programs did took back very little, and there may be a lot of it.
    filter.terms = [
      QueryTerm(.kind(order == .newestFirst ? ["undo", "redo", "foreign"] : ["undo", "redo"]))
    ]
    return filter
  }

  private func refreshed(
    _ key: String, _ filter: HistoryFilter, _ source: any ScreenSource
  ) throws(OrgError) -> HistoryReading {
    try source.cached(key) { (earlier: HistoryReading?) throws(OrgError) in
      var reading = HistoryReading(filter)
      if let earlier, earlier.filter == filter { reading = earlier }
      try reading.refresh(source)
      return reading
    }
  }

  private func keep(_ key: String, _ reading: HistoryReading, _ source: any ScreenSource) throws(OrgError) {
    _ = try source.cached(key) { (_: HistoryReading?) in reading }
  }
}

extension HistoryReading {
  /// What took something back, newest first: all of what this reads, and what took back something without having been asked
  /// to among other entries.
  fileprivate mutating func entries(
    withThoseAmong others: [HistoryEntry], _ source: any ScreenSource
  ) throws(OrgError) -> [HistoryEntry] {
    while source.isWanted, !isComplete { try readOn(source, limit: 1000) }
    let more = others.filter { !$0.reverted.isEmpty }
    return more.isEmpty ? entries : (entries + more).sorted { $0.generation > $1.generation }
  }
}
